"""Rule chains with scripts, from a device's message to what is stored, and scripts that are tried."""
import json
import uuid

import pytest
import requests

from harness.wait import eventually

PREFIX = "org.thingsboard.rule.engine."
SAVE = {"defaultTTL": 0, "useServerTs": False, "processingSettings": {"type": "ON_EVERY_MESSAGE"}}


def node(name, kind, configuration, version=0):
    return {"type": PREFIX + kind, "name": name, "configuration": configuration, "configurationVersion": version,
            "additionalInfo": {"layoutX": 1, "layoutY": 2}}


def script(name, kind, text):
    return node(name, kind, {"scriptLang": "TBEL", "tbelScript": text, "jsScript": "return null;"})


def js(name, kind, text):
    return node(name, kind, {"scriptLang": "JS", "tbelScript": "return null;", "jsScript": text})


def telemetry_alone():
    """In front of a node that fails on anything else: queues that retry would do so, and let nothing pass meanwhile."""
    return script("telemetry?", "filter.TbJsFilterNode", "return msgType == 'POST_TELEMETRY_REQUEST';")


def save(name):
    return node(name, "telemetry.TbMsgTimeseriesNode", SAVE, 1)


class Chain:
    """A chain of its own, with a profile whose devices use it."""

    def __init__(self, tenant, nodes, connections):
        self.tenant = tenant
        self.chain = tenant.ok("POST", "/api/ruleChain", {"name": f"chain {uuid.uuid4()}"})
        self.draw(nodes, connections)
        default = tenant.ok("GET", "/api/deviceProfileInfo/default")["id"]["id"]
        profile = tenant.ok("GET", f"/api/deviceProfile/{default}")
        for own in ("id", "createdTime", "version"):
            profile.pop(own)
        self.profile = tenant.ok("POST", "/api/deviceProfile", {
            **profile, "name": f"p {uuid.uuid4()}", "default": False, "defaultRuleChainId": self.chain["id"]})

    def draw(self, nodes, connections):
        self.metadata = self.tenant.ok("POST", "/api/ruleChain/metadata", {
            "ruleChainId": self.chain["id"], "firstNodeIndex": 0, "nodes": nodes,
            "connections": [{"fromIndex": a, "toIndex": b, "type": name} for a, b, name in connections],
            "ruleChainConnections": None})

    def device(self):
        made = self.tenant.create_device(deviceProfileId=self.profile["id"])
        return made.id, made.token


def send(server, token, values):
    answer = requests.post(f"{server.device_url}/api/v1/{token}/telemetry", json=values, timeout=30)
    assert answer.status_code == 200, answer.text


def latest(tenant, device, wanted):
    """The latest values as texts, once those of `wanted` are there."""
    def read():
        found = tenant.ok("GET", f"/api/plugins/telemetry/DEVICE/{device}/values/timeseries")
        return {key: points[0]["value"] for key, points in found.items()}
    return eventually(read, lambda found: wanted <= set(found))


@pytest.mark.sanitizer
def test_scripts_filter_switch_and_change_messages(server, tenant):
    chain = Chain(tenant, [
        script("warm?", "filter.TbJsFilterNode", "return msg.temperature > 20;"),
        script("fahrenheit", "transform.TbTransformMsgNode",
               "msg.fahrenheit = toFixed(msg.temperature * 1.8 + 32, 1);\n"
               "msg.device = metadata.deviceName;\n"
               "return {msg: msg, metadata: metadata, msgType: msgType};"),
        script("which", "filter.TbJsSwitchNode", "return msg.temperature > 50 ? ['hot', 'any'] : 'any';"),
        script("alarm", "transform.TbTransformMsgNode", "return {msg: {hot: true}};"),
        save("save"),
    ], [(0, 1, "True"), (1, 2, "Success"), (2, 3, "hot"), (2, 4, "any"), (3, 4, "Success")])
    device, token = chain.device()
    send(server, token, {"temperature": 20})
    send(server, token, {"temperature": 21.5})
    found = latest(tenant, device, {"fahrenheit"})
    assert found["fahrenheit"] == "70.7" and found["temperature"] == "21.5" and "hot" not in found
    assert found["device"] == tenant.ok("GET", f"/api/device/{device}")["name"]
    send(server, token, {"temperature": 60})
    assert latest(tenant, device, {"hot"})["hot"] == "true"


@pytest.mark.sanitizer
def test_javascript_filters_switches_and_changes_messages(server, tenant):
    chain = Chain(tenant, [
        js("warm?", "filter.TbJsFilterNode", "return msg.temperature > 20;"),
        js("fahrenheit", "transform.TbTransformMsgNode",
           "msg.fahrenheit = (msg.temperature * 1.8 + 32).toFixed(1);\n"
           "msg.device = metadata.deviceName;\n"
           "return {msg: msg, metadata: metadata, msgType: msgType};"),
        js("which", "filter.TbJsSwitchNode", "return msg.temperature > 50 ? ['hot', 'any'] : 'any';"),
        js("alarm", "transform.TbTransformMsgNode", "return [1, 2].map(n => ({msg: {['hot' + n]: true}}));"),
        js("tell", "action.TbLogNode", "return 'it is ' + JSON.stringify(msg);"),
        save("save"),
    ], [(0, 1, "True"), (1, 2, "Success"), (2, 3, "hot"), (2, 4, "any"), (3, 5, "Success"), (4, 5, "Success")])
    device, token = chain.device()
    send(server, token, {"temperature": 20})
    send(server, token, {"temperature": 21.5})
    found = latest(tenant, device, {"fahrenheit"})
    assert found["fahrenheit"] == "70.7" and found["temperature"] == "21.5" and "hot1" not in found
    assert found["device"] == tenant.ok("GET", f"/api/device/{device}")["name"]
    send(server, token, {"temperature": 60})
    assert latest(tenant, device, {"hot1", "hot2"})["hot2"] == "true"


def test_javascript_that_never_ends_or_takes_all_memory_hurts_nobody_else(server, tenant):
    hostile = ["while (true) { try { while (true) { } } catch (e) { } }",
               "var all = []; while (true) all.push('x'.repeat(2 ** 29).charCodeAt(1));",
               "/(a+)+b/.test('a'.repeat(60));", "Object.prototype.y = JSON = null;"]
    bad = [Chain(tenant, [js("bad", "filter.TbJsFilterNode", text + " return true;"), save("save")], [(0, 1, "True")])
           for text in hostile]
    good = Chain(tenant, [js("fine", "transform.TbTransformMsgNode", "return {msg: JSON.parse(JSON.stringify(msg))};"),
                          save("save")], [(0, 1, "Success")])
    for chain in bad:
        send(server, chain.device()[1], {"x": 1})
    device, token = good.device()
    send(server, token, {"y": 2})
    assert latest(tenant, device, {"y"}) == {"y": "2"}


def test_one_message_becomes_several(server, tenant):
    chain = Chain(tenant, [
        script("split", "transform.TbTransformMsgNode",
               "var all = []; foreach (each : msg.readings) { all.add({msg: {'ts': each.t, 'values': {v: each.v}}}); }\n"
               "return all;"),
        save("save"),
    ], [(0, 1, "Success")])
    device, token = chain.device()
    send(server, token, {"readings": [{"t": 1000 * at, "v": at} for at in range(1, 6)]})
    path = f"/api/plugins/telemetry/DEVICE/{device}/values/timeseries?keys=v&startTs=0&endTs=9000&limit=10"
    points = eventually(lambda: tenant.ok("GET", path).get("v", []), lambda found: len(found) == 5)
    assert [(each["ts"], each["value"]) for each in points] == [(1000 * at, str(at)) for at in range(5, 0, -1)]


def test_what_fails_goes_its_own_way(server, tenant):
    chain = Chain(tenant, [
        script("bad", "filter.TbJsFilterNode", "return msg.a.b > 1;"),
        script("tell", "transform.TbTransformMsgNode", "return {msg: {failed: true}};"),
        save("save"),
    ], [(0, 1, "Failure"), (1, 2, "Success")])
    device, token = chain.device()
    send(server, token, {"x": 1})
    assert latest(tenant, device, {"failed"}) == {"failed": "true"}


def test_a_script_that_never_ends_hurts_nobody_else(server, tenant):
    bad = Chain(tenant, [script("loop", "filter.TbJsFilterNode", "while (true) { } return true;"), save("save")],
                [(0, 1, "True")])
    good = Chain(tenant, [script("fine", "filter.TbJsFilterNode", "return true;"), save("save")], [(0, 1, "True")])
    _, looping = bad.device()
    device, token = good.device()
    for _ in range(5):
        send(server, looping, {"x": 1})
    send(server, token, {"y": 2})
    assert latest(tenant, device, {"y"})["y"] == "2"


def try_script(tenant, text, kind="filter", language="TBEL", msg='{"temperature": 21}', **more):
    return tenant.ok("POST", "/api/ruleChain/testScript", {
        "script": text, "scriptType": kind, "argNames": ["msg", "metadata", "msgType"], "msg": msg,
        "metadata": {"floor": "3"}, "msgType": "POST_TELEMETRY_REQUEST", **more}, params={"scriptLang": language})


TRIALS = [
    ("filter", "return msg.temperature > 20;", True),
    ("switch", "return ['a', metadata.floor];", ["a", "3"]),
    ("switch", "return 'a';", ["a"]),
    ("json", "return {a: [1, 2.5]};", {"a": [1, 2.5]}),
    ("update", "return {msgType: 'X'};", {"msg": {"temperature": 21}, "metadata": {"floor": "3"}, "msgType": "X"}),
    ("generate", "return [{msg: {}}];", [{"msg": {}, "metadata": {"floor": "3"}, "msgType": "POST_TELEMETRY_REQUEST"}]),
]


@pytest.mark.parametrize("language", ["TBEL", "JS"])
@pytest.mark.parametrize("kind, text, output", TRIALS)
def test_a_script_can_be_tried(tenant, kind, text, output, language):
    answer = try_script(tenant, text, kind, language)
    assert answer["error"] == "" and json.loads(answer["output"]) == output


def test_what_is_wrong_with_a_tried_script_is_said(tenant):
    assert try_script(tenant, "return 'it is ' + msg.temperature;", "string") == {"output": "it is 21", "error": ""}
    for text, kind, part in (("return 1;", "filter", "Wrong result type"), ("return msg.;", "filter", "Line"),
                             ("return msg.a.b;", "json", "msg.a.b"), ("while (true) {}", "json", "stopped"),
                             ("return 1;", "update", "Wrong result type"), ("return [1];", "switch", "Wrong result type")):
        answer = try_script(tenant, text, kind)
        assert answer["output"] == "" and part.lower() in answer["error"].lower(), (text, answer)
    assert try_script(tenant, "return true;", msg="{no json")["error"] != ""
    for text, kind, part in (("\nreturn msg.;", "filter", "[Line: 2"), ("return msg.a.b;", "json", "msg.a is undefined"),
                             ("while (true) {}", "json", "Script timeout!"), (" ", "json", "JS script is blank!"),
                             ("return process.exit(1);", "json", "process is not defined"),
                             ("'x'.repeat(2 ** 29).split('');", "json", "Script memory overflow!")):
        answer = try_script(tenant, text, kind, "JS")
        assert answer["output"] == "" and part in answer["error"], (text, answer)
    assert tenant.ok("POST", "/api/ruleChain/testScript", {
        "script": "return msg.temperature === 21 && metadata.floor === '3';", "scriptType": "filter",
        "msg": '{"temperature": 21}', "metadata": {"floor": "3"}}) == {"output": "true", "error": ""}
    path = "/api/ruleChain/testScript?scriptLang=TBEL"
    tenant.refused(400, 31, "Unsupported script type: x", "POST", path, {"script": "", "scriptType": "x"})
    tenant.refused(400, 31, "script should be a string!", "POST", path, {"script": 1, "scriptType": "filter"})
    tenant.refused(400, 31, "argNames should be three names!", "POST", path,
                   {"script": "", "scriptType": "filter", "argNames": ["a"]})
    tenant.refused(400, 31, "Unsupported script language: LUA", "POST", "/api/ruleChain/testScript?scriptLang=LUA", {})
