"""Points a second of one core that our drivers write: from the micro-benchmarks of the stores."""
import json
import os
import subprocess

from harness.process import Failed

# The benchmark of each store, the run of it that is taken, its counter of CPU time, how many points that is for, and
# how many rows a point is: in Cassandra its history and the latest value of its key; the latter is one row a batch
# in PostgreSQL and not counted.
BENCHES = {
    "cassandra": ("store_cassandra_bench", "write_messages/1000/512", "cpu_us/message", 3, 2),
    "postgres": ("store_postgres_bench", "write_points", "own_cpu_us_per_row", 1, 1),
}


def parse(store, text):
    """Figures of the best run in the JSON output of Google Benchmark."""
    _, _, counter, points, rows = BENCHES[store]
    runs = [run for run in json.loads(text[text.index("{"):])["benchmarks"] if counter in run]
    errors = [run["error_message"] for run in runs if run.get("error_occurred")]
    if errors or not runs:
        raise Failed(f"the benchmark of {store}: {errors or 'no run'}")
    best = min(runs, key=lambda run: run[counter])
    cpu_us = best[counter] / points
    return {"cpu_us_per_point": round(cpu_us, 3),
            "points_per_s": round(best.get("points/s", best["items_per_second"])),
            "rows_per_s_per_core": round(rows * 1e6 / cpu_us)}


def measure_rows(store, bench_folder, tree):
    name, runs, *_ = BENCHES[store]
    binary = os.path.join(bench_folder, name)
    if not os.access(binary, os.X_OK):
        return None
    command = [os.path.join(tree, "tools/servers/run.py"), store, "--", binary, "--benchmark_format=json",
               f"--benchmark_filter={runs}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise Failed(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return parse(store, done.stdout)
