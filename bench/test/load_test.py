#!/usr/bin/env python3
"""Black-box tests of ts-load against a small MQTT server that misbehaves on request.

usage: load_test.py TS_LOAD [unittest arguments]
"""
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

from fake_mqtt import FakeServer

TS_LOAD = ""


def ts_load(*arguments, port=1):
    done = subprocess.run([TS_LOAD, "--port", str(port), "--json", *arguments],
                          capture_output=True, text=True, timeout=100)
    lines = done.stdout.splitlines()
    return done, json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None


class Load(unittest.TestCase):
    def test_counts_what_the_server_received_at_each_qos(self):
        for qos in ("0", "1", "2"):
            with self.subTest(qos=qos), FakeServer() as server:
                done, report = ts_load("--connections", "5", "--threads", "2", "--qos", qos,
                                       "--duration", "0.5", "--token-prefix", "dev-", port=server.port)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertGreater(report["acked"], 0)
                self.assertEqual(report["acked"], report["sent"])
                self.assertEqual(len(server.messages), report["sent"])
                self.assertEqual({name for name, _, _ in server.messages}, {f"dev-{i}" for i in range(5)})
                self.assertTrue(report["drained"])

    def test_sends_what_the_rate_says_and_numbers_each_topic(self):
        with FakeServer() as server:
            _, report = ts_load("--connections", "4", "--rate", "100", "--duration", "1", "--anonymous",
                                "--topic", "meter/{}/up", port=server.port)
            self.assertEqual(report["sent"] + report["unsent"], 100)
            self.assertEqual(len(server.messages), report["sent"])
            self.assertEqual({(name, topic) for name, topic, _ in server.messages},
                             {(None, f"meter/{i}/up") for i in range(4)})

    def test_records_exactly_what_was_acknowledged_although_sessions_are_cut(self):
        with FakeServer(drop_every=50) as server, tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "acked")
            done, report = ts_load("--connections", "3", "--duration", "2", "--reconnect", "--client-ts",
                                   "--ts-base", "1700000000000", "--acked-file", path,
                                   "--token-prefix", "d", port=server.port)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertGreater(report["disconnects"], 1)
            with open(path, "rb") as file:
                records = list(struct.iter_unpack("<QqII", file.read()))
            self.assertEqual(len(records), report["acked"])
            recorded = {(f"d{connection}", ts, energy) for _, ts, connection, energy in records}
            self.assertEqual(len(recorded), len(records), "time stamps are distinct")
            for sequence, ts, _, _ in records:
                self.assertEqual(ts, 1700000000000 + sequence)
            self.assertLessEqual(recorded, server.acknowledged)
            self.assertEqual(report["sent"], report["acked"] + report["unacked"])

    def test_owes_its_schedule_to_a_stalled_server_and_says_so(self):
        with FakeServer(stall_after=20) as server:
            done, report = ts_load("--connections", "2", "--rate", "2000", "--window", "50", "--duration", "1",
                                   "--drain", "0.1", port=server.port)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertLessEqual(report["sent"], report["acked"] + 100, "the window bounds what is out")
            self.assertEqual(report["sent"] + report["unsent"], 2000)
            self.assertFalse(report["drained"])
            # Half of the messages were due more than half a second before the end: no omission.
            self.assertGreater(report["ack_ms_p50"], 400)

    def test_holds_idle_connections_with_pings(self):
        with FakeServer() as server:
            _, report = ts_load("--connections", "3", "--idle", "--duration", "2", "--keep-alive", "1",
                                port=server.port)
            self.assertEqual((report["connected"], report["sent"], report["disconnects"]), (3, 0, 0))
            self.assertGreaterEqual(server.counts["pings"], 3)

    def test_fails_when_the_server_refuses_or_acknowledges_what_was_not_sent(self):
        for name, server in (("refused", FakeServer(connack_code=5)), ("wrong", FakeServer(wrong_ids=True))):
            with self.subTest(name), server:
                done, report = ts_load("--connections", "2", "--duration", "0.3", port=server.port)
                self.assertEqual(done.returncode, 1)
                self.assertEqual((report["errors"], report["acked"], report["connected"]), (2, 0, 0))

    def test_sends_to_loopback_addresses_only(self):
        for host in ("192.0.2.1", "0.0.0.0", "example.com", "::"):
            done, report = ts_load("--host", host)
            self.assertEqual((done.returncode, report), (2, None), host)
            self.assertIn("loopback", done.stderr)

    def test_ends_early_and_whole_on_a_signal(self):
        with FakeServer() as server:
            child = subprocess.Popen([TS_LOAD, "--port", str(server.port), "--duration", "90"],
                                     stdout=subprocess.PIPE, text=True)
            for line in child.stdout:
                if line == "phase measuring\n":
                    break
            child.send_signal(signal.SIGTERM)
            report = json.loads(child.communicate(timeout=60)[0].splitlines()[-1])
            self.assertEqual(child.returncode, 0)
            self.assertLess(report["seconds"], 80)
            self.assertEqual(report["acked"], report["sent"])


if __name__ == "__main__":
    TS_LOAD = sys.argv.pop(1)
    unittest.main()
