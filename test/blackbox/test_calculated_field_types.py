"""Calculated fields of every type but SIMPLE and SCRIPT, from a device's message over MQTT to the result."""
import json
import time

import pytest

from harness.paho import Paho
from harness.people import entity_id
from harness.wait import eventually

SQUARE = [[0, 0], [0, 10], [10, 10], [10, 0]]


def argument(key, kind="TS_LATEST", **more):
    return {"refEntityKey": {"key": key, "type": kind, **({"scope": "SERVER_SCOPE"} if kind == "ATTRIBUTE" else {})},
            **more}


def field(owner, kind, name, output=None, **configuration):
    return {"entityId": owner, "name": name, "type": kind,
            "configuration": {"type": kind, "output": output or {"type": "TIME_SERIES"}, **configuration}}


def asset(tenant, name):
    return tenant.ok("POST", "/api/asset", {"name": f"{name} {time.time_ns()}"})["id"]


def relate(tenant, start, end, kind="Contains"):
    tenant.ok("POST", "/api/relation", {"from": start, "to": end, "type": kind, "typeGroup": "COMMON"})


def latest(tenant, entity, wanted, **times):
    def read():
        found = tenant.ok(
            "GET", f"/api/plugins/telemetry/{entity['entityType']}/{entity['id']}/values/timeseries")
        return {key: points[0]["value"] for key, points in found.items()}
    return eventually(read, wanted, **times)


def test_an_entity_is_told_where_it_is(server, tenant):
    device = tenant.create_device()
    owner, zone = entity_id("DEVICE", device.id), asset(tenant, "zone")
    tenant.ok("POST", f"/api/plugins/telemetry/ASSET/{zone['id']}/attributes/SERVER_SCOPE", {"perimeter": SQUARE})
    relate(tenant, owner, zone, "Allowed")
    tenant.ok("POST", "/api/calculatedField", field(
        owner, "GEOFENCING", "where",
        entityCoordinates={"latitudeKeyName": "lat", "longitudeKeyName": "lon"},
        zoneGroups={
            "home": {"refEntityId": zone, "perimeterKeyName": "perimeter", "direction": "FROM",
                     "reportStrategy": "REPORT_TRANSITION_EVENTS_AND_PRESENCE_STATUS",
                     "createRelationsWithMatchedZones": True, "relationType": "IsIn"},
            "allowed": {"perimeterKeyName": "perimeter", "reportStrategy": "REPORT_TRANSITION_EVENTS_ONLY",
                        "refDynamicSourceConfiguration": {
                            "type": "RELATION_PATH_QUERY",
                            "levels": [{"direction": "FROM", "relationType": "Allowed"}]}}}))

    def zones():
        found = tenant.ok("GET", f"/api/relations?fromId={device.id}&fromType=DEVICE&relationType=IsIn")
        return [each["to"] for each in found]
    with Paho(server.mqtt_port, device.token) as client:
        def go(latitude, longitude):
            client.publish("v1/devices/me/telemetry", json.dumps({"lat": latitude, "lon": longitude}))
        go(5, 5)
        found = latest(tenant, owner, lambda found: found.get("homeStatus") == "INSIDE")
        assert "homeEvent" not in found and "allowedEvent" not in found
        assert zones() == [zone]
        go(50, 5)
        found = latest(tenant, owner, lambda found: found.get("homeStatus") == "OUTSIDE")
        assert (found["homeEvent"], found["allowedEvent"]) == ("LEFT", "LEFT") and "allowedStatus" not in found
        assert zones() == []
        go(6, 6)
        found = latest(tenant, owner, lambda found: found.get("homeStatus") == "INSIDE")
        assert (found["homeEvent"], found["allowedEvent"]) == ("ENTERED", "ENTERED")
        # A zone that moves is one that is left.
        tenant.ok("POST", f"/api/plugins/telemetry/ASSET/{zone['id']}/attributes/SERVER_SCOPE",
                  {"perimeter": {"latitude": 50, "longitude": 50, "radius": 1, "radiusUnit": "KILOMETER"}})
        latest(tenant, owner, lambda found: found.get("homeStatus") == "OUTSIDE")


@pytest.mark.parametrize("strategy", ["RULE_CHAIN", "IMMEDIATE"])
def test_values_are_handed_to_related_entities(server, tenant, strategy):
    device = tenant.create_device()
    owner, room, house = entity_id("DEVICE", device.id), asset(tenant, "room"), asset(tenant, "house")
    relate(tenant, room, owner)
    saved = tenant.ok("POST", "/api/calculatedField", field(
        owner, "PROPAGATION", "to rooms", {"type": "TIME_SERIES", "strategy": {"type": strategy}},
        relation={"direction": "TO", "relationType": "Contains"},
        arguments={"warmth": argument("t"), "wet": argument("h", defaultValue="1")}))
    with Paho(server.mqtt_port, device.token) as client:
        client.publish("v1/devices/me/telemetry", json.dumps({"t": 21}))
        found = latest(tenant, room, lambda found: found.get("warmth") == "21")
        assert "wet" not in found, "it did not change"
        relate(tenant, house, owner)
        latest(tenant, house, lambda found: (found.get("warmth"), found.get("wet")) == ("21", "1"))
        saved["configuration"].update(applyExpressionToResolvedArguments=True,
                                      expression="return {double: warmth * 2};")
        tenant.ok("POST", "/api/calculatedField", saved)
        client.publish("v1/devices/me/telemetry", json.dumps({"t": 22}))
        for each in (room, house):
            latest(tenant, each, lambda found: found.get("double") == "44")


def test_related_entities_are_aggregated(server, tenant):
    house = asset(tenant, "house")
    devices = [tenant.create_device() for _ in range(3)]
    for device in devices[:2]:
        relate(tenant, house, entity_id("DEVICE", device.id))
    tenant.ok("POST", "/api/calculatedField", field(
        house, "RELATED_ENTITIES_AGGREGATION", "mean", {"type": "TIME_SERIES", "decimalsByDefault": 1},
        relation={"direction": "FROM", "relationType": "Contains"}, deduplicationIntervalInSec=10,
        arguments={"t": argument("t")},
        metrics={"mean": {"function": "AVG", "input": {"type": "key", "key": "t"}},
                 "warm": {"function": "COUNT", "filter": "return t > 25;", "input": {"type": "key", "key": "t"}},
                 "most": {"function": "MAX", "input": {"type": "function", "function": "return t * 10;"}}}))
    for device, warmth in zip(devices, (20, 31, 99)):
        with Paho(server.mqtt_port, device.token) as client:
            client.publish("v1/devices/me/telemetry", json.dumps({"t": warmth}))
    found = latest(tenant, house, lambda found: found.get("mean") == "25.5", seconds_max=90)
    assert (found["warm"], found["most"]) == ("1", "310.0")


def test_time_series_are_aggregated_by_intervals(server, tenant):
    device = tenant.create_device()
    owner = entity_id("DEVICE", device.id)
    day = 24 * 3600 * 1000
    start = int(time.time() * 1000) // day * day - day
    for at, value in ((0, 10), (1, 20), (day - 1, 30), (-1, 1000)):
        tenant.ok("POST", f"/api/plugins/telemetry/DEVICE/{device.id}/timeseries/ANY",
                  {"ts": start + at, "values": {"t": value}})
    tenant.ok("POST", "/api/calculatedField", field(
        owner, "ENTITY_AGGREGATION", "by day", arguments={"t": argument("t"), "x": argument("x")},
        interval={"type": "DAY", "tz": "UTC"},
        metrics={"mean": {"function": "AVG", "input": {"type": "key", "key": "t"}},
                 "different": {"function": "COUNT_UNIQUE", "input": {"type": "key", "key": "t"}},
                 "none": {"function": "SUM", "defaultValue": 0, "input": {"type": "key", "key": "x"}}}))
    with Paho(server.mqtt_port, device.token) as client:
        client.publish("v1/devices/me/telemetry", json.dumps({"t": 1}))
        latest(tenant, owner, lambda found: "mean" in found)
    points = tenant.ok("GET", f"/api/plugins/telemetry/DEVICE/{device.id}/values/timeseries"
                              f"?keys=mean,different,none&startTs={start}&endTs={start + 1}")
    assert {key: (each[0]["ts"], float(each[0]["value"])) for key, each in points.items()} == {
        "mean": (start, 20.0), "different": (start, 3.0), "none": (start, 0.0)}


def test_values_of_the_owner_are_taken(server, tenant):
    device = tenant.create_device()
    owner = entity_id("DEVICE", device.id)
    customer = tenant.ok("POST", "/api/customer", {"title": f"c {time.time_ns()}"})["id"]
    path = f"/api/plugins/telemetry/CUSTOMER/{customer['id']}/attributes/SERVER_SCOPE"
    tenant.ok("POST", path, {"price": 3})
    tenant.ok("POST", f"/api/customer/{customer['id']}/device/{device.id}")
    tenant.ok("POST", "/api/calculatedField", field(
        owner, "SIMPLE", "costs", {"type": "TIME_SERIES", "name": "costs", "decimalsByDefault": 0},
        expression="kwh * price", arguments={"kwh": argument("kwh"), "price": argument(
            "price", "ATTRIBUTE", refDynamicSourceConfiguration={"type": "CURRENT_OWNER"})}))
    with Paho(server.mqtt_port, device.token) as client:
        client.publish("v1/devices/me/telemetry", json.dumps({"kwh": 5}))
        latest(tenant, owner, lambda found: found.get("costs") == "15")
    tenant.ok("POST", path, {"price": 4})
    latest(tenant, owner, lambda found: found.get("costs") == "20")


def test_debug_events_tell_of_runs_and_failures(server, tenant):
    device = tenant.create_device()
    saved = tenant.ok("POST", "/api/calculatedField", {
        **field(entity_id("DEVICE", device.id), "SIMPLE", "double", {"type": "TIME_SERIES", "name": "double"},
                expression="x * 2", arguments={"x": argument("x")}),
        "debugSettings": {"failuresEnabled": True, "allEnabled": True}})

    def read():
        page = tenant.ok("GET", f"/api/events/CALCULATED_FIELD/{saved['id']['id']}/DEBUG_CALCULATED_FIELD"
                                f"?tenantId={saved['tenantId']['id']}&pageSize=10&page=0"
                                "&sortProperty=createdTime&sortOrder=ASC")
        return [each["body"] for each in page["data"]]
    with Paho(server.mqtt_port, device.token) as client:
        for count, value in enumerate((5, "warm"), 1):
            client.publish("v1/devices/me/telemetry", json.dumps({"x": value}))
            # A field that reads what is stored for the first time would see the second value alone.
            events = eventually(read, lambda found: len(found) == count)
    done, failed = events
    assert (done["entityId"], done["entityType"]) == (device.id, "DEVICE")
    assert json.loads(done["result"]) == {"double": 10} and json.loads(done["arguments"])["x"]["value"] == 5
    assert done["msgType"] == "POST_TELEMETRY_REQUEST" and "error" not in done
    assert failed["error"] == "Argument 'x' is not a number." and "result" not in failed
    assert tenant.ok("GET", f"/api/calculatedField/{saved['id']['id']}/debug")["error"] == failed["error"]


@pytest.mark.parametrize("kind,change,message", [
    ("SIMPLE", {"expression": "x * (2"}, "Expression of the calculated field: "),
    ("SCRIPT", {"expression": "return {"}, "The expression of the calculated field: "),
    ("RELATED_ENTITIES_AGGREGATION", {"deduplicationIntervalInSec": 9},
     "deduplicationIntervalInSec should be at least 10 seconds!"),
    ("RELATED_ENTITIES_AGGREGATION", {"filter": "return (;"}, "The filter of metric 'm' of the calculated field: "),
    ("ENTITY_AGGREGATION", {"interval": {"type": "CUSTOM", "tz": "UTC", "durationSec": 59}},
     "interval.durationSec should be at least 60 seconds!"),
    ("ENTITY_AGGREGATION", {"interval": {"type": "DAY", "tz": "Mars"}}, "interval.tz: "),
    ("PROPAGATION", {"relation": {"direction": "TO"}}, "relation should have a relationType!"),
])
def test_what_is_wrong_is_named_when_it_is_saved(tenant, kind, change, message):
    metric = {"function": "AVG", "input": {"type": "key", "key": "x"}}
    if "filter" in change:
        metric["filter"] = change.pop("filter")
        change["deduplicationIntervalInSec"] = 10
    body = field(entity_id("DEVICE", tenant.create_device().id), kind, "wrong", {"type": "TIME_SERIES", "name": "y"},
                 **{"arguments": {"x": argument("x")}, "metrics": {"m": metric},
                    "relation": {"direction": "FROM", "relationType": "Contains"}, **change})
    answer = tenant.call("POST", "/api/calculatedField", body)
    assert answer.status_code == 400 and answer.json()["message"].startswith(message), answer.json()
