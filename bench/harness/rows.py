"""Rows a second of one core that our drivers write: from the micro-benchmarks of the stores.

Both write the same messages (src/store/timeseries_load.h), and a row is the same in both: one row of a table, of the
history or of the latest values, that the database acknowledged. Latest values that a driver folds before it sends
them are no rows, so the points of the same runs are given too.
"""
import json
import os
import subprocess

from harness.process import Failed

# The benchmark of each store and the runs of it that are taken: as the driver is by default.
BENCHES = {
    "cassandra": ("store_cassandra_bench", "write_points/devices:1000/in_flight:32/"),
    "postgres": ("store_postgres_bench", "write_points"),
}


def parse(store, text):
    """Figures of the best run in the JSON output of Google Benchmark."""
    runs = json.loads(text[text.index("{"):])["benchmarks"]
    errors = [run["error_message"] for run in runs if run.get("error_occurred")]
    if errors or not runs:
        raise Failed(f"the benchmark of {store}: {errors or 'no run'}")
    best = min(runs, key=lambda run: run["own_cpu_us_per_row"])
    return {"cpu_us_per_point": round(best["own_cpu_us_per_point"], 3),
            "points_per_s": round(best["items_per_second"]),
            "points_per_s_per_core": round(1e6 / best["own_cpu_us_per_point"]),
            "rows_per_point": round(best["rows_per_point"], 3),
            "rows_per_batch": round(best["rows_per_batch"], 1),
            "rows_per_s_per_core": round(1e6 / best["own_cpu_us_per_row"])}


def measure_rows(store, bench_folder, tree):
    name, runs = BENCHES[store]
    binary = os.path.join(bench_folder, name)
    if not os.access(binary, os.X_OK):
        return None
    command = [os.path.join(tree, "tools/servers/run.py"), store, "--", binary, "--benchmark_format=json",
               f"--benchmark_filter={runs}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise Failed(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return parse(store, done.stdout)
