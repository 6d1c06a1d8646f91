"""Small pictures and other files for tests."""
import struct
import zlib

SVG_WITH_SCRIPT = (b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" onload="alert(1)">'
                   b'<script>alert(document.domain)</script><rect width="20" height="10"/></svg>')

LWM2M = """<?xml version="1.0" encoding="UTF-8"?>
<LWM2M><Object ObjectType="MODefinition"><Name>{name}</Name><ObjectID>{id}</ObjectID>
<ObjectVersion>{version}</ObjectVersion><MultipleInstances>Single</MultipleInstances><Mandatory>Optional</Mandatory>
<Resources><Item ID="9"><Name>Battery Level</Name><Operations>R</Operations>
<MultipleInstances>Single</MultipleInstances><Mandatory>Optional</Mandatory><Type>Integer</Type></Item>
<Item ID="4"><Name>Reboot</Name><Operations>E</Operations></Item></Resources></Object></LWM2M>"""


def png(width, height, colour=(200, 30, 30)):
    """A PNG of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes(colour) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def png_size(data):
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", data[16:24])
