"""The server on the drivers of a cluster: Kafka, PostgreSQL, Cassandra. The same road, other stores."""
import os
import pathlib
import sys
import time

import pytest

from harness.load import Load
from harness.process import running
from harness.raw_mqtt import RawMqtt
from harness.rest import Rest
from harness.wait import eventually
from harness.ws import WebSocket

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from servers.cassandra import Cassandra  # noqa: E402
from servers.kafka import Kafka  # noqa: E402
from servers.postgres import Postgres  # noqa: E402

pytestmark = pytest.mark.embedded  # One process; only the stores are others.
TS = 1_700_000_000_000
KILLS = 3


class Others:
    """One of each server of others, and settings that lead to them."""

    def __init__(self, folder):
        self.services = {"kafka": Kafka(folder / "kafka"), "postgres": Postgres(folder / "postgres"),
                         "cassandra": Cassandra(folder / "cassandra")}
        self.variables = {}

    def start(self):
        for each in self.services.values():
            each.start()
            self.variables.update(each.environment())

    def stop(self):
        for each in self.services.values():
            each.stop()

    def settings(self, timeseries):
        """Environment of a server that keeps its time series in `timeseries`."""
        return {
            "THINGSTEAD_QUEUE_DRIVER": "kafka",
            "THINGSTEAD_QUEUE_KAFKA_BROKERS": self.variables["THINGSTEAD_TEST_KAFKA"],
            "THINGSTEAD_QUEUE_KAFKA_REPLICATION_FACTOR": "1",
            "THINGSTEAD_QUEUE_KAFKA_MIN_INSYNC_REPLICAS": "1",
            "THINGSTEAD_QUEUE_KAFKA_PREFIX": timeseries,
            "THINGSTEAD_STORE_ENTITIES_DRIVER": "postgres",
            "THINGSTEAD_STORE_ENTITIES_POSTGRES_URL": self.variables["THINGSTEAD_TEST_POSTGRES"],
            "THINGSTEAD_STORE_EVENTS_DRIVER": "postgres",
            "THINGSTEAD_STORE_EVENTS_POSTGRES_URL": self.variables["THINGSTEAD_TEST_POSTGRES"],
            "THINGSTEAD_STORE_TIMESERIES_DRIVER": timeseries,
            "THINGSTEAD_STORE_TIMESERIES_POSTGRES_URL": self.variables["THINGSTEAD_TEST_POSTGRES"],
            "THINGSTEAD_STORE_CASSANDRA_CONTACT_POINTS": self.variables["THINGSTEAD_TEST_CASSANDRA"],
            "THINGSTEAD_STORE_CASSANDRA_USER": self.variables["THINGSTEAD_TEST_CASSANDRA_USER"],
            "THINGSTEAD_STORE_CASSANDRA_PASSWORD": self.variables["THINGSTEAD_TEST_CASSANDRA_PASSWORD"],
        }


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    folder.chmod(0o755)  # PostgreSQL runs as another user.
    for parent in folder.parents[:2]:
        os.chmod(parent, 0o755)
    started = Others(folder)
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module", params=["cassandra", "postgres"])
def cluster_server(request, others, tmp_path_factory):
    with running(tmp_path_factory.mktemp("cluster"), environment=others.settings(request.param)) as server:
        yield server


@pytest.mark.timeout(300)
def test_a_reading_goes_from_socket_to_subscriber(cluster_server):
    tenant = Rest(cluster_server.url)
    device = tenant.create_device()
    with WebSocket(cluster_server.http_port) as ws, RawMqtt(cluster_server.mqtt_port).accepted(device.token) as client:
        ws.send({"type": "TIMESERIES", "cmdId": 1, "entityType": "DEVICE", "entityId": device.id,
                 "scope": "LATEST_TELEMETRY"}, token=tenant.token)
        assert ws.receive()["data"] == {}
        client.publish_acked("v1/devices/me/telemetry", f'{{"ts":{TS},"values":{{"a":1,"b":2.5,"c":"x","d":{{"e":[]}}}}}}')
        live = ws.receive()["data"]
        assert live["a"] == [[TS, "1"]] and live["b"] == [[TS, "2.5"]]
        client.publish_acked("v1/devices/me/attributes", '{"serial":"0017"}')
    eventually(lambda: tenant.history(device.id, "a", TS, TS + 1).get("a"), lambda points: points == [(TS, 1)])
    eventually(lambda: tenant.ok("GET", f"/api/plugins/telemetry/DEVICE/{device.id}/values/attributes/CLIENT_SCOPE"),
               lambda found: [each["value"] for each in found if each["key"] == "serial"])
    entries = tenant.ok("GET", f"/api/audit/logs/entity/DEVICE/{device.id}", params={"pageSize": 9, "page": 0})["data"]
    assert [each["actionType"] for each in entries] == ["ADDED"]


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_in_kills(cluster_server, tmp_path):
    load = Load(cluster_server, tmp_path, connections=20)
    try:
        load.start("--rate", "500", "--window", "10", "--duration", "600", "--warmup", "0", "--reconnect", "--drain", "5")
        for _ in range(KILLS):
            time.sleep(1.5)
            cluster_server.kill()
            cluster_server.start()
        before = cluster_server.metric("thingstead_mqtt_publishes_total")
        eventually(lambda: cluster_server.metric("thingstead_mqtt_publishes_total"), lambda now: now > before + 100)
        load.process.terminate()
        report = load.finish()
        assert load.count == report["acked"] > 300 and report["errors"] == 0, report
        load.assert_all_stored(120)
    finally:
        load.stop()


@pytest.mark.timeout(300)
def test_a_store_that_stops_for_a_while_loses_nothing(cluster_server, others, tmp_path):
    driver = cluster_server.environment["THINGSTEAD_STORE_TIMESERIES_DRIVER"]
    cluster_server.errors_expected = True
    load = Load(cluster_server, tmp_path, connections=20)
    try:
        load.start("--rate", "500", "--window", "10", "--duration", "12", "--warmup", "0", "--reconnect", "--drain", "60")
        time.sleep(2)
        others.services[driver].pause()
        time.sleep(5)
        others.services[driver].resume()
        report = load.finish()
        assert load.count == report["acked"] > 300, report
        load.assert_all_stored(120)
    finally:
        others.services[driver].resume()
        load.stop()
