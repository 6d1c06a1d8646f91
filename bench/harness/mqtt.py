"""Just enough MQTT to ask a server whether it accepts a session."""
import socket
import struct
import time

from harness.process import Failed

POLL_S = 0.002


def connack_code(port, username=None, timeout_s=5):
    """The return code of one CONNECT, or None when no server answered."""
    client_id = b"ts-bench-probe"
    body = b"\x00\x04MQTT\x04" + (b"\x82" if username else b"\x02") + b"\x00\x3c"
    body += struct.pack(">H", len(client_id)) + client_id
    if username:
        body += struct.pack(">H", len(username)) + username.encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout_s) as sock:
            sock.sendall(b"\x10" + bytes([len(body)]) + body)
            answer = sock.recv(4, socket.MSG_WAITALL)
            if len(answer) == 4 and answer[3] == 0:
                sock.sendall(b"\xe0\x00")
            return answer[3] if len(answer) == 4 else None
    except OSError:
        return None


def wait_accepted(child, port, username=None, seconds_max=120, give_up=lambda: False):
    """Milliseconds from the spawn of `child` to its first CONNACK 0; None when `give_up` says so."""
    while time.monotonic() < child.spawned + seconds_max:
        code = connack_code(port, username)
        if code == 0:
            return round((time.monotonic() - child.spawned) * 1000, 1)
        child.check_alive()
        if code is not None and give_up():
            return None
        time.sleep(POLL_S)
    raise Failed(f"no session was accepted within {seconds_max} s:\n{child.log_tail()}")
