#!/usr/bin/env python3
"""Tests of what bench/rest computes, and of what it sends where wrk is installed."""
import http.server
import json
import os
import shutil
import sys
import tempfile
import threading
import types
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import prices, wrk  # noqa: E402
from harness.process import Failed  # noqa: E402

_loader = SourceFileLoader("bench_rest", os.path.join(os.path.dirname(HERE), "rest"))
bench = module_from_spec(spec_from_loader("bench_rest", _loader))
_loader.exec_module(bench)

GOOD = {"requests": 300, "seconds": 1.5, "refused": 0, "broken": 0, "ms_p50": 1, "ms_p99": 2, "ms_max": 3}


class Parse(unittest.TestCase):
    def text(self, **fields):
        return "Running 2s test\n  1 threads\n" + json.dumps({**GOOD, **fields}) + "\n"

    def test_takes_the_last_line(self):
        self.assertEqual(wrk.parse(self.text())["per_s"], 200.0)

    def test_what_was_refused_or_broke_is_no_figure(self):
        for text in (self.text(refused=1), self.text(broken=1), self.text(requests=0), "unable to connect\n", ""):
            with self.assertRaises(Failed):
                wrk.parse(text)


class Prices(unittest.TestCase):
    def test_syncs_and_leaves_no_file_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertGreater(prices.syncs_per_s(folder, 0.05), 0)
            self.assertEqual(os.listdir(folder), [])

    def test_percentiles_are_values_that_were_measured(self):
        self.assertEqual(prices.percentile(range(100, 0, -1), 0.5), 51)
        self.assertEqual(prices.percentile([5], 0.99), 5)

    def test_searches(self):
        p50, p99 = prices.search_ms(["a", "ab", "c"], ["a", "x"], 0.02)
        self.assertTrue(0 < p50 <= p99)

    def test_hashes(self):
        self.assertGreater(prices.hash_cpu_ms(0), 1)


class Figures(unittest.TestCase):
    def test_names_are_those_that_are_made_and_texts_find_one_some_or_none(self):
        names = bench.device_names(500)
        self.assertEqual(names[::499], ["bench-0-0000001", "bench-0-0000500"])
        found = [sum(text in name for name in names) for text in bench.searched_texts(names)]
        self.assertIn(0, found)
        self.assertGreater(max(found), 0)
        self.assertEqual(bench.searched_texts(names), bench.searched_texts(names))

    def test_a_ratio_needs_a_yardstick(self):
        self.assertEqual(bench.ratios({"a": 1, "yardstick_a": 4, "b": 2, "c": 3, "yardstick_c": 0}), {"a": 0.25})


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen, lock = [], threading.Lock()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with self.lock:
            self.seen.append((self.command, self.path, self.headers.get("X-Authorization"), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


@unittest.skipUnless(shutil.which("wrk"), "wrk is not installed")
class Requests(unittest.TestCase):
    def setUp(self):
        Recorder.seen.clear()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # wrk ends its connections with a reset.
        threading.Thread(target=self.server.serve_forever).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        child = types.SimpleNamespace(cpu_us=lambda: 0, check_alive=lambda: None)
        self.wrk = wrk.Wrk(shutil.which("wrk"), self.server.server_address[1], child, 2)

    def test_devices_are_as_many_as_asked_for_and_have_names_of_their_own(self):
        report = self.wrk.create(4, 50, "p-", "token")
        names = [json.loads(body)["name"] for *_, body in Recorder.seen]
        self.assertGreaterEqual(report["requests"], 50)
        self.assertLessEqual(len(names), 50 + 4)
        self.assertEqual(len(set(names)), len(names))
        self.assertLessEqual({name.removeprefix("p-") for name in names},
                             {name.removeprefix(bench.PREFIX) for name in bench.device_names(54)})
        self.assertEqual({each[:3] for each in Recorder.seen}, {("POST", "/api/device", "Bearer token")})

    def test_all_paths_are_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            self.wrk.run(2, 1, "paths", bench.write_lines(folder, "paths", ["/a", "/b?c=d"]), token="t")
        self.assertEqual({each[:2] for each in Recorder.seen}, {("GET", "/a"), ("GET", "/b?c=d")})

    def test_logs_in(self):
        self.wrk.run(1, 1, "login", "a@b", "secret")
        self.assertEqual({(path, token, body) for _, path, token, body in Recorder.seen},
                         {("/api/auth/login", None, '{"username":"a@b","password":"secret"}')})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])  # All tests of this folder are given the path of ts-load.
