"""Garbage, halves, slowness and size on every port: the sender may fall, nobody else does."""
import os
import random
import socket
import struct

import pytest
import requests

from harness.raw_mqtt import CONNACK, V311, V5, RawMqtt, connect_packet, packet, publish_packet
from harness.wait import eventually
from harness.ws import WebSocket

TELEMETRY = "v1/devices/me/telemetry"
UPGRADE = (b"GET /api/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")


@pytest.fixture
def bystander(server, device):
    """A good MQTT session that must live through the test."""
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        yield client
        assert client.publish_acked(TELEMETRY, '{"alive":1}') == 0
    assert server.is_alive(), server.log_tail()
    assert server.ask("/health") == 200
    assert requests.get(server.url + "/api/auth/user", timeout=60).status_code == 401


def throw(port, data):
    """Sends `data` on a connection of its own and returns what came back before its end, which must come."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), 40) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            while more := sock.recv(65536):
                answer += more
        except TimeoutError:
            raise
        except OSError:
            pass  # A reset is an end, too.
    return answer


@pytest.mark.sanitizer
@pytest.mark.parametrize("port", ["mqtt_port", "http_port", "metrics_port"])
def test_random_bytes(server, bystander, port):
    rng = random.Random(7)
    for size in (1, 2, 10, 100, 1000, 100_000):
        for _ in range(10):
            throw(getattr(server, port), rng.randbytes(size))


def mutations(good, count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            where = rng.randrange(len(data))
            kind = rng.randrange(3)
            if kind == 0:
                data[where] = rng.randrange(256)
            elif kind == 1:
                del data[where:where + rng.randint(1, 4)]
            else:
                data[where:where] = rng.randbytes(rng.randint(1, 4))
            if not data:
                break
        yield bytes(data)


@pytest.mark.sanitizer
@pytest.mark.parametrize("version", [V311, V5])
def test_mutated_mqtt(server, tenant, bystander, version):
    device = tenant.create_device()
    good = connect_packet(version, "c", device.token, "p", will=("t", "w", 1)) + \
        publish_packet(TELEMETRY, '{"a":1}', 1, 1, version) + packet(0xC0)
    for data in mutations(good, 150, version):
        throw(server.mqtt_port, data)


@pytest.mark.sanitizer
def test_mutated_mqtt_inside_a_session(server, tenant, bystander):
    device = tenant.create_device()
    for version in (V311, V5):
        good = publish_packet(TELEMETRY, '{"a":1}', 1, 1, version) + packet(
            0x82, b"\0\x02" + (b"\0" if version == V5 else b"") + b"\0\x04v2/a\1")
        for data in mutations(good, 60, version + 10):
            throw(server.mqtt_port, connect_packet(version, "c", device.token) + data)


@pytest.mark.parametrize("version", [V311, V5])
def test_a_connect_cut_at_every_byte(server, tenant, bystander, version):
    data = connect_packet(version, "c", tenant.create_device().token, "p", will=("t", "w", 1))
    for size in range(1, len(data)):
        assert throw(server.mqtt_port, data[:size]) == b"", size
    assert throw(server.mqtt_port, data)[:1] == b"\x20"


@pytest.mark.sanitizer
def test_mqtt_byte_by_byte(server, tenant, bystander):
    with RawMqtt(server.mqtt_port) as client:
        for byte in connect_packet(V311, "c", tenant.create_device().token) + packet(0xC0):
            client.send(bytes([byte]))
        assert client.expect(CONNACK).body == b"\0\0"
        client.ping()


@pytest.mark.sanitizer
@pytest.mark.parametrize("first", [
    b"\x10\xff\xff\xff\xff\x7f",  # A length of five bytes.
    b"\x10\xff\xff\xff\x7f" + b"\0\x04MQTT\x04",  # 256 MB announced.
    b"\x00\x00", b"\xf0\x00", b"\x1f\x00", b"\x10\x00",
    b"\x10\x0c\0\x04MQTT\x04\x03\0\x3c\0\0",  # The reserved flag.
    b"\x10\x0c\0\x04MQTT\x04\x1e\0\x3c\0\0",  # A will of quality 3, and no will.
    b"\x10\x0e\0\x04MQTT\x04\x02\0\x3c\0\x02\xff\xfe",  # A client id that is no UTF-8.
    b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\xff\xff",  # A client id longer than the packet.
    b"\x10\x0e\0\x04MQTT\x04\x42\0\x3c\0\0\0\0",  # A password without a user name.
], ids=lambda data: data[:12].hex())
def test_connects_that_are_none(server, bystander, first):
    with RawMqtt(server.mqtt_port) as client:
        client.send(first)
        assert client.expect_closed() is None


def test_a_packet_that_never_ends_costs_no_memory(server, tenant, bystander):
    before, sockets = server.rss_bytes(), []
    for _ in range(200):
        sock = socket.create_connection(("127.0.0.1", server.mqtt_port), 40)
        sock.sendall(b"\x10\xff\xff\x03" + b"\0\x04MQTT\x04\x02\0\x3c")  # 64 KB announced, 10 bytes sent.
        sockets.append(sock)
    for _ in range(200):
        sock = socket.create_connection(("127.0.0.1", server.device_http_port), 40)
        sock.sendall(b"POST /api/v1/x/telemetry HTTP/1.1\r\nHost: l\r\nContent-Length: 50000000\r\n\r\n{")
        sockets.append(sock)
    bystander.ping()
    assert server.rss_bytes() - before < 100 << 20
    for sock in sockets:
        sock.close()


def test_who_never_says_connect_is_dropped(server, bystander):
    with RawMqtt(server.mqtt_port) as silent:
        assert silent.expect_closed() is None  # Within the 40 s of the socket's timeout.


@pytest.mark.sanitizer
@pytest.mark.parametrize("request_bytes,statuses", [
    (b"GET / HTTP/9.9\r\n\r\n", (b"400", b"505")),
    (b"G\0T / HTTP/1.1\r\nHost: l\r\n\r\n", (b"400",)),
    (b"GET /api/auth/user HTTP/1.1\r\nHost: l\r\nContent-Length: -1\r\n\r\n", (b"400",)),
    (b"POST /api/auth/login HTTP/1.1\r\nHost: l\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", (b"400",)),
    (b"POST /api/auth/login HTTP/1.1\r\nHost: l\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", (b"400",)),
    (b"GET /api/auth/user HTTP/1.1\r\nHost: l\r\nA: b\r\n c: d\r\nNo colon\r\n\r\n", (b"400",)),
    (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: l\r\n\r\n", (b"400", b"414", b"431")),
    (b"GET / HTTP/1.1\r\nHost: l\r\nBig: " + b"x" * 100_000 + b"\r\n\r\n", (b"400", b"431")),
    (b"GET /%zz/%00/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n", (b"400", b"404", b"401")),
    (b"GET /api/../../../etc/passwd HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n", (b"400", b"404", b"401")),
], ids=range(10))
def test_http_that_is_none(server, bystander, request_bytes, statuses):
    answer = throw(server.http_port, request_bytes)
    # It may also just close, but it must not answer as if it had understood.
    assert answer == b"" or answer.split(b" ", 2)[1] in statuses, answer[:200]
    assert b"root:" not in answer


@pytest.mark.sanitizer
def test_mutated_http(server, bystander):
    good = (b"POST /api/v1/A3_TEST_TOKEN/telemetry HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 7\r\nConnection: close\r\n\r\n{\"a\":1}")
    for data in mutations(good, 150, 3):
        throw(server.device_http_port, data)


def test_http_byte_by_byte_and_pipelined(server, device, bystander):
    one = (f"POST /api/v1/{device.token}/telemetry HTTP/1.1\r\nHost: l\r\nContent-Length: 7\r\n\r\n"
           '{"a":1}').encode()
    with socket.create_connection(("127.0.0.1", server.device_http_port), 40) as sock:
        for byte in one:
            sock.sendall(bytes([byte]))
        assert sock.recv(65536).startswith(b"HTTP/1.1 200")
        sock.sendall(one * 20)
        answer = b""
        while answer.count(b"HTTP/1.1 200") < 20:
            more = sock.recv(65536)
            assert more, answer
            answer += more


def test_an_http_header_that_never_ends_is_dropped(server, bystander):
    before = server.metric("thingstead_net_connections")
    socks = []
    for port in (server.http_port, server.metrics_port):
        sock = socket.create_connection(("127.0.0.1", port), 120)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: l\r\nX: ")
        socks.append(sock)
    for sock in socks:
        data = sock.recv(65536)  # Ends by itself.
        assert data == b"" or b" 408 " in data or b" 400 " in data, data
        sock.close()
    eventually(lambda: server.metric("thingstead_net_connections"), lambda now: now <= before + 2)


def frame(opcode, payload=b"", fin=True, mask=True, length=None):
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | opcode])
    flag = 0x80 if mask else 0
    if size < 126:
        head += bytes([flag | size])
    elif size < 65536:
        head += bytes([flag | 126]) + struct.pack(">H", size)
    else:
        head += bytes([flag | 127]) + struct.pack(">Q", size)
    return head + (b"\0\0\0\0" if mask else b"") + payload


@pytest.mark.sanitizer
@pytest.mark.parametrize("data", [
    frame(1, b"{}", mask=False), frame(3, b"x"), frame(1, b"\xff\xfe"), frame(9, b"x" * 126), frame(0, b"x"),
    frame(1, b"{", fin=False) + frame(1, b"}"), frame(8, b"\x00"), frame(8, b"\x03\xec"), frame(1, b"", length=1 << 62),
    frame(1, b"x" * 50, length=1 << 31), b"\xff" * 64, frame(2, b"\0" * 100)],
    ids=["unmasked", "opcode", "utf8", "long ping", "continuation", "interleaved", "short close", "1004", "2^62", "2^31",
         "ones", "binary"])
def test_websocket_frames_that_are_none(server, bystander, data):
    answer = throw(server.http_port, UPGRADE + data)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 101"), answer[:100]


@pytest.mark.sanitizer
def test_mutated_websocket(server, tenant, bystander):
    good = frame(1, b'{"authCmd":{"cmdId":0,"token":"' + tenant.token.encode() + b'"},"cmds":[{"type":"TIMESERIES",'
                    b'"cmdId":1,"entityType":"DEVICE","entityId":"' + os.urandom(16).hex().encode() + b'"}]}')
    for data in mutations(good, 100, 5):
        throw(server.http_port, UPGRADE + data + frame(8, b"\x03\xe8"))


def test_deep_and_wide_json(server, tenant, device, bystander):
    for body in ('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", "[" * 1_000_000, '{"a":' * 50_000 + "1" + "}" * 50_000):
        for where in (f"/api/plugins/telemetry/DEVICE/{device.id}/timeseries/ANY",
                      f"/api/plugins/telemetry/DEVICE/{device.id}/attributes/SHARED_SCOPE", "/api/device",
                      "/api/auth/login"):
            status = tenant.call("POST", where, data=body).status_code
            assert status in (400, 401, 413), (where, status)
        for where in ("telemetry", "attributes"):
            answer = requests.post(f"{server.device_url}/api/v1/{device.token}/{where}", data=body, timeout=60)
            assert answer.status_code in (400, 413), (where, answer.status_code)
    with WebSocket(server.http_port) as ws:
        ws.send(token=tenant.token)
        ws.send_text("[" * 30_000)
        assert ws.receive()["errorCode"] == 2


@pytest.mark.sanitizer
def test_keys_that_take_the_whole_payload(server, tenant, device, bystander):
    other = tenant.create_device()
    with RawMqtt(server.mqtt_port).accepted(other.token) as client:
        for size in (255, 300, 4_000, 60_000):
            for _ in range(3):
                assert client.publish_acked(TELEMETRY, '{"' + "k" * size + '":1}') == 0
                assert client.publish_acked(TELEMETRY, '[{"' + "\\u00e9" * (size // 6) + '":"' + "v" * 9 + '"}]') == 0
                assert requests.post(f"{server.device_url}/api/v1/{device.token}/telemetry", timeout=60,
                                     data='{"' + "k" * size + '":1}').status_code == 200
                assert tenant.call("POST", f"/api/plugins/telemetry/DEVICE/{device.id}/timeseries/ANY",
                                   {"k" * size: 1}).status_code == (200 if size == 255 else 400)


def test_thousands_of_connections_that_come_and_go(server, bystander):
    for _ in range(10):
        socks = [socket.create_connection(("127.0.0.1", port), 40)
                 for port in (server.mqtt_port, server.http_port) for _ in range(100)]
        for number, sock in enumerate(socks):
            if number % 2:  # Half of them with a reset.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
    bystander.ping()
    eventually(lambda: server.metric("thingstead_mqtt_connections"), lambda open_now: open_now <= 2)
