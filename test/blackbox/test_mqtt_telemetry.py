"""Telemetry from the PUBLISH of a device to what REST reads back, and the answer to everything that is none."""
import json
import subprocess
import time

import paho.mqtt.client as mqtt
import pytest

from harness.paho import Paho
from harness.raw_mqtt import DISCONNECT, PUBACK, PUBCOMP, PUBREC, PUBREL, V31, V311, V5, RawMqtt, \
    packet, publish_packet
from harness.wait import eventually

TOPIC = "v1/devices/me/telemetry"
TS = 1_700_000_000_000


def stored(tenant, device, keys):
    """{key: [(ts, value)]} once every key has been stored."""
    wanted = set(keys.split(","))
    return eventually(lambda: tenant.history(device.id, keys), lambda found: set(found) == wanted)


VALUES = {
    # key: (literal in the payload, value read back with strict types)
    "bool": ("true", True),
    "no": ("false", False),
    "long": ("10", 10),
    "negative": ("-42", -42),
    "largest": ("9223372036854775807", 9223372036854775807),
    "smallest": ("-9223372036854775808", -9223372036854775808),
    "exponent": ("1E+1", 10),
    "fraction_exponent": ("1.5e3", 1500),
    "point_zero": ("42.0", 42.0),
    "double": ("1.1", 1.1),
    "sixteen_digits": ("0.1234567890123456", 0.1234567890123456),
    "seventeen_digits": ("0.12345678901234567", "0.12345678901234567"),
    "too_long": ("99701010061400066001", "99701010061400066001"),
    "text": ('"on"', "on"),
    "empty": ('""', ""),
    "unicode": ('"caf\\u00e9 \\ud83d\\ude00"', "café 😀"),
    "text_long": ('"26"', 26),
    "text_double": ('"3.0"', 3.0),
    "text_point": ('"-.5"', -0.5),
    "text_zeros": ('"007"', 7),
    "text_exponent": ('"1e3"', "1e3"),
    "text_true": ('"true"', "true"),
    "text_ends_with_point": ('"5."', "5."),
    "object": ('{"x":[1,2],"y":"z"}', {"x": [1, 2], "y": "z"}),
    "array": ('[1,"2",true]', [1, "2", True]),
}


@pytest.mark.sanitizer
def test_every_value_is_stored_as_its_literal_says(server, tenant, device):
    body = ",".join(f'"{key}":{literal}' for key, (literal, _) in VALUES.items())
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, f'{{"ts":{TS},"values":{{{body}}}}}') == 0
    found = stored(tenant, device, ",".join(VALUES))
    for key, (_, value) in VALUES.items():
        assert found[key] == [(TS, value)], key
        assert type(found[key][0][1]) is type(value), key


FORMS = [
    # payload, {key: [(ts or None for the server's time, value), …]} newest first
    ('{"a":1,"b":"x"}', {"a": [(None, 1)], "b": [(None, "x")]}),
    (f'{{"ts":{TS},"values":{{"a":1}}}}', {"a": [(TS, 1)]}),
    (f'{{"ts":"{TS}","values":{{"a":1}}}}', {"a": [(TS, 1)]}),
    (f'{{"ts":{TS}.9,"values":{{"a":1}}}}', {"a": [(TS, 1)]}),
    (f'{{"ts":{TS},"values":{{"a":1}},"other":2}}', {"a": [(TS, 1)]}),
    ('{"values":{"a":1}}', {"values": [(None, {"a": 1})]}),
    ('{"ts":7,"a":1}', {"ts": [(None, 7)], "a": [(None, 1)]}),
    (f'[{{"a":1}},{{"ts":{TS},"values":{{"b":2}}}}]', {"a": [(None, 1)], "b": [(TS, 2)]}),
    (f'[{{"ts":{TS},"values":{{"a":1}}}},{{"ts":{TS + 1},"values":{{"a":2}}}}]', {"a": [(TS + 1, 2), (TS, 1)]}),
    ('{"a":null,"b":1}', {"b": [(None, 1)]}),
    ('{"a":1,"a":2}', {"a": [(None, 2)]}),
    ('{"ts":5,"values":{"seconds_scale":1}}', {"seconds_scale": [(5, 1)]}),
    ('{"ts":4102444800000,"values":{"future":1}}', {"future": [(4102444800000, 1)]}),
    ('{"key with blank":1,"dots.and-dashes":2}', {"key with blank": [(None, 1)], "dots.and-dashes": [(None, 2)]}),
]


@pytest.mark.sanitizer
@pytest.mark.parametrize("payload,wanted", FORMS, ids=[row[0][:50] for row in FORMS])
def test_every_form_gives_its_points(server, tenant, device, payload, wanted):
    before = int(time.time() * 1000)
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, payload) == 0
    # Points of different times may be stored one after the other.
    found = eventually(lambda: stored(tenant, device, ",".join(wanted)),
                       lambda found: all(len(found.get(key, ())) >= len(points) for key, points in wanted.items()))
    after = int(time.time() * 1000)
    for key, points in wanted.items():
        assert [value for _, value in found[key]] == [value for _, value in points], key
        for (ts, _), (wanted_ts, _) in zip(found[key], points):
            assert ts == wanted_ts if wanted_ts is not None else before <= ts <= after, key
    eventually(lambda: set(tenant.latest(device.id)), lambda keys: keys == set(wanted))


def test_untimed_elements_of_one_message_share_the_servers_time(server, tenant, device):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, '[{"a":1},{"b":2},{"c":3}]') == 0
    found = stored(tenant, device, "a,b,c")
    assert len({found[key][0][0] for key in "abc"}) == 1


def test_the_latest_value_is_the_newest_by_time_not_by_arrival(server, tenant, device):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        for ts, value in ((TS + 10, "new"), (TS, "old"), (TS + 10, "replaced")):
            assert client.publish_acked(TOPIC, json.dumps({"ts": ts, "values": {"a": value}})) == 0
    eventually(lambda: tenant.history(device.id, "a").get("a"),
               lambda points: points == [(TS + 10, "replaced"), (TS, "old")])
    assert tenant.latest(device.id)["a"] == [{"ts": TS + 10, "value": "replaced"}]


@pytest.mark.parametrize("topic", [TOPIC, "v2/t", "v2/t/j"])
@pytest.mark.parametrize("version", [V31, V311, V5])
def test_each_topic_and_version(server, tenant, device, topic, version):
    with RawMqtt(server.mqtt_port, version).accepted(device.token, client_id="c") as client:
        assert client.publish_acked(topic, '{"a":1}') == 0
    assert stored(tenant, device, "a")["a"][0][1] == 1


@pytest.mark.sanitizer
@pytest.mark.parametrize("protocol", [mqtt.MQTTv311, mqtt.MQTTv5])
def test_each_quality_of_service_with_paho(server, tenant, device, protocol):
    with Paho(server.mqtt_port, device.token, protocol) as client:
        assert client.connack == 0
        for qos in (0, 1, 2):
            client.publish(TOPIC, f'{{"qos{qos}":{qos}}}', qos)
    found = stored(tenant, device, "qos0,qos1,qos2")
    assert [found[f"qos{qos}"][0][1] for qos in (0, 1, 2)] == [0, 1, 2]


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_mosquitto_pub(server, tenant, device, qos):
    subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(server.mqtt_port), "-u", device.token,
                    "-t", TOPIC, "-q", str(qos), "-m", '{"temperature":25}'], check=True, timeout=60)
    assert stored(tenant, device, "temperature")["temperature"][0][1] == 25


def test_a_repeated_qos_2_publish_is_taken_once_and_released(server, tenant, device):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        for dup in (False, True):
            client.send(publish_packet(TOPIC, f'{{"dup":{str(dup).lower()}}}', 2, 7, dup=dup))
            assert client.ack(PUBREC, 7) == 0
        client.send(packet(PUBREL << 4 | 2, b"\0\x07"))
        assert client.ack(PUBCOMP, 7) == 0
        client.ping()
    assert [value for _, value in stored(tenant, device, "dup")["dup"]] == [False]


def test_many_in_flight_are_all_acknowledged_and_stored(server, tenant, device):
    count = 3000  # Above every window, so that the server has to stop reading for a while.
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        client.sock.settimeout(120)
        out = [publish_packet(TOPIC, f'{{"ts":{TS + i},"values":{{"n":{i}}}}}', 1, i + 1) for i in range(count)]
        client.send(b"".join(out))
        assert {int.from_bytes(client.expect(PUBACK).body[:2], "big") for _ in out} == set(range(1, count + 1))
    found = eventually(lambda: tenant.history(device.id, "n", limit=count + 1, orderBy="ASC").get("n", []),
                       lambda points: len(points) == count)
    assert found == [(TS + i, i) for i in range(count)]


@pytest.mark.sanitizer
@pytest.mark.parametrize("topic", ["v1/devices/me", "v1/devices/me/telemetry/x", "telemetry", "$SYS/broker", "v2/tt",
                                   "/v1/devices/me/telemetry", "ü/" + "x" * 300])
def test_an_unknown_topic_is_answered_and_the_connection_stays(server, device, topic):
    for version, code in ((V311, 0), (V5, 0x90)):
        with RawMqtt(server.mqtt_port, version).accepted(device.token) as client:
            assert client.publish_acked(topic, '{"a":1}') == code
            client.publish(topic, '{"a":1}', qos=0)
            client.ping()


@pytest.mark.sanitizer
@pytest.mark.parametrize("payload", ["", "null", "3", '"x"', "[1]", "[[]]", "{", '{"a":1', '{"a":1} x', '{"a":tru}',
                                     "\xff\xfe", '{"ts":1,"values":3}', '{"ts":1,"values":null}'])
def test_an_invalid_payload(server, tenant, device, payload):
    with RawMqtt(server.mqtt_port, V5).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, payload) == 0x99
        client.ping()  # Stays open.
        client.publish(TOPIC, payload, qos=0)
        assert client.expect_closed() == 0x99
    for qos in (0, 1):
        with RawMqtt(server.mqtt_port).accepted(device.token) as client:
            client.publish(TOPIC, payload, qos)
            assert client.expect_closed() is None
    assert tenant.latest(device.id) == {}


def test_a_time_that_is_no_number_is_an_invalid_payload(server, device):
    with RawMqtt(server.mqtt_port, V5).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, '{"ts":"yesterday","values":{"a":1}}') == 0x99
        client.ping()


@pytest.mark.parametrize("payload", ["{}", "[]", '{"a":null}'])
def test_nothing_to_store_is_acknowledged(server, tenant, device, payload):
    with RawMqtt(server.mqtt_port, V5).accepted(device.token) as client:
        assert client.publish_acked(TOPIC, payload) == 0
        assert client.publish_acked(TOPIC, '{"after":1}') == 0
    assert set(stored(tenant, device, "after")) == set(tenant.latest(device.id)) == {"after"}


@pytest.mark.sanitizer
def test_only_the_known_filters_are_granted(server, device):
    refused = ["#", "v1/devices/me/#", "v1/devices/+/attributes", "+/+", "v2/fw/response/+", "$share/g/v2/a", "nothing",
               "$SYS/#"]
    granted = ["v1/devices/me/attributes", "v1/devices/me/attributes/response/+", "v1/devices/me/rpc/request/+",
               "v1/devices/me/rpc/response/+", "v2/a", "v2/a/j", "v2/a/res/+", "v2/r/req/+", "v1/gateway/rpc",
               "v2/fw/response/+/chunk/+", "v2/sw/error"]
    for version, code in ((V311, 0x80), (V5, 0x8F)):
        with RawMqtt(server.mqtt_port, version).accepted(device.token) as client:
            assert client.subscribe(*refused) == [code] * len(refused)
            assert client.subscribe(*granted) == [1] * len(granted)
            assert client.subscribe("v2/a", "nothing", qos=0) == [0, code]
            assert client.subscribe("v2/a", qos=2) == [1]
            unsubscribed = client.unsubscribe("v2/a", "v2/a/j", "never/subscribed")
            assert unsubscribed == ([] if version == V311 else [0, 0, 0x11])


def test_a_packet_at_the_limit_is_stored_and_one_above_ends_the_session(server, tenant, device):
    def sized(remaining_length, version):
        overhead = 2 + len(TOPIC) + 2 + (1 if version == V5 else 0)
        shell = f'{{"ts":{TS},"values":{{"big":""}}}}'
        return shell.replace('""', '"' + "x" * (remaining_length - overhead - len(shell)) + '"')
    for version in (V311, V5):
        with RawMqtt(server.mqtt_port, version).accepted(device.token) as client:
            payload = sized(65536, version)
            assert client.publish_acked(TOPIC, payload) == 0
            value = json.loads(payload)["values"]["big"]
            eventually(lambda: tenant.history(device.id, "big").get("big"), lambda found: found == [(TS, value)])
            client.send(publish_packet(TOPIC, sized(65537, version), 1, 9, version))
            assert client.expect_closed() in ({None} if version == V311 else {0x81, 0x95})


def test_a_topic_with_wildcards_or_a_packet_id_of_zero_ends_the_session(server, device):
    for bad in (publish_packet("v1/#", "{}", 1, 1), publish_packet("v1/+/me", "{}", 1, 1),
                publish_packet(TOPIC, "{}", 1, 0), publish_packet(TOPIC, "{}", 3, 1)):
        with RawMqtt(server.mqtt_port).accepted(device.token) as client:
            client.send(bad)
            assert client.expect_closed() is None


def test_retain_is_ignored(server, tenant, device):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        client.send(publish_packet(TOPIC, '{"a":1}', 1, 3, retain=True))
        assert client.ack(PUBACK, 3) == 0
        assert client.subscribe("v1/devices/me/attributes") == [1]
        client.ping()  # Nothing came before it.
    assert stored(tenant, device, "a")


def test_a_device_cannot_write_into_another(server, tenant, device):
    other = tenant.create_device()
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        client.publish_acked(f"v1/devices/{other.id}/telemetry", '{"a":1}')
        assert client.publish_acked(TOPIC, json.dumps({"mine": 1, "deviceName": other.name})) == 0
    stored(tenant, device, "mine")
    assert tenant.latest(other.id) == {}


def test_disconnect_ends_the_session_without_loss(server, tenant, device):
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        client.send(publish_packet(TOPIC, '{"last":1}', 0) + packet(DISCONNECT << 4))
        assert client.expect_closed() is None
    assert stored(tenant, device, "last")["last"][0][1] == 1
