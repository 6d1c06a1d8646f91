"""Attributes over REST."""
import time
import uuid

import pytest

SCOPES = ["SERVER_SCOPE", "SHARED_SCOPE"]


def path(device, rest_of_path):
    return f"/api/plugins/telemetry/DEVICE/{device.id}/{rest_of_path}"


@pytest.mark.sanitizer
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("form", ["attributes/{scope}", "{scope}", "/api/plugins/telemetry/{id}/{scope}"])
def test_written_and_read_back(tenant, device, scope, form):
    wanted = {"l": 42, "d": 42.0, "s": "x", "b": False, "j": {"a": [1, "2"]}, "list": [1]}
    where = form.format(scope=scope, id=device.id)
    answer = tenant.call("POST", where if where.startswith("/") else path(device, where), wanted)
    assert (answer.status_code, answer.content) == (200, b""), answer.text
    found = tenant.ok("GET", path(device, f"values/attributes/{scope}"))
    found = {each["key"]: each for each in found if each["key"] in wanted}
    assert {key: each["value"] for key, each in found.items()} == wanted
    assert all(abs(each["lastUpdateTs"] - time.time() * 1000) < 600_000 for each in found.values())
    assert all(type(found[key]["value"]) is type(wanted[key]) for key in wanted)
    assert set(wanted) <= set(tenant.ok("GET", path(device, f"keys/attributes/{scope}")))
    assert set(wanted) <= set(tenant.ok("GET", path(device, "keys/attributes")))


def test_keys_choose_and_missing_ones_are_left_out(tenant, device):
    tenant.save_attributes(device.id, "SHARED_SCOPE", {"a": 1, "b": 2, "c,d": 3})
    assert tenant.attributes(device.id, "SHARED_SCOPE", "a,none") == {"a": 1}
    found = tenant.ok("GET", path(device, "values/attributes/SHARED_SCOPE"), params={"key": ["a", "c,d"]})
    assert {each["key"] for each in found} == {"a", "c,d"}


def test_scopes_are_apart(tenant, device):
    for number, scope in enumerate(SCOPES):
        tenant.save_attributes(device.id, scope, {"same": number})
    assert [tenant.attributes(device.id, scope, "same") for scope in SCOPES] == [{"same": 0}, {"same": 1}]
    found = tenant.ok("GET", path(device, "values/attributes?keys=same"))
    assert sorted(each["value"] for each in found) == [0, 1]
    tenant.delete_attributes(device.id, "SERVER_SCOPE", "same")
    assert [tenant.attributes(device.id, scope, "same") for scope in SCOPES] == [{}, {"same": 1}]


def test_a_value_may_change_its_type(tenant, device):
    for value in (1, "1x", 1.5, True, {"a": 1}):
        tenant.save_attributes(device.id, "SERVER_SCOPE", {"v": value})
        assert tenant.attributes(device.id, "SERVER_SCOPE", "v") == {"v": value}


@pytest.mark.sanitizer
@pytest.mark.parametrize("body,message", [
    ("[]", "Request is not a JSON object"), ("3", "Request is not a JSON object"), ("{", "Invalid JSON"),
    ("{}", "No attributes data found in request body!"), ('{"":1}', "Key cannot be blank"),
    ('{" ":1}', "Key cannot be blank")])
def test_bad_writes(tenant, device, body, message):
    answer = tenant.call("POST", path(device, "attributes/SHARED_SCOPE"), data=body)
    assert answer.status_code == 400 and message in answer.text, answer.text
    assert tenant.attributes(device.id, "SHARED_SCOPE") == {}


def test_the_client_scope_is_the_devices_own(tenant, device):
    for where in ("attributes/CLIENT_SCOPE", "CLIENT_SCOPE"):
        answer = tenant.call("POST", path(device, where), {"a": 1})
        assert answer.status_code == 400 and "Invalid scope: CLIENT_SCOPE" in answer.text, answer.text
    answer = tenant.call("POST", path(device, "attributes/NO_SCOPE"), {"a": 1})
    assert answer.status_code == 400
    assert tenant.call("DELETE", path(device, "CLIENT_SCOPE"), params={"keys": "a"}).status_code == 200


def test_deleting(tenant, device):
    tenant.save_attributes(device.id, "SERVER_SCOPE", {"a": 1, "b": 2, "c": 3})
    answer = tenant.call("DELETE", path(device, "SERVER_SCOPE"), params={"keys": "a,none"})
    assert (answer.status_code, answer.content) == (200, b"")
    answer = tenant.call("DELETE", f"/api/plugins/telemetry/{device.id}/SERVER_SCOPE", params={"keys": "b"})
    assert answer.status_code == 200
    found = tenant.attributes(device.id, "SERVER_SCOPE")
    assert "c" in found and not {"a", "b"} & set(found)
    assert tenant.call("DELETE", path(device, "SERVER_SCOPE")).status_code == 400


def test_unknown_entities_are_told_in_plain_text(tenant, system, device):
    unknown = f"/api/plugins/telemetry/DEVICE/{uuid.uuid1()}/"
    for method, where in (("GET", "values/attributes"), ("GET", "keys/attributes/SHARED_SCOPE"),
                          ("POST", "attributes/SHARED_SCOPE"), ("DELETE", "SHARED_SCOPE?keys=a")):
        answer = tenant.call(method, unknown + where, {"a": 1})
        assert (answer.status_code, answer.text) == (404, "Device with requested id wasn't found!"), where
    answer = system.call("GET", path(device, "values/attributes"))
    assert (answer.status_code, answer.text) == (
        403, "System administrator is not allowed to perform this operation!")


def test_a_new_device_is_inactive(tenant, device):
    assert tenant.attributes(device.id, "SERVER_SCOPE", "active") == {"active": False}
    assert tenant.attributes(device.id, "CLIENT_SCOPE") == tenant.attributes(device.id, "SHARED_SCOPE") == {}


def test_attributes_survive_a_restart(new_server):
    from harness.rest import Rest
    server = new_server().start()
    rest = Rest(server.url)
    device = rest.create_device()
    rest.save_attributes(device.id, "SHARED_SCOPE", {"a": {"b": 1.5}})
    rest.save_telemetry(device.id, {"ts": 5, "values": {"t": "x"}})
    assert server.stop() == 0
    server.start()
    rest = Rest(server.url)  # The demo log-ins still work, and nothing was loaded twice.
    assert rest.attributes(device.id, "SHARED_SCOPE") == {"a": {"b": 1.5}}
    assert rest.history(device.id, "t") == {"t": [(5, "x")]}
    assert rest.ok("GET", "/api/tenant/devices?pageSize=1&page=0")["totalElements"] == 10
    server.finish()
