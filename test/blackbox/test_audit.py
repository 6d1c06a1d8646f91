"""The audit log: what users did is there, for their tenant's administrator, and still there after a restart."""
import time
import uuid

import pytest
import requests

from harness import rest
from harness.rest import NULL_UUID

FIELDS = {"id", "createdTime", "tenantId", "customerId", "entityId", "entityName", "userId", "userName", "actionType",
          "actionData", "actionStatus", "actionFailureDetails"}


def entries(user, path="", **params):
    """Oldest first."""
    params = {"pageSize": 1000, "page": 0, "sortProperty": "createdTime", **params}
    page = user.ok("GET", "/api/audit/logs" + path, params=params)
    assert page["totalElements"] >= len(page["data"])
    return page["data"]


def actions(found):
    return [(each["actionType"], each["actionStatus"]) for each in found]


@pytest.mark.sanitizer
def test_the_life_of_a_device_is_told(tenant):
    device = tenant.create_device(label="L")
    tenant.save_attributes(device.id, "SHARED_SCOPE", {"a": 1})
    tenant.delete_attributes(device.id, "SHARED_SCOPE", "a")
    tenant.save_telemetry(device.id, {"t": 21.5})
    tenant.ok("POST", "/api/device", {**device.json, "label": "new"})
    assert tenant.set_credentials(device.id, credentialsId=uuid.uuid4().hex[:20]).status_code == 200
    assert tenant.call("DELETE", f"/api/device/{device.id}").status_code == 200

    found = entries(tenant, f"/entity/DEVICE/{device.id}")
    assert actions(found) == [(action, "SUCCESS") for action in (
        "ADDED", "ATTRIBUTES_UPDATED", "ATTRIBUTES_DELETED", "TIMESERIES_UPDATED", "UPDATED", "CREDENTIALS_UPDATED",
        "DELETED")]
    added, attributes = found[0], found[1]
    assert set(added) == FIELDS and uuid.UUID(added["id"]["id"]).version == 1
    assert added["entityId"] == device.json["id"] and added["entityName"] == device.name
    assert added["tenantId"] == device.json["tenantId"] and added["customerId"]["id"] == NULL_UUID
    assert added["userName"] == rest.TENANT[0] and added["userId"]["entityType"] == "USER"
    assert added["actionData"]["entity"]["label"] == "L" and added["actionFailureDetails"] == ""
    assert attributes["actionData"] == {"entityId": device.id, "scope": "SHARED_SCOPE", "attributes": {"a": "1"}}
    assert abs(added["createdTime"] - time.time() * 1000) < 600_000
    assert entries(tenant, f"/user/{added['userId']['id']}", actionTypes="DELETED")[-1]["entityId"] == device.json["id"]


def test_what_failed_is_told_with_its_reason(tenant):
    device = tenant.create_device()
    tenant.refused(400, 31, None, "POST", "/api/device", {"name": device.name})
    failed = entries(tenant, textSearch="FAILURE", actionTypes="ADDED")[-1]
    assert failed["actionFailureDetails"] == "Device with such name already exists!"
    assert failed["entityId"] == {"entityType": "DEVICE", "id": NULL_UUID} and failed["entityName"] == device.name


def test_log_ins_are_told_and_what_devices_send_is_not(server, tenant):
    tenant.call("POST", "/api/auth/login", {"username": rest.TENANT[0], "password": "wrong"})
    user = rest.Rest(server.url, rest.TENANT)
    user.ok("POST", "/api/auth/logout")
    found = [each for each in entries(tenant) if each["entityId"]["entityType"] == "USER"]
    assert actions(found)[-3:] == [("LOGIN", "FAILURE"), ("LOGIN", "SUCCESS"), ("LOGOUT", "SUCCESS")]
    assert found[-1]["actionData"]["clientAddress"] == "127.0.0.1"
    device = tenant.create_device()
    assert requests.post(f"{server.device_url}/api/v1/{device.token}/telemetry", json={"t": 1}, timeout=60).status_code == 200
    assert actions(entries(tenant, f"/entity/DEVICE/{device.id}")) == [("ADDED", "SUCCESS")]


def test_only_administrators_may_look(tenant, customer, system):
    page = {"pageSize": 1, "page": 0}
    assert customer.call("GET", "/api/audit/logs", params=page).status_code == 403
    device = tenant.create_device()
    assert entries(system, f"/entity/DEVICE/{device.id}") == []
    tenant.refused(400, 31, None, "GET", "/api/audit/logs", params={**page, "actionTypes": "FLOWN"})
    tenant.refused(400, 31, "Invalid UUID string: rubbish", "GET", "/api/audit/logs/user/rubbish", params=page)


def test_entries_outlive_a_restart_and_a_kill(new_server):
    server = new_server()
    server.start()
    tenant = rest.Rest(server.url, rest.TENANT)
    first = tenant.create_device()
    server.finish()  # Writes what was taken a moment ago.
    server.start()
    tenant = rest.Rest(server.url, rest.TENANT)
    second = tenant.create_device()
    assert len(entries(tenant, f"/entity/DEVICE/{second.id}")) == 1  # Who reads has it stored first.
    server.kill()
    server.start()
    tenant = rest.Rest(server.url, rest.TENANT)
    for device in first, second:
        assert actions(entries(tenant, f"/entity/DEVICE/{device.id}")) == [("ADDED", "SUCCESS")]
    server.finish()


def test_events_of_an_entity_are_listed(tenant):
    device = tenant.create_device()
    params = {"pageSize": 10, "page": 0, "tenantId": device.json["tenantId"]["id"]}
    empty = {"data": [], "totalPages": 0, "totalElements": 0, "hasNext": False}
    path = f"/api/events/DEVICE/{device.id}"
    assert tenant.ok("GET", path, params=params) == empty
    assert tenant.ok("GET", path + "/DEBUG_RULE_NODE", params=params) == empty
    assert tenant.ok("POST", path, {"eventType": "ERROR", "errorStr": "x"}, params=params) == empty
    tenant.refused(400, 31, "Event type: 'X' is not supported!", "GET", path + "/X", params=params)
    assert tenant.call("POST", path + "/clear", {"eventType": "ERROR"}).status_code == 200
