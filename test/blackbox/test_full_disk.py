"""A full disk: the server stops acknowledging, says so, and goes on when there is room. Needs root for the mount;
conftest.py leaves this file out without it."""
import os
import shutil
import subprocess

import pytest

from harness.raw_mqtt import PUBACK, RawMqtt
from harness.process import end_with_parent
from harness.rest import Rest
from harness.wait import eventually

TELEMETRY = "v1/devices/me/telemetry"
DISK_MB = 2048
TS = 1_700_000_000_000


@pytest.fixture
def disk():
    """A tmpfs in a mount namespace that ends with this process: (pid of its keeper, path seen from here)."""
    script = f"mount -t tmpfs -o size={DISK_MB}m tmpfs /mnt && echo mounted && exec cat"
    keeper = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c", script],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=end_with_parent)
    assert keeper.stdout.readline() == b"mounted\n"
    yield keeper.pid, f"/proc/{keeper.pid}/root/mnt"
    keeper.stdin.close()
    keeper.wait(30)


def fill(path):
    """Takes every free byte."""
    with open(path, "wb", buffering=0) as file:
        size = 64 << 20
        while size:
            try:
                if file.write(b"\0" * size) < size:
                    size //= 2
            except OSError:
                size //= 2


@pytest.mark.timeout(180)
def test_a_full_disk_delays_acknowledgements_and_loses_nothing(new_server, disk):
    keeper, mount = disk
    server = new_server(prefix=["nsenter", f"--mount=/proc/{keeper}/ns/mnt", "--wd=/"], data="/mnt/data").start()
    server.data = server.folder  # What the clean-up removes; the mount goes by itself.
    tenant = Rest(server.url)
    device = tenant.create_device()
    filler = os.path.join(mount, "filler")
    acked, sent = set(), 0

    def publish(client, count, filling=""):
        nonlocal sent
        ids = {}
        for _ in range(count):
            ids[client.publish(TELEMETRY, f'{{"ts":{TS + sent},"values":{{"n":{sent},"filling":"{filling}"}}}}')] = sent
            sent += 1
        return ids

    def collect(client, ids):
        while ids:
            acked.add(ids.pop(int.from_bytes(client.expect(PUBACK).body[:2], "big")))

    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        collect(client, publish(client, 100))
        fill(filler)
        assert shutil.disk_usage(mount).free < 1 << 20
        # Room allocated before may still be used; then no acknowledgement comes, and no end of the session either.
        ids = {}
        client.sock.settimeout(5)
        stopped = False
        for _ in range(DISK_MB * 1024 // 60 // 20):
            ids.update(publish(client, 20, "x" * 60_000))
            try:
                collect(client, ids)
            except TimeoutError:
                stopped = True
                break
        assert stopped, "every message was acknowledged although the disk is full"
        assert "queue.log.full" in server.log(), server.log_tail()
        assert server.metric("thingstead_queue_full") == 1
        assert server.is_alive() and server.ask("/health") == 200
        os.remove(filler)
        client.sock.settimeout(60)
        collect(client, ids)  # The very same session and messages.
        collect(client, publish(client, 100))
        eventually(lambda: "queue.log.writable" in server.log())
        assert server.metric("thingstead_queue_full") == 0

    def assert_stored():
        rest = Rest(server.url)
        found = eventually(lambda: rest.history(device.id, "n", limit=sent + 1, orderBy="ASC").get("n", []),
                           lambda points: len(points) >= len(acked))
        assert found == [(TS + n, n) for n in sorted(acked)] and len(acked) == sent
    assert_stored()

    # Killed on a full disk, and started on it again: what was acknowledged is still there after the room is.
    fill(filler)
    server.kill()
    os.remove(filler)
    server.start()
    assert_stored()
    assert server.stop() == 0
