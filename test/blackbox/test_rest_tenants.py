"""Tenants and their profiles over REST."""
import uuid

import pytest

from harness.people import (DENIED, assert_matrix, entity_id, ids, new_customer, new_dashboard, new_tenant, new_user, page,
                            some)
from harness.wait import eventually

FIELDS = {"id", "createdTime", "tenantProfileId", "title", "name", "region", "country", "state", "city", "address",
          "address2", "zip", "phone", "email", "additionalInfo", "version"}


@pytest.mark.sanitizer
def test_a_tenant_has_every_field(system):
    title = some("tenant")
    made = system.ok("POST", "/api/tenant", {"title": title, "region": "Moon", "country": "DE", "zip": "1", "email": "a@b.de",
                                             "additionalInfo": {"description": "d"}})
    assert FIELDS <= set(made)
    assert (made["title"], made["name"], made["region"], made["version"]) == (title, title, "Global", 1)
    assert made["id"]["entityType"] == "TENANT" and made["tenantProfileId"]["entityType"] == "TENANT_PROFILE"
    assert made["email"] == "a@b.de" and made["additionalInfo"] == {"description": "d"}
    tenant_id = made["id"]["id"]
    assert system.ok("GET", f"/api/tenant/{tenant_id}") == made
    info = system.ok("GET", f"/api/tenant/info/{tenant_id}")
    assert info["tenantProfileName"] == "Default" and {**info, "tenantProfileName": None} == {**made, "tenantProfileName": None}
    changed = system.ok("POST", "/api/tenant", {**made, "title": title + " 2"})
    assert (changed["version"], changed["name"], changed["createdTime"]) == (2, title + " 2", made["createdTime"])
    system.refused(409, 35, "Tenant was already changed by someone else", "POST", "/api/tenant", made)
    assert system.ok("POST", "/api/tenant", {**made, "version": None})["version"] == 3


def test_what_is_wrong_with_a_tenant_is_said(system):
    def refused(message, **fields):
        system.refused(400, 31, message, "POST", "/api/tenant", fields)
    refused("Tenant title should be specified!", title=" ")
    refused("Tenant title should be specified!")
    refused("Invalid email address format 'nobody'!", title="t", email="nobody")
    refused("Validation error: title is malformed", title="<b>t</b>")
    refused("Validation error: title length must be equal or less than 255", title="x" * 256)
    refused("Validation error: zip or postal code length must be equal or less than 255", title="t", zip="1" * 256)
    refused("Tenant is referencing to non-existent tenant profile!", title="t",
            tenantProfileId=entity_id("TENANT_PROFILE", str(uuid.uuid1())))
    unknown = str(uuid.uuid1())
    for method in ("GET", "DELETE"):
        system.refused(404, 32, f"Tenant with id [{unknown}] is not found", method, f"/api/tenant/{unknown}")
    system.refused(404, 32, f"Tenant with id [{unknown}] is not found", "POST", "/api/tenant",
                   {"id": entity_id("TENANT", unknown), "title": "t"})


@pytest.mark.sanitizer
def test_tenants_are_listed(system):
    mark = uuid.uuid4().hex
    made = [new_tenant(system, title=f"{mark} {i}", city=f"c{9 - i}") for i in range(5)]
    assert ids(page(system, "/api/tenants", textSearch=mark.upper())) == ids(made)
    assert ids(page(system, "/api/tenants", textSearch=mark, sortProperty="city")) == ids(made)[::-1]
    assert ids(page(system, "/api/tenants", textSearch=mark, sortProperty="title", sortOrder="DESC")) == ids(made)[::-1]
    infos = page(system, "/api/tenantInfos", textSearch=mark, sortProperty="tenantProfileName")
    assert ids(infos) == ids(made) and {each["tenantProfileName"] for each in infos} == {"Default"}
    answer = system.ok("GET", "/api/tenants", params={"pageSize": 2, "page": 2, "textSearch": mark})
    assert (len(answer["data"]), answer["totalPages"], answer["totalElements"], answer["hasNext"]) == (1, 3, 5, False)
    wanted = ",".join(ids(made)[:2] + [str(uuid.uuid1())])
    assert ids(system.ok("GET", "/api/tenants/list", params={"tenantIds": wanted})) == ids(made)[:2]
    assert ids(system.ok("GET", "/api/tenants", params={"tenantIds": wanted})) == ids(made)[:2]


def test_who_may_do_what_with_tenants(system, tenant, customer):
    own = tenant.ok("GET", "/api/auth/user")["tenantId"]["id"]
    other = new_tenant(system)["id"]["id"]
    assert tenant.ok("GET", f"/api/tenant/{own}")["title"] == "Tenant"
    assert ids(tenant.ok("GET", "/api/tenants/list", params={"tenantIds": f"{own},{other}"})) == [own]
    assert_matrix([
        ("GET", f"/api/tenant/{own}", None, 403, 200, 200),
        ("GET", f"/api/tenant/info/{own}", None, 403, 200, 200),
        ("GET", f"/api/tenant/{other}", None, 403, 403, 200),
        ("GET", "/api/tenants?pageSize=1&page=0", None, 403, 403, 200),
        ("GET", "/api/tenantInfos?pageSize=1&page=0", None, 403, 403, 200),
        ("POST", "/api/tenant", {"title": some("t")}, 403, 403, 200),
        ("DELETE", f"/api/tenant/{other}", None, 403, 403, 200),
        ("GET", "/api/tenantProfiles?pageSize=1&page=0", None, 403, 403, 200),
        ("GET", "/api/tenantProfileInfo/default", None, 403, 403, 200),
        ("POST", "/api/tenantProfile", {"name": some("p")}, 403, 403, 200),
    ], customer=customer, tenant=tenant, system=system)


def test_a_deleted_tenant_takes_its_users_with_it(system):
    made = new_tenant(system)
    tenant_id = made["id"]["id"]
    user = new_user(system, tenantId=made["id"])
    assert ids(page(system, f"/api/tenant/{tenant_id}/users")) == ids([user])
    answer = system.call("DELETE", f"/api/tenant/{tenant_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    system.refused(404, 32, f"Tenant with id [{tenant_id}] is not found", "GET", f"/api/tenant/{tenant_id}")
    system.refused(404, 32, None, "GET", f"/api/user/{user['id']['id']}")
    other = new_tenant(system)
    new_user(system, tenantId=other["id"], email=user["email"])  # The address is free.
    assert eventually(lambda: page(system, f"/api/tenant/{tenant_id}/dashboards") == [])


PROFILE = {"configuration": {"type": "DEFAULT"}, "queueConfiguration": None}


@pytest.mark.sanitizer
def test_a_profile_has_every_limit(system):
    name = some("profile")
    made = system.ok("POST", "/api/tenantProfile", {"name": name, "description": "d", "profileData": {
        "configuration": {"type": "DEFAULT", "maxDevices": 3}, "queueConfiguration": None}})
    assert {"id", "createdTime", "name", "description", "default", "isolatedTbRuleEngine", "profileData"} <= set(made)
    configuration = made["profileData"]["configuration"]
    assert (configuration["maxDevices"], configuration["maxAssets"], configuration["maxCalculatedFieldsPerEntity"]) == (3, 0, 5)
    assert (made["default"], made["isolatedTbRuleEngine"]) == (False, False)
    profile_id = made["id"]["id"]
    assert system.ok("GET", f"/api/tenantProfile/{profile_id}") == made
    assert system.ok("GET", f"/api/tenantProfileInfo/{profile_id}") == {"id": made["id"], "name": name}
    assert page(system, "/api/tenantProfileInfos", textSearch=name) == [{"id": made["id"], "name": name}]
    assert page(system, "/api/tenantProfiles", textSearch=name) == [made]
    for path in (f"/api/tenantProfiles/list?ids={profile_id}", f"/api/tenantProfiles?ids={profile_id}"):
        assert system.ok("GET", path) == [made]
    system.refused(400, 31, "Tenant profile with such name already exists!", "POST", "/api/tenantProfile",
                   {"name": name, "profileData": PROFILE})
    system.ok("DELETE", f"/api/tenantProfile/{profile_id}")
    system.refused(404, 32, f"Tenant profile with id [{profile_id}] is not found", "GET", f"/api/tenantProfile/{profile_id}")


def test_what_is_wrong_with_a_profile_is_said(system):
    def refused(message, **fields):
        system.refused(400, 31, message, "POST", "/api/tenantProfile", {"name": some("p"), **fields})

    def configuration(**members):
        return {"configuration": {"type": "DEFAULT", **members}, "queueConfiguration": None}
    refused("Tenant profile name should be specified!", name="")
    refused("Another default tenant profile is present!", default=True, profileData=PROFILE)
    refused("Tenant profile data queue configuration should be specified!", isolatedTbRuleEngine=True, profileData=PROFILE)
    refused("Validation error: Edge events rate limit has duplicate 'Per seconds' configuration.",
            profileData=configuration(edgeEventRateLimits="1:60,2:60"))
    refused(None, profileData=configuration(maxDevices="many"))
    refused(None, profileData={"configuration": {"type": "OTHER"}})
    refused(None, profileData={"configuration": {}})


def test_an_isolated_profile_is_there_and_has_a_queue(system):
    found = page(system, "/api/tenantProfiles", textSearch="Isolated TB Rule Engine")
    assert [each["isolatedTbRuleEngine"] for each in found] == [True]
    assert [queue["name"] for queue in found[0]["profileData"]["queueConfiguration"]] == ["Main"]
    queue = found[0]["profileData"]["queueConfiguration"][0]
    for queues, message in (([{**queue, "name": "Other"}], "Main queue configuration should be specified!"),
                            ([queue, queue], "Queue configuration name 'Main' already present!")):
        body = {**found[0], "id": None, "name": some("p"), "profileData": {**PROFILE, "queueConfiguration": queues}}
        system.refused(400, 31, message, "POST", "/api/tenantProfile", body)


@pytest.mark.embedded
def test_the_default_profile_moves_and_stays(system):
    before = system.ok("GET", "/api/tenantProfileInfo/default")
    fresh = system.ok("POST", "/api/tenantProfile", {"name": some("p"), "profileData": PROFILE})
    moved = system.ok("POST", f"/api/tenantProfile/{fresh['id']['id']}/default")
    try:
        assert moved["default"] and system.ok("GET", "/api/tenantProfileInfo/default")["id"] == fresh["id"]
        assert new_tenant(system)["tenantProfileId"] == fresh["id"]
        system.refused(400, 31, "Deletion of Default Tenant Profile is prohibited!", "DELETE",
                       f"/api/tenantProfile/{fresh['id']['id']}")
    finally:
        system.ok("POST", f"/api/tenantProfile/{before['id']['id']}/default")
    assert not system.ok("GET", f"/api/tenantProfile/{fresh['id']['id']}")["default"]
    system.refused(400, 31, "The tenant profile referenced by the tenants cannot be deleted!", "DELETE",
                   f"/api/tenantProfile/{fresh['id']['id']}")


@pytest.mark.sanitizer
def test_limits_of_a_profile_are_kept(system, tenant):
    own = tenant.ok("GET", "/api/auth/user")["tenantId"]["id"]
    of_tenant = system.ok("GET", f"/api/tenant/{own}")
    new_customer(tenant)
    counts = tenant.ok("GET", "/api/usage")
    assert counts["customers"] >= 4 and counts["maxCustomers"] == 0 and counts["smsEnabled"] is True
    limits = {"maxCustomers": counts["customers"], "maxUsers": counts["users"], "maxDashboards": counts["dashboards"]}
    profile = system.ok("POST", "/api/tenantProfile", {"name": some("limits"), "profileData": {
        **PROFILE, "configuration": {"type": "DEFAULT", **limits}}})
    changed = system.ok("POST", "/api/tenant", {**of_tenant, "tenantProfileId": profile["id"]})
    try:
        for path, body, message, kind in (
                ("/api/customer", {"title": some("c")}, "Customers limit reached", "CUSTOMER"),
                ("/api/user", {"email": "one.more@example.org", "authority": "TENANT_ADMIN"}, "Users limit reached", "USER"),
                ("/api/dashboard", {"title": some("d")}, "Dashboards limit reached", "DASHBOARD")):
            error = tenant.refused(403, 41, message, "POST", path, body)
            assert error["entityType"] == kind and error["limit"] > 0
        assert tenant.ok("GET", "/api/usage")["maxCustomers"] == counts["customers"]
    finally:
        system.ok("POST", "/api/tenant", {**changed, "tenantProfileId": of_tenant["tenantProfileId"]})
    new_dashboard(tenant)


def test_help_and_time_are_for_everybody(system, tenant, customer):
    for rest in (system, tenant, customer):
        assert rest.call("GET", "/api/uiSettings/helpBaseUrl").status_code == 200
        assert rest.ok("GET", "/api/dashboard/serverTime") > 1_700_000_000_000
        assert rest.ok("GET", "/api/dashboard/maxDatapointsLimit") > 0
    customer.refused(403, 20, DENIED, "GET", "/api/usage")
