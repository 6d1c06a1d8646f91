"""One load from several generators: a ts-load for each door of the cluster, and one report of all."""
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness.load import Load
from harness.measure import TS_GAP_MS
from harness.process import Failed
from harness.stored import Acked, compare, wait_caught_up

GENERATORS = 2
_SUMS = ("sent", "acked", "measured", "unacked", "unsent", "connected", "errors", "disconnects", "msgs_per_s")
_WORST = ("ack_ms_p50", "ack_ms_p99", "ack_ms_p999", "seconds")


def merge(reports):
    """Counts and rates are added; of latencies the worst generator counts."""
    merged = {name: sum(each[name] for each in reports) for name in _SUMS}
    merged.update({name: max(each[name] for each in reports) for name in _WORST})
    merged["generator_cpu_us_per_msg"] = round(
        sum(each["cpu_us_per_msg"] * each["measured"] for each in reports) / max(1, merged["measured"]), 2)
    merged["error_text"] = "\n".join(each["error_text"] for each in reports if each["error_text"])
    return merged


class SplitLoad:
    """Generators that share connections and rate equally; each has devices of its own, which are made here."""

    def __init__(self, binary, ports, rest, connections, folder):
        self.rest, self.folder = rest, folder
        self.connections = connections // GENERATORS
        self.loads, self.devices = [], []
        for k in range(GENERATORS):
            prefix = f"bench-{k}-"
            self.loads.append(Load(binary, ports[k % len(ports)], [
                "--token-prefix", prefix, "--client-id-prefix", prefix, "--connections", str(self.connections)]))
            self.devices.append(rest.create_devices([f"{prefix}{i}" for i in range(self.connections)]))
        self.ts_next, self.acked_all, self.stored_all, self.missing = 0, 0, 0, []

    def run(self, seconds, *options, rate=0, on_phase=lambda phase: None, settle_s_max=120, settled=lambda: None):
        """Runs all of them, waits until what they sent is stored, calls `settled`, and looks everything up.

        `on_phase` is called once for each phase, when the first generator enters it.
        """
        base = max(int(time.time() * 1000), self.ts_next)
        paths = [os.path.join(self.folder, f"acked-{k}") for k in range(GENERATORS)]
        lock, seen = threading.Lock(), set()

        def once(phase):
            with lock:
                if phase not in seen:
                    seen.add(phase)
                    on_phase(phase)

        def run_one(k):
            paced = ("--rate", rate / GENERATORS) if rate else ()
            return self.loads[k].run(seconds, "--client-ts", "--ts-base", base, "--acked-file", paths[k], *options,
                                     *paced, on_phase=once)
        with ThreadPoolExecutor(GENERATORS) as threads:
            reports = list(threads.map(run_one, range(GENERATORS)))
        report = merge(reports)
        if not report["acked"]:
            raise Failed(f"nothing was acknowledged: {report['error_text']}")
        acked = [Acked(path) for path in paths]
        began = time.monotonic()
        report["settled"] = all([wait_caught_up(self.rest, devices, each, settle_s_max)
                                 for devices, each in zip(self.devices, acked)])
        report["catch_up_s"] = round(time.monotonic() - began, 2)
        settled()
        self.ts_next = max(each.ts_max() for each in acked) + TS_GAP_MS
        for devices, each in zip(self.devices, acked):
            stored, missing = compare(self.rest, devices, each, settle_s_max if report["settled"] else 0)
            self.acked_all += each.count
            self.stored_all += stored
            self.missing += missing
        for path in paths:
            os.unlink(path)
        return report
