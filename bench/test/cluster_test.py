#!/usr/bin/env python3
"""Tests of what bench/cluster computes: shares from /proc, rows of the store benchmarks."""
import json
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import rows, usage  # noqa: E402
from harness.process import CLOCK_TICKS_PER_S, Failed  # noqa: E402

STAT = "42 (a) b) S " + " ".join(["1"] * 10) + " 30 12 0 0"


class Usage(unittest.TestCase):
    def test_reads_user_and_system_time_behind_any_name(self):
        self.assertEqual(usage.parse_stat(STAT), 42e6 / CLOCK_TICKS_PER_S)

    def test_reads_time_on_a_core_and_time_waiting_for_one(self):
        self.assertEqual(usage.parse_schedstat("5000000 2000000 77\n"), (5000.0, 2000.0))

    def test_shares_are_of_the_wall_time_and_of_the_time_there_was_work(self):
        before = usage.Sample(on_cpu_us=1_000, run_delay_us=0)
        found = usage.shares(before, usage.Sample(on_cpu_us=251_000, run_delay_us=750_000), 1_000_000)
        self.assertEqual(found, {"cpu_share": 0.25, "waiting_share": 0.75, "core_wait_share": 0.75})
        two_cores = usage.shares(usage.Sample(), usage.Sample(on_cpu_us=1_500_000), 1_000_000)
        self.assertEqual(two_cores, {"cpu_share": 1.5, "waiting_share": 0.0, "core_wait_share": 0.0})
        self.assertEqual(usage.shares(before, before, 1_000)["core_wait_share"], 0.0)

    def test_a_role_of_several_processes_uses_what_they_use_together(self):
        found = usage.combine([{"cpu_share": 0.5, "waiting_share": 0.5, "core_wait_share": 0.2},
                               {"cpu_share": 0.1, "waiting_share": 0.9, "core_wait_share": 0.4}])
        self.assertEqual(found, {"cpu_share": 0.6, "waiting_share": 0.7, "core_wait_share": 0.3})

    def test_meters_this_very_process(self):
        meter = usage.Meter({"test": [os.getpid()]})
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass
        self.assertGreaterEqual(meter.cpu_us()["test"], 30_000)
        self.assertGreater(meter.shares()["test"]["cpu_share"], 0)


class Rows(unittest.TestCase):
    def text(self, *runs):
        return "a line before\n" + json.dumps({"benchmarks": list(runs)})

    def test_takes_the_best_run_of_each_store(self):
        def run(cpu_us_per_row, points_per_s):
            return {"own_cpu_us_per_row": cpu_us_per_row, "own_cpu_us_per_point": 2 * cpu_us_per_row,
                    "rows_per_point": 2.0, "rows_per_batch": 59.04, "items_per_second": points_per_s}
        for store in ("cassandra", "postgres"):
            self.assertEqual(rows.parse(store, self.text(run(5, 1000.4), run(10, 9000))),
                             {"cpu_us_per_point": 10, "points_per_s": 1000, "points_per_s_per_core": 100_000,
                              "rows_per_point": 2.0, "rows_per_batch": 59.0, "rows_per_s_per_core": 200_000})

    def test_a_benchmark_that_failed_is_no_figure(self):
        for text in (self.text(), self.text({"own_cpu_us_per_row": 1, "error_occurred": True, "error_message": "x"})):
            with self.assertRaises(Failed):
                rows.parse("postgres", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])  # All tests of this folder are given the path of ts-load.
