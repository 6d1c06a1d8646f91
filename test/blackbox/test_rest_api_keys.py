"""API keys: what programs call with instead of a log-in."""
import time
import uuid

import pytest

from harness.rest import CUSTOMER, NULL_UUID, SYSTEM, TENANT, Rest


def own_id(rest):
    return rest.ok("GET", "/api/auth/user")["id"]


def make_key(rest, **members):
    return rest.ok("POST", "/api/apiKey", {"userId": own_id(rest), "description": f"key {uuid.uuid4()}", **members})


def with_key(server, value, header="X-Authorization"):
    rest = Rest(server.url, login=None)
    rest.session.headers[header] = "ApiKey " + value
    return rest


@pytest.mark.sanitizer
@pytest.mark.parametrize("login", [SYSTEM, TENANT, CUSTOMER])
def test_a_key_acts_as_its_user(server, login):
    rest = Rest(server.url, login)
    key = make_key(rest)
    assert key["value"].startswith("tb_") and len(key["value"]) > 80
    assert key["enabled"] is True and key["expired"] is False and key["expirationTime"] == 0
    assert key["id"]["entityType"] == "API_KEY" and key["userId"] == own_id(rest)
    for header in ("X-Authorization", "Authorization"):
        assert with_key(server, key["value"], header).ok("GET", "/api/auth/user") == rest.ok("GET", "/api/auth/user")
    assert "valueHash" not in key


def test_a_wrong_key_opens_nothing(server):
    for value in ("rubbish", "tb_" + "a" * 86, "x" * 5000):
        with_key(server, value).refused(401, 10, "Invalid username or password", "GET", "/api/auth/user")
    with_key(server, "").refused(401, 10, "Authentication failed", "GET", "/api/auth/user")


def test_the_value_is_told_once(tenant):
    key = make_key(tenant)
    user_id = key["userId"]["id"]
    found = tenant.ok("GET", f"/api/apiKeys/{user_id}", params={"pageSize": 10, "page": 0,
                                                              "textSearch": key["description"]})
    assert found["totalElements"] == 1 and "value" not in found["data"][0]
    saved = tenant.ok("POST", "/api/apiKey", {**key, "description": "another"})
    assert saved["value"] is None and saved["description"] == "another" and saved["id"] == key["id"]


def test_a_key_is_switched_off_and_deleted(server, tenant):
    key = make_key(tenant)
    rest = with_key(server, key["value"])
    rest.ok("GET", "/api/auth/user")
    path = f"/api/apiKey/{key['id']['id']}"
    assert tenant.ok("PUT", path + "/enabled/false")["enabled"] is False
    rest.refused(401, 10, "User account is not active", "GET", "/api/auth/user")
    assert tenant.ok("PUT", path + "/enabled/true")["enabled"] is True
    rest.ok("GET", "/api/auth/user")
    assert tenant.ok("PUT", path + "/description", data="plain words")["description"] == "plain words"
    assert tenant.call("DELETE", path).status_code == 200
    rest.refused(401, 10, "Invalid username or password", "GET", "/api/auth/user")
    tenant.refused(404, 32, f"Api key with id [{key['id']['id']}] is not found", "DELETE", path)


def test_a_key_ends(server, tenant):
    key = make_key(tenant, expirationTime=int(time.time() * 1000) + 1500)
    rest = with_key(server, key["value"])
    rest.ok("GET", "/api/auth/user")
    time.sleep(1.6)
    rest.refused(401, 10, "API key is expired", "GET", "/api/auth/user")
    found = tenant.ok("GET", f"/api/apiKeys/{key['userId']['id']}",
                      params={"pageSize": 10, "page": 0, "textSearch": key["description"]})
    assert found["data"][0]["expired"] is True


def test_what_is_wrong_with_a_key_is_said(tenant, customer):
    key = make_key(tenant)

    def refused(message, **members):
        tenant.refused(400, 31, message, "POST", "/api/apiKey", {**key, **members})
    refused("Cannot update API key user id!", userId=own_id(customer))
    refused("Cannot update API key expiration time!", expirationTime=5)
    refused("Validation error: description must not be blank", description=" ")
    refused("Validation error: description length must be equal or less than 255", description="x" * 256)
    refused("Validation error: description is malformed", description="<b>x</b>")
    tenant.refused(400, 31, None, "GET", f"/api/apiKeys/{key['userId']['id']}?pageSize=1&page=0&sortProperty=valueHash")


def test_nobody_makes_keys_for_those_above(server, system, tenant, customer):
    body = {"description": "x", "userId": own_id(tenant)}
    customer.refused(403, 20, None, "POST", "/api/apiKey", body)
    customer.refused(403, 20, None, "GET", f"/api/apiKeys/{own_id(tenant)['id']}?pageSize=1&page=0")
    key = make_key(tenant)
    for method, path in (("PUT", "/enabled/false"), ("DELETE", "")):
        customer.refused(403, 20, None, method, f"/api/apiKey/{key['id']['id']}{path}")
    other = tenant.ok("POST", "/api/apiKey", {"description": "for a user", "userId": own_id(customer)})
    assert with_key(server, other["value"]).ok("GET", "/api/auth/user")["email"] == CUSTOMER[0]
    system.refused(403, 20, None, "POST", "/api/apiKey", {"description": "x", "userId": own_id(customer)})
    missing = {"entityType": "USER", "id": NULL_UUID}
    tenant.refused(404, 32, None, "POST", "/api/apiKey", {"description": "x", "userId": missing})


def test_keys_are_sorted_and_paged(server):
    rest = Rest(server.url, ("customerA@thingsboard.org", "customer"))
    for name in ("b", "a", "c"):
        make_key(rest, description=name)
    path = f"/api/apiKeys/{own_id(rest)['id']}"
    found = rest.ok("GET", path, params={"pageSize": 2, "page": 0, "sortProperty": "description", "sortOrder": "DESC"})
    assert [each["description"] for each in found["data"]] == ["c", "b"]
    assert (found["totalElements"], found["hasNext"]) == (3, True)


def test_a_disabled_user_has_no_keys(server, tenant):
    rest = Rest(server.url, ("customerC@thingsboard.org", "customer"))
    key, user_id = make_key(rest), own_id(rest)["id"]
    path = f"/api/user/{user_id}/userCredentialsEnabled?userCredentialsEnabled="
    assert tenant.call("POST", path + "false").status_code == 200
    with_key(server, key["value"]).refused(401, 10, "User account is not active", "GET", "/api/auth/user")
    assert tenant.call("POST", path + "true").status_code == 200
    with_key(server, key["value"]).ok("GET", "/api/auth/user")
