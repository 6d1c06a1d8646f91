"""A Redis cluster of three masters without replicas; its nodes are redis_cluster.1 to redis_cluster.3."""
import pathlib

from servers.redis import RedisNode
from servers.service import Service, ServiceError, free_port, wait_until

SLOTS = 16384


class ClusterNode(RedisNode):
    def __init__(self, folder, name):
        super().__init__(folder)
        self.name = name

    def prepare(self):
        super().prepare()
        self.bus_port = free_port()
        (self.folder / "nodes.conf").unlink(missing_ok=True)  # Of a run before, with other ports.

    def more_arguments(self):
        # A lost node takes its slots with it, not the others'.
        return ["--cluster-enabled", "yes", "--cluster-port", str(self.bus_port), "--cluster-config-file",
                "nodes.conf", "--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no"]

    def environment(self):
        return {}


class RedisCluster(Service):
    name = "redis_cluster"
    nodes_count = 3

    def __init__(self, folder):
        super().__init__(folder)
        self.nodes = [ClusterNode(pathlib.Path(folder) / str(i + 1), f"{self.name}.{i + 1}")
                      for i in range(self.nodes_count)]
        self.joined = False

    def parts(self):
        """Servers that a test may break one by one."""
        return {node.name: node for node in self.nodes}

    def start(self):
        for node in self.nodes:
            if not node.is_alive():
                node.start()
        if not self.joined:
            self._join()
            self.joined = True
        wait_until(self.is_ready, f"{self.name} is whole", 30)

    def _join(self):
        for i, node in enumerate(self.nodes):
            first, end = SLOTS * i // len(self.nodes), SLOTS * (i + 1) // len(self.nodes)
            self._ask(node, "CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            self._ask(node, "CLUSTER", "SET-CONFIG-EPOCH", i + 1)
        for other in self.nodes[1:]:
            self._ask(self.nodes[0], "CLUSTER", "MEET", "127.0.0.1", other.port, other.bus_port)

    @staticmethod
    def _ask(node, *words):
        answer = node.answers(*words)
        if answer != b"+OK\r\n":
            raise ServiceError(f"{node.name}: {' '.join(map(str, words))}: {answer!r}")

    def is_ready(self):
        """Each node sees every slot served by somebody who lives."""
        for node in self.nodes:
            said = node.answers("CLUSTER", "INFO").decode(errors="replace")
            if "cluster_state:ok" not in said or f"cluster_slots_ok:{SLOTS}" not in said or \
                    f"cluster_known_nodes:{len(self.nodes)}" not in said:
                return False
        return True

    def stop(self):
        for node in self.nodes:
            node.stop()

    def kill(self):
        for node in self.nodes:
            node.kill()

    def pause(self):
        for node in self.nodes:
            node.pause()

    def resume(self):
        for node in self.nodes:
            node.resume()

    def is_alive(self):
        return all(node.is_alive() for node in self.nodes)

    def environment(self):
        return {"THINGSTEAD_TEST_REDIS_CLUSTER": ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)}
