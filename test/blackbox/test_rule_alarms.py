"""Rule chains that raise and clear alarms, from a device's message over MQTT to what REST shows."""
import json

import pytest

from harness.paho import Paho
from harness.wait import eventually
from test_rule_scripts import Chain, node, save, script

TOPIC = "v1/devices/me/telemetry"
COUNTING = ("var d = metadata.prevAlarmDetails == null ? {} : JSON.parse(metadata.prevAlarmDetails); "
            "d.count = d.count == null ? 1 : d.count + 1; d.temperature = msg.temperature; return d;")


def details(**more):
    return {"scriptLang": "TBEL", "alarmDetailsBuildTbel": COUNTING, "alarmDetailsBuildJs": "return {};", **more}


def create(**more):
    return node("create", "action.TbCreateAlarmNode", details(
        alarmType="Hot", severity="$[severity]", dynamicSeverity=True, propagate=False, propagateToOwner=False,
        propagateToTenant=False, relationTypes=[], useMessageAlarmData=False, overwriteAlarmDetails=False, **more))


def alarms(tenant, device):
    return tenant.ok("GET", f"/api/alarm/DEVICE/{device}", params={
        "pageSize": 10, "page": 0, "sortProperty": "createdTime", "sortOrder": "DESC"})["data"]


@pytest.mark.sanitizer
def test_a_hot_device_has_an_alarm_until_it_is_cool(server, tenant):
    chain = Chain(tenant, [
        node("types", "filter.TbMsgTypeSwitchNode", {"version": 0}),
        script("hot?", "filter.TbJsFilterNode", "return msg.temperature > 30;"),
        create(),
        node("clear", "action.TbClearAlarmNode", details(alarmType="Hot")),
        script("cleared", "transform.TbTransformMsgNode",
               "return {msg: {cleared: true}, msgType: 'POST_TELEMETRY_REQUEST'};"),
        save("save"),
    ], [(0, 1, "Post telemetry"), (1, 2, "True"), (1, 3, "False"), (3, 4, "Cleared"), (4, 5, "Success")])
    device, token = chain.device()
    with Paho(server.mqtt_port, token) as client:
        def send(temperature, severity="MINOR"):
            client.publish(TOPIC, json.dumps({"temperature": temperature, "severity": severity}))
        send(20)
        send(31)
        found = eventually(lambda: alarms(tenant, device), lambda all: len(all) == 1)[0]
        assert found["type"] == "Hot" and found["severity"] == "MINOR" and found["status"] == "ACTIVE_UNACK"
        assert found["details"] == {"count": 1, "temperature": 31}
        send(45, "CRITICAL")
        worse = eventually(lambda: alarms(tenant, device), lambda all: all[0]["severity"] == "CRITICAL")
        assert len(worse) == 1 and worse[0]["id"] == found["id"]
        assert worse[0]["details"] == {"count": 2, "temperature": 45}
        send(25)
        ended = eventually(lambda: alarms(tenant, device), lambda all: all[0]["cleared"])
        assert len(ended) == 1 and ended[0]["status"] == "CLEARED_UNACK" and ended[0]["details"]["count"] == 3
        eventually(lambda: tenant.latest(device), lambda values: "cleared" in values)
        send(50)
        again = eventually(lambda: alarms(tenant, device), lambda all: len(all) == 2)
        assert again[0]["status"] == "ACTIVE_UNACK" and again[0]["details"]["count"] == 1
