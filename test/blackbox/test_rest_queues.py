"""Queues and whose statistics there are, over REST."""
import uuid

import pytest

DENIED = "You don't have permission to perform this operation!"
PARAMS = {"serviceType": "TB_RULE_ENGINE", "pageSize": 100, "page": 0}


def queue(**fields):
    name = "q" + uuid.uuid4().hex[:10]
    return {"name": name, "topic": f"tb_rule_engine.{name}", "pollInterval": 25, "partitions": 2,
            "consumerPerPartition": True, "packProcessingTimeout": 2000,
            "submitStrategy": {"type": "BURST", "batchSize": 100},
            "processingStrategy": {"type": "SKIP_ALL_FAILURES", "retries": 3, "failurePercentage": 0.5,
                                   "pauseBetweenRetries": 3, "maxPauseBetweenRetries": 3},
            "additionalInfo": {"description": "d"}, **fields}


def save(system, body):
    return system.ok("POST", "/api/queues?serviceType=TB_RULE_ENGINE", body)


@pytest.mark.sanitizer
def test_the_installation_begins_with_three(tenant, system):
    found = {each["name"]: each for each in tenant.ok("GET", "/api/queues", params=PARAMS)["data"]}
    assert {"Main", "HighPriority", "SequentialByOriginator"} <= set(found)
    main = found["Main"]
    assert main["topic"] == "tb_rule_engine.main" and main["partitions"] == 10 and main["pollInterval"] == 25
    assert main["submitStrategy"] == {"type": "BURST", "batchSize": 1000}
    assert main["processingStrategy"] == {"type": "SKIP_ALL_FAILURES", "retries": 3, "failurePercentage": 0.0,
                                          "pauseBetweenRetries": 3, "maxPauseBetweenRetries": 3}
    assert tenant.ok("GET", "/api/queues/name/Main") == main == system.ok("GET", f"/api/queues/{main['id']['id']}")
    assert tenant.ok("GET", "/api/queues", params={**PARAMS, "serviceType": "TB_CORE"})["data"] == []
    tenant.refused(404, 32, "Requested item wasn't found!", "GET", "/api/queues/name/Nothing")
    tenant.refused(400, 31, None, "GET", "/api/queues", params={**PARAMS, "serviceType": "X"})


@pytest.mark.sanitizer
def test_a_queue_is_created_changed_and_deleted(system, tenant):
    asked = queue()
    made = save(system, asked)
    assert {name: made[name] for name in asked} == asked and made["id"]["entityType"] == "QUEUE"
    changed = save(system, {**made, "partitions": 3})
    assert changed == {**made, "partitions": 3}
    assert tenant.ok("GET", f"/api/queues/{made['id']['id']}") == changed
    assert system.ok("GET", "/api/queues", params={**PARAMS, "textSearch": made["name"].upper()})["totalElements"] == 1
    system.ok("DELETE", f"/api/queues/{made['id']['id']}")
    system.refused(404, 32, f"Queue with id [{made['id']['id']}] is not found", "GET", f"/api/queues/{made['id']['id']}")
    assert system.call("POST", "/api/queues?serviceType=TB_CORE", queue()).content == b""


def test_what_is_wrong_with_a_queue_is_said(system):
    made = save(system, queue())

    def refused(message, body):
        system.refused(400, 31, message, "POST", "/api/queues?serviceType=TB_RULE_ENGINE", body)
    refused(f"Queue with name: {made['name']} already exists!", queue(name=made["name"]))
    refused(f"Queue with topic: {made['topic']} already exists!", queue(topic=made["topic"]))
    refused("Queue name should be specified!", queue(name=""))
    refused(None, queue(name="two words"))
    refused(None, queue(name="CalculatedFields"))
    refused(None, queue(partitions=0))
    refused(None, queue(submitStrategy=None))
    refused(None, queue(submitStrategy={"type": "BATCH", "batchSize": 0}))
    refused(None, queue(submitStrategy={"type": "SOMEHOW"}))
    refused(None, {**made, "topic": made["topic"] + "x"})
    refused(None, {**made, "name": made["name"] + "x"})


def test_who_may(system, tenant, customer):
    tenant.refused(403, 20, DENIED, "POST", "/api/queues?serviceType=TB_RULE_ENGINE", queue())
    tenant.refused(403, 20, DENIED, "DELETE", f"/api/queues/{uuid.uuid1()}")
    customer.refused(403, 20, DENIED, "GET", "/api/queues", params=PARAMS)
    customer.refused(403, 20, DENIED, "GET", "/api/queueStats?pageSize=1&page=0")


def test_statistics_of_this_server_are_listed(system, tenant):
    found = system.ok("GET", "/api/queueStats?pageSize=10&page=0&textSearch=main")["data"]
    assert found and found[0]["queueName"] == "Main" and found[0]["serviceId"]
    one = found[0]["id"]["id"]
    assert system.ok("GET", f"/api/queueStats/{one}") == found[0]
    assert system.ok("GET", f"/api/queueStats/list?queueStatsIds={one}") == [found[0]]
    assert system.ok("GET", f"/api/queueStats?queueStatsIds={one}") == [found[0]]
    tenant.refused(404, 32, f"Queue stats with id [{one}] is not found", "GET", f"/api/queueStats/{one}")
    assert tenant.ok("GET", f"/api/queueStats/list?queueStatsIds={one}") == []
