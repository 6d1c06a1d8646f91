"""What nobody should send: values, texts and bodies that are wrong in one place."""
import copy
import json

TEXTS = [
    b"", b" ", b"null", b"undefined", b"-1", b"0", b"1", b"2147483647", b"2147483648", b"9223372036854775807",
    b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809", b"1e999", b"NaN", b"Infinity", b"1.5",
    b"0x10", b"+1", b"true", b"maybe", b"'", b'"', b"%", b"_", b"\\", b"' OR 1=1 --", b"\0", b"a\0b", b"\n",
    b"\x1b[0m", b"\x7f", b"../../etc/passwd", b"..%2f", b"/", b"//", b"a/b", b"?", b"#", b"&a=b", b";", b",", b",,,", b"{}", b"[]",
    b"{x}", b"${x}", b"a" * 300, b"a" * 5_000, b"," * 3_000, b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80", "ä😀\u202e\u0301".encode(), b"13814000-1dd2-11b2-8080-808080808080",
    b"00000000-0000-0000-0000-000000000000", b"ffffffff-ffff-ffff-ffff-ffffffffffff",
    b"13814000-1dd2-11b2-8080-80808080808",
    b"13814000-1dd2-11b2-8080-8080808080800", b"13814000-1dd2-41b2-8080-808080808080", b"138140001dd211b28080808080808080",
    b"{13814000-1dd2-11b2-8080-808080808080}", b"g3814000-1dd2-11b2-8080-808080808080", b"DEVICE", b"device", b"EDGE",
    b"QUEUE_STATS", b"createdTime;drop", b"additionalInfo", b"tenantId", b"1970-01-01", b"a" * 14_000,
]
MEDIA = [None, "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
         "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "application/json; charset=utf-16",
         "application/json;;;", "json", "*/*", "application/octet-stream", "a" * 3_000]
TOKENS = [None, "", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer e30.e30.", "Basic dXNlcjpwYXNz", "ApiKey ",
          "ApiKey tb_x", "ApiKey " + "a" * 5_000, "Bearer " + "." * 5_000, "Bearer eyJhbGciOiJub25lIn0.e30."]


def nested(depth, inner=1, array=True):
    value = inner
    for _ in range(depth):
        value = [value] if array else {"a": value}
    return value


def value(rng):
    kind = rng.randrange(12)
    if kind == 0:
        return rng.choice([[], {}, [None], [[]], {"": None}, {"id": None}, {"entityType": "DEVICE"},
                           {"entityType": None, "id": "x"}, {"a": {"b": [1, {"c": None}]}}])
    if kind == 1:
        return nested(rng.choice([63, 64, 65, 66, 100, 500]), array=rng.random() < 0.5)
    if kind <= 3:
        return None
    if kind <= 6:
        return rng.choice([0, -1, 1, 1.5, -0.0, 1e308, 5e-324, 2**31 - 1, 2**31, -2**31 - 1, 2**53 + 1, 2**63 - 1, 2**63,
                           -2**63, -2**63 - 1, 2**64, 10**30, 10**400, True, False])
    if kind <= 8:
        return rng.choice(["", " ", "x" * 255, "x" * 256, "x" * 1_000, "x" * 70_000, "ä" * 200, "\0", "a\0b", "\x01\x1f\x7f",
                           "\ud800", "\udc00\ud800", "😀" * 100, "\u202e", "\r\nX: y", "<script>", "${a.b}", "%s%n"])
    return rng.choice(TEXTS).decode("latin-1")


def places(root):
    """(container, key) of every member and element below `root`."""
    found, waiting = [], [root]
    while waiting:
        at = waiting.pop()
        keys = list(at) if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ()
        for key in keys:
            found.append((at, key))
            waiting.append(at[key])
    return found


def changed(rng, root):
    """A copy of a JSON value that is wrong in one place."""
    root = copy.deepcopy(root)
    found = places(root)
    if not found or rng.random() < 0.04:
        return value(rng)
    container, key = rng.choice(found)
    kind = rng.randrange(10)
    if kind <= 5:
        container[key] = value(rng)
    elif kind == 6:
        del container[key]
    elif kind == 7 and isinstance(container, dict):
        container[rng.choice(["extra", "", "id", "tenantId", "__proto__", "\0", "k" * 2_000, key + " "])] = value(rng)
    elif kind == 8:
        container[key] = [container[key]] if rng.random() < 0.5 else {"value": container[key]}
    else:
        other, other_key = rng.choice(found)
        container[key] = copy.deepcopy(other[other_key])
    return root


def raw(rng, data):
    """Bytes of a JSON text that are none any more, or hardly."""
    kind = rng.randrange(12)
    at = rng.randrange(len(data) + 1)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + rng.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", b"\x01", b"\xef\xbb\xbf"]) + data[at:]
    if kind == 2:
        digits = [i for i, byte in enumerate(data) if 48 <= byte < 58]
        at = rng.choice(digits) if digits else 0
        return data[:at] + rng.choice([b"NaN", b"1e999", b"-Infinity", b"1" * 400, b"0123", b"1.", b".5", b"--1"]) + data[at + 1:]
    if kind == 3:
        return data + rng.choice([b"x", b"{}", b",", b"\0", b"]" * 100])
    if kind == 4:
        return rng.choice([b"", b"null", b"[]", b"{}", b'""', b"0", b"true", b"{", b"[", b'"', b"{]", b"\0", b"nul", b"[{}]",
                           b'["x"]', b"[null]", b"a=b&c=d", b"<a/>"])
    if kind == 5:
        return b"[" * (deep := rng.choice([65, 200, 5_000])) + b"]" * rng.choice([deep, 0])
    if kind == 6:
        return b'{"a":' * (deep := rng.choice([65, 200, 5_000])) + b"1" + b"}" * rng.choice([deep, 0])
    if kind == 7:
        return data.replace(b":", b":" + b" " * 50, 3)
    if kind == 8:
        return data[:-1] + b"," + data[1:] if data[:1] == b"{" else data + data  # Every member twice.
    if kind == 9:
        return data.decode("latin-1").encode("utf-16")
    if kind == 10:
        return bytes(byte ^ (1 << rng.randrange(8)) if rng.random() < 0.01 else byte for byte in data)
    return rng.randbytes(rng.randrange(300))


def to_bytes(body):
    """JSON as Python writes it: of lone surrogates it makes escapes, of numbers that are too large digits."""
    return json.dumps(body).encode()
