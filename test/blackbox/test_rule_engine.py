"""The rule engine beside the way of a message: debug events, traces, queues, nodes that begin by themselves, statistics."""
import uuid

import pytest

from harness import rest
from harness.wait import eventually
from test_rest_queues import queue, save as save_queue
from test_rule_scripts import Chain, latest, node, save, script, send, telemetry_alone

EVENTS = {"pageSize": 100, "page": 0, "sortProperty": "createdTime", "sortOrder": "ASC"}


def events_of(tenant, entity_type, entity, kind):
    path = f"/api/events/{entity_type}/{entity}/{kind}?tenantId={tenant.tenant_id}"
    return tenant.ok("GET", path, params=EVENTS)["data"]


def debugging(made, **settings):
    return {**made, "debugSettings": {"failuresEnabled": False, "allEnabled": False, "allEnabledUntil": 0, **settings}}


def node_id(chain, index):
    return chain.metadata["nodes"][index]["id"]["id"]


@pytest.fixture
def ids(tenant):
    tenant.tenant_id = tenant.ok("GET", "/api/auth/user")["tenantId"]["id"]
    return tenant


@pytest.mark.sanitizer
def test_a_node_in_debug_mode_tells_what_comes_and_goes(server, ids):
    names = [debugging(script("warm?", "filter.TbJsFilterNode", "return msg.t > 20;"), allEnabled=True), save("save")]
    chain = Chain(ids, names, [(0, 1, "True")])
    device, token = chain.device()
    send(server, token, {"t": 21})
    latest(ids, device, {"t"})
    first = node_id(chain, 0)

    def of_telemetry():
        """Without those of the device's connection, which come when they come."""
        bodies = [each["body"] for each in events_of(ids, "RULE_NODE", first, "DEBUG_RULE_NODE")]
        return [each for each in bodies if each["msgType"] == "POST_TELEMETRY_REQUEST"]
    telemetry = eventually(of_telemetry, lambda found: len(found) >= 2)
    assert [(each["type"], each["relationType"]) for each in telemetry] == [("IN", ""), ("OUT", "True")]
    assert telemetry[0]["data"] == '{"t":21}' and telemetry[0]["entityId"] == device
    assert telemetry[0]["entityType"] == "DEVICE" and telemetry[0]["dataType"] == "JSON"
    assert "deviceName" in telemetry[0]["metadata"] and telemetry[0]["server"]
    assert ids.ok("GET", f"/api/ruleNode/{first}/debugIn")["type"] == "IN"
    assert events_of(ids, "RULE_NODE", node_id(chain, 1), "DEBUG_RULE_NODE") == []


def test_a_node_that_tells_failures_alone(server, ids):
    bad = debugging(script("bad", "filter.TbJsFilterNode", "return msg.t > 20 ? true : msg.a.b;"), failuresEnabled=True)
    chain = Chain(ids, [bad, save("save")], [(0, 1, "True"), (0, 1, "Failure")])
    device, token = chain.device()
    send(server, token, {"t": 30})
    send(server, token, {"t": 1})
    found = eventually(lambda: events_of(ids, "RULE_NODE", node_id(chain, 0), "DEBUG_RULE_NODE"), len)
    assert {(each["body"]["type"], each["body"]["relationType"]) for each in found} == {("OUT", "Failure")}
    assert all(each["body"]["error"] for each in found)


def test_what_starts_and_what_does_not_is_told(server, ids):
    broken = script("broken", "filter.TbJsFilterNode", "return msg.;")
    chain = Chain(ids, [broken, save("save")], [(0, 1, "True")])
    _, token = chain.device()
    send(server, token, {"t": 1})
    told = eventually(lambda: events_of(ids, "RULE_NODE", node_id(chain, 0), "LC_EVENT"), len)[0]["body"]
    assert told["event"] == "STARTED" and told["success"] is False and told["error"]
    assert events_of(ids, "RULE_NODE", node_id(chain, 0), "ERROR")[0]["body"]["method"] == "OnStart"
    fine = eventually(lambda: events_of(ids, "RULE_NODE", node_id(chain, 1), "LC_EVENT"), len)[0]["body"]
    assert fine["event"] == "STARTED" and fine["success"] is True


@pytest.mark.sanitizer
@pytest.mark.embedded  # Each process of a cluster remembers its own.
def test_the_way_of_a_devices_messages_is_remembered(server, ids, customer):
    chain = Chain(ids, [telemetry_alone(), save("save")], [(0, 1, "True")])
    device, token = chain.device()
    send(server, token, {"t": 21})
    latest(ids, device, {"t"})

    def ways():
        """What each message did in the chain, by the mark that its visits share."""
        by_message = {}
        for each in ids.ok("GET", "/api/ruleEngine/trace", params={"deviceId": device}):
            if each["ruleChainId"] == chain.chain["id"]:
                step = (each["ruleNodeName"], each["relation"], each["outcome"])
                by_message.setdefault(each["trace"], []).append(step)
        return list(by_message.values())
    eventually(ways, lambda found: [("telemetry?", "True", "WENT_ON"), ("save", "", "ENDED")] in found)
    slowest = ids.ok("GET", "/api/ruleEngine/trace", params={"slowestOfMinutes": 60, "limit": 5})
    assert 0 < len(slowest) <= 5
    assert slowest == sorted(slowest, key=lambda each: -each["durationUs"])
    assert ids.ok("GET", "/api/ruleEngine/trace", params={"messageId": str(uuid.uuid4())}) == []
    ids.refused(400, 31, None, "GET", "/api/ruleEngine/trace")
    ids.refused(400, 31, None, "GET", "/api/ruleEngine/trace", params={"slowestOfMinutes": 0})
    customer.refused(403, 20, None, "GET", "/api/ruleEngine/trace", params={"deviceId": device})


def with_queue(tenant, chain, name):
    profile = tenant.ok("GET", f"/api/deviceProfile/{chain.profile['id']['id']}")
    tenant.ok("POST", "/api/deviceProfile", {**profile, "defaultQueueName": name})


def in_order(server, tenant, name):
    """Messages of a device through the queue of its profile: saved in their order, and all of them."""
    chain = Chain(tenant, [telemetry_alone(), save("save")], [(0, 1, "True")])
    with_queue(tenant, chain, name)
    device, token = chain.device()
    for at in range(1, 21):
        send(server, token, {"ts": at * 1000, "values": {"n": at}})
    path = f"/api/plugins/telemetry/DEVICE/{device}/values/timeseries?keys=n&startTs=0&endTs=99000&limit=100&orderBy=ASC"
    points = eventually(lambda: tenant.ok("GET", path).get("n", []), lambda found: len(found) == 20)
    assert [each["value"] for each in points] == [str(at) for at in range(1, 21)]


def test_a_profiles_messages_go_through_its_queue(server, tenant, system):
    in_order(server, tenant, "SequentialByOriginator")
    assert any("tb_rule_engine.sq" in name for name in server.metrics())


def test_a_new_queue_is_run_at_once_and_goes_away_again(server, tenant, system):
    made = save_queue(system, queue(submitStrategy={"type": "SEQUENTIAL", "batchSize": 1}))
    eventually(server.metrics, lambda metrics: any(made["topic"] in name for name in metrics))
    in_order(server, tenant, made["name"])
    other = save_queue(system, queue())
    system.ok("DELETE", f"/api/queues/{other['id']['id']}")


def test_a_checkpoint_goes_into_another_queue(server, tenant):
    checkpoint = {**node("checkpoint", "flow.TbCheckpointNode", {"version": 0}, 1), "queueName": "HighPriority"}
    chain = Chain(tenant, [telemetry_alone(), checkpoint, save("save")], [(0, 1, "True"), (1, 2, "Success")])
    device, token = chain.device()
    send(server, token, {"t": 7})
    assert latest(tenant, device, {"t"}) == {"t": "7"}


@pytest.mark.sanitizer
@pytest.mark.parametrize("name", ["", "HighPriority"])
def test_a_generator_begins_by_itself_in_one_worker(server, tenant, name):
    device = tenant.create_device()
    generator = node("generator", "debug.TbMsgGeneratorNode", {
        "msgCount": 3, "periodInSeconds": 1, "originatorType": "DEVICE", "originatorId": device.id, "scriptLang": "TBEL",
        "tbelScript": "return {msg: {n: prevMsg.n == null ? 1 : prevMsg.n + 1}, metadata: {}, "
                      "msgType: 'POST_TELEMETRY_REQUEST'};", "jsScript": "return {};"}, 2)
    Chain(tenant, [{**generator, "queueName": name}, save("save")], [(0, 1, "Success")])

    path = f"/api/plugins/telemetry/DEVICE/{device.id}/values/timeseries?keys=n"
    eventually(lambda: tenant.ok("GET", path).get("n", [{}])[0].get("value"), lambda n: n == "3")
    history = f"{path}&startTs=0&endTs=99999999999999&limit=100"
    assert len(tenant.ok("GET", history)["n"]) == 3  # one of all workers made messages


def test_statistics_of_a_tenants_messages_are_saved(new_server):
    server = new_server(environment={"THINGSTEAD_RULE_STATISTICS_INTERVAL": "1s",
                                     "THINGSTEAD_RULE_NODE_STATISTICS_INTERVAL": "1s"})
    server.start()
    tenant = rest.Rest(server.url, rest.TENANT)
    chain = Chain(tenant, [script("any", "filter.TbJsFilterNode", "return true;"), save("save")], [(0, 1, "True")])
    _, token = chain.device()
    send(server, token, {"t": 1})
    found = eventually(lambda: tenant.ok("GET", "/api/queueStats?pageSize=10&page=0")["data"], len)
    main = next(each for each in found if each["queueName"] == "Main")
    path = f"/api/plugins/telemetry/QUEUE_STATS/{main['id']['id']}/values/timeseries"
    values = eventually(lambda: tenant.ok("GET", path), lambda values: "totalMsgs" in values)
    assert int(values["totalMsgs"][0]["value"]) > 0
    tenant.tenant_id = tenant.ok("GET", "/api/auth/user")["tenantId"]["id"]
    stats = eventually(lambda: events_of(tenant, "RULE_NODE", node_id(chain, 0), "STATS"), len)
    assert stats[0]["body"]["messagesProcessed"] >= 1
