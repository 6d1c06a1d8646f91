"""Users, their settings, and the dashboards that they saw, over REST."""
import uuid

import pytest

from harness.people import (DENIED, NOBODY, an_email, assert_matrix, entity_id, ids, new_customer, new_dashboard, new_tenant,
                            new_user, page)

FIELDS = {"id", "createdTime", "tenantId", "customerId", "email", "name", "authority", "firstName", "lastName", "phone",
          "additionalInfo", "version"}


@pytest.mark.sanitizer
def test_a_user_has_every_field(tenant):
    email = an_email()
    made = tenant.ok("POST", "/api/user?sendActivationMail=false", {
        "email": email, "authority": "TENANT_ADMIN", "firstName": "F", "lastName": "L", "phone": "1",
        "additionalInfo": {"lang": "de", "userActivated": True}})
    assert FIELDS <= set(made)
    assert (made["email"], made["name"], made["authority"], made["version"]) == (email, email, "TENANT_ADMIN", 1)
    assert made["customerId"] == entity_id("CUSTOMER", NOBODY)
    assert made["tenantId"] == tenant.ok("GET", "/api/auth/user")["tenantId"]
    user_id = made["id"]["id"]
    found = tenant.ok("GET", f"/api/user/{user_id}")
    assert found["additionalInfo"] == {"lang": "de", "userCredentialsEnabled": False, "userActivated": False}
    changed = tenant.ok("POST", "/api/user", {**found, "firstName": "G"})
    assert (changed["firstName"], changed["version"], changed["additionalInfo"]) == ("G", 2, {"lang": "de"})
    tenant.refused(409, 35, "User was already changed by someone else", "POST", "/api/user", made)
    answer = tenant.call("DELETE", f"/api/user/{user_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    tenant.refused(404, 32, f"User with id [{user_id}] is not found", "GET", f"/api/user/{user_id}")


@pytest.mark.sanitizer
def test_what_is_wrong_with_a_user_is_said(tenant, system):
    owner = new_customer(tenant)
    user = new_user(tenant, owner)

    def refused(message, rest=tenant, **fields):
        rest.refused(400, 31, message, "POST", "/api/user", {"authority": "TENANT_ADMIN", **fields})
    refused("User email should be specified!")
    refused("Invalid email address format 'x@'!", email="x@")
    refused(f"User with email '{user['email']}' already present in database!", email=user["email"])
    refused("User authority isn't defined!", email=an_email(), authority=None)
    refused("Customer user should be assigned to customer!", email=an_email(), authority="CUSTOMER_USER")
    refused("Tenant administrator can't be assigned to customer!", email=an_email(), customerId=owner["id"])
    refused("User is referencing to non-existent customer!", email=an_email(), authority="CUSTOMER_USER",
            customerId=entity_id("CUSTOMER", str(uuid.uuid1())))
    refused("Validation error: first name is malformed", email=an_email(), firstName="<a>")
    refused("System administrator can't be assigned neither to tenant nor to customer!", rest=system, email=an_email(),
            authority="SYS_ADMIN", tenantId=user["tenantId"])
    refused("Tenant administrator should be assigned to tenant!", rest=system, email=an_email())
    refused("Can't update user authority!", **{**user, "authority": "TENANT_ADMIN"})
    refused("Can't update user customer id!", **{**user, "customerId": new_customer(tenant)["id"]})


def test_nobody_makes_more_of_himself(tenant, customer):
    tenant.refused(403, 20, DENIED, "POST", "/api/user", {"email": an_email(), "authority": "SYS_ADMIN"})
    me = customer.ok("GET", "/api/auth/user")
    customer.refused(400, 31, "Can't update user authority!", "POST", "/api/user", {**me, "authority": "TENANT_ADMIN"})
    customer.refused(403, 20, DENIED, "POST", "/api/user", {"email": an_email(), "authority": "CUSTOMER_USER",
                                                            "customerId": me["customerId"]})
    saved = customer.ok("POST", "/api/user", {**me, "phone": "2", "version": None})
    assert saved["phone"] == "2"


def test_some_users_stay(system, tenant):
    me = system.ok("GET", "/api/auth/user")["id"]["id"]
    system.refused(403, 20, "Sysadmin is not allowed to delete himself", "DELETE", f"/api/user/{me}")
    of_new = new_tenant(system)
    only = new_user(system, tenantId=of_new["id"])
    system.refused(400, 31, "At least one tenant administrator must remain!", "DELETE", f"/api/user/{only['id']['id']}")
    new_user(system, tenantId=of_new["id"])
    system.ok("DELETE", f"/api/user/{only['id']['id']}")


def test_who_may_do_what_with_users(system, tenant, customer):
    me = customer.ok("GET", "/api/auth/user")
    administrator = tenant.ok("GET", "/api/auth/user")
    sysadmin = system.ok("GET", "/api/auth/user")["id"]["id"]
    colleague = new_user(tenant, {"id": me["customerId"]})["id"]["id"]
    stranger = new_user(tenant, new_customer(tenant))["id"]["id"]
    of_other = new_user(system, tenantId=new_tenant(system)["id"])["id"]["id"]
    tenant_id = administrator["tenantId"]["id"]
    assert_matrix([
        ("GET", f"/api/user/{me['id']['id']}", None, 403, 200, 200),
        ("GET", f"/api/user/{colleague}", None, 403, 200, 200),
        ("GET", f"/api/user/{stranger}", None, 403, 403, 200),
        ("GET", f"/api/user/{administrator['id']['id']}", None, 200, 403, 200),
        ("GET", f"/api/user/{of_other}", None, 200, 403, 403),
        ("GET", f"/api/user/{sysadmin}", None, 200, 403, 403),
        ("GET", "/api/users?pageSize=1&page=0", None, 403, 200, 200),
        ("GET", "/api/users/info?pageSize=1&page=0", None, 403, 200, 200),
        ("GET", f"/api/tenant/{tenant_id}/users?pageSize=1&page=0", None, 200, 403, 403),
        ("DELETE", f"/api/user/{stranger}", None, 403, 403, 200),
    ], system=system, customer=customer, tenant=tenant)


def test_users_are_listed(tenant, customer):
    owner = new_customer(tenant)
    mark = uuid.uuid4().hex
    made = [new_user(tenant, owner, email=f"{mark}.{i}@example.org", lastName=f"l{9 - i}") for i in range(3)]
    assert ids(page(tenant, "/api/users", textSearch=mark)) == ids(made)
    assert ids(page(tenant, "/api/users", textSearch=mark, sortProperty="lastName")) == ids(made)[::-1]
    infos = page(tenant, "/api/users/info", textSearch=mark)
    assert ids(infos) == ids(made) and set(infos[0]) == {"id", "email", "firstName", "lastName"}
    wanted = ",".join(ids(made)[:2])
    for path in ("/api/users/list", "/api/users"):
        assert ids(tenant.ok("GET", path, params={"userIds": wanted})) == ids(made)[:2]
        assert customer.ok("GET", path, params={"userIds": wanted}) == []
    mine = customer.ok("GET", "/api/auth/user")["customerId"]
    assert {each["customerId"]["id"] for each in page(customer, "/api/users")} == {mine["id"]}
    unknown = str(uuid.uuid1())
    tenant.refused(404, 32, f"Alarm with id [{unknown}] is not found", "GET",
                   f"/api/users/assign/{unknown}?pageSize=1&page=0")


@pytest.mark.sanitizer
def test_settings_are_replaced_merged_and_removed(customer):
    path = "/api/user/settings"
    assert customer.ok("GET", f"{path}/GETTING_STARTED") == {}
    assert customer.ok("POST", path, {"a": {"b": 1, "c": 2}, "d": [3]}) == {"a": {"b": 1, "c": 2}, "d": [3]}
    customer.ok("PUT", path, {"e": 4, "d": 5})
    customer.ok("PUT", f"{path}/general", {"f": 6})
    settings = {"a": {"b": 1, "c": 2}, "d": 5, "e": 4, "f": 6}
    for general in (path, f"{path}/general", f"{path}/GENERAL"):
        assert customer.ok("GET", general) == settings
    customer.ok("DELETE", f"{path}/a.b,d,none.at.all")
    assert customer.ok("GET", path) == {"a": {"c": 2}, "e": 4, "f": 6}
    customer.ok("PUT", f"{path}/DOC_LINKS", {"links": [1], "more": 2})
    customer.ok("DELETE", f"{path}/DOC_LINKS/more")
    assert customer.ok("GET", f"{path}/DOC_LINKS") == {"links": [1]}
    for kind in ("MOBILE", "VISITED_DASHBOARDS"):
        message = f"Settings with type: {kind} are reserved for internal use!"
        customer.refused(400, 31, message, "GET", f"{path}/{kind}")
        customer.refused(400, 31, message, "PUT", f"{path}/{kind}", {})
        customer.refused(400, 31, message, "DELETE", f"{path}/{kind}/a")
    customer.refused(400, 31, None, "GET", f"{path}/OTHER")
    customer.refused(400, 31, None, "POST", path, [1])
    customer.refused(400, 31, "Validation error: settings length must be equal or less than 100000", "POST", path,
                     {"a": "x" * 100_000})


def test_visited_dashboards(tenant):
    first, second = new_dashboard(tenant), new_dashboard(tenant)
    path = "/api/user/dashboards"
    tenant.ok("GET", f"{path}/{first['id']['id']}/visit")
    seen = tenant.ok("GET", f"{path}/{second['id']['id']}/visit")
    assert [each["id"] for each in seen["last"][:2]] == [second["id"]["id"], first["id"]["id"]]
    assert set(seen["last"][0]) == {"id", "title", "starred", "lastVisited"}
    seen = tenant.ok("GET", f"{path}/{first['id']['id']}/star")
    assert seen["starred"][0]["id"] == first["id"]["id"] and seen["starred"][0]["title"] == first["title"]
    assert [each["starred"] for each in seen["last"][:2]] == [False, True]
    tenant.ok("POST", "/api/dashboard", {**first, "title": "renamed"})
    seen = tenant.ok("GET", "/api/user/lastVisitedDashboards")
    assert seen == tenant.ok("GET", path) and seen["starred"][0]["title"] == "renamed"
    seen = tenant.ok("GET", f"{path}/{first['id']['id']}/unstar")
    assert first["id"]["id"] not in [each["id"] for each in seen["starred"]]
    tenant.ok("DELETE", f"/api/dashboard/{second['id']['id']}")
    assert second["id"]["id"] not in [each["id"] for each in tenant.ok("GET", path)["last"]]
    tenant.refused(404, 32, None, "GET", f"{path}/{second['id']['id']}/visit")
    tenant.refused(400, 31, None, "GET", f"{path}/{first['id']['id']}/frame")


def test_sessions_on_phones(tenant, customer):
    path, phone = "/api/user/mobile/session", {"X-Mobile-Token": uuid.uuid4().hex}
    assert tenant.call("GET", path, headers=phone).content == b""
    tenant.ok("POST", path, {"fcmTokenTimestamp": 7}, headers=phone)
    assert tenant.ok("GET", path, headers=phone) == {"fcmTokenTimestamp": 7}
    customer.ok("POST", path, {"fcmTokenTimestamp": 8}, headers=phone)  # Somebody else took the phone.
    assert tenant.call("GET", path, headers=phone).content == b""
    tenant.ok("DELETE", path, headers=phone)
    assert customer.ok("GET", path, headers=phone) == {"fcmTokenTimestamp": 8}
    customer.ok("DELETE", path, headers=phone)
    assert customer.call("GET", path, headers=phone).content == b""
    tenant.refused(400, 31, None, "GET", path)
