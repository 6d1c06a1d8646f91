"""The measurements: what is done to a running server, and which figures come of it."""
import os
import threading
import time

from harness.process import Failed, ended_children_cpu_us, machine_cpu_us
from harness.stored import Acked, compare, wait_caught_up

IDLE_HOLD_S = 3
TS_GAP_MS = 65_536  # Over the largest window: message n of a connection is stamped n ms after the base.
SAMPLE_EVERY_S = 0.25


class Memory:
    """Samples the resident set of a child while a block runs."""

    def __init__(self, child):
        self.child, self.samples, self.ended = child, [], threading.Event()
        self.thread = threading.Thread(target=self._sample)

    def _sample(self):
        while not self.ended.wait(SAMPLE_EVERY_S):
            try:
                self.samples.append(self.child.rss_bytes())
            except (OSError, Failed):
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def bytes_per_idle_connection(child, load, connections):
    """Growth of the server's memory by authenticated connections that only ping."""
    if connections == 0:
        return None
    before, during = child.rss_bytes(), []

    def on_phase(phase):
        if phase == "draining":
            during.append(child.rss_bytes())
    report = load.run(IDLE_HOLD_S, "--connections", connections, "--idle", on_phase=on_phase)
    if report["connected"] != connections or not during:
        raise Failed(f"only {report['connected']} of {connections} idle connections: {report['error_text']}")
    return round((during[0] - before) / connections)


class Others:
    """How much of the machine was used by neither server nor generator while a run went on."""

    def __init__(self, child):
        self.child = child
        self.before = self._now()

    def _now(self):
        return time.monotonic(), machine_cpu_us(), self.child.cpu_us() + ended_children_cpu_us()

    def share(self):
        seconds, machine, ours = (now - then for now, then in zip(self._now(), self.before))
        return round(max(0, machine - ours) / (seconds * 1e6 * os.cpu_count()), 3)


def burden(child, load, seconds, *options, settle=lambda: None):
    """One run with the server's CPU time, from the first message until it has settled."""
    start = []

    def on_phase(phase):
        if phase == "running":
            start.append(child.cpu_us())
    others = Others(child)
    report = load.run(seconds, *options, on_phase=on_phase)
    report["others_cpu_share"] = others.share()
    if not start:
        raise Failed(f"the run did not start: {report['error_text']}")
    report["settled"] = settle()
    report["server_cpu_us_per_msg"] = round((child.cpu_us() - start[0]) / max(1, report["acked"]), 2)
    return report


class Verified:
    """Runs against Thingstead whose every acknowledged message is looked up afterwards."""

    def __init__(self, server, rest, load, devices, folder, settle_s_max):
        self.server, self.rest, self.load = server, rest, load
        self.devices, self.folder, self.settle_s_max = devices, folder, settle_s_max
        self.ts_next, self.runs = 0, 0
        self.acked = self.stored = 0
        self.missing = []

    def run(self, seconds, *options):
        """Like burden(); adds `stored` and catch_up_s, from the end of the run to the newest point stored."""
        path = os.path.join(self.folder, f"acked-{self.runs}")
        self.runs += 1
        # Time stamps of two runs never meet, also when one connection sends over 1,000 messages a second.
        base = max(int(time.time() * 1000), self.ts_next)
        acked, catch_up_s = None, 0.0

        def settle():
            nonlocal acked, catch_up_s
            began = time.monotonic()
            acked = Acked(path)
            settled = wait_caught_up(self.rest, self.devices, acked, self.settle_s_max)
            catch_up_s = time.monotonic() - began
            return settled
        report = burden(self.server.child, self.load, seconds, "--client-ts", "--ts-base", base,
                        "--acked-file", path, *options, settle=settle)
        if acked.count != report["acked"]:
            raise Failed(f"ts-load acknowledged {report['acked']} messages and recorded {acked.count}")
        # At most the window of a connection was sent and not acknowledged.
        self.ts_next = acked.ts_max() + TS_GAP_MS
        stored, missing = compare(self.rest, self.devices, acked, self.settle_s_max if report["settled"] else 0)
        self.acked += acked.count
        self.stored += stored
        self.missing += missing
        report["stored"] = stored
        report["catch_up_s"] = round(catch_up_s, 2)
        os.unlink(path)
        return report


def overload(verified, rate, seconds, window):
    """Ten times what the server can take: memory, disconnects, losses."""
    child = verified.server.child
    with Memory(child) as memory:
        report = verified.run(seconds, "--rate", rate, "--window", window, "--drain", 120)
    half = len(memory.samples) // 2
    mb = 1 / (1 << 20)
    return {
        "offered_msgs_per_s": round(rate),
        "msgs_per_s": report["msgs_per_s"],
        "rss_mb_first_half": round(max(memory.samples[:half], default=0) * mb, 1),
        "rss_mb_second_half": round(max(memory.samples[half:], default=0) * mb, 1),
        "disconnects": report["disconnects"],
        "acked": report["acked"],
        "stored": report["stored"],
        "unacked": report["unacked"],
    }
