"""Attributes over MQTT: what a device reports, asks for, and is told of."""
import json

import paho.mqtt.client as mqtt
import pytest

from harness.paho import Paho
from harness.raw_mqtt import V5, RawMqtt
from harness.wait import eventually

TOPIC = "v1/devices/me/attributes"
FAMILIES = [
    # request prefix, response prefix
    ("v1/devices/me/attributes/request/", "v1/devices/me/attributes/response/"),
    ("v2/a/req/", "v2/a/res/"),
    ("v2/a/req/j/", "v2/a/res/j/"),
]


@pytest.mark.sanitizer
@pytest.mark.parametrize("topic", [TOPIC, "v2/a", "v2/a/j"])
def test_what_a_device_reports_is_stored_in_its_client_scope(server, tenant, device, topic):
    payload = '{"firmware":"v1.2","count":3,"ratio":1.5,"on":true,"list":[1,{"a":2}],"text_number":"26","none":null}'
    wanted = {"firmware": "v1.2", "count": 3, "ratio": 1.5, "on": True, "list": [1, {"a": 2}], "text_number": 26}
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.publish_acked(topic, payload) == 0
    eventually(lambda: tenant.attributes(device.id, "CLIENT_SCOPE"), lambda found: found == wanted)
    assert tenant.attributes(device.id, "SHARED_SCOPE") == {}
    assert not set(tenant.attributes(device.id, "SERVER_SCOPE")) & set(wanted)


def test_a_report_replaces_the_value_and_its_time(server, tenant, device):
    path = f"/api/plugins/telemetry/DEVICE/{device.id}/values/attributes/CLIENT_SCOPE"
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, '{"a":1}') == 0
        first = eventually(lambda: tenant.ok("GET", path))
        assert client.publish_acked(TOPIC, '{"a":"x"}') == 0
        second = eventually(lambda: tenant.ok("GET", path), lambda found: found[0]["value"] == "x")
    assert second[0]["lastUpdateTs"] >= first[0]["lastUpdateTs"] > 1_700_000_000_000


@pytest.mark.parametrize("payload", ["[]", '[{"a":1}]', "3", "null", "", "{"])
def test_only_an_object_is_a_report(server, tenant, device, payload):
    with RawMqtt(server.mqtt_port, V5).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, payload) == 0x99
        client.ping()
    assert tenant.attributes(device.id, "CLIENT_SCOPE") == {}


@pytest.fixture
def known(server, tenant, device):
    """A device with client attributes c1, c2 and shared attributes s1, s2; its server attributes stay hidden."""
    tenant.save_attributes(device.id, "SHARED_SCOPE", {"s1": "x", "s2": 42.0})
    tenant.save_attributes(device.id, "SERVER_SCOPE", {"secret": 1})
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, '{"c1":1,"c2":{"deep":[true]}}') == 0
    eventually(lambda: tenant.attributes(device.id, "CLIENT_SCOPE"), lambda found: len(found) == 2)
    return device


CLIENT, SHARED = {"c1": 1, "c2": {"deep": [True]}}, {"s1": "x", "s2": 42.0}
REQUESTS = [
    ({}, {"client": CLIENT, "shared": SHARED}),
    ({"clientKeys": "c1"}, {"client": {"c1": 1}}),
    ({"sharedKeys": "s1,s2"}, {"shared": SHARED}),
    ({"clientKeys": "c2,none", "sharedKeys": "s2"}, {"client": {"c2": {"deep": [True]}}, "shared": {"s2": 42.0}}),
    ({"clientKeys": "none"}, {}),
    ({"clientKeys": "c1", "sharedKeys": "none"}, {"client": {"c1": 1}}),
    ({"sharedKeys": "secret,c1"}, {}),
]


@pytest.mark.sanitizer
@pytest.mark.parametrize("asked,wanted", REQUESTS)
def test_a_request_is_answered_without_any_subscription(server, known, asked, wanted):
    with RawMqtt(server.mqtt_port).accepted(known.token) as client:
        for number, (request, response) in enumerate(FAMILIES):
            client.publish(f"{request}{number}", json.dumps(asked), qos=0)
            answer = client.message()
            assert (answer.topic, json.loads(answer.payload)) == (f"{response}{number}", wanted)
            assert (answer.qos, answer.retain, answer.dup) == (1, 0, 0)


def test_requests_of_one_session_are_answered_each_in_its_own_family(server, known):
    with RawMqtt(server.mqtt_port).accepted(known.token) as client:
        for number, (request, _) in enumerate(FAMILIES):
            client.publish(f"{request}{number}", "{}", qos=0)
        topics = {client.message().topic for _ in FAMILIES}
        assert topics == {f"{response}{number}" for number, (_, response) in enumerate(FAMILIES)}


def test_the_granted_quality_of_service_is_used(server, tenant, known):
    with RawMqtt(server.mqtt_port).accepted(known.token) as client:
        assert client.subscribe("v1/devices/me/attributes/response/+", TOPIC, qos=0) == [0, 0]
        client.publish("v1/devices/me/attributes/request/1", "{}", qos=0)
        assert client.message().qos == 0
        tenant.save_attributes(known.id, "SHARED_SCOPE", {"s1": "y"})
        assert client.message().qos == 0


@pytest.mark.parametrize("topic,payload", [("x", "{}"), ("", "{}"), ("1.5", "{}"), ("99999999999", "{}"), ("1", "[]"),
                                           ("1", ""), ("1", "3"), ("1", '{"clientKeys":')])
def test_a_bad_request_is_an_invalid_payload(server, known, topic, payload):
    with RawMqtt(server.mqtt_port, V5).accepted(known.token) as client:
        assert client.publish_acked("v1/devices/me/attributes/request/" + topic, payload) == 0x99
        client.ping()


@pytest.mark.sanitizer
@pytest.mark.parametrize("topic", [TOPIC, "v2/a", "v2/a/j"])
def test_shared_attributes_are_pushed_and_so_is_their_deletion(server, tenant, device, topic):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.subscribe(topic) == [1]
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"limit": 42.0, "name": "n", "map": {"a": [1]}, "on": False})
        pushed = client.message()
        assert pushed.topic == topic
        assert json.loads(pushed.payload) == {"limit": 42.0, "name": "n", "map": {"a": [1]}, "on": False}
        assert b"42.0" in pushed.payload  # A double keeps its fraction.
        tenant.delete_attributes(device.id, "SHARED_SCOPE", "limit,map")
        deleted = client.message()
        assert deleted.topic == topic and set(json.loads(deleted.payload)) == {"deleted"}
        assert set(json.loads(deleted.payload)["deleted"]) == {"limit", "map"}


def test_nothing_else_is_pushed(server, tenant, device):
    other = tenant.create_device()
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.subscribe(TOPIC) == [1]
        tenant.save_attributes(device.id, "SERVER_SCOPE", {"a": 1})
        tenant.save_attributes(other.id, "SHARED_SCOPE", {"b": 1})
        assert client.publish_acked(TOPIC, '{"own":1}') == 0
        eventually(lambda: tenant.attributes(device.id, "CLIENT_SCOPE"))
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"last": 1})
        assert json.loads(client.message().payload) == {"last": 1}  # The first message of all.
        assert client.unsubscribe(TOPIC) == []
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"unheard": 1})
        client.ping()


def test_without_a_subscription_nothing_is_pushed(server, tenant, device):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"a": 1})
        client.ping()


def test_pushes_come_in_the_order_of_the_writes(server, tenant, device):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.subscribe(TOPIC) == [1]
        for number in range(50):
            tenant.save_attributes(device.id, "SHARED_SCOPE", {"n": number})
        assert [json.loads(client.message().payload) for _ in range(50)] == [{"n": n} for n in range(50)]


@pytest.mark.parametrize("protocol", [mqtt.MQTTv311, mqtt.MQTTv5])
def test_the_way_of_a_firmware_with_paho(server, tenant, device, protocol):
    with Paho(server.mqtt_port, device.token, protocol) as client:
        assert client.subscribe(TOPIC) == [1]
        assert client.subscribe("v1/devices/me/attributes/response/+") == [1]
        client.publish(TOPIC, '{"version":"v1"}')
        eventually(lambda: tenant.attributes(device.id, "CLIENT_SCOPE"))
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"interval": 5})
        assert client.message() == (TOPIC, b'{"interval":5}')
        client.publish("v1/devices/me/attributes/request/77", '{"clientKeys":"version","sharedKeys":"interval"}')
        topic, payload = client.message()
        assert topic == "v1/devices/me/attributes/response/77"
        assert json.loads(payload) == {"client": {"version": "v1"}, "shared": {"interval": 5}}
