"""Who calls the rule engine gets the answer of a chain: users over REST, devices over MQTT and HTTP."""
import json
import time
import uuid

import pytest
import requests

from harness.paho import Paho
from harness.rest import Rest
from harness.wait import eventually
from test_rule_scripts import Chain, node, script

REPLY_TO_USER = node("answer", "rest.TbSendRestApiCallReplyNode", {
    "serviceIdMetaDataAttribute": "serviceId", "requestIdMetaDataAttribute": "requestUUID"})
REPLY_TO_DEVICE = node("answer", "rpc.TbSendRPCReplyNode", {
    "serviceIdMetaDataAttribute": "serviceId", "sessionIdMetaDataAttribute": "sessionId",
    "requestIdMetaDataAttribute": "requestId"})


def chain_that_answers(tenant, answer):
    return Chain(tenant, [
        script("think", "transform.TbTransformMsgNode", "return {msg: {sum: msg.params.a + msg.params.b}};"),
        answer,
    ], [(0, 1, "Success")])


@pytest.mark.sanitizer
def test_a_chain_answers_a_user(server, tenant):
    device, _ = chain_that_answers(tenant, REPLY_TO_USER).device()
    body = {"params": {"a": 20, "b": 22}}
    paths = [f"/api/rule-engine/DEVICE/{device}", f"/api/rule-engine/DEVICE/{device}/60000",
             f"/api/rule-engine/DEVICE/{device}/Main/60000"]
    time.sleep(server.told_s_max)
    for path in paths:
        assert tenant.ok("POST", path, body) == {"sum": 42}, path
    answers = [tenant.ok("POST", paths[1], {"params": {"a": n, "b": 1}}) for n in range(20)]
    assert answers == [{"sum": n + 1} for n in range(20)]
    page = {"pageSize": 100, "page": 0, "actionTypes": "REST_API_RULE_ENGINE_CALL"}
    eventually(lambda: tenant.ok("GET", f"/api/audit/logs/entity/DEVICE/{device}", params=page)["totalElements"],
               lambda found: found == 23)


def test_a_user_that_no_chain_answers_waits_in_vain(server, tenant, customer):
    device = tenant.create_device()
    began = time.monotonic()
    assert tenant.call("POST", f"/api/rule-engine/DEVICE/{device.id}/300", {}).status_code == 408
    assert time.monotonic() - began >= 0.3
    assert customer.call("POST", f"/api/rule-engine/DEVICE/{device.id}/300", {}).status_code in (403, 404)
    assert tenant.call("POST", f"/api/rule-engine/DEVICE/{uuid.uuid4()}/300", {}).status_code == 404
    answer = tenant.call("POST", f"/api/rule-engine/DEVICE/{device.id}/300", data="{")
    assert (answer.status_code, answer.text) == (400, "Invalid request body")
    # A queue that is not there stands for Main.
    assert tenant.call("POST", f"/api/rule-engine/DEVICE/{device.id}/Nowhere/300", {}).status_code == 408


@pytest.mark.sanitizer
def test_a_chain_answers_a_device_over_mqtt(server, tenant):
    _, token = chain_that_answers(tenant, REPLY_TO_DEVICE).device()
    time.sleep(server.told_s_max)
    with Paho(server.mqtt_port, token) as device:
        device.subscribe("v1/devices/me/rpc/response/+")
        for number in (1, 7, 2_147_483_647):
            device.publish(f"v1/devices/me/rpc/request/{number}",
                           json.dumps({"method": "add", "params": {"a": number, "b": -1}}))
            topic, payload = device.message()
            assert (topic, json.loads(payload)) == (f"v1/devices/me/rpc/response/{number}", {"sum": number - 1})
        for family in ("", "j/"):
            device.publish(f"v2/r/req/{family}5", json.dumps({"method": "add", "params": {"a": 1, "b": 1}}))
            topic, payload = device.message()
            assert (topic, json.loads(payload)) == (f"v2/r/res/{family}5", {"sum": 2})


@pytest.mark.sanitizer
def test_a_chain_answers_a_device_over_http(server, tenant):
    _, token = chain_that_answers(tenant, REPLY_TO_DEVICE).device()
    time.sleep(server.told_s_max)
    url = f"{server.device_url}/api/v1/{token}/rpc"
    for n in range(5):
        answer = requests.post(url, json={"method": "add", "params": {"a": n, "b": 1}}, timeout=60)
        assert (answer.status_code, answer.json()) == (200, {"sum": n + 1})
    assert requests.post(url, data="{", timeout=60).status_code == 400
    assert requests.post(url, json={"params": {}}, timeout=60).status_code == 400
    assert requests.post(f"{server.device_url}/api/v1/nobody/rpc", json={"method": "m"}, timeout=60).status_code == 401


def test_a_device_that_no_chain_answers_is_told_so(new_server):
    server = new_server(environment={"THINGSTEAD_TRANSPORT_CALL_TIMEOUT": "700ms"}).start()
    device = Rest(server.url).create_device()
    answer = requests.post(f"{server.device_url}/api/v1/{device.token}/rpc", json={"method": "m"}, timeout=60)
    assert (answer.status_code, answer.json()) == (200, {"error": "timeout"})
    with Paho(server.mqtt_port, device.token) as client:
        client.subscribe("v1/devices/me/rpc/response/+")
        client.publish("v1/devices/me/rpc/request/3", '{"method":"m"}')
        assert client.message() == ("v1/devices/me/rpc/response/3", b'{"error":"timeout"}')
    server.finish()
