"""Calculated fields: saved and listed over REST, and run, from a device's message to what is stored."""
import json
import uuid

import pytest

from harness.paho import Paho
from harness.people import entity_id
from harness.wait import eventually


def argument(key, kind="TS_LATEST", **more):
    return {"refEntityKey": {"key": key, "type": kind, **({"scope": "SERVER_SCOPE"} if kind == "ATTRIBUTE" else {})},
            **more}


def simple(owner, name, expression, arguments, output, **more):
    return {"entityId": owner, "name": name, "type": "SIMPLE", "configuration": {
        "type": "SIMPLE", "expression": expression, "arguments": arguments,
        "output": {"type": "TIME_SERIES", **output}, **more}}


def script(owner, name, expression, arguments, output=None):
    return {"entityId": owner, "name": name, "type": "SCRIPT", "configuration": {
        "type": "SCRIPT", "expression": expression, "arguments": arguments,
        "output": output or {"type": "TIME_SERIES"}}}


def fahrenheit(owner, **output):
    return simple(owner, "fahrenheit", "c * 1.8 + 32", {"c": argument("celsius")}, {"name": "fahrenheit", **output})


def latest(tenant, device, wanted):
    """The latest values as texts, once `wanted` holds."""
    def read():
        found = tenant.ok("GET", f"/api/plugins/telemetry/DEVICE/{device}/values/timeseries")
        return {key: points[0]["value"] for key, points in found.items()}
    return eventually(read, wanted)


def post(tenant, device, values):
    tenant.ok("POST", f"/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY", values)


def test_a_field_is_saved_listed_and_deleted(tenant):
    device = tenant.create_device()
    owner = entity_id("DEVICE", device.id)
    saved = tenant.ok("POST", "/api/calculatedField", fahrenheit(owner))
    field = saved["id"]["id"]
    assert saved["version"] == 1 and saved["entityId"] == owner and saved["type"] == "SIMPLE"
    assert tenant.ok("GET", f"/api/calculatedField/{field}") == saved
    for path in (f"/api/calculatedField/DEVICE/{device.id}", f"/api/DEVICE/{device.id}/calculatedFields"):
        assert tenant.ok("GET", path + "?pageSize=10&page=0")["data"] == [saved]
    page = tenant.ok("GET", f"/api/calculatedFields?pageSize=10&page=0&entities={device.id}&types=SIMPLE")
    name = tenant.ok("GET", f"/api/device/{device.id}")["name"]
    assert page["data"] == [{**saved, "entityName": name}]
    names = tenant.ok("GET", "/api/calculatedFields/names?type=SIMPLE&pageSize=10&page=0&textSearch=AHREN")
    assert "fahrenheit" in names["data"]
    again = tenant.call("POST", "/api/calculatedField", fahrenheit(owner))
    assert (again.status_code, again.json()["message"]) == (
        400, "Calculated field with such name and type already exists")
    stale = tenant.call("POST", "/api/calculatedField", {**saved, "version": 7})
    assert stale.status_code == 409
    changed = tenant.ok("POST", "/api/calculatedField", {**saved, "name": "f"})
    assert (changed["name"], changed["version"]) == ("f", 2)
    tenant.ok("DELETE", f"/api/calculatedField/{field}")
    assert tenant.call("GET", f"/api/calculatedField/{field}").status_code == 404


@pytest.mark.parametrize("change,message", [
    ({"type": "GEOFENCING"}, "entityCoordinates should have latitudeKeyName!"),
    ({"arguments": {}}, "Calculated field should have at least one argument!"),
    ({"arguments": {"ctx": argument("a")}}, "Argument name 'ctx' is reserved and cannot be used."),
    ({"arguments": {f"a{at}": argument("a") for at in range(11)}, "expression": "a1"},
     "Calculated field arguments limit reached!"),
    ({"arguments": {"x": argument("a", refEntityId=entity_id("USER", str(uuid.uuid4())))}},
     "Unsupported referenced entity type: 'USER'."),
])
def test_what_cannot_be_run_is_refused(tenant, change, message):
    body = fahrenheit(entity_id("DEVICE", tenant.create_device().id))
    body["configuration"].update(change)
    if "type" in change:
        body["type"] = change["type"]
        body["configuration"].update(entityCoordinates={}, zoneGroups={})
    answer = tenant.call("POST", "/api/calculatedField", body)
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_limits_cycles_and_what_refers_to_a_device(tenant):
    first, second = tenant.create_device().id, tenant.create_device().id
    owner = entity_id("DEVICE", first)
    for at in range(4):
        tenant.ok("POST", "/api/calculatedField", simple(owner, f"f{at}", "x", {"x": argument(f"k{at}")},
                                                         {"name": f"k{at + 1}"}))
    cycle = tenant.call("POST", "/api/calculatedField", simple(owner, "back", "x", {"x": argument("k4")},
                                                               {"name": "k0"}))
    assert cycle.status_code == 400 and "made of each other" in cycle.json()["message"]
    tenant.ok("POST", "/api/calculatedField", simple(
        owner, "of another", "x", {"x": argument("a", refEntityId=entity_id("DEVICE", second))}, {"name": "a"}))
    full = tenant.call("POST", "/api/calculatedField", fahrenheit(owner))
    assert full.json()["message"] == "Calculated fields per entity limit reached!"
    needed = tenant.call("DELETE", f"/api/device/{second}")
    assert (needed.status_code, needed.json()["message"]) == (
        400, "Can't delete device that has entity views or is referenced in calculated fields!")
    tenant.ok("DELETE", f"/api/device/{first}")
    tenant.ok("DELETE", f"/api/device/{second}")


def test_a_script_is_tried(tenant):
    answer = tenant.ok("POST", "/api/calculatedField/testScript", {
        "expression": "return {sum: a + r.sum(), ts: ctx.latestTs};",
        "arguments": {"a": {"type": "SINGLE_VALUE", "ts": 5, "value": 1},
                      "r": {"type": "TS_ROLLING", "timeWindow": {"startTs": 0, "endTs": 9},
                            "values": [{"ts": 7, "value": 2}, {"ts": 6, "value": 3.5}]}}})
    assert answer["error"] == "" and json.loads(answer["output"]) == {"sum": 6.5, "ts": 7}
    assert tenant.ok("POST", "/api/calculatedField/testScript", {"expression": "return nowhere.x;"})["error"]


def test_telemetry_that_comes_in_over_mqtt_is_calculated(server, tenant):
    device = tenant.create_device()
    tenant.ok("POST", "/api/calculatedField", fahrenheit(entity_id("DEVICE", device.id), decimalsByDefault=1))
    with Paho(server.mqtt_port, device.token) as client:
        for celsius, wanted in ((20, "68.0"), (21.5, "70.7")):
            client.publish("v1/devices/me/telemetry", json.dumps({"celsius": celsius}))
            latest(tenant, device.id, lambda found, text=wanted: found.get("fahrenheit") == text)


def test_fields_of_a_profile_are_made_of_each_other_and_change_at_once(tenant):
    default = tenant.ok("GET", "/api/deviceProfileInfo/default")["id"]["id"]
    profile = tenant.ok("GET", f"/api/deviceProfile/{default}")
    for own in ("id", "createdTime", "version"):
        profile.pop(own)
    profile = tenant.ok("POST", "/api/deviceProfile", {**profile, "name": f"p {uuid.uuid4()}", "default": False})
    owner = profile["id"]
    first = tenant.ok("POST", "/api/calculatedField", simple(
        owner, "double", "x * factor", {"x": argument("x"), "factor": argument("factor", "ATTRIBUTE",
                                                                               defaultValue="2")},
        {"name": "double", "decimalsByDefault": 0}))
    tenant.ok("POST", "/api/calculatedField", script(
        owner, "of it", "return {quadruple: d * 2};", {"d": argument("double")},
        {"type": "TIME_SERIES", "strategy": {"type": "IMMEDIATE", "saveTimeSeries": True, "saveLatest": True,
                                             "sendWsUpdate": True, "processCfs": True}}))
    device = tenant.create_device(deviceProfileId=owner).id
    post(tenant, device, {"x": 5})
    latest(tenant, device, lambda found: found.get("quadruple") == "20")
    tenant.ok("POST", f"/api/plugins/telemetry/DEVICE/{device}/attributes/SERVER_SCOPE", {"factor": 3})
    latest(tenant, device, lambda found: found.get("quadruple") == "30")
    first["configuration"]["expression"] = "x * factor + 1"
    tenant.ok("POST", "/api/calculatedField", first)
    post(tenant, device, {"x": 6})
    latest(tenant, device, lambda found: found.get("quadruple") == "38")


def test_a_field_that_is_saved_runs_for_what_is_there(tenant):
    devices = [tenant.create_device() for _ in range(2)]
    for at, device in enumerate(devices):
        post(tenant, device.id, {"x": at + 1})
        latest(tenant, device.id, lambda found, at=at: found.get("x") == str(at + 1))
    profile = tenant.ok("GET", f"/api/device/{devices[0].id}")["deviceProfileId"]
    saved = tenant.ok("POST", "/api/calculatedField", simple(profile, f"f {uuid.uuid4()}", "x * 10", {"x": argument("x")},
                                                             {"name": "tenfold", "decimalsByDefault": 0}))
    try:
        for at, device in enumerate(devices):
            latest(tenant, device.id, lambda found, at=at: found.get("tenfold") == str(10 * (at + 1)))
        saved["configuration"]["expression"] = "x * 100"
        tenant.ok("POST", "/api/calculatedField", saved)
        for at, device in enumerate(devices):
            latest(tenant, device.id, lambda found, at=at: found.get("tenfold") == str(100 * (at + 1)))
    finally:
        tenant.ok("DELETE", f"/api/calculatedField/{saved['id']['id']}")


def test_values_of_another_entity_and_a_window_of_them(tenant):
    source, target = tenant.create_device().id, tenant.create_device().id
    tenant.ok("POST", "/api/calculatedField", script(
        entity_id("DEVICE", target), "mean", "return {mean: t.mean(), n: t.count()};",
        {"t": argument("t", "TS_ROLLING", limit=10, timeWindow=3_600_000,
                       refEntityId=entity_id("DEVICE", source))}))
    for value in (10, 20, 60):
        post(tenant, source, {"t": value})
    found = latest(tenant, target, lambda found: found.get("n") == "3")
    assert found["mean"] == "30.0"


def test_alarm_rules_are_listed_apart(tenant):
    device = tenant.create_device().id
    rule = {"entityId": entity_id("DEVICE", device), "name": f"High {uuid.uuid4()}", "configuration": {
        "arguments": {"t": argument("t")}, "createRules": {"MAJOR": {"condition": {
            "type": "SIMPLE", "expression": {"type": "TBEL", "expression": "return t > 5;"}}}}}}
    saved = tenant.ok("POST", "/api/alarm/rule", rule)
    again = tenant.call("POST", "/api/alarm/rule", rule)
    assert (again.status_code, again.json()["message"]) == (400, "Alarm rule with such type already exists")
    assert tenant.ok("GET", f"/api/alarm/rules/DEVICE/{device}?pageSize=10&page=0")["data"] == [saved]
    listed = tenant.ok("GET", f"/api/alarm/rules?pageSize=10&page=0&entities={device}")
    assert [each["id"] for each in listed["data"]] == [saved["id"]]
    assert rule["name"] in tenant.ok("GET", "/api/alarm/rules/names?pageSize=100&page=0")["data"]
    assert tenant.ok("GET", f"/api/calculatedFields?pageSize=10&page=0&entities={device}")["data"] == []
    assert tenant.call("GET", f"/api/alarm/rule/{uuid.uuid4()}").status_code == 404
