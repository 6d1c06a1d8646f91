"""Ten times what the server can take: it delays, and neither drops, nor loses, nor grows."""
import threading

import pytest

from harness.load import Load

MB = 1 << 20
WINDOW = "1000"  # Unacknowledged messages of a connection; what is due beyond them waits in the generator.
RSS_MB_MAX = 768  # Also with every buffer of the stores and the queue at its limit.


class Sampler(threading.Thread):
    """Reads the resident set ten times a second."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.over, self.samples = server, threading.Event(), []

    def run(self):
        while not self.over.wait(0.1):
            self.samples.append(self.server.rss_bytes())


@pytest.mark.timeout(180)
def test_ten_times_the_load(new_server, tmp_path):
    server = new_server().start()
    load = Load(server, tmp_path, connections=100)
    try:
        calm = load.run("--window", WINDOW, "--duration", "2", "--warmup", "1")
        rate = calm["msgs_per_s"]
        assert rate > 0
        sampler = Sampler(server)
        sampler.start()
        report = load.run("--window", WINDOW, "--rate", str(int(rate * 10)), "--duration", "12", "--warmup", "0",
                          "--drain", "60")
        sampler.over.set()
        sampler.join()
        half = len(sampler.samples) // 2
        first, second = max(sampler.samples[:half]), max(sampler.samples[half:])
        print(f"{rate:.0f} messages/s, then {report['msgs_per_s']:.0f}; {first // MB} MB, then {second // MB} MB")
        assert report["disconnects"] == 0 and report["errors"] == 0 and report["connected"] == 100, report
        assert report["drained"] and report["acked"] == report["sent"], report
        assert second < RSS_MB_MAX * MB, f"{second // MB} MB"
        assert second < first * 1.25 + 64 * MB, f"{first // MB} MB, then {second // MB} MB"
        assert load.count == calm["acked"] + report["acked"]
        assert report["unsent"] > 0, "the load was none: the server took everything that was due"
        load.assert_all_stored()
        server.finish()
    finally:
        load.stop()
