"""Chains as users draw them, whole: from what a device sends over MQTT to alarms, telemetry, or a mailbox."""
import json
import time
import uuid

import pytest

from harness import rest
from harness.mail import MailBox, save_setting
from harness.paho import Paho
from harness.wait import eventually
from test_rule_alarms import alarms
from test_rule_scripts import Chain, node, save, script, telemetry_alone

TOPIC = "v1/devices/me/telemetry"
RELATION = {"direction": "TO", "maxLevel": 1, "fetchLastLevelOnly": False,
            "filters": [{"relationType": "Contains", "entityTypes": ["ASSET"]}]}


def create_alarm(kind, severity="MAJOR", details="return {};"):
    return node(f"raise {kind}", "action.TbCreateAlarmNode", {
        "scriptLang": "TBEL", "alarmDetailsBuildTbel": details, "alarmDetailsBuildJs": "return {};", "alarmType": kind,
        "severity": severity, "dynamicSeverity": False, "propagate": True, "propagateToOwner": False,
        "propagateToTenant": False, "relationTypes": [], "useMessageAlarmData": False, "overwriteAlarmDetails": False})


def clear_alarm(kind):
    return node(f"clear {kind}", "action.TbClearAlarmNode", {
        "scriptLang": "TBEL", "alarmType": kind, "alarmDetailsBuildJs": "return {};",
        "alarmDetailsBuildTbel": "return metadata.prevAlarmDetails == null ? {} : JSON.parse(metadata.prevAlarmDetails);"})


def delta(**more):
    return node("delta", "metadata.CalculateDeltaNode", {
        "inputValueKey": "pulseCounter", "outputValueKey": "delta", "useCache": True, "addPeriodBetweenMsgs": False,
        "periodValueKey": "periodInMs", "round": 3, "tellFailureIfDeltaIsNegative": True, "excludeZeroDeltas": False,
        **more}, 1)


def to_building(name="to the building"):
    return node(name, "transform.TbChangeOriginatorNode",
                {"originatorSource": "RELATED", "relationsQuery": RELATION, "entityType": None, "entityNamePattern": None})


def publish(client, *messages):
    for message in messages:
        client.publish(TOPIC, json.dumps(message))


def building_of(tenant, device):
    made = tenant.ok("POST", "/api/asset", {"name": f"building {uuid.uuid4()}", "type": "default"})
    tenant.ok("POST", "/api/v2/relation", {"from": made["id"], "to": {"entityType": "DEVICE", "id": device},
                                           "type": "Contains", "typeGroup": "COMMON"})
    return made["id"]["id"]


def asset_history(tenant, asset, key, count):
    path = f"/api/plugins/telemetry/ASSET/{asset}/values/timeseries"
    query = {"keys": key, "startTs": 0, "endTs": 1 << 52, "limit": 100, "orderBy": "ASC", "useStrictDataTypes": True}
    found = eventually(lambda: tenant.ok("GET", path, params=query).get(key, []), lambda all: len(all) >= count)
    return [point["value"] for point in found]


def test_thermostats_have_alarms_by_thresholds_of_their_own(server, tenant):
    chain = Chain(tenant, [
        telemetry_alone(),
        save("save"),
        node("thresholds", "metadata.TbGetAttributesNode", {
            "tellFailureIfAbsent": True, "fetchTo": "METADATA", "clientAttributeNames": [],
            "sharedAttributeNames": ["minTemperature", "maxTemperature"], "serverAttributeNames": [],
            "latestTsKeyNames": [], "getLatestValueWithTs": False}, 1),
        script("outside?", "filter.TbJsFilterNode",
               "var t = msg.temperature;\n"
               "return t < Integer.parseInt(metadata.shared_minTemperature) ||\n"
               "       t > Integer.parseInt(metadata.shared_maxTemperature);"),
        create_alarm("Temperature", details="return {temperature: msg.temperature};"),
        clear_alarm("Temperature"),
    ], [(0, 1, "True"), (1, 2, "Success"), (2, 3, "Success"), (3, 4, "True"), (3, 5, "False")])
    devices = [chain.device() for _ in range(2)]
    for (device, _), most in zip(devices, (25, 35)):
        tenant.save_attributes(device, "SHARED_SCOPE", {"minTemperature": 10, "maxTemperature": most})
    for device, token in devices:
        with Paho(server.mqtt_port, token) as client:
            publish(client, {"temperature": 30})
            eventually(lambda: tenant.latest(device).get("temperature"))
    (strict, token), (lenient, _) = devices
    raised = eventually(lambda: alarms(tenant, strict))
    assert [(each["status"], each["details"]) for each in raised] == [("ACTIVE_UNACK", {"temperature": 30})]
    with Paho(server.mqtt_port, token) as client:
        publish(client, {"temperature": 20})
        eventually(lambda: alarms(tenant, strict)[0]["status"], lambda status: status == "CLEARED_UNACK")
        publish(client, {"temperature": 5})
        eventually(lambda: alarms(tenant, strict), lambda all: len(all) == 2)
    assert alarms(tenant, lenient) == []


def test_a_gateways_readings_are_those_of_its_devices(server, tenant):
    names = [f"meter {uuid.uuid4()}" for _ in range(3)]
    for name in names[:2]:
        tenant.ok("POST", "/api/device", {"name": name, "type": "default"})
    chain = Chain(tenant, [
        telemetry_alone(),
        script("readings", "transform.TbTransformMsgNode", "return {msg: msg.readings};"),
        node("each", "transform.TbSplitArrayMsgNode", {}),
        node("to its device", "transform.TbChangeOriginatorNode",
             {"originatorSource": "ENTITY", "entityType": "DEVICE", "entityNamePattern": "$[name]",
              "relationsQuery": None}),
        node("without the name", "transform.TbDeleteKeysNode", {"dataToFetch": "DATA", "deleteFrom": "DATA",
                                                                "keys": ["name"]}, 1),
        save("save"),
        create_alarm("Unknown device", "WARNING"),
    ], [(0, 1, "True"), (1, 2, "Success"), (2, 3, "Success"), (3, 4, "Success"), (3, 6, "Failure"), (4, 5, "Success")])
    gateway, token = chain.device()
    with Paho(server.mqtt_port, token) as client:
        publish(client, {"readings": [{"name": name, "energy": 10 * i} for i, name in enumerate(names)]})
    for i, name in enumerate(names[:2]):
        device = tenant.find_device(name)["id"]["id"]
        assert eventually(lambda: tenant.latest(device)).keys() == {"energy"}
        assert tenant.latest(device)["energy"][0]["value"] == 10 * i
    assert [each["type"] for each in eventually(lambda: alarms(tenant, gateway))] == ["Unknown device"]
    assert tenant.latest(gateway) == {}


def test_a_vehicle_that_leaves_its_area_has_an_alarm(server, tenant):
    chain = Chain(tenant, [
        telemetry_alone(),
        node("area", "geo.TbGpsGeofencingActionNode", {
            "latitudeKeyName": "latitude", "longitudeKeyName": "longitude", "perimeterType": "POLYGON",
            "fetchPerimeterInfoFromMessageMetadata": False, "perimeterKeyName": None,
            "polygonsDefinition": "[[50.0,30.0],[50.0,31.0],[51.0,31.0],[51.0,30.0]]", "centerLatitude": None,
            "centerLongitude": None, "range": None, "rangeUnit": None, "minInsideDuration": 1,
            "minInsideDurationTimeUnit": "MINUTES", "minOutsideDuration": 1, "minOutsideDurationTimeUnit": "MINUTES",
            "reportPresenceStatusOnEachMessage": True}, 1),
        create_alarm("Left the area", "CRITICAL", "return {latitude: msg.latitude};"),
        clear_alarm("Left the area"),
        script("presence", "transform.TbTransformMsgNode", "return {msg: {inside: true}};"),
        save("save"),
    ], [(0, 1, "True"), (1, 2, "Left"), (1, 3, "Entered"), (1, 4, "Inside"), (4, 5, "Success")])
    device, token = chain.device()
    with Paho(server.mqtt_port, token) as client:
        publish(client, {"latitude": 50.5, "longitude": 30.5}, {"latitude": 50.6, "longitude": 30.5})
        eventually(lambda: tenant.latest(device).get("inside"))
        assert alarms(tenant, device) == []
        publish(client, {"latitude": 52.5, "longitude": 30.5})
        left = eventually(lambda: alarms(tenant, device))
        assert (left[0]["status"], left[0]["details"]) == ("ACTIVE_UNACK", {"latitude": 52.5})
        publish(client, {"latitude": 52.6, "longitude": 30.5}, {"latitude": 50.1, "longitude": 30.1})
        back = eventually(lambda: alarms(tenant, device), lambda all: all[0]["cleared"])
        assert len(back) == 1


def test_water_meters_fill_the_account_of_their_building(server, tenant):
    """Pulses of ten litres; more than 500 litres between two readings are a leak."""
    chain = Chain(tenant, [
        telemetry_alone(),
        delta(),
        script("litres", "transform.TbTransformMsgNode", "return {msg: {water: msg.delta * 10}};"),
        script("leak?", "filter.TbJsFilterNode", "return msg.water > 500;"),
        create_alarm("Leak", "CRITICAL", "return {litres: msg.water};"),
        to_building(),
        save("save"),
    ], [(0, 1, "True"), (1, 2, "Success"), (2, 3, "Success"), (3, 4, "True"), (2, 5, "Success"), (5, 6, "Success")])
    device, token = chain.device()
    building = building_of(tenant, device)
    base = int(time.time() * 1000) - 60_000
    with Paho(server.mqtt_port, token) as client:
        publish(client, *({"ts": base + 1000 * i, "values": {"pulseCounter": count}}
                          for i, count in enumerate((1000, 1003, 1010, 1080))))
    assert asset_history(tenant, building, "water", 4) == [0, 30, 70, 700]
    leak = eventually(lambda: alarms(tenant, device))
    assert [(each["severity"], each["details"]) for each in leak] == [("CRITICAL", {"litres": 700})]


@pytest.mark.embedded  # Of the settings of the whole system.
def test_who_is_in_charge_gets_a_mail_of_a_new_alarm_and_no_second(server, tenant):
    with MailBox() as box:
        save_setting(rest.Rest(server.url, rest.SYSTEM), "mail", box.settings())
        chain = Chain(tenant, [
            telemetry_alone(),
            script("hot?", "filter.TbJsFilterNode", "return msg.temperature > 80;"),
            create_alarm("Fire", "CRITICAL"),
            node("who", "metadata.TbGetAttributesNode", {
                "tellFailureIfAbsent": True, "fetchTo": "METADATA", "clientAttributeNames": [], "sharedAttributeNames": [],
                "serverAttributeNames": ["mail"], "latestTsKeyNames": [], "getLatestValueWithTs": False}, 1),
            node("mail", "mail.TbMsgToEmailNode", {
                "fromTemplate": "house@example.org", "toTemplate": "${ss_mail}", "ccTemplate": None, "bccTemplate": None,
                "subjectTemplate": "$[type] at ${deviceName}", "bodyTemplate": "$[severity], $[status]",
                "mailBodyType": "false", "isHtmlTemplate": None}),
            node("send", "mail.TbSendEmailNode", {"useSystemSmtpSettings": True}),
            save("save"),
        ], [(0, 1, "True"), (1, 2, "True"), (2, 3, "Created"), (3, 4, "Success"), (4, 5, "Success"), (0, 6, "True")])
        device, token = chain.device()
        tenant.save_attributes(device, "SERVER_SCOPE", {"mail": "guard@example.org"})
        with Paho(server.mqtt_port, token) as client:
            publish(client, {"temperature": 90})
            mail = box.next("guard@example.org")
            publish(client, {"temperature": 95}, {"temperature": 1})
            eventually(lambda: tenant.latest(device)["temperature"][0]["value"] == 1)
        assert mail["Subject"] == "Fire at " + tenant.ok("GET", f"/api/device/{device}")["name"]
        assert mail.get_body(("plain",)).get_content().strip() == "CRITICAL, ACTIVE_UNACK"
        assert box.mails == [] and len(alarms(tenant, device)) == 1


def test_what_a_counter_counted_between_readings(server, tenant):
    chain = Chain(tenant, [
        telemetry_alone(), delta(addPeriodBetweenMsgs=True), save("save"), create_alarm("Counter went back", "MINOR"),
    ], [(0, 1, "True"), (1, 2, "Success"), (1, 3, "Failure")])
    device, token = chain.device()
    base = int(time.time() * 1000) - 60_000
    with Paho(server.mqtt_port, token) as client:
        publish(client, *({"ts": base + 1000 * i, "values": {"pulseCounter": count}}
                          for i, count in enumerate((12.125, 12.25, 20, 7, 9))))
    found = eventually(lambda: tenant.history(device, "delta,periodInMs"), lambda all: len(all.get("delta", [])) == 4)
    by_time = {key: [value for _, value in sorted(points)] for key, points in found.items()}
    assert by_time == {"delta": [0, 0.125, 7.75, 2], "periodInMs": [0, 1000, 1000, 1000]}
    assert [each["type"] for each in eventually(lambda: alarms(tenant, device))] == ["Counter went back"]


def test_of_many_readings_in_a_moment_the_last_is_kept(server, tenant):
    chain = Chain(tenant, [
        telemetry_alone(),
        node("last", "deduplication.TbMsgDeduplicationNode",
             {"interval": 2, "strategy": "LAST", "outMsgType": None, "maxPendingMsgs": 100, "maxRetries": 3}, 1),
        save("save"),
    ], [(0, 1, "True"), (1, 2, "Success")])
    device, token = chain.device()
    base = int(time.time() * 1000)
    with Paho(server.mqtt_port, token) as client:
        publish(client, *({"ts": base + i, "values": {"reading": i}} for i in range(20)))
    kept = eventually(lambda: tenant.history(device, "reading").get("reading"))
    assert kept == [(base + 19, 19)]
