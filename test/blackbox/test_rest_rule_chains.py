"""Rule chains over REST: what is saved is what runs, and what is wrong with a drawing is said."""
import copy
import json
import threading
import time
import uuid

import pytest
import requests

from harness import rest
from harness.rest import NULL_UUID
from harness.wait import eventually

DENIED = "You don't have permission to perform this operation!"
PREFIX = "org.thingsboard.rule.engine."
FIELDS = {"id", "createdTime", "tenantId", "name", "type", "firstRuleNodeId", "root", "debugMode", "configuration",
          "externalId", "additionalInfo", "version"}
NODE_FIELDS = {"id", "createdTime", "ruleChainId", "type", "name", "debugSettings", "singletonMode", "queueName",
               "configurationVersion", "configuration", "additionalInfo", "externalId"}


def node(name, kind="filter.TbMsgTypeSwitchNode", configuration=None, **more):
    return {"type": PREFIX + kind, "name": name, "configuration": {"version": 0} if configuration is None else configuration,
            "additionalInfo": {"layoutX": 1, "layoutY": 2}, **more}


def call_of(name, chain):
    return node(name, "flow.TbRuleChainInputNode", {"ruleChainId": chain["id"]["id"], "forwardMsgToDefaultRuleChain": False},
                configurationVersion=1)


def drawing(chain, nodes=(), connections=(), first=0, **more):
    return {"ruleChainId": chain["id"], "firstNodeIndex": first if nodes else None, "nodes": list(nodes),
            "connections": [{"fromIndex": a, "toIndex": b, "type": name} for a, b, name in connections],
            "ruleChainConnections": None, **more}


def new_chain(tenant, **fields):
    return tenant.ok("POST", "/api/ruleChain", {"name": f"chain {uuid.uuid4()}", **fields})


def save(tenant, metadata, **params):
    return tenant.ok("POST", "/api/ruleChain/metadata", metadata, params=params)


def metadata_of(tenant, chain):
    return tenant.ok("GET", f"/api/ruleChain/{chain['id']['id']}/metadata")


def chains(tenant, **params):
    return tenant.ok("GET", "/api/ruleChains", params={"pageSize": 1000, "page": 0, **params})["data"]


def root_of(tenant, kind="CORE"):
    return next(each for each in chains(tenant, type=kind) if each["root"])


def connections_of(metadata):
    return [(each["fromIndex"], each["toIndex"], each["type"]) for each in metadata["connections"]]


@pytest.fixture
def root(tenant):
    """The root chain; its nodes are put back after the test."""
    chain = root_of(tenant)
    metadata = metadata_of(tenant, chain)
    yield chain
    save(tenant, {**metadata, "version": None})
    if root_of(tenant)["id"] != chain["id"]:
        tenant.ok("POST", f"/api/ruleChain/{chain['id']['id']}/root")


@pytest.mark.sanitizer
def test_a_chain_is_created_renamed_and_deleted(tenant):
    chain = new_chain(tenant, additionalInfo={"description": "d"})
    assert set(chain) == FIELDS
    assert (chain["type"], chain["root"], chain["version"], chain["firstRuleNodeId"]) == ("CORE", False, 1, None)
    path = f"/api/ruleChain/{chain['id']['id']}"
    assert tenant.ok("GET", path) == chain
    empty = metadata_of(tenant, chain)
    assert empty == {"ruleChainId": chain["id"], "version": 1, "firstNodeIndex": None, "nodes": [], "connections": [],
                     "ruleChainConnections": None}
    renamed = tenant.ok("POST", "/api/ruleChain", {**chain, "name": chain["name"] + "!", "type": "EDGE"})
    assert (renamed["name"], renamed["version"], renamed["type"]) == (chain["name"] + "!", 2, "CORE")
    tenant.refused(409, 35, "Rule chain was already changed by someone else", "POST", "/api/ruleChain", chain)
    assert tenant.call("DELETE", path).content == b""
    tenant.refused(404, 32, f"Rule chain with id [{chain['id']['id']}] is not found", "GET", path)


def warnings_of(tenant, metadata):
    answer = tenant.ok("POST", "/api/ruleChain/metadata/validate", metadata)
    assert set(answer) == {"refused", "warnings"}
    return answer["refused"], [(each["type"], each["nodeIndex"], each["connectionIndex"]) for each in answer["warnings"]]


def test_chains_that_come_with_the_server_are_without_warnings(tenant):
    for chain in chains(tenant):
        if not chain["name"].startswith("chain "):
            assert warnings_of(tenant, metadata_of(tenant, chain)) == (None, []), chain["name"]


@pytest.mark.sanitizer
def test_what_is_doubtful_about_a_drawing_is_told(tenant):
    chain, other = new_chain(tenant), new_chain(tenant)
    script = node("hot?", "filter.TbJsFilterNode", {"scriptLang": "TBEL", "jsScript": "", "tbelScript": "var a = 1;\nreturn a >;"})
    metadata = drawing(chain, [node("switch"), script, node("lost"), call_of("other", other)],
                       [(0, 1, "Post telemetry"), (1, 3, "true"), (1, 3, "Maybe")])
    refused, found = warnings_of(tenant, metadata)
    assert (refused, found) == (None, [("UNKNOWN_RELATION", 1, 2), ("UNREACHABLE_NODE", 2, None), ("BAD_CONFIGURATION", 1, None)])
    answer = tenant.ok("POST", "/api/ruleChain/metadata/validate", metadata)
    assert "[Line: 2, Column: " in answer["warnings"][-1]["message"]
    assert metadata_of(tenant, chain)["nodes"] == []

    # A save takes it, and counts if it is asked to: what old clients read is as it was.
    plain = tenant.call("POST", "/api/ruleChain/metadata", metadata)
    assert plain.status_code == 200 and "X-Rule-Chain-Warnings" not in plain.headers
    counting = {"params": {"warnings": "true"}}
    saved = tenant.call("POST", "/api/ruleChain/metadata", plain.json(), **counting)
    assert saved.status_code == 200 and saved.headers["X-Rule-Chain-Warnings"] == "3"
    assert saved.json() == metadata_of(tenant, chain)

    # The other chain leads back.
    calling = drawing(other, [call_of("back", chain)])
    assert warnings_of(tenant, calling) == (None, [("CIRCLE_OF_CHAINS", 0, None)])
    fine = tenant.call("POST", "/api/ruleChain/metadata", drawing(chain, [node("switch")]), **counting)
    assert fine.headers["X-Rule-Chain-Warnings"] == "0"
    assert warnings_of(tenant, calling) == (None, [])


def test_what_a_save_refuses_is_told_before(tenant):
    chain = new_chain(tenant)
    circle = drawing(chain, [node("a"), node("b")], [(0, 1, "Other"), (1, 0, "Other")])
    refused, found = warnings_of(tenant, circle)
    assert refused == "Can't create circling relations in rule chain." and ("CIRCLE", 0, None) in found
    tenant.refused(400, 31, refused, "POST", "/api/ruleChain/metadata", circle)
    tenant.refused(400, 31, "Rule chain id should be specified!", "POST", "/api/ruleChain/metadata/validate", {"nodes": []})
    nowhere = {"entityType": "RULE_CHAIN", "id": str(uuid.uuid4())}
    tenant.refused(404, 32, f"Rule chain with id [{nowhere['id']}] is not found", "POST", "/api/ruleChain/metadata/validate",
                   {**circle, "ruleChainId": nowhere})


def test_what_is_wrong_with_a_chain_is_said(tenant):
    tenant.refused(400, 31, "Rule chain name should be specified!", "POST", "/api/ruleChain", {"type": "CORE"})
    tenant.refused(400, 31, "Validation error: name is malformed", "POST", "/api/ruleChain", {"name": "<b>x</b>"})
    tenant.refused(400, 31, "Validation error: name length must be equal or less than 255", "POST", "/api/ruleChain",
                   {"name": "x" * 256})
    tenant.refused(400, 31, "Another root rule chain is present in scope of current tenant!", "POST", "/api/ruleChain",
                   {"name": "x", "root": True})
    tenant.refused(400, 31, "Another edge template root rule chain is present in scope of current tenant!", "POST",
                   "/api/ruleChain", {"name": "x", "type": "EDGE", "root": True})
    tenant.refused(400, 31, "Deletion of Root Tenant Rule Chain is prohibited!", "DELETE",
                   f"/api/ruleChain/{root_of(tenant)['id']['id']}")


@pytest.mark.parametrize("kind", ["device", "asset"])
def test_a_chain_that_a_profile_names_stays(tenant, kind):
    chain = new_chain(tenant)
    path = f"/api/ruleChain/{chain['id']['id']}"
    default = tenant.ok("GET", f"/api/{kind}ProfileInfo/default")["id"]["id"]
    profile = tenant.ok("GET", f"/api/{kind}Profile/{default}")
    for own in ("id", "createdTime", "version"):
        profile.pop(own)
    profile = tenant.ok("POST", f"/api/{kind}Profile", {**profile, "name": f"p {uuid.uuid4()}", "default": False,
                                                        "defaultRuleChainId": chain["id"]})
    tenant.refused(400, 31, f"The rule chain referenced by the {kind} profiles cannot be deleted!", "DELETE", path)
    tenant.ok("DELETE", f"/api/{kind}Profile/{profile['id']['id']}")
    tenant.ok("DELETE", path)


def test_lists_search_sort_and_choose_a_type(tenant):
    mark = uuid.uuid4().hex[:8]
    made = [new_chain(tenant, name=f"{mark} {i}", type="EDGE" if i == 2 else "CORE") for i in range(3)]
    names = [each["name"] for each in made]

    def found(**params):
        return [each["name"] for each in chains(tenant, textSearch=mark, **params)]
    assert found() == names
    assert found(type="EDGE") == names[2:] and found(type="CORE") == names[:2]
    assert found(sortProperty="name", sortOrder="DESC") == names[::-1]
    tenant.refused(400, 31, 'RuleChainType "X" is not supported!', "GET", "/api/ruleChains?pageSize=1&page=0&type=X")
    ids = ",".join(each["id"]["id"] for each in made[::-1])
    for path in (f"/api/ruleChains?ruleChainIds={ids}", f"/api/ruleChains/list?ruleChainIds={ids}"):
        assert [each["name"] for each in tenant.ok("GET", path)] == names[::-1]
    assert "metadata" not in chains(tenant, textSearch=mark)[0]


@pytest.mark.sanitizer
def test_nodes_are_replaced_as_a_whole(tenant):
    chain = new_chain(tenant)
    saved = save(tenant, drawing(chain, [node("a"), node("b"), node("c")], [(0, 1, "x"), (0, 2, "y"), (0, 1, "x")]))
    assert saved["version"] == 2 and connections_of(saved) == [(0, 1, "x"), (0, 2, "y")]
    assert all(set(each) == NODE_FIELDS for each in saved["nodes"])
    assert all(each["ruleChainId"] == chain["id"] and each["id"]["entityType"] == "RULE_NODE" for each in saved["nodes"])
    assert metadata_of(tenant, chain) == saved
    assert tenant.ok("GET", f"/api/ruleChain/{chain['id']['id']}")["firstRuleNodeId"] == saved["nodes"][0]["id"]

    a, b, _ = saved["nodes"]
    again = save(tenant, drawing(chain, [node("new"), {**b, "name": "B"}, a], [(2, 1, "x"), (1, 0, "z")], first=2,
                                 version=saved["version"]))
    assert [each["name"] for each in again["nodes"]] == ["a", "B", "new"]
    assert [each["id"] for each in again["nodes"][:2]] == [a["id"], b["id"]]
    assert connections_of(again) == [(0, 1, "x"), (1, 2, "z")] and again["firstNodeIndex"] == 0
    tenant.refused(409, 35, "Rule chain was already changed by someone else", "POST", "/api/ruleChain/metadata", saved)
    foreign = save(tenant, drawing(new_chain(tenant), again["nodes"]))
    assert not {each["id"]["id"] for each in foreign["nodes"]} & {each["id"]["id"] for each in again["nodes"]}


def test_what_is_wrong_with_a_drawing_is_said(tenant):
    chain = new_chain(tenant)

    def refused(message, metadata):
        tenant.refused(400, 31, message, "POST", "/api/ruleChain/metadata", metadata)
    two = [node("a"), node("b")]
    refused("Can't create the relation to yourself.", drawing(chain, two, [(0, 0, "x")]))
    refused("Can't create circling relations in rule chain.", drawing(chain, two, [(0, 1, "x"), (1, 0, "y")]))
    refused(None, drawing(chain, two, [(0, 2, "x")]))
    refused(None, drawing(chain, two, first=2))
    refused("Validation error: name length must be equal or less than 255", drawing(chain, [node("x" * 256)]))
    refused(None, {**drawing(chain, two), "ruleChainId": None})
    refused(None, {**drawing(chain, two), "nodes": {}})
    assert metadata_of(tenant, chain)["nodes"] == []
    nobody = {"id": {"entityType": "RULE_CHAIN", "id": str(uuid.uuid1())}}
    tenant.refused(404, 32, f"Rule chain with id [{nobody['id']['id']}] is not found", "POST", "/api/ruleChain/metadata",
                   drawing(nobody, two))


def test_debugging_ends_by_itself(tenant):
    chain = new_chain(tenant)
    nodes = [node("all", debugSettings={"allEnabled": True, "failuresEnabled": False}), node("old", debugMode=True),
             node("long", debugSettings={"allEnabledUntil": 1 << 52, "failuresEnabled": True})]
    saved = save(tenant, drawing(chain, nodes))
    latest = time.time() * 1000 + 16 * 60_000
    for each in saved["nodes"]:
        assert "debugMode" not in each and each["debugSettings"]["allEnabled"] is False
        assert time.time() * 1000 < each["debugSettings"]["allEnabledUntil"] < latest


@pytest.mark.sanitizer
def test_a_changed_chain_runs_for_the_next_message(server, tenant, device, root):
    url = f"{server.device_url}/api/v1/{device.token}/telemetry"
    original = metadata_of(tenant, root)
    assert requests.post(url, json={"before": 1}, timeout=60).status_code == 200
    eventually(lambda: "before" in tenant.latest(device.id))

    cut = copy.deepcopy(original)
    cut["connections"] = [each for each in cut["connections"] if each["type"] != "Post telemetry"]
    cut = save(tenant, cut)
    time.sleep(server.told_s_max)
    assert requests.post(url, json={"lost": 1}, timeout=60).status_code == 200
    # With the connection again; a chain that is called by the root saves it.
    inner = new_chain(tenant)
    save(tenant, drawing(inner, [node("Save", "telemetry.TbMsgTimeseriesNode", {"defaultTTL": 0})]))
    index = next(i for i, each in enumerate(cut["nodes"]) if each["name"] == "Message Type Switch")
    cut["nodes"].append(call_of("Inner", inner))
    cut["connections"].append({"fromIndex": index, "toIndex": len(cut["nodes"]) - 1, "type": "Post telemetry"})
    save(tenant, cut)
    time.sleep(server.told_s_max)
    assert requests.post(url, json={"after": 1}, timeout=60).status_code == 200
    eventually(lambda: "after" in tenant.latest(device.id))
    assert "lost" not in tenant.latest(device.id)


def test_no_message_is_lost_while_the_chain_changes(server, tenant, device, root):
    stop, saved = threading.Event(), []

    def keep_saving():
        own = rest.Rest(server.url)
        while not stop.is_set():
            metadata = metadata_of(own, root)
            metadata["nodes"][0]["additionalInfo"]["layoutX"] = len(saved)
            saved.append(save(own, metadata)["version"])
    saver = threading.Thread(target=keep_saving)
    saver.start()
    session = requests.Session()
    try:
        for i in range(300):
            answer = session.post(f"{server.device_url}/api/v1/{device.token}/telemetry",
                                  json={"ts": 1_700_000_000_000 + i, "values": {"n": i}}, timeout=60)
            assert answer.status_code == 200
    finally:
        stop.set()
        saver.join()
    assert len(saved) > 1 and saved == sorted(set(saved))
    points = eventually(lambda: tenant.history(device.id, "n", limit=1000).get("n", []), lambda found: len(found) == 300)
    assert sorted(value for _, value in points) == list(range(300))


def test_the_root_moves_and_edges_have_their_own(tenant, root):
    chain = new_chain(tenant)
    edge = new_chain(tenant, type="EDGE")
    path = f"/api/ruleChain/{chain['id']['id']}"
    now_root = tenant.ok("POST", f"{path}/root")
    assert now_root["root"] and now_root["version"] == 2
    assert not tenant.ok("GET", f"/api/ruleChain/{root['id']['id']}")["root"]
    assert tenant.ok("POST", f"{path}/root")["version"] == 2  # It is already.
    kept = tenant.ok("POST", "/api/ruleChain", {**now_root, "root": False})
    assert kept["root"]  # A tenant is never without one.
    tenant.refused(400, 31, None, "POST", f"/api/ruleChain/{edge['id']['id']}/root")
    tenant.refused(400, 31, None, "POST", f"{path}/edgeTemplateRoot")
    template = root_of(tenant, "EDGE")
    assert tenant.ok("POST", f"/api/ruleChain/{edge['id']['id']}/edgeTemplateRoot")["root"]
    assert root_of(tenant, "EDGE")["id"] == edge["id"] and root_of(tenant)["id"] == chain["id"]
    tenant.ok("POST", f"/api/ruleChain/{template['id']['id']}/edgeTemplateRoot")
    tenant.ok("POST", f"/api/ruleChain/{root['id']['id']}/root")
    tenant.ok("DELETE", path)


def test_labels_and_who_uses_them(tenant):
    inner, outer = new_chain(tenant), new_chain(tenant)
    saved = save(tenant, drawing(inner, [node("first"), node("Good", "flow.TbRuleChainOutputNode"),
                                         node("Bad", "flow.TbRuleChainOutputNode")], [(0, 1, "x"), (0, 2, "y")]))
    path = f"/api/ruleChain/{inner['id']['id']}/output/labels"
    assert tenant.ok("GET", path) == ["Bad", "Good"]
    outer_saved = save(tenant, drawing(outer, [call_of("Call", inner), node("b")], [(0, 1, "Good"), (0, 1, "Bad")]))
    call = outer_saved["nodes"][0]
    assert tenant.ok("GET", f"{path}/usage") == [
        {"ruleChainId": outer["id"], "ruleNodeId": call["id"], "ruleChainName": outer["name"], "ruleNodeName": "Call",
         "labels": ["Bad", "Good"]}]
    saved["nodes"][1]["name"] = "Better"
    saved = save(tenant, saved)
    assert connections_of(metadata_of(tenant, outer)) == [(0, 1, "Bad"), (0, 1, "Better")]
    saved["nodes"][1]["name"] = "Best"
    save(tenant, saved, updateRelated="false")
    assert connections_of(metadata_of(tenant, outer)) == [(0, 1, "Bad"), (0, 1, "Better")]


def test_the_older_form_of_calling_a_chain_becomes_a_node(tenant):
    inner, outer = new_chain(tenant), new_chain(tenant)
    metadata = drawing(outer, [node("a")])
    metadata["ruleChainConnections"] = [{"fromIndex": 0, "targetRuleChainId": inner["id"], "type": "Success",
                                         "additionalInfo": {"layoutX": 7, "layoutY": 8}}]
    saved = save(tenant, metadata)
    assert saved["nodes"][1]["name"] == inner["name"] and saved["nodes"][1]["configuration"]["ruleChainId"] == inner["id"]["id"]
    assert saved["nodes"][1]["additionalInfo"] == {"layoutX": 7, "layoutY": 8}
    assert connections_of(saved) == [(0, 1, "Success")] and saved["ruleChainConnections"] is None


def test_notes_are_kept(tenant):
    chain = new_chain(tenant)
    note = {"id": "n1", "x": 1, "y": 2, "width": 3, "height": 4, "content": "# hi", "backgroundColor": "#fff"}
    saved = save(tenant, drawing(chain, [node("a")], notes=[note]))
    assert saved["notes"] == [note] and metadata_of(tenant, chain)["notes"] == [note]
    assert "notes" not in save(tenant, {**saved, "notes": []})


def test_the_usual_chain_for_devices(tenant):
    name = f"usual {uuid.uuid4()}"
    chain = tenant.ok("POST", "/api/ruleChain/device/default", {"name": name})
    assert chain["name"] == name and not chain["root"] and chain["type"] == "CORE"
    metadata = metadata_of(tenant, chain)
    assert [each["name"] for each in metadata["nodes"]] == [
        "Save Timeseries", "Save Client Attributes", "Message Type Switch", "Log RPC from Device", "Log Other",
        "RPC Call Request"]
    assert metadata["firstNodeIndex"] == 2 and chain["firstRuleNodeId"] == metadata["nodes"][2]["id"]
    tenant.refused(400, 31, "Rule chain name should be specified!", "POST", "/api/ruleChain/device/default", {})


def test_export_and_import(tenant):
    inner, outer = new_chain(tenant), new_chain(tenant)
    save(tenant, drawing(inner, [node("a"), node("b")], [(0, 1, "x")]))
    foreign = {"entityType": "TENANT", "id": str(uuid.uuid1())}
    save(tenant, drawing(outer, [call_of("Call", inner), node("t", configuration={"list": [{"target": foreign}]})],
                         [(0, 1, "y")]))
    data = tenant.ok("GET", "/api/ruleChains/export?limit=1000")
    names = {each["name"]: each for each in data["ruleChains"]}
    stored = {each["id"]["id"] for each in chains(tenant)}
    assert {inner["name"], outer["name"]} <= set(names)
    assert not stored & {each["id"]["id"] for each in data["ruleChains"]}
    assert all(each["id"] is None for metadata in data["metadata"] for each in metadata["nodes"])
    keep = {names[each["name"]]["id"]["id"] for each in (inner, outer)}
    data = {"ruleChains": [each for each in data["ruleChains"] if each["id"]["id"] in keep],
            "metadata": [each for each in data["metadata"] if each["ruleChainId"]["id"] in keep]}
    data["ruleChains"][0]["root"] = True

    results = tenant.ok("POST", "/api/ruleChains/import", data)
    assert [each["ruleChainName"] for each in results] == [inner["name"], outer["name"]]
    assert all(each["updated"] is False and "error" not in each for each in results)
    copies = [tenant.ok("GET", f"/api/ruleChain/{each['ruleChainId']['id']}") for each in results]
    assert not any(each["root"] for each in copies)
    imported = metadata_of(tenant, copies[1])
    assert imported["nodes"][0]["configuration"]["ruleChainId"] == copies[0]["id"]["id"]
    own = copies[0]["tenantId"]["id"]
    assert imported["nodes"][1]["configuration"]["list"][0]["target"] == {"entityType": "TENANT", "id": own}
    assert connections_of(metadata_of(tenant, copies[0])) == [(0, 1, "x")]

    data["ruleChains"][0]["name"], data["metadata"][0]["connections"] = f"lone {uuid.uuid4()}", []
    lone = tenant.ok("POST", "/api/ruleChain", {"name": data["ruleChains"][0]["name"]})
    over = tenant.ok("POST", "/api/ruleChains/import?overwrite=true", data)
    assert over[0]["updated"] is True and over[0]["ruleChainId"] == lone["id"]
    assert len(metadata_of(tenant, lone)["nodes"]) == 2
    data["ruleChains"][1]["name"] = ""
    broken = tenant.ok("POST", "/api/ruleChains/import", data)
    assert broken[1]["error"] == "Rule chain name should be specified!" and "ruleChainId" not in broken[1]
    tenant.refused(400, 31, None, "GET", "/api/ruleChains/export?limit=0")


def test_edges_are_not_there(tenant):
    chain, edge = new_chain(tenant, type="EDGE"), str(uuid.uuid1())
    core = new_chain(tenant)
    path = f"/api/ruleChain/{chain['id']['id']}/autoAssignToEdge"
    assert tenant.ok("POST", path)["id"] == chain["id"] == tenant.ok("POST", path)["id"]
    listed = tenant.ok("GET", "/api/ruleChain/autoAssignToEdgeRuleChains")
    assert [each["id"] for each in listed] == [chain["id"]]
    tenant.refused(400, 31, "Can't assign non EDGE ruleChain to edge!", "POST",
                   f"/api/ruleChain/{core['id']['id']}/autoAssignToEdge")
    assert tenant.ok("DELETE", path)["id"] == chain["id"]
    assert tenant.ok("GET", "/api/ruleChain/autoAssignToEdgeRuleChains") == []
    gone = f"Edge with id [{edge}] is not found"
    tenant.refused(404, 32, gone, "GET", f"/api/edge/{edge}/ruleChains?pageSize=1&page=0")
    tenant.refused(404, 32, gone, "POST", f"/api/edge/{edge}/ruleChain/{chain['id']['id']}")
    tenant.refused(404, 32, gone, "DELETE", f"/api/edge/{edge}/ruleChain/{chain['id']['id']}")


def test_the_last_input_of_a_node(tenant, root):
    first = metadata_of(tenant, root)["nodes"][0]
    assert tenant.call("GET", f"/api/ruleNode/{first['id']['id']}/debugIn").content == b""  # Nothing is recorded yet.
    nobody = str(uuid.uuid1())
    tenant.refused(404, 32, f"Rule node with id [{nobody}] is not found", "GET", f"/api/ruleNode/{nobody}/debugIn")
    assert tenant.ok("GET", "/api/ruleChain/tbelEnabled") is True


@pytest.mark.sanitizer
def test_only_the_tenants_administrators_may(tenant, customer, system, root):
    path = f"/api/ruleChain/{root['id']['id']}"
    for user in (customer, system):
        user.refused(403, 20, DENIED, "GET", path)
        user.refused(403, 20, DENIED, "GET", f"{path}/metadata")
        user.refused(403, 20, DENIED, "POST", "/api/ruleChain", {"name": "x"})
        user.refused(403, 20, DENIED, "DELETE", path)
        user.refused(403, 20, DENIED, "GET", "/api/ruleChains?pageSize=1&page=0")


def test_audit_and_rules_hear_of_it(tenant):
    chain = new_chain(tenant)
    save(tenant, drawing(chain, [node("a")]))
    tenant.call("DELETE", f"/api/ruleChain/{chain['id']['id']}")
    page = tenant.ok("GET", f"/api/audit/logs/entity/RULE_CHAIN/{chain['id']['id']}",
                     params={"pageSize": 10, "page": 0, "sortProperty": "createdTime"})
    assert [each["actionType"] for each in page["data"]] == ["ADDED", "UPDATED", "DELETED"]
    assert page["data"][1]["actionData"]["metadata"]["nodes"][0]["name"] == "a"


@pytest.mark.sanitizer
def test_the_kinds_of_nodes(tenant, system, customer):
    found = tenant.ok("GET", "/api/components?componentTypes=FILTER,ACTION,FLOW")
    by_class = {each["clazz"]: each for each in found}
    switch = by_class[PREFIX + "filter.TbMsgTypeSwitchNode"]
    assert set(switch) == {"id", "createdTime", "type", "scope", "clusteringMode", "name", "clazz", "configurationDescriptor",
                           "configurationVersion", "actions", "hasQueueName"}
    assert (switch["type"], switch["scope"], switch["clusteringMode"], switch["name"]) == (
        "FILTER", "TENANT", "ENABLED", "message type switch")
    definition = switch["configurationDescriptor"]["nodeDefinition"]
    assert "Post telemetry" in definition["relationTypes"] and definition["relationTypes"][-2:] == ["Other", "Failure"]
    assert definition["defaultConfiguration"] == {"version": 0} and definition["inEnabled"] and definition["outEnabled"]
    output = by_class[PREFIX + "flow.TbRuleChainOutputNode"]["configurationDescriptor"]["nodeDefinition"]
    assert not output["outEnabled"] and output["relationTypes"] == ["Failure"]
    assert by_class[PREFIX + "flow.TbRuleChainInputNode"]["configurationDescriptor"]["nodeDefinition"]["ruleChainNode"]
    assert system.ok("GET", f"/api/component/{switch['clazz']}") == switch
    only = tenant.ok("GET", "/api/components/FLOW?ruleChainType=EDGE")
    assert only and {each["type"] for each in only} == {"FLOW"}
    tenant.refused(404, 32, "Requested item wasn't found!", "GET", "/api/component/nothing.Such")
    tenant.refused(400, 31, 'ComponentType "X" is not supported!', "GET", "/api/components/X")
    customer.refused(403, 20, DENIED, "GET", "/api/components/FLOW")


def test_another_tenants_chain_is_out_of_reach(tenant):
    # A chain of the installation's own, which nobody has: the id of another kind is not found either.
    other = tenant.create_device()
    tenant.refused(404, 32, f"Rule chain with id [{other.id}] is not found", "GET", f"/api/ruleChain/{other.id}")
    assert json.dumps(NULL_UUID) and tenant.call("GET", "/api/ruleChain/rubbish").status_code == 400
