"""MQTT packet by packet, for what a polite client library neither sends nor shows."""
import socket
import ssl
import struct
from collections import namedtuple

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 1, 2, 3, 4, 5, 6, 7
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = 8, 9, 10, 11, 12, 13, 14
V31, V311, V5 = 3, 4, 5

Packet = namedtuple("Packet", "kind flags body")
Connack = namedtuple("Connack", "session_present code")
Message = namedtuple("Message", "topic payload qos packet_id retain dup")


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">H", len(data)) + data


def length_bytes(value):
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def packet(first, body=b""):
    return bytes([first]) + length_bytes(len(body)) + body


def connect_packet(version=V311, client_id="", username=None, password=None, keep_alive=60, clean=True, will=None,
                   name=None, level=None):
    """`will`: (topic, payload, QoS). `name` and `level` replace what belongs to the version."""
    flags = 0x02 if clean else 0
    payload = text(client_id)
    if will:
        flags |= 0x04 | will[2] << 3
        payload += (b"\0" if version == V5 else b"") + text(will[0]) + text(will[1])
    if username is not None:
        flags |= 0x80
        payload += text(username)
    if password is not None:
        flags |= 0x40
        payload += text(password)
    protocol = ("MQIsdp" if version == V31 else "MQTT") if name is None else name
    head = text(protocol) + bytes([version if level is None else level, flags]) + struct.pack(">H", keep_alive)
    return packet(CONNECT << 4, head + (b"\0" if version == V5 else b"") + payload)


def publish_packet(topic, payload, qos=1, packet_id=1, version=V311, retain=False, dup=False):
    payload = payload if isinstance(payload, bytes) else payload.encode()
    body = text(topic) + (struct.pack(">H", packet_id) if qos else b"")
    return packet(PUBLISH << 4 | dup << 3 | qos << 1 | retain, body + (b"\0" if version == V5 else b"") + payload)


class Closed(Exception):
    """The server closed the connection."""


class RawMqtt:
    """One connection. Reads time out after `timeout` seconds with an exception."""

    def __init__(self, port, version=V311, timeout=40, tls=None):
        self.version = version
        self.sock = socket.create_connection(("127.0.0.1", port), timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.sock = tls.wrap_socket(self.sock)
        self.next_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def _exactly(self, count):
        data = bytearray()
        while len(data) < count:
            try:
                more = self.sock.recv(count - len(data))
            except (ConnectionError, ssl.SSLError, ssl.SSLEOFError) as error:
                if isinstance(error, TimeoutError):
                    raise
                raise Closed() from error
            if not more:
                raise Closed()
            data += more
        return bytes(data)

    def read(self):
        first = self._exactly(1)[0]
        length, shift = 0, 0
        while True:
            byte = self._exactly(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        return Packet(first >> 4, first & 0x0F, self._exactly(length))

    def expect(self, kind):
        found = self.read()
        assert found.kind == kind, f"wanted packet {kind}, got {found}"
        return found

    def login(self, **fields):
        """Sends a CONNECT and returns the CONNACK."""
        self.send(connect_packet(self.version, **fields))
        body = self.expect(CONNACK).body
        return Connack(body[0], body[1])

    def accepted(self, token, **fields):
        """Logs in with an access token, which must be taken."""
        answer = self.login(username=token, **fields)
        assert answer == (0, 0), answer
        return self

    def packet_id(self):
        self.next_id = self.next_id % 65535 + 1
        return self.next_id

    def publish(self, topic, payload, qos=1):
        """Sends; returns the packet id."""
        packet_id = self.packet_id() if qos else None
        self.send(publish_packet(topic, payload, qos, packet_id, self.version))
        return packet_id

    def publish_acked(self, topic, payload):
        """QoS 1; the reason code of the PUBACK, 0 before version 5."""
        packet_id = self.publish(topic, payload)
        return self.ack(PUBACK, packet_id)

    def ack(self, kind, packet_id):
        body = self.expect(kind).body
        assert struct.unpack_from(">H", body)[0] == packet_id, (kind, packet_id, body)
        return body[2] if len(body) > 2 else 0

    def subscribe(self, *filters, qos=1):
        """The codes of the SUBACK."""
        packet_id = self.packet_id()
        body = struct.pack(">H", packet_id) + (b"\0" if self.version == V5 else b"")
        body += b"".join(text(each) + bytes([qos]) for each in filters)
        self.send(packet(SUBSCRIBE << 4 | 2, body))
        return list(self._codes(SUBACK, packet_id))

    def unsubscribe(self, *filters):
        packet_id = self.packet_id()
        body = struct.pack(">H", packet_id) + (b"\0" if self.version == V5 else b"")
        self.send(packet(UNSUBSCRIBE << 4 | 2, body + b"".join(text(each) for each in filters)))
        return list(self._codes(UNSUBACK, packet_id))

    def _codes(self, kind, packet_id):
        body = self.expect(kind).body
        assert struct.unpack_from(">H", body)[0] == packet_id
        at = 2
        if self.version == V5:  # Properties, shorter than 128 bytes.
            at += 1 + body[2]
        return body[at:]

    def message(self):
        """The next PUBLISH of the server, acknowledged if it wants that."""
        found = self.expect(PUBLISH)
        qos = found.flags >> 1 & 3
        size = struct.unpack_from(">H", found.body)[0]
        topic, at = found.body[2:2 + size].decode(), 2 + size
        packet_id = None
        if qos:
            packet_id = struct.unpack_from(">H", found.body, at)[0]
            at += 2
            self.send(packet(PUBACK << 4, struct.pack(">H", packet_id)))
        if self.version == V5:
            at += 1 + found.body[at]
        return Message(topic, found.body[at:], qos, packet_id, found.flags & 1, found.flags >> 3)

    def ping(self):
        """A round trip: everything sent before has been handled in order."""
        self.send(packet(PINGREQ << 4))
        self.expect(PINGRESP)

    def expect_closed(self):
        """The reason code of a DISCONNECT that came first, or None; then the end of the connection."""
        try:
            found = self.read()
        except Closed:
            return None
        assert found.kind == DISCONNECT, found
        try:
            extra = self.read()
        except Closed:
            return found.body[0] if found.body else 0
        raise AssertionError(f"{extra} after DISCONNECT")
