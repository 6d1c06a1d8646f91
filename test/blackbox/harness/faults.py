"""A load on a cluster while a part of it breaks, and what must hold when it is whole again."""
import threading
import time

from harness.load import Load
from harness.raw_mqtt import RawMqtt
from harness.rest import Rest
from harness.wait import eventually
from harness.ws import WebSocket

MB = 1 << 20
OWNED = "thingstead_rule_partition_owned{"
DEVICES = 40
RATE = 400  # Messages a second of all devices together: enough to see a gap, little enough for any machine.


class Doors:
    """What `Load` asks a server for: where users and devices go in."""

    def __init__(self, node, mqtts):
        self.url = f"http://127.0.0.1:{node.ports['rest']}"
        self.mqtt_port = ",".join(str(each.ports["mqtt"]) for each in mqtts)


class FaultLoad:
    """Devices on every mqtt process that send at a steady rate, users that look at two of them over each node, and how
    long it took, from a mended fault on, until all of that flowed again."""

    def __init__(self, cluster, folder, rate=RATE, devices=DEVICES):
        self.cluster, self.rate = cluster, rate
        self.load = Load(Doors(cluster.nodes[0], cluster.mqtts), folder, devices)
        self.memory = {each.name: rss_bytes(each) for each in cluster.ours}

    def __enter__(self):
        self.load.start("--rate", str(self.rate), "--window", "50", "--duration", "600", "--warmup", "0", "--reconnect",
                        "--drain", "30")
        self.until_flows(60)
        return self

    def __exit__(self, *_):
        self.load.stop()

    def acked(self):
        """Records that Kafka confirmed to the transports; a process that is killed begins at 0."""
        return sum(each.metric("thingstead_queue_records_total") for each in self.cluster.mqtts if each.is_alive())

    def until_flows(self, seconds_max):
        """Seconds until every node pushes a value that was just saved to users who subscribe now."""
        began = time.monotonic()
        for node in self.cluster.nodes:
            live_value(node, self.load.devices[0], seconds_max)
            live_value(node, self.load.devices[-1], seconds_max)
        return time.monotonic() - began

    def finish(self):
        """Ends the load and holds it against the stores; ts-load's report."""
        self.load.process.terminate()
        report = self.load.finish()
        assert self.load.count == report["acked"] > 0 and report["errors"] == 0, report
        self.load.assert_all_stored(120)
        return report

    @staticmethod
    def assert_comes_in(mqtt, device):
        """A device that no process has seen yet is served."""
        with RawMqtt(mqtt.ports["mqtt"]).accepted(device.token) as client:
            assert client.publish_acked("v1/devices/me/telemetry", '{"a":1}') == 0

    def assert_whole(self):
        """Every partition has one owner, and nobody keeps what it needed for the fault."""
        self.assert_partitions(self.cluster.nodes)
        for each in self.cluster.ours:
            limit = self.memory[each.name] * 1.5 + 96 * MB
            eventually(lambda: rss_bytes(each), lambda now: now < limit, seconds_max=60)

    @staticmethod
    def assert_partitions(nodes):
        """Each partition of the rule engine's queue is held by one of the nodes, and by one alone."""
        def owners():
            owned = {}
            for node in nodes:
                for name, value in node.metrics().items():
                    if name.startswith(OWNED):
                        owned[name] = owned.get(name, 0) + value
            return owned
        eventually(owners, lambda owned: owned and set(owned.values()) == {1}, seconds_max=60)


def rss_bytes(process):
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))


def live_value(node, device, seconds_max):
    """Waits for a live value of the device over the node: not the first answer, one that comes after it."""
    until = time.monotonic() + seconds_max
    while True:
        try:
            token = Rest(f"http://127.0.0.1:{node.ports['rest']}").token
            with WebSocket(node.ports["rest"]) as ws:
                ws.send({"type": "TIMESERIES", "cmdId": 1, "entityType": "DEVICE", "entityId": device,
                         "scope": "LATEST_TELEMETRY"}, token=token)
                ws.receive(5)
                return ws.receive(5)
        except Exception as error:  # noqa: BLE001: whatever it is, the fault may be its cause.
            assert time.monotonic() < until, f"no live value over {node.name} within {seconds_max} s: {error!r}"
            time.sleep(0.2)


class Watched(threading.Thread):
    """Looks all the time whether a number grows, and remembers the longest time that it did not."""

    def __init__(self, read):
        super().__init__(daemon=True)
        self.read, self.over, self.longest = read, threading.Event(), 0.05

    def run(self):
        last, since = self.read(), time.monotonic()
        while not self.over.wait(0.05):
            try:
                now = self.read()
            except Exception:  # noqa: BLE001: the one that is asked may be the one that is away.
                continue
            if now != last:
                last, since = now, time.monotonic()
            self.longest = max(self.longest, time.monotonic() - since)

    def stop(self):
        self.over.set()
        self.join()
        return self.longest
