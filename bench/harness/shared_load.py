"""One load on all doors of a deployment, every acknowledged message of which is looked up afterwards."""
import os
import time

from harness.load import Load
from harness.measure import TS_GAP_MS
from harness.process import Failed
from harness.servers import TOKEN_PREFIX
from harness.stored import Acked, compare, wait_caught_up


class SharedLoad:
    """Connections in turn to each of `ports`; their devices are made here."""

    def __init__(self, binary, ports, rest, connections, folder):
        self.rest, self.path = rest, os.path.join(folder, "acked")
        self.load = Load(binary, ",".join(map(str, ports)),
                         ["--token-prefix", TOKEN_PREFIX, "--connections", str(connections)])
        self.devices = rest.create_devices([f"{TOKEN_PREFIX}{i}" for i in range(connections)])
        self.ts_next = 0
        self.acked, self.stored, self.missing = 0, 0, []

    def run(self, seconds, *options, on_phase, settle_s_max, settled):
        """Runs, waits until everything is stored, calls `settled`, and looks everything up."""
        base = max(int(time.time() * 1000), self.ts_next)
        report = self.load.run(seconds, "--client-ts", "--ts-base", base, "--acked-file", self.path, *options,
                               on_phase=on_phase)
        if not report["acked"]:
            raise Failed(f"nothing was acknowledged: {report['error_text']}")
        acked = Acked(self.path)
        began = time.monotonic()
        report["settled"] = wait_caught_up(self.rest, self.devices, acked, settle_s_max)
        report["catch_up_s"] = round(time.monotonic() - began, 2)
        settled()
        self.ts_next = acked.ts_max() + TS_GAP_MS
        stored, missing = compare(self.rest, self.devices, acked, settle_s_max if report["settled"] else 0)
        self.acked += acked.count
        self.stored += stored
        self.missing += missing
        os.unlink(self.path)
        return report
