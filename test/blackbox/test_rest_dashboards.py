"""Dashboards over REST: whom they are assigned to, and which one people begin with."""
import uuid

import pytest

from harness.people import DENIED, assert_matrix, entity_id, ids, new_customer, new_dashboard, page, some

FIELDS = {"id", "createdTime", "tenantId", "title", "name", "image", "assignedCustomers", "mobileHide", "mobileOrder",
          "version", "externalId"}


@pytest.fixture(scope="module")
def mine(customer):
    """The customer of the customer user."""
    return customer.ok("GET", "/api/auth/user")["customerId"]["id"]


@pytest.mark.sanitizer
def test_a_dashboard_has_every_field(tenant):
    title, configuration = some("dashboard"), {"widgets": {"a": [1, 2.5, None, "ü"]}, "states": {}}
    made = tenant.ok("POST", "/api/dashboard", {"title": title, "configuration": configuration, "mobileOrder": 3,
                                                "image": "tb-image;/api/images/tenant/x.png",
                                                "assignedCustomers": [{"title": "made up"}]})
    assert FIELDS | {"configuration"} <= set(made)
    assert (made["title"], made["name"], made["version"], made["mobileOrder"]) == (title, title, 1, 3)
    assert (made["configuration"], made["assignedCustomers"], made["mobileHide"]) == (configuration, [], False)
    dashboard_id = made["id"]["id"]
    assert tenant.ok("GET", f"/api/dashboard/{dashboard_id}") == made
    info = tenant.ok("GET", f"/api/dashboard/info/{dashboard_id}")
    assert info == {key: value for key, value in made.items() if key != "configuration"}
    changed = tenant.ok("POST", "/api/dashboard", {**made, "title": title + " 2"})
    assert (changed["version"], changed["name"]) == (2, title + " 2")
    tenant.refused(409, 35, "Dashboard was already changed by someone else", "POST", "/api/dashboard", made)
    tenant.refused(400, 31, "Dashboard title should be specified!", "POST", "/api/dashboard", {"configuration": {}})
    tenant.refused(400, 31, "Validation error: title is malformed", "POST", "/api/dashboard", {"title": "<p>"})
    answer = tenant.call("DELETE", f"/api/dashboard/{dashboard_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    tenant.refused(404, 32, f"Dashboard with id [{dashboard_id}] is not found", "GET", f"/api/dashboard/{dashboard_id}")


@pytest.mark.sanitizer
def test_dashboards_are_listed(tenant):
    mark = uuid.uuid4().hex
    made = [new_dashboard(tenant, title=f"{mark} {9 - i}", mobileOrder=order, mobileHide=hide)
            for i, (order, hide) in enumerate([(2, False), (None, False), (1, False), (None, False), (0, True)])]
    assert ids(page(tenant, "/api/tenant/dashboards", textSearch=mark)) == ids(made)
    assert "configuration" not in page(tenant, "/api/tenant/dashboards", textSearch=mark)[0]
    assert ids(page(tenant, "/api/tenant/dashboards", textSearch=mark, sortProperty="title")) == ids(made)[::-1]
    # By order, those without one last and by title.
    wanted = [ids(made)[i] for i in (2, 0, 3, 1)]
    assert ids(page(tenant, "/api/tenant/dashboards", textSearch=mark.upper(), mobile="true")) == wanted
    answer = tenant.ok("GET", "/api/tenant/dashboards", params={"pageSize": 3, "page": 1, "textSearch": mark, "mobile": True})
    assert (ids(answer["data"]), answer["totalPages"], answer["totalElements"], answer["hasNext"]) == \
        (wanted[3:], 2, 4, False)
    some_ids = ",".join([*ids(made)[:2], str(uuid.uuid1())])
    for path in ("/api/dashboards/list", "/api/dashboards"):
        assert ids(tenant.ok("GET", path, params={"dashboardIds": some_ids})) == ids(made)[:2]


@pytest.mark.sanitizer
def test_assigning_to_customers(tenant):
    one, two, three = (new_customer(tenant) for _ in range(3))
    dashboard = new_dashboard(tenant)["id"]["id"]

    def titles(answer):
        return sorted(each["title"] for each in answer["assignedCustomers"])

    def named(*customers):
        return sorted(each["title"] for each in customers)

    def id_of(customer):
        return customer["id"]["id"]
    path = f"/api/dashboard/{dashboard}/customers"
    answer = tenant.ok("POST", f"/api/customer/{id_of(one)}/dashboard/{dashboard}")
    assert answer["assignedCustomers"] == [{"customerId": one["id"], "title": one["title"], "public": False}]
    assert titles(tenant.ok("POST", f"{path}/add", [id_of(one), id_of(two)])) == named(one, two)
    assert titles(tenant.ok("POST", path, [id_of(two), id_of(three)])) == named(two, three)
    assert titles(tenant.ok("POST", f"{path}/remove", [id_of(two), id_of(one)])) == named(three)
    assert ids(page(tenant, f"/api/customer/{id_of(three)}/dashboards")) == [dashboard]
    assert page(tenant, f"/api/customer/{id_of(two)}/dashboards") == []
    renamed = tenant.ok("POST", "/api/customer", {**three, "title": some("renamed")})
    assert titles(tenant.ok("GET", f"/api/dashboard/{dashboard}")) == named(renamed)
    public = tenant.ok("POST", f"/api/customer/public/dashboard/{dashboard}")
    assert titles(public) == sorted(["Public", renamed["title"]])
    assert [each["public"] for each in public["assignedCustomers"] if each["title"] == "Public"] == [True]
    assert titles(tenant.ok("DELETE", f"/api/customer/public/dashboard/{dashboard}")) == named(renamed)
    assert titles(tenant.ok("DELETE", f"/api/customer/{id_of(three)}/dashboard/{dashboard}")) == []
    assert titles(tenant.ok("POST", path, [])) == []
    unknown = str(uuid.uuid1())
    tenant.refused(404, 32, f"Customer with id [{unknown}] is not found", "POST", f"{path}/add", [unknown])
    tenant.refused(400, 31, "Invalid UUID string: x", "POST", f"{path}/add", ["x"])


def test_who_may_do_what_with_dashboards(system, tenant, customer, mine):
    assigned, other = new_dashboard(tenant)["id"]["id"], new_dashboard(tenant)["id"]["id"]
    tenant.ok("POST", f"/api/customer/{mine}/dashboard/{assigned}")
    tenant_id = tenant.ok("GET", "/api/auth/user")["tenantId"]["id"]
    assert assigned in ids(page(customer, f"/api/customer/{mine}/dashboards"))
    assert assigned in ids(page(system, f"/api/tenant/{tenant_id}/dashboards"))
    both = f"{assigned},{other}"
    assert ids(customer.ok("GET", "/api/dashboards/list", params={"dashboardIds": both})) == [assigned]
    assert_matrix([
        ("GET", f"/api/dashboard/{assigned}", None, 403, 200, 200),
        ("GET", f"/api/dashboard/{other}", None, 403, 403, 200),
        ("GET", f"/api/dashboard/info/{assigned}", None, 200, 200, 200),
        ("GET", f"/api/dashboard/info/{other}", None, 200, 403, 200),
        ("GET", "/api/tenant/dashboards?pageSize=1&page=0", None, 403, 403, 200),
        ("GET", f"/api/tenant/{tenant_id}/dashboards?pageSize=1&page=0", None, 200, 403, 403),
        ("POST", "/api/dashboard", {"title": some("d")}, 403, 403, 200),
        ("POST", f"/api/dashboard/{assigned}/customers", [], 403, 403, 200),
        ("DELETE", f"/api/dashboard/{assigned}", None, 403, 403, 200),
    ], system=system, customer=customer, tenant=tenant)
    stranger = new_customer(tenant)["id"]["id"]
    customer.refused(403, 20, DENIED, "GET", f"/api/customer/{stranger}/dashboards?pageSize=1&page=0")


def test_a_dashboard_of_a_profile_stays(tenant):
    made = new_dashboard(tenant)
    tenant.ok("POST", "/api/deviceProfile", {
        "name": some("profile"), "type": "DEFAULT", "transportType": "DEFAULT", "defaultDashboardId": made["id"],
        "profileData": {"configuration": {"type": "DEFAULT"}, "transportConfiguration": {"type": "DEFAULT"}}})
    tenant.refused(400, 31, "The dashboard is referenced by a device profile", "DELETE", f"/api/dashboard/{made['id']['id']}")


def test_home_dashboards(system, tenant, customer, mine):
    home = new_dashboard(tenant)
    for rest in (system, tenant, customer):
        assert rest.call("GET", "/api/dashboard/home").content == b""
    assert tenant.ok("GET", "/api/tenant/dashboard/home/info") == {"dashboardId": None, "hideDashboardToolbar": True}
    tenant.ok("POST", "/api/tenant/dashboard/home/info", {"dashboardId": home["id"], "hideDashboardToolbar": False})
    found = tenant.ok("GET", "/api/dashboard/home")
    assert (found["title"], found["configuration"], found["hideDashboardToolbar"]) == \
        (home["title"], home["configuration"], False)
    assert tenant.ok("GET", "/api/dashboard/home/info") == {"dashboardId": home["id"], "hideDashboardToolbar": False}
    assert customer.call("GET", "/api/dashboard/home").content == b""  # It may not read it.
    tenant.ok("POST", f"/api/customer/{mine}/dashboard/{home['id']['id']}")
    assert customer.ok("GET", "/api/dashboard/home")["title"] == home["title"]
    tenant.refused(404, 32, None, "POST", "/api/tenant/dashboard/home/info",
                   {"dashboardId": entity_id("DASHBOARD", str(uuid.uuid1()))})
    tenant.ok("DELETE", f"/api/dashboard/{home['id']['id']}")
    assert tenant.call("GET", "/api/dashboard/home").content == b""
    assert "homeDashboardId" not in system.ok("GET", f"/api/tenant/{home['tenantId']['id']}")["additionalInfo"]


def test_the_demo_has_dashboards(tenant):
    titles = {each["title"] for each in page(tenant, "/api/tenant/dashboards")}
    assert {"Thermostats", "Firmware", "Software", "Rule Engine Statistics"} <= titles
