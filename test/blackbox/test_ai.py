"""AI models: how administrators manage them, and a rule chain that asks one, with a stand-in for the provider."""
import json
import uuid

import pytest

from harness import rest
from harness.paho import Paho
from harness.people import entity_id, new_tenant, new_user
from harness.wait import SECONDS_MAX, eventually
from test_rule_external import Interface
from test_rule_scripts import Chain, node, save, telemetry_alone

pytestmark = pytest.mark.embedded
TOPIC = "v1/devices/me/telemetry"
ENVIRONMENT = {"THINGSTEAD_AI_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8"}
NOWHERE = "5f5e1000-1dd2-11b2-8000-0123456789ab"


def openai(url, **more):
    return {"provider": "OPENAI", "modelId": "small", "providerConfig": {"baseUrl": url + "/v1", "apiKey": "a secret"},
            **more}


def new_model(tenant, configuration=None, name=None):
    return tenant.ok("POST", "/api/ai/model", {"name": name or f"model {uuid.uuid4()}",
                                               "configuration": configuration or openai("http://127.0.0.1:1")})


def says(text):
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}


def test_a_model_is_saved_changed_and_deleted(server, tenant):
    made = new_model(tenant, openai("http://127.0.0.1:1", temperature=0.5))
    path = f"/api/ai/model/{made['id']['id']}"
    assert made["id"]["entityType"] == "AI_MODEL" and made["version"] == 1
    assert made["configuration"]["modelType"] == "CHAT" and made["configuration"]["temperature"] == 0.5
    assert tenant.ok("GET", path) == made
    changed = tenant.ok("POST", "/api/ai/model", {**made, "name": made["name"] + " 2"})
    assert changed["version"] == 2 and changed["createdTime"] == made["createdTime"]
    late = tenant.call("POST", "/api/ai/model", {**made, "name": "late"})
    assert late.status_code == 409 and late.json()["message"] == "AI model was already changed by someone else"
    again = tenant.call("POST", "/api/ai/model", {"name": changed["name"], "configuration": made["configuration"]})
    assert again.status_code == 400 and again.json()["message"] == "AI model with such name already exist!"
    assert tenant.ok("DELETE", path) is True
    assert tenant.ok("DELETE", path) is False
    gone = tenant.call("GET", path)
    assert gone.status_code == 404
    assert gone.json()["message"] == f"AI model with id [{made['id']['id']}] is not found"


@pytest.mark.parametrize("body, why", [
    ({"configuration": openai("http://127.0.0.1:1")}, "name should be specified"),
    ({"name": "x"}, "configuration should be specified"),
    ({"name": "x", "configuration": {"provider": "NOBODY", "modelId": "m"}}, "provider"),
    ({"name": "x", "configuration": {"provider": "MISTRAL_AI", "modelId": "m", "providerConfig": {}}},
     "providerConfig.apiKey should be specified!"),
    ({"name": "x", "configuration": {**openai("http://127.0.0.1:1"), "topP": 2}}, "topP is out of its range!"),
    ({"name": "x", "configuration": {**openai("http://127.0.0.1:1"), "temperature": "warm"}}, "temperature"),
])
def test_what_is_wrong_is_named(server, tenant, body, why):
    answer = tenant.call("POST", "/api/ai/model", body)
    assert answer.status_code == 400 and why in answer.json()["message"]


def test_models_are_listed_found_and_sorted(server, tenant):
    mark = uuid.uuid4().hex
    ollama = {"provider": "OLLAMA", "modelId": "alpha",
              "providerConfig": {"baseUrl": "http://127.0.0.1:1", "auth": {"type": "NONE"}}}
    for name, configuration in (("a", openai("http://127.0.0.1:1")), ("b", ollama)):
        new_model(tenant, configuration, f"{mark} {name}")

    def names(**more):
        found = tenant.ok("GET", "/api/ai/model", params={"pageSize": 100, "page": 0, **more})
        return [each["name"].split(" ")[-1] for each in found["data"] if each["name"].startswith(mark)]
    assert sorted(names()) == ["a", "b"]
    assert names(textSearch=mark, sortProperty="name", sortOrder="DESC") == ["b", "a"]
    assert names(sortProperty="provider", sortOrder="ASC") == ["b", "a"]
    assert names(sortProperty="modelId", sortOrder="DESC") == ["a", "b"]
    assert names(textSearch="OLLAMA") == ["b"] and names(textSearch="alpha") == ["b"]


def other_administrator(server):
    """Of a tenant of its own."""
    system = rest.Rest(server.url, rest.SYSTEM)
    user = new_user(system, tenantId=entity_id("TENANT", new_tenant(system)["id"]["id"]))
    link = system.ok("GET", f"/api/user/{user['id']['id']}/activationLinkInfo")["value"]
    rest.Rest(server.url, None).ok("POST", "/api/noauth/activate?sendActivationMail=false", {
        "activateToken": link.split("activateToken=")[1], "password": "a password"})
    return rest.Rest(server.url, (user["email"], "a password"))


def test_models_are_those_of_their_tenant(server, tenant):
    made, other = new_model(tenant), other_administrator(server)
    path = f"/api/ai/model/{made['id']['id']}"
    assert other.ok("GET", "/api/ai/model", params={"pageSize": 1, "page": 0})["data"] == []
    assert other.call("GET", path).status_code == 403
    assert other.call("DELETE", path).status_code == 403
    assert other.call("POST", "/api/ai/model", {**made, "name": "mine"}).status_code == 403
    assert tenant.ok("GET", path) == made


def test_secrets_are_not_in_the_audit_log(server, tenant):
    made = new_model(tenant)
    found = tenant.ok("GET", f"/api/audit/logs/entity/AI_MODEL/{made['id']['id']}",
                      params={"pageSize": 10, "page": 0})["data"]
    assert [each["actionType"] for each in found] == ["ADDED"]
    assert "small" in json.dumps(found) and "a secret" not in json.dumps(found)


def chat(tenant, configuration, **more):
    return tenant.ok("POST", "/api/ai/model/chat", {
        "chatModelConfig": configuration,
        "userMessage": {"contents": [{"contentType": "TEXT", "text": "Hello"}]}, **more})


def test_a_model_answers_a_prompt(server, tenant):
    with Interface() as provider:
        provider.status, provider.answer = 200, says("Hi!")
        assert chat(tenant, openai(provider.url), systemMessage="Be kind.") == {
            "status": "SUCCESS", "generatedContent": "Hi!"}
        _, path, headers, body = provider.asked.get(timeout=SECONDS_MAX)
        assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer a secret"
        assert json.loads(body) == {"model": "small", "messages": [{"role": "system", "content": "Be kind."},
                                                                   {"role": "user", "content": "Hello"}]}
        provider.status, provider.answer = 401, {"error": {"message": "Who are you?"}}
        assert chat(tenant, openai(provider.url)) == {
            "status": "FAILURE", "errorDetails": "OpenAI refused: status 401: Who are you?"}
        url = provider.url
    assert chat(tenant, openai(url))["status"] == "FAILURE"
    for body in ({}, {"chatModelConfig": openai(url)},
                 {"chatModelConfig": openai(url), "userMessage": {"contents": []}},
                 {"chatModelConfig": openai(url), "userMessage": {"contents": [{"contentType": "SONG"}]}}):
        assert tenant.call("POST", "/api/ai/model/chat", body).status_code == 400


def test_addresses_that_are_not_permitted_are_not_called(server, tenant):
    answer = chat(tenant, openai("http://10.11.12.13"))
    assert answer["status"] == "FAILURE" and "not permitted" in answer["errorDetails"]


def ai_chain(tenant, model_id, **more):
    config = {"modelId": {"entityType": "AI_MODEL", "id": model_id}, "systemPrompt": "Answer JSON.",
              "userPrompt": "Is $[temperature] of ${deviceName} unusual?", "resourceIds": [],
              "responseFormat": {"type": "JSON"}, "timeoutSeconds": 20, "forceAck": True, **more}
    return Chain(tenant, [
        telemetry_alone(), node("ask", "ai.TbAiNode", config), save("save"),
        node("why", "transform.TbTransformMsgNode", {
            "scriptLang": "TBEL", "jsScript": "return null;",
            "tbelScript": "return {msg: {why: metadata.error}, msgType: 'POST_TELEMETRY_REQUEST'};"}),
    ], [(0, 1, "True"), (1, 2, "Success"), (1, 3, "Failure"), (3, 2, "Success")])


@pytest.mark.parametrize("force_ack", [True, False])
def test_a_chain_saves_what_a_model_says_of_telemetry(server, tenant, force_ack):
    with Interface() as provider:
        provider.status, provider.answer = 200, says('{"unusual": true}')
        model = new_model(tenant, openai(provider.url))
        device, token = ai_chain(tenant, model["id"]["id"], forceAck=force_ack).device()
        with Paho(server.mqtt_port, token) as client:
            client.publish(TOPIC, json.dumps({"temperature": 99}))
            eventually(lambda: tenant.latest(device), lambda values: "unusual" in values)
            body = json.loads(provider.asked.get(timeout=SECONDS_MAX)[3])
            name = tenant.ok("GET", f"/api/device/{device}")["name"]
            assert body["messages"][1]["content"] == f"Is 99 of {name} unusual?"
            assert body["response_format"] == {"type": "json_object"}
            provider.answer = says("Perhaps.")
            client.publish(TOPIC, json.dumps({"temperature": 98}))
            found = eventually(lambda: tenant.latest(device), lambda values: "why" in values)
            assert "The model did not answer JSON: Perhaps." in str(found["why"])


def test_a_chain_tells_that_its_model_is_gone(server, tenant):
    device, token = ai_chain(tenant, NOWHERE).device()
    with Paho(server.mqtt_port, token) as client:
        client.publish(TOPIC, json.dumps({"temperature": 99}))
        found = eventually(lambda: tenant.latest(device), lambda values: "why" in values)
    assert f"AI model with id [{NOWHERE}] is not found" in str(found["why"])
