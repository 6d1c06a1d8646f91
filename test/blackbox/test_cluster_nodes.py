"""What one node was told the others know."""
import json

import pytest
import requests

from harness.cluster import Role
from harness.process import binary
from harness.raw_mqtt import RawMqtt
from harness.rest import Rest
from harness.wait import eventually

pytestmark = pytest.mark.cluster


def urls(cluster):
    return [f"http://127.0.0.1:{node.ports['rest']}" for node in cluster.nodes]


def test_a_token_of_one_node_is_good_at_the_other_until_log_out(cluster):
    first, second = urls(cluster)
    here, there = Rest(first), Rest(second, login=None)
    there.session.headers["X-Authorization"] = "Bearer " + here.token
    assert there.ok("GET", "/api/auth/user")["email"] == "tenant@thingsboard.org"
    here.ok("POST", "/api/auth/logout")
    eventually(lambda: there.call("GET", "/api/auth/user").status_code, lambda status: status == 401, seconds_max=10)


def test_a_device_made_and_removed_at_one_node_is_so_at_the_other(cluster):
    here, there = map(Rest, urls(cluster))
    device = here.create_device()
    assert there.find_device(device.name)["id"]["id"] == device.id
    there.ok("DELETE", f"/api/device/{device.id}")
    assert here.call("GET", f"/api/device/{device.id}").status_code == 404


def test_a_shared_attribute_reaches_the_device_from_every_node(cluster):
    for number, url in enumerate(urls(cluster)):
        tenant = Rest(url)
        device = tenant.create_device()
        for mqtt in cluster.mqtts:
            with RawMqtt(mqtt.ports["mqtt"]).accepted(device.token) as client:
                client.subscribe("v1/devices/me/attributes")
                tenant.save_attributes(device.id, "SHARED_SCOPE", {"n": number})
                topic, payload = client.message()[:2]
                assert (topic, json.loads(payload)) == ("v1/devices/me/attributes", {"n": number})


def test_a_node_has_its_javascript_run_by_an_executor(cluster, tmp_path):
    tmp_path.chmod(0o755)
    executor = Role(tmp_path / "executor", "js-executor", 1, binary(), cluster._settings)
    node = Role(tmp_path / "node", "node", 9, binary(), cluster._settings,
                {"THINGSTEAD_SCRIPT_JS_EVALUATOR": "remote"})

    def tried(text):
        return tenant.ok("POST", "/api/ruleChain/testScript?scriptLang=JS", {
            "script": text, "scriptType": "json", "argNames": ["msg", "metadata", "msgType"],
            "msg": '{"temperature": 21}', "metadata": {}, "msgType": "POST_TELEMETRY_REQUEST"})
    try:
        executor.start()
        node.start()
        tenant = Rest(f"http://{node.address('rest')}")
        for _ in range(20):
            assert tried("return msg.temperature * 2;") == {"output": "42", "error": ""}
        assert "[Line: 2" in tried("\nreturn msg.a.b;")["error"]
        assert executor.metric("thingstead_js_executor_answers_total") >= 21
        assert requests.get(f"http://{executor.address('probe')}/livenessProbe", timeout=10).status_code == 200
    finally:
        node.stop()
        executor.stop()
