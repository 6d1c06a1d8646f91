"""Alarm rules, of calculated fields and of device profiles: from a device's message over MQTT to what REST shows."""
import json
import time
import uuid

import pytest

from harness.paho import Paho
from harness.people import entity_id
from harness.rest import Rest
from harness.wait import eventually
from test_rule_alarms import alarms
from test_rule_scripts import Chain, node, save

TOPIC = "v1/devices/me/telemetry"


def compared(operation, value):
    return {"type": "SIMPLE", "operation": "AND", "filters": [
        {"argument": "t", "valueType": "NUMERIC", "operation": "AND", "predicates": [
            {"type": "NUMERIC", "operation": operation, "value": value}]}]}


def when(expression, **more):
    return {"condition": {"type": "SIMPLE", "expression": expression, **more}}


def hot(owner):
    """MINOR over 20, CRITICAL over the attribute `limit`, until it is under 10."""
    return {"entityId": owner, "name": "Hot", "configuration": {
        "arguments": {
            "t": {"refEntityKey": {"key": "temperature", "type": "TS_LATEST"}},
            "limit": {"refEntityKey": {"key": "limit", "type": "ATTRIBUTE", "scope": "SERVER_SCOPE"},
                      "defaultValue": "40"}},
        "createRules": {
            "MINOR": {**when(compared("GREATER", {"staticValue": 20})), "alarmDetails": "It is ${t}"},
            "CRITICAL": when(compared("GREATER", {"dynamicValueArgument": "limit"}))},
        "clearRule": when(compared("LESS", {"staticValue": 10}))}}


def run_through(server, tenant, device, token):
    """Heats the device and cools it."""
    with Paho(server.mqtt_port, token) as client:
        def send(temperature):
            client.publish(TOPIC, json.dumps({"temperature": temperature}))
        send(15)
        send(25)
        found = eventually(lambda: alarms(tenant, device), lambda all: len(all) == 1)[0]
        assert (found["type"], found["severity"], found["status"]) == ("Hot", "MINOR", "ACTIVE_UNACK")
        assert found["details"]["data"] == "It is 25"
        send(45)
        eventually(lambda: alarms(tenant, device), lambda all: all[0]["severity"] == "CRITICAL")
        send(5)
        ended = eventually(lambda: alarms(tenant, device), lambda all: all[0]["cleared"])
        assert len(ended) == 1 and ended[0]["id"] == found["id"]
        send(50)
        again = eventually(lambda: alarms(tenant, device), lambda all: len(all) == 2)
        assert (again[0]["severity"], again[0]["status"]) == ("CRITICAL", "ACTIVE_UNACK")
    return again[0]["id"]["id"]


@pytest.mark.sanitizer
def test_a_rule_of_a_field_raises_worsens_and_clears(server, tenant):
    device = tenant.create_device()
    rule = tenant.ok("POST", "/api/alarm/rule", hot(entity_id("DEVICE", device.id)))
    assert rule["name"] == "Hot" and rule["version"] == 1 and "type" not in rule
    path = f"/api/alarm/rule/{rule['id']['id']}"
    assert tenant.ok("GET", path) == rule
    assert tenant.ok("GET", f"/api/alarm/rules/DEVICE/{device.id}?pageSize=10&page=0")["data"] == [rule]
    alarm = run_through(server, tenant, device.id, device.token)
    # Once a user cleared it, the next value makes another.
    tenant.ok("POST", f"/api/alarm/{alarm}/clear")
    with Paho(server.mqtt_port, device.token) as client:
        def hotter():
            client.publish(TOPIC, json.dumps({"temperature": 51}))
            return alarms(tenant, device.id)
        eventually(hotter, lambda all: len(all) == 3)
    tenant.ok("DELETE", path)
    assert tenant.call("GET", path).status_code == 404


def test_a_rule_waits_without_messages(server, tenant):
    device = tenant.create_device()
    rule = hot(entity_id("DEVICE", device.id))
    lasting = {"type": "DURATION", "unit": "SECONDS", "value": {"staticValue": 1},
               "expression": compared("GREATER", {"staticValue": 20})}
    rule["configuration"]["createRules"] = {"MAJOR": {"condition": lasting}}
    tenant.ok("POST", "/api/alarm/rule", rule)
    with Paho(server.mqtt_port, device.token) as client:
        client.publish(TOPIC, json.dumps({"temperature": 25}))
        eventually(lambda: alarms(tenant, device.id), lambda all: len(all) == 1)


def lasting(owner, name, **condition):
    rule = hot(owner)
    del rule["configuration"]["clearRule"]
    rule["configuration"]["createRules"] = {"MAJOR": {"condition": {
        **condition, "expression": compared("GREATER", {"staticValue": 20})}}}
    return {**rule, "name": name}


def test_what_rules_and_intervals_remember_outlives_a_restart(new_server):
    server = new_server().start()
    tenant = Rest(server.url)
    device = tenant.create_device()
    owner = entity_id("DEVICE", device.id)
    tenant.ok("POST", "/api/alarm/rule", lasting(owner, "Long", type="DURATION", unit="SECONDS",
                                                 value={"staticValue": 20}))
    tenant.ok("POST", "/api/alarm/rule", lasting(owner, "Often", type="REPEATING", count={"staticValue": 3}))
    minute = 60
    tenant.ok("POST", "/api/calculatedField", {
        "entityId": owner, "name": "by minute", "type": "ENTITY_AGGREGATION", "configuration": {
            "type": "ENTITY_AGGREGATION", "output": {"type": "TIME_SERIES"},
            "arguments": {"t": {"refEntityKey": {"key": "temperature", "type": "TS_LATEST"}}},
            "interval": {"type": "CUSTOM", "tz": "UTC", "durationSec": minute},
            "metrics": {"worst": {"function": "MAX", "input": {"type": "key", "key": "t"}}}}})
    # The interval is to end while the server is down: there must be time to stop it before.
    if time.time() % minute > minute - 20:
        time.sleep(minute - time.time() % minute)
    start = int(time.time()) // minute * minute * 1000
    with Paho(server.mqtt_port, device.token) as client:
        for temperature in (25, 26):
            client.publish(TOPIC, json.dumps({"temperature": temperature}))
            eventually(lambda: tenant.latest(device.id).get("temperature"), lambda now: now and now[0]["value"] == temperature)
    assert server.stop() == 0
    assert time.time() * 1000 < start + minute * 1000
    time.sleep(start / 1000 + minute - time.time())
    server.start()
    tenant = Rest(server.url)
    # Nobody sends anything.
    found = eventually(lambda: alarms(tenant, device.id), lambda all: len(all) == 1)
    assert found[0]["type"] == "Long"
    path = (f"/api/plugins/telemetry/DEVICE/{device.id}/values/timeseries"
            f"?keys=worst&startTs={start}&endTs={start + 1}")
    points = eventually(lambda: tenant.ok("GET", path).get("worst"), lambda made: made)
    assert float(points[0]["value"]) == 26
    with Paho(server.mqtt_port, device.token) as client:
        client.publish(TOPIC, json.dumps({"temperature": 27}))
        found = eventually(lambda: alarms(tenant, device.id), lambda all: len(all) == 2)
    assert {each["type"] for each in found} == {"Long", "Often"}
    assert not [key for key in tenant.attributes(device.id, "SERVER_SCOPE") if key.startswith("alarmRule")]
    server.finish()


def test_the_alarm_is_told_to_the_chain(server, tenant):
    chain = Chain(tenant, [
        node("types", "filter.TbMsgTypeSwitchNode", {"version": 0}), save("save"),
        node("told", "transform.TbTransformMsgNode", {
            "scriptLang": "TBEL", "jsScript": "return null;",
            "tbelScript": "return {msg: {told: metadata.isNewAlarm + ' ' + metadata.calculatedFieldName}, "
                          "msgType: 'POST_TELEMETRY_REQUEST'};"}),
    ], [(0, 1, "Post telemetry"), (0, 2, "Alarm Created"), (2, 1, "Success")])
    device, token = chain.device()
    tenant.ok("POST", "/api/alarm/rule", hot(chain.profile["id"]))
    with Paho(server.mqtt_port, token) as client:
        client.publish(TOPIC, json.dumps({"temperature": 25}))
        eventually(lambda: tenant.latest(device), lambda values: "told" in values)


@pytest.mark.parametrize("change,message", [
    ({"createRules": {}}, "createRules should have at least one rule!"),
    ({"clearRule": when(compared("LESS", {"dynamicValueArgument": "nothing"}))},
     "Alarm rules name the argument 'nothing', which there is not!"),
    ({"createRules": {"MAJOR": when(compared("GREATER", {}))}},
     "createRules.MAJOR: Alarm rule: filter of 't': Predicate: a value is missing!"),
])
def test_rules_that_cannot_be_run_are_refused(tenant, change, message):
    rule = hot(entity_id("DEVICE", tenant.create_device().id))
    rule["configuration"].update(change)
    answer = tenant.call("POST", "/api/alarm/rule", rule)
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def key_filter(operation, value):
    return {"key": {"type": "TIME_SERIES", "key": "temperature"}, "valueType": "NUMERIC", "predicate": {
        "type": "NUMERIC", "operation": operation, "value": {"defaultValue": value}}}


def profile_rule(operation, value, **more):
    return {"condition": {"condition": [key_filter(operation, value)], "spec": {"type": "SIMPLE"}}, **more}


@pytest.mark.sanitizer
def test_a_rule_of_a_profile_raises_worsens_and_clears(server, tenant):
    chain = Chain(tenant, [
        node("profile", "profile.TbDeviceProfileNode", {
            "persistAlarmRulesState": False, "fetchAlarmRulesStateOnStart": False}, 1),
        node("told", "transform.TbTransformMsgNode", {
            "scriptLang": "TBEL", "jsScript": "return null;",
            "tbelScript": "return {msg: {told: msgType}, msgType: 'POST_TELEMETRY_REQUEST'};"}),
        save("save"),
    ], [(0, 1, "Alarm Created"), (1, 2, "Success")])
    profile = tenant.ok("GET", f"/api/deviceProfile/{chain.profile['id']['id']}")
    profile["profileData"]["alarms"] = [{
        "id": str(uuid.uuid4()), "alarmType": "Hot", "propagate": False, "createRules": {
            "MINOR": profile_rule("GREATER", 20, alarmDetails="It is ${temperature}"),
            "CRITICAL": profile_rule("GREATER", 40)},
        "clearRule": profile_rule("LESS", 10)}]
    tenant.ok("POST", "/api/deviceProfile", profile)
    device, token = chain.device()
    run_through(server, tenant, device, token)
    eventually(lambda: tenant.latest(device), lambda values: "told" in values)
