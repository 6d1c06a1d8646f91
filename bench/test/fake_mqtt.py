"""A small MQTT server for tests that misbehaves on request."""
import json
import socket
import struct
import threading

CONNECT, PUBLISH, PUBREL, PINGREQ, DISCONNECT = 1, 3, 6, 12, 14


class Session:
    """What the fake server does with one connection, on a thread of its own."""

    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.file = sock.makefile("rb")
        self.username = None

    def packet(self):
        first = self.file.read(1)
        if not first:
            return None
        length, shift = 0, 0
        while True:
            byte = self.file.read(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        body = self.file.read(length)
        return (first[0] >> 4, (first[0] >> 1) & 3, body) if len(body) == length else None

    def run(self):
        try:
            while (packet := self.packet()) and self.handle(*packet):
                pass
        except OSError:
            pass
        finally:
            self.sock.close()

    def handle(self, kind, qos, body):
        if kind == CONNECT:
            client_id_bytes = struct.unpack_from(">H", body, 10)[0]
            self.username = body[14 + client_id_bytes:].decode() if body[7] & 0x80 else None
            code = self.server.connack_code if self.server.accepts(self.username) else 5
            self.sock.sendall(bytes([0x20, 2, 0, code]))
            return code == 0
        if kind == PUBLISH:
            return self.publish(qos, body)
        if kind == PUBREL:
            self.sock.sendall(b"\x70\x02" + body)
        elif kind == PINGREQ:
            self.server.count("pings")
            self.sock.sendall(b"\xd0\x00")
        return kind != DISCONNECT

    def publish(self, qos, body):
        topic_bytes = struct.unpack_from(">H", body)[0]
        at = 2 + topic_bytes
        packet_id = body[at:at + 2]
        message = json.loads(body[at + (2 if qos else 0):])
        number = self.server.received(self.username, body[2:at].decode(), message)
        if self.server.stall_after and number > self.server.stall_after:
            self.server.ended.wait()
            return False
        if self.server.drop_every and number % self.server.drop_every == 0:
            return False
        self.server.on_message(self.username, message)
        if qos == 1:
            self.server.acknowledge(self.username, message)
            self.sock.sendall(b"\x40\x02" + (packet_id if not self.server.wrong_ids else b"\xff\xff"))
        elif qos == 2:
            self.sock.sendall(b"\x50\x02" + packet_id)
        return True


class FakeServer:
    """Accepts every session unless told otherwise; `on_message(username, message)` may block."""

    def __init__(self, connack_code=0, drop_every=0, stall_after=0, wrong_ids=False, port=0,
                 accepts=lambda username: True, on_message=lambda username, message: None):
        self.accepts, self.on_message = accepts, on_message
        self.connack_code, self.drop_every = connack_code, drop_every
        self.stall_after, self.wrong_ids = stall_after, wrong_ids
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.messages, self.acknowledged, self.counts = [], set(), {}
        self.listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            session = Session(self, sock)
            self.threads.append(threading.Thread(target=session.run))
            self.threads[-1].start()

    def count(self, name):
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + 1

    def received(self, username, topic, message):
        with self.lock:
            self.messages.append((username, topic, message))
            return len(self.messages)

    def acknowledge(self, username, message):
        with self.lock:
            self.acknowledged.add((username, message.get("ts"), message.get("values", message)["energy"]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join()
