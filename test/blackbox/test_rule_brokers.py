"""Messages of devices that rule chains hand to brokers: from the devices' door to the broker."""
import json
import pathlib
import subprocess
import sys

import pytest

from harness.process import running
from harness.rest import TENANT, Rest
from harness.wait import eventually
from test_rule_scripts import Chain, latest, node, save, script, send

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from servers.mosquitto import PASSWORD, Mosquitto  # noqa: E402

MQTT = {"topicPattern": "from/${deviceName}", "host": "127.0.0.1", "port": 1883, "connectTimeoutSec": 10,
        "clientId": "chain", "appendClientIdSuffix": False, "retainedMessage": True, "cleanSession": True, "ssl": False,
        "parseToPlainText": False, "protocolVersion": "MQTT_5",
        "credentials": {"type": "basic", "username": "thingstead", "password": PASSWORD}}


@pytest.fixture
def broker(tmp_path):
    started = Mosquitto(tmp_path / "mosquitto")
    started.start()
    yield started
    started.stop()


@pytest.fixture
def near(tmp_path):
    """A server whose nodes may connect to this machine."""
    allowed = {"THINGSTEAD_RULE_EXTERNAL_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8"}
    with running(tmp_path / "server", environment=allowed) as started:
        yield started


def retained(broker, topic):
    """The message that the broker keeps for a topic."""
    got = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.password_port), "-u", "thingstead", "-P",
                          PASSWORD, "-t", topic, "-C", "1", "-W", "5"], capture_output=True, text=True, timeout=30)
    return got.stdout.strip()


def mqtt_chain(tenant, **values):
    return Chain(tenant, [
        node("publish", "mqtt.TbMqttNode", {**MQTT, **values}, 2),
        script("tell", "transform.TbTransformMsgNode", "return {msg: {sent: true}};"),
        script("why", "transform.TbTransformMsgNode", "return {msg: {error: metadata.error}};"),
        save("save"),
    ], [(0, 1, "Success"), (0, 2, "Failure"), (1, 3, "Success"), (2, 3, "Success")])


@pytest.mark.embedded
def test_a_message_reaches_a_broker_that_was_down_before(near, broker):
    tenant = Rest(near.url, TENANT)
    chain = mqtt_chain(tenant, port=broker.password_port)
    device, token = chain.device()
    name = tenant.ok("GET", f"/api/device/{device}")["name"]
    send(near, token, {"temperature": 21})
    assert latest(tenant, device, {"sent"})["sent"] == "true"
    assert json.loads(retained(broker, f"from/{name}")) == {"temperature": 21}
    broker.kill()

    def error():
        send(near, token, {"temperature": 22})
        found = tenant.ok("GET", f"/api/plugins/telemetry/DEVICE/{device}/values/timeseries")
        return found.get("error", [{"value": ""}])[0]["value"]
    assert "class java.net.ConnectException: " in eventually(error, lambda text: "cannot connect" in text)
    broker.start()

    def kept():
        send(near, token, {"temperature": 23})
        return retained(broker, f"from/{name}")
    assert json.loads(eventually(kept, lambda text: text != "")) == {"temperature": 23}


def test_addresses_that_are_not_public_are_not_called_unless_they_are_allowed(server, tenant, broker):
    chain = mqtt_chain(tenant, port=broker.password_port)
    device, token = chain.device()
    send(server, token, {"temperature": 21})
    assert "is not an address that may be called" in latest(tenant, device, {"error"})["error"]
