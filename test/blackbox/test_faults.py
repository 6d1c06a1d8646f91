"""A cluster under load loses one of its parts and gets it back: what was acknowledged is stored, every partition has one
owner, live values come again, and memory comes back."""
import os
import subprocess
import time

import pytest

from harness.cluster import start_cluster
from harness.faults import DEVICES, FaultLoad, Watched, live_value
from harness.rest import Rest
from harness.wait import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(420)]

LONG = 60  # Longer than any time-out on the way.
CUT_GROUP = 47_110  # Of the process that is cut off; nobody else's.


@pytest.fixture
def under_load(cluster, tmp_path):
    with FaultLoad(cluster, tmp_path) as load:
        yield load


def told(what, seconds, report):
    print(f"\n{what}: whole again after {seconds:.1f} s; {report['acked']} acknowledged, {report['unacked']} not, "
          f"{report['disconnects']} disconnects")


def test_a_node_is_killed(cluster, under_load):
    stays, goes = cluster.nodes
    goes.kill()
    began = time.monotonic()
    for device in under_load.load.devices[:8]:  # Of both nodes' partitions.
        live_value(stays, device, 60)
    seconds = time.monotonic() - began
    under_load.assert_partitions([stays])
    goes.start()
    under_load.until_flows(60)
    report = under_load.finish()
    told("node killed", seconds, report)
    assert report["disconnects"] == 0, "transports keep their devices"
    under_load.assert_whole()


def test_an_mqtt_process_is_killed(cluster, under_load):
    goes, stays = cluster.mqtts
    goes.kill()
    began = time.monotonic()
    eventually(lambda: stays.metric("thingstead_mqtt_connections"), lambda now: now >= DEVICES)
    under_load.until_flows(60)
    seconds = time.monotonic() - began
    goes.start()
    report = under_load.finish()
    told("mqtt killed", seconds, report)
    assert report["disconnects"] >= DEVICES // 2
    under_load.assert_whole()


def test_a_node_stands_still_for_a_minute(cluster, under_load):
    stays, goes = cluster.nodes
    goes.pause()
    try:
        began = time.monotonic()
        for device in under_load.load.devices[:8]:
            live_value(stays, device, 60)
        seconds = time.monotonic() - began
        time.sleep(max(0.0, LONG - seconds))
    finally:
        goes.resume()
    back = under_load.until_flows(60)
    report = under_load.finish()
    told(f"node stood still for {LONG} s; the other took over within {seconds:.1f} s; after its return", back, report)
    assert report["disconnects"] == 0, report
    under_load.assert_whole()


def test_a_kafka_broker_is_killed_and_comes_back(cluster, under_load):
    broker = cluster.brokers[1]
    broker.kill()
    time.sleep(1)
    without = under_load.until_flows(60)
    time.sleep(5)
    broker.start()
    seconds = under_load.until_flows(60)
    report = under_load.finish()
    told(f"broker killed; without it after {without:.1f} s; with it", seconds, report)
    assert report["disconnects"] == 0, report
    under_load.assert_whole()


def test_postgres_is_restarted(cluster, under_load):
    cluster.postgres.stop()
    time.sleep(3)
    cluster.postgres.start()
    seconds = under_load.until_flows(60)
    report = under_load.finish()
    told("PostgreSQL restarted", seconds, report)
    assert report["disconnects"] == 0, report
    under_load.assert_whole()


@pytest.mark.timeout(720)
def test_cassandra_is_away_for_a_minute(cluster, under_load):
    cluster.cassandra.stop()
    time.sleep(LONG)
    cluster.cassandra.start()
    seconds = under_load.until_flows(300)  # What waits is caught up with on a machine that may be busy.
    report = under_load.finish()
    told(f"Cassandra away for {LONG} s", seconds, report)
    assert report["disconnects"] == 0, report
    under_load.assert_whole()


def test_a_redis_node_is_killed(cluster, under_load):
    node = cluster.redis.nodes[1]
    node.kill()
    # A lost cache slows and never fails: a new device comes in, over both processes.
    tenant = Rest(f"http://127.0.0.1:{cluster.nodes[0].ports['rest']}")
    for mqtt in cluster.mqtts:
        under_load.assert_comes_in(mqtt, tenant.create_device())
    seconds = under_load.until_flows(60)
    node.start()
    report = under_load.finish()
    told("Redis node killed", seconds, report)
    assert report["disconnects"] == 0, report
    under_load.assert_whole()


class Cut:
    """Nothing that the group sends reaches these ports, and so nothing that it receives is confirmed."""

    def __init__(self, group, ports):
        self.rule = f"meta skgid {group} tcp dport {{ {', '.join(map(str, ports))} }} drop"

    @staticmethod
    def nft(*words):
        subprocess.run(["nft", *words], check=True, capture_output=True)

    def __enter__(self):
        self.nft("add", "table", "inet", "thingstead_test")
        self.nft("add", "chain", "inet", "thingstead_test", "cut", "{ type filter hook output priority 0; }")
        self.nft("add", "rule", "inet", "thingstead_test", "cut", self.rule)

    def __exit__(self, *_):
        self.nft("delete", "table", "inet", "thingstead_test")


@pytest.mark.skipif("THINGSTEAD_TEST_OWN_NETWORK" not in os.environ,
                    reason="needs a network namespace that it may change, as ./dev test makes as root")
def test_the_network_to_kafka_is_cut(cluster, tmp_path):
    cut_off = cluster.mqtts[1]
    cut_off.stop()
    cut_off.prefix = ["setpriv", f"--regid={CUT_GROUP}", "--clear-groups"]
    cut_off.start()
    try:
        with FaultLoad(cluster, tmp_path) as under_load:
            connected = cut_off.metric("thingstead_mqtt_connections")
            assert connected > 0
            with Cut(CUT_GROUP, [broker.port for broker in cluster.brokers]):
                time.sleep(1)
                before = cut_off.metric("thingstead_queue_records_total")
                time.sleep(20)
                assert cut_off.metric("thingstead_queue_records_total") <= before + under_load.rate
                assert cut_off.metric("thingstead_mqtt_connections") == connected, "sockets are kept"
            began = time.monotonic()
            eventually(lambda: cut_off.metric("thingstead_queue_records_total"), lambda now: now > before + under_load.rate)
            under_load.until_flows(60)
            seconds = time.monotonic() - began
            report = under_load.finish()
            told("network to Kafka cut for 20 s", seconds, report)
            assert report["disconnects"] == 0, report
            under_load.assert_whole()
    finally:
        cut_off.stop()
        cut_off.prefix = []
        cut_off.start()


@pytest.fixture
def cluster_on_postgres(tmp_path_factory):
    """A cluster that takes thousands of messages a second on a small machine: PostgreSQL keeps its time series."""
    started = start_cluster(tmp_path_factory.mktemp("postgres-cluster"), timeseries="postgres", brokers=1, cache=False)
    try:
        yield started
    finally:
        started.stop()


def test_nodes_are_restarted_one_by_one(cluster_on_postgres, tmp_path):
    cluster = cluster_on_postgres
    with FaultLoad(cluster, tmp_path, rate=2000) as under_load:
        watched = Watched(under_load.acked)
        watched.start()
        began = time.monotonic()
        for node in cluster.nodes:
            node.stop()
            node.start()
            under_load.until_flows(60)
        seconds = time.monotonic() - began
        gap = watched.stop()
        report = under_load.finish()
        told(f"both nodes restarted, longest time without an acknowledgement {gap:.2f} s", seconds, report)
        assert report["disconnects"] == 0, report
        under_load.assert_whole()
