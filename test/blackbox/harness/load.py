"""The load generator `ts-load`, and whether everything it was promised is stored."""
import json
import os
import struct
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from harness.process import binary, end_with_parent
from harness.rest import Rest

KEY = "energy"
RECORD = struct.Struct("<QqII")  # sequence, ts in ms, connection, energy
PAGE_POINTS = 20_000
THREADS = 4


def program():
    path = os.environ.get("THINGSTEAD_LOAD") or os.path.join(os.path.dirname(binary()), "ts-load")
    assert os.access(path, os.X_OK), f"build ts-load beside the server, or name it in THINGSTEAD_LOAD: {path}"
    return path


class Load:
    """ts-load with one new device for each connection. `acked` is {connection: {ts: energy}}."""

    def __init__(self, server, folder, connections):
        self.server, self.folder = server, str(folder)
        self.prefix = f"load-{uuid.uuid4().hex[:8]}-"
        rest = Rest(server.url)
        names = [f"{self.prefix}{n}" for n in range(connections)]
        self.devices = [rest.ok("POST", f"/api/device?accessToken={name}", {"name": name, "type": "default"})["id"]["id"]
                        for name in names]
        self.acked = {n: {} for n in range(connections)}
        self.count = 0
        self.next_ts = None

    def start(self, *arguments):
        """Runs until it ends by itself or `finish`."""
        self.path = os.path.join(self.folder, f"acked-{uuid.uuid4().hex[:8]}")
        command = [program(), "--port", str(self.server.mqtt_port), "--connections", str(len(self.devices)),
                   "--token-prefix", self.prefix, "--client-ts", "--acked-file", self.path, "--json", *arguments]
        if self.next_ts:  # Time stamps of one run follow those of the run before.
            command += ["--ts-base", str(self.next_ts)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        preexec_fn=end_with_parent)
        return self

    def finish(self, seconds_max=120):
        """Waits for its end; the report, with what was acknowledged added to `acked`."""
        try:
            output, errors = self.process.communicate(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        lines = output.splitlines()
        assert lines and lines[-1].startswith("{"), f"ts-load ended with {self.process.returncode}: {errors or output}"
        with open(self.path, "rb") as file:
            for _, ts, connection, energy in RECORD.iter_unpack(file.read()):
                assert ts not in self.acked[connection], f"acknowledged twice: device {connection}, {ts}"
                self.acked[connection][ts] = energy
                self.count += 1
                self.next_ts = max(self.next_ts or 0, ts + 1_000_000)
        os.remove(self.path)
        return json.loads(lines[-1])

    def run(self, *arguments):
        return self.start(*arguments).finish()

    def stored(self, rest, connection):
        """[(ts, energy)] of one device, read in pages from its first to its last acknowledged point."""
        wanted, points = self.acked[connection], []
        start, end = min(wanted), max(wanted) + 1
        while start < end:
            page = rest.history(self.devices[connection], KEY, start, end, limit=PAGE_POINTS, orderBy="ASC").get(KEY, [])
            points += page
            if len(page) < PAGE_POINTS:
                break
            start = page[-1][0] + 1
        return points

    def assert_all_stored(self, seconds_max=60):
        """Every acknowledged message is stored once, with its value; those still on their way are waited for."""
        until = time.monotonic() + seconds_max

        def check(connection):
            rest, wanted = Rest(self.server.url), self.acked[connection]
            while wanted:
                points = self.stored(rest, connection)
                assert len(points) == len({ts for ts, _ in points}), f"device {connection} has a point twice"
                found = dict(points)
                lost = [(ts, energy, found.get(ts)) for ts, energy in wanted.items() if found.get(ts) != energy]
                if not lost:
                    return []
                if time.monotonic() > until:
                    return [f"device {connection}, ts {ts}: acknowledged {energy}, stored {value}"
                            for ts, energy, value in lost]
                time.sleep(0.2)
            return []
        with ThreadPoolExecutor(THREADS) as pool:
            lost = [text for texts in pool.map(check, self.acked) for text in texts]
        assert not lost, f"{len(lost)} of {self.count} acknowledged messages are lost:\n" + "\n".join(lost[:10])

    def stop(self):
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.kill()
            process.wait()
