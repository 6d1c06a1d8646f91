"""Replays: what a changed chain would have done with messages that devices sent."""
import json
import os
import subprocess
import time

import pytest

from harness import rest
from harness.process import binary
from harness.wait import eventually
from test_rule_scripts import Chain, latest, save, script, send

DONE = ("DONE", "FAILED", "CANCELLED")


def text_of(limit):
    return f"return msgType == 'POST_TELEMETRY_REQUEST' && msg.t > {limit};"


def over(limit):
    return [script("hot?", "filter.TbJsFilterNode", text_of(limit)), save("save")]


def draft(chain, limit):
    metadata = json.loads(json.dumps(chain.metadata))
    metadata["nodes"][0]["configuration"]["tbelScript"] = text_of(limit)
    return metadata


@pytest.fixture
def house(server, tenant):
    chain = Chain(tenant, over(20), [(0, 1, "True")])
    device, token = chain.device()
    begun = int(time.time() * 1000) - 1000
    for t in (10, 23, 30, 24):
        send(server, token, {"t": t})
    send(server, token, {"t": 99, "last": 1})
    latest(tenant, device, {"last"})
    return chain, device, begun


def request_of(chain, device, begun, **more):
    return {"ruleChainId": chain.chain["id"], "deviceId": device, "startTs": begun,
            "endTs": int(time.time() * 1000) + 1000, **more}


def run(tenant, request):
    made = tenant.ok("POST", "/api/ruleEngine/replay", request)["id"]
    path = f"/api/ruleEngine/replay/{made}"
    state = eventually(lambda: tenant.ok("GET", path), lambda state: state["status"] in DONE)
    assert state["status"] == "DONE", state["error"]
    return made, state["report"]


def stored_of(tenant, device):
    path = f"/api/plugins/telemetry/DEVICE/{device}/values/timeseries"
    return tenant.ok("GET", path, params={"keys": "t", "startTs": 0, "endTs": 2**41})["t"]


@pytest.mark.embedded
def test_a_draft_is_compared_with_the_stored_chain(server, tenant, customer, house):
    chain, device, begun = house
    stored = stored_of(tenant, device)
    request = request_of(chain, device, begun, compare=True, metadata=draft(chain, 25))
    made, report = run(tenant, request)
    telemetry = [each for each in report["differences"] if each["type"] == "POST_TELEMETRY_REQUEST"]
    assert [json.loads(each["data"]) for each in telemetry] == [{"t": 23}, {"t": 24}]
    assert report["different"] == report["differentEffects"] == 2
    assert all(any(text.startswith("point: ") for text in each["against"]) for each in telemetry)
    assert report["against"]["points"] - report["run"]["points"] == 2
    _, again = run(tenant, request)
    assert again == report
    assert stored_of(tenant, device) == stored
    assert tenant.ok("GET", f"/api/ruleChain/{chain.chain['id']['id']}/metadata")["nodes"] == chain.metadata["nodes"]

    assert made in [each["id"] for each in tenant.ok("GET", "/api/ruleEngine/replay")]
    customer.refused(403, 20, None, "GET", f"/api/ruleEngine/replay/{made}")
    tenant.ok("DELETE", f"/api/ruleEngine/replay/{made}")
    tenant.refused(404, 32, None, "GET", f"/api/ruleEngine/replay/{made}")


@pytest.mark.embedded
def test_what_is_wrong_is_named(server, tenant, house):
    chain, device, begun = house
    good = request_of(chain, device, begun)
    broken = draft(chain, 25)
    broken["connections"].append({"fromIndex": 0, "toIndex": 77, "type": "True"})
    for change in ({"endTs": begun}, {"messagesMax": 0}, {"compare": True}, {"metadata": broken}):
        tenant.refused(400, 31, None, "POST", "/api/ruleEngine/replay", {**good, **change})
    nowhere = "5f5e1000-1dd2-11b2-8000-0123456789ab"
    tenant.refused(404, 32, None, "POST", "/api/ruleEngine/replay", {**good, "deviceId": nowhere})


@pytest.mark.embedded
def test_the_command_prints_the_report(server, tenant, house, tmp_path):
    chain, device, begun = house
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(draft(chain, 25)))
    command = [binary(), "rules", "replay", "--url", server.url, "--user", rest.TENANT[0], "--chain",
               chain.chain["id"]["id"], "--draft", str(file), "--device", device, "--from", str(begun)]
    environment = {**os.environ, "THINGSTEAD_PASSWORD": rest.TENANT[1]}
    text = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert text.returncode == 0, text.stderr
    assert "Messages that differ: 2" in text.stdout and '{"t":23}' in text.stdout
    report = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True, timeout=120)
    assert json.loads(report.stdout)["different"] == 2
    wrong = subprocess.run([*command, "--to", "yesterday"], env=environment, capture_output=True, text=True, timeout=120)
    assert wrong.returncode == 1 and "--to" in wrong.stderr
