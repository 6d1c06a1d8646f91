"""Customers over REST, and customers below customers."""
import uuid

import pytest

from harness.people import (DENIED, NOBODY, an_email, assert_matrix, entity_id, ids, new_customer, new_dashboard, new_tenant,
                            new_user, page, some)
from harness.rest import Rest

FIELDS = {"id", "createdTime", "tenantId", "title", "name", "country", "state", "city", "address", "address2", "zip",
          "phone", "email", "additionalInfo", "version", "externalId"}


@pytest.mark.sanitizer
def test_a_customer_has_every_field(tenant):
    title = some("customer")
    made = tenant.ok("POST", "/api/customer", {"title": title, "country": "FR", "address": "a", "email": "c@d.fr",
                                               "additionalInfo": {"description": "d"}})
    assert FIELDS <= set(made)
    assert (made["title"], made["name"], made["version"], made["country"]) == (title, title, 1, "FR")
    customer_id = made["id"]["id"]
    assert tenant.ok("GET", f"/api/customer/{customer_id}") == made
    assert tenant.ok("GET", f"/api/customer/{customer_id}/shortInfo") == {"title": title, "isPublic": False}
    assert tenant.call("GET", f"/api/customer/{customer_id}/title").text == title
    assert tenant.ok("GET", "/api/tenant/customers", params={"customerTitle": title}) == made
    tenant.refused(404, 32, "Requested item wasn't found!", "GET", "/api/tenant/customers", params={"customerTitle": "no"})
    changed = tenant.ok("POST", "/api/customer", {**made, "title": title + " 2"})
    assert changed["version"] == 2
    tenant.refused(409, 35, "Customer was already changed by someone else", "POST", "/api/customer", made)
    answer = tenant.call("DELETE", f"/api/customer/{customer_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    tenant.refused(404, 32, f"Customer with id [{customer_id}] is not found", "GET", f"/api/customer/{customer_id}")


def test_what_is_wrong_with_a_customer_is_said(tenant):
    taken = new_customer(tenant)

    def refused(message, **fields):
        tenant.refused(400, 31, message, "POST", "/api/customer", fields)
    refused("Customer title should be specified!")
    refused("'Public' title for customer is system reserved!", title="Public")
    refused("Customer with such title already exists!", title=taken["title"])
    refused("Invalid email address format 'x'!", title=some("c"), email="x")
    refused("Validation error: city is malformed, title is malformed", title="{{t}}", city="<i>c</i>")
    made = tenant.ok("POST", "/api/customer?nameConflictPolicy=UNIQUIFY&uniquifyStrategy=INCREMENTAL",
                     {"title": taken["title"]})
    assert made["title"] == taken["title"] + "_1"
    tenant.refused(400, 31, None, "POST", "/api/customer?nameConflictPolicy=OTHER", {"title": some("c")})


@pytest.mark.sanitizer
def test_customers_are_listed(tenant):
    mark = uuid.uuid4().hex
    made = [new_customer(tenant, title=f"{mark} {i}", city=f"c{9 - i}") for i in range(4)]
    assert ids(page(tenant, "/api/customers", textSearch=mark)) == ids(made)
    assert ids(page(tenant, "/api/customers", textSearch=mark, sortProperty="city")) == ids(made)[::-1]
    wanted = ",".join([*ids(made)[:2], str(uuid.uuid1())])
    for path in ("/api/customers/list", "/api/customers"):
        assert ids(tenant.ok("GET", path, params={"customerIds": wanted})) == ids(made)[:2]


def test_who_may_do_what_with_customers(system, tenant, customer):
    own = customer.ok("GET", "/api/auth/user")["customerId"]["id"]
    other = new_customer(tenant)["id"]["id"]
    assert_matrix([
        ("GET", f"/api/customer/{own}", None, 403, 200, 200),
        ("GET", f"/api/customer/{own}/shortInfo", None, 403, 200, 200),
        ("GET", f"/api/customer/{own}/title", None, 403, 200, 200),
        ("GET", f"/api/customer/{other}", None, 403, 403, 200),
        ("GET", "/api/customers?pageSize=1&page=0", None, 403, 403, 200),
        ("GET", f"/api/customer/{own}/users?pageSize=1&page=0", None, 403, 403, 200),
        ("POST", "/api/customer", {"title": some("c")}, 403, 403, 200),
        ("DELETE", f"/api/customer/{other}", None, 403, 403, 200),
    ], system=system, customer=customer, tenant=tenant)


def test_another_tenants_customer_is_denied(system, tenant, login_of):
    stranger = login_of(new_user(system, tenantId=new_tenant(system)["id"]))
    mine = new_customer(tenant)["id"]["id"]
    stranger.refused(403, 20, DENIED, "GET", f"/api/customer/{mine}")
    assert page(stranger, "/api/customers") == []


def test_customers_below_customers(tenant):
    def below(parent):
        return new_customer(tenant, parentCustomerId=parent["id"])
    top = new_customer(tenant)
    middle = below(top)
    low = below(middle)
    assert low["parentCustomerId"] == middle["id"]
    tenant.refused(400, 31, "Customer can't be moved below itself!", "POST", "/api/customer",
                   {**top, "parentCustomerId": low["id"]})
    tenant.refused(400, 31, "Customer is referencing to non-existent parent customer!", "POST", "/api/customer",
                   {"title": some("c"), "parentCustomerId": entity_id("CUSTOMER", str(uuid.uuid1()))})
    tenant.ok("DELETE", f"/api/customer/{middle['id']['id']}")
    assert tenant.ok("GET", f"/api/customer/{low['id']['id']}")["parentCustomerId"] == top["id"]
    tenant.ok("DELETE", f"/api/customer/{top['id']['id']}")
    assert tenant.ok("GET", f"/api/customer/{low['id']['id']}")["parentCustomerId"] is None


@pytest.mark.sanitizer
def test_a_deleted_customer_gives_everything_back(tenant):
    gone = new_customer(tenant)
    user = new_user(tenant, gone)
    dashboard = new_dashboard(tenant)["id"]["id"]
    tenant.ok("POST", f"/api/customer/{gone['id']['id']}/dashboard/{dashboard}")
    device = tenant.create_device(customerId=gone["id"])
    assert device.json["customerId"] == gone["id"]
    tenant.ok("DELETE", f"/api/customer/{gone['id']['id']}")
    assert tenant.ok("GET", f"/api/device/{device.id}")["customerId"]["id"] == NOBODY
    assert tenant.ok("GET", f"/api/dashboard/{dashboard}")["assignedCustomers"] == []
    tenant.refused(404, 32, None, "GET", f"/api/user/{user['id']['id']}")


def test_the_users_of_a_customer(tenant):
    owner = new_customer(tenant)
    made = [new_user(tenant, owner, firstName=f"f{9 - i}") for i in range(3)]
    path = f"/api/customer/{owner['id']['id']}/users"
    assert ids(page(tenant, path)) == ids(made)
    assert ids(page(tenant, path, sortProperty="firstName")) == ids(made)[::-1]
    assert ids(page(tenant, path, textSearch=made[1]["email"].upper())) == ids(made[1:2])
    assert an_email() != made[0]["email"]


@pytest.fixture(scope="module")
def login_of(system, server):
    """Logs a fresh user in, through its activation link."""
    def login(user):
        link = system.call("GET", f"/api/user/{user['id']['id']}/activationLink")
        assert link.status_code == 200, link.text
        token = link.text.split("activateToken=")[1]
        answer = system.call("POST", "/api/noauth/activate?sendActivationMail=false",
                             {"activateToken": token, "password": "Secret-123"})
        assert answer.status_code == 200, answer.text
        return Rest(server.url, (user["email"], "Secret-123"))
    return login
