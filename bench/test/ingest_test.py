#!/usr/bin/env python3
"""Black-box tests of bench/ingest against a stand-in for the server.

usage: ingest_test.py TS_LOAD [unittest arguments]
"""
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
INGEST = os.path.join(os.path.dirname(HERE), "ingest")
TS_LOAD = ""


def is_running(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


class Ingest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bin, self.work = os.path.join(folder.name, "bin"), os.path.join(folder.name, "work")
        os.mkdir(self.bin)
        os.symlink(os.path.abspath(TS_LOAD), os.path.join(self.bin, "ts-load"))
        os.symlink(os.path.join(HERE, "fake_thingstead"), os.path.join(self.bin, "thingstead"))

    def start(self, *arguments):
        command = [INGEST, "--only", "server", "--bin", self.bin, "--directory", self.work, "--connections", "3",
                   "--idle", "5", "--seconds", "0.5", "--warmup", "0.1", "--settle", "1", "--json-only",
                   *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ingest(self, *arguments):
        child = self.start(*arguments)
        output, errors = child.communicate(timeout=100)
        return child.returncode, output, errors

    def test_finds_everything_stored_and_leaves_nothing_behind(self):
        code, output, errors = self.ingest("--overload", "--repeat", "2")
        self.assertEqual(code, 0, errors)
        figures = json.loads(output.splitlines()[-1])
        self.assertGreater(figures["acked"], 0)
        self.assertEqual(figures["stored"], figures["acked"])
        self.assertEqual((figures["disconnects"], figures["errors"], figures["missing"]), (0, 0, []))
        for name in ("msgs_per_s", "points_per_s", "ack_ms_p50", "ack_ms_p99", "rss_mb_idle", "rss_mb_peak",
                     "start_ms", "start_ms_first", "server_cpu_us_per_msg", "cores"):
            self.assertGreater(figures[name], 0, name)
        self.assertEqual(figures["overload"]["stored"], figures["overload"]["acked"])
        self.assertEqual(os.listdir(self.work), [])

    def test_notices_an_acknowledged_message_that_was_lost(self):
        code, output, errors = self.ingest("--server-env", "FAKE_LOSE_EVERY=100")
        self.assertEqual(code, 3, errors)
        figures = json.loads(output.splitlines()[-1])
        self.assertLess(figures["stored"], figures["acked"])
        self.assertIn("stored None", figures["missing"][0])

    def test_quotes_the_log_of_a_server_that_does_not_start(self):
        code, output, errors = self.ingest("--server-env", "FAKE_DIE=1")
        self.assertEqual((code, output), (1, ""))
        self.assertIn("told to die", errors)
        self.assertEqual(os.listdir(self.work), [])

    def test_ends_the_server_when_it_is_ended_itself(self):
        child = self.start("--seconds", "60")
        until = time.monotonic() + 60
        pids = []
        while not pids and time.monotonic() < until:
            for path in glob.glob(os.path.join(self.work, "*/data/pid")):
                with open(path) as file:
                    pids = file.read().split()
            time.sleep(0.01)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
        self.assertEqual(child.returncode, 143)
        self.assertEqual(len(pids), 1)
        self.assertFalse(is_running(int(pids[0])))
        self.assertEqual(os.listdir(self.work), [])


if __name__ == "__main__":
    TS_LOAD = sys.argv.pop(1)
    unittest.main()
