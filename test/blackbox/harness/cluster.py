"""The cluster form of the server: the same doors as `process.Server` has, in several processes."""
import os
import pathlib
import sys
import zlib

from harness.process import ERROR_LINE, binary

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tools"))
from cluster.cluster import Cluster  # noqa: E402
from cluster.role import Role  # noqa: E402, F401


def start_cluster(folder, **options):
    """A running cluster of the program under test."""
    cluster = Cluster(folder, binary(), **options)
    cluster.start()
    return cluster


class ClusterServer:
    """A look at a cluster that a module of tests takes for its server.

    REST, WebSocket and MQTT go to one process of each role, chosen by the module's name, so that over all modules
    every process has its turn, and devices and users mostly meet at different ones.
    """

    told_s_max = 10

    def __init__(self, cluster, name):
        self.cluster = cluster
        turn = zlib.crc32(name.encode())
        self.node = cluster.nodes[turn % len(cluster.nodes)]
        self.mqtt = cluster.mqtts[(turn >> 1) % len(cluster.mqtts)]
        self.http = cluster.https[0]
        self.errors_expected = False  # Set by tests that break something on purpose.
        self.log_ends = {each.name: each.log.stat().st_size for each in cluster.ours}

    @property
    def http_port(self):
        return self.node.ports["rest"]

    @property
    def device_http_port(self):
        return self.http.ports["http"]

    @property
    def mqtt_port(self):
        return self.mqtt.ports["mqtt"]

    @property
    def metrics_port(self):
        return self.node.metrics_port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def device_url(self):
        return f"http://127.0.0.1:{self.device_http_port}"

    def ask(self, path):
        """The worst status that our processes answer."""
        return max(each.ask(path)[0] or 999 for each in self.cluster.ours)

    def metrics(self):
        """{"name" or 'name{labels}': the sum over all processes}."""
        sums = {}
        for each in self.cluster.ours:
            for key, value in each.metrics().items():
                sums[key] = sums.get(key, 0) + value
        return sums

    def metric(self, name):
        """The sum over all labels and processes."""
        found = [value for key, value in self.metrics().items() if key.split("{")[0] == name]
        assert found, f"there is no metric {name}"
        return sum(found)

    def is_alive(self):
        return all(each.is_alive() for each in self.cluster.ours)

    def rss_bytes(self, name="VmRSS"):
        total = 0
        for each in self.cluster.ours:
            with open(f"/proc/{each.pid}/status") as file:
                total += next(int(line.split()[1]) * 1024 for line in file if line.startswith(name + ":"))
        return total

    def log(self):
        """What was logged since the module began."""
        texts = []
        for each in self.cluster.ours:
            with open(each.log, "rb") as file:
                file.seek(self.log_ends[each.name])
                texts.append(file.read().decode(errors="replace"))
        return "\n".join(texts)

    def log_tail(self):
        return "\n".join(f"--- {each.name}\n{each.log_tail(10)}" for each in self.cluster.ours)

    def finish(self):
        """The end of every test module: all live, and had nothing to complain of."""
        dead = [each.name for each in self.cluster.ours if not each.is_alive()]
        assert not dead, f"{', '.join(dead)} ended:\n{self.log_tail()}"
        if not self.errors_expected:
            found = [line for line in self.log().splitlines() if ERROR_LINE.search(line)]
            assert not found, "errors in the log:\n" + "\n".join(found[:20])


def keep_logs(cluster, folder):
    """Copies the logs of all processes to where a failed run is looked at."""
    os.makedirs(folder, exist_ok=True)
    for each in cluster.services().values():
        if each.log.exists():
            pathlib.Path(folder, each.name + ".log").write_bytes(each.log.read_bytes())
