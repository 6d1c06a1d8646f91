"""Entity views over REST."""
import time
import uuid

import pytest

DENIED = "You don't have permission to perform this operation!"
NO_KEYS = {"timeseries": [], "attributes": {"cs": [], "ss": [], "sh": []}}


def pk(entity):
    return entity["id"]["id"]


def create(tenant, target, **fields):
    return tenant.ok("POST", "/api/entityView", {
        "name": f"view {uuid.uuid4()}", "type": "default", "entityId": {"entityType": "DEVICE", "id": target},
        "keys": NO_KEYS, **fields})


def attributes(rest, view, scope):
    found = rest.ok("GET", f"/api/plugins/telemetry/ENTITY_VIEW/{pk(view)}/values/attributes/{scope}")
    return {each["key"]: each["value"] for each in found}


def latest(rest, view):
    found = rest.ok("GET", f"/api/plugins/telemetry/ENTITY_VIEW/{pk(view)}/values/timeseries",
                    params={"useStrictDataTypes": "true"})
    return {key: points[0]["value"] for key, points in found.items()}


@pytest.mark.sanitizer
def test_a_view_copies_what_it_lists(tenant, device):
    tenant.save_attributes(device.id, "SERVER_SCOPE", {"a": 1, "b": 2})
    tenant.save_attributes(device.id, "SHARED_SCOPE", {"s": 3})
    tenant.save_telemetry(device.id, {"t": 4, "u": 5})
    view = create(tenant, device.id, keys={"timeseries": ["t"], "attributes": {"cs": [], "ss": ["a"], "sh": None}})
    assert view["version"] == 1 and view["entityId"] == {"entityType": "DEVICE", "id": device.id}
    assert attributes(tenant, view, "SERVER_SCOPE") == {"a": 1}
    assert attributes(tenant, view, "SHARED_SCOPE") == {"s": 3}
    assert latest(tenant, view) == {"t": 4}
    # Saved again, what it listed before is gone.
    view = tenant.ok("POST", "/api/entityView", {**view, "keys": {**NO_KEYS, "timeseries": ["u"]}})
    assert attributes(tenant, view, "SERVER_SCOPE") == {} and latest(tenant, view) == {"u": 5}
    # What was updated before its time is not shown.
    future = int(time.time() * 1000) + 3_600_000
    view = tenant.ok("POST", "/api/entityView", {**view, "keys": None, "startTimeMs": future})
    assert attributes(tenant, view, "SERVER_SCOPE") == {} and latest(tenant, view) == {}


def test_the_entity_behind_a_view_stays(tenant, device):
    view = create(tenant, device.id)
    tenant.refused(400, 31, "Can't delete device that has entity views or is referenced in calculated fields!",
                   "DELETE", f"/api/device/{device.id}")
    tenant.ok("DELETE", f"/api/entityView/{pk(view)}")
    tenant.refused(404, 32, f"Entity View with id [{pk(view)}] is not found", "GET", f"/api/entityView/{pk(view)}")
    tenant.ok("DELETE", f"/api/device/{device.id}")


@pytest.mark.sanitizer
def test_what_is_wrong_with_a_view_is_said(tenant, device):
    view = create(tenant, device.id)

    def refused(status, code, message, **fields):
        body = {"name": str(uuid.uuid4()), "type": "default", "keys": NO_KEYS, "entityId": view["entityId"], **fields}
        tenant.refused(status, code, message, "POST", "/api/entityView", body)
    refused(400, 31, "Entity view with such name already exists!", name=view["name"])
    refused(400, 31, "Entity view name should be specified!", name="")
    refused(400, 31, "Entity view type should be specified!", type="")
    refused(400, 31, "Entity view entity id should be specified!", entityId=None)
    refused(400, 31, "Entity view can be created for a device or an asset only!",
            entityId={"entityType": "CUSTOMER", "id": str(uuid.uuid1())})
    refused(404, 32, None, entityId={"entityType": "DEVICE", "id": str(uuid.uuid1())})


def test_lists_and_assignment_of_views(tenant, customer, device):
    mark, kind = uuid.uuid4().hex[:8], f"kind {uuid.uuid4()}"
    views = [create(tenant, device.id, name=f"{mark} {i}", type=kind) for i in range(2)]
    params = {"pageSize": 10, "page": 0, "type": kind}
    assert tenant.ok("GET", "/api/tenant/entityViews", params=params)["data"] == views
    for path in ("/api/tenant/entityView", "/api/tenant/entityViews"):
        assert tenant.ok("GET", path, params={"entityViewName": views[1]["name"]}) == views[1]
    ids = {"entityViewIds": ",".join(map(pk, views))}
    for path in ("/api/entityViews", "/api/entityViews/list"):
        assert tenant.ok("GET", path, params=ids) == views
    own = customer.ok("GET", "/api/auth/user")["customerId"]["id"]
    assigned = tenant.ok("POST", f"/api/customer/{own}/entityView/{pk(views[0])}")
    infos = customer.ok("GET", f"/api/customer/{own}/entityViewInfos", params=params)["data"]
    assert infos == [{**assigned, "customerTitle": "Customer A", "customerIsPublic": False}]
    customer.refused(403, 20, DENIED, "GET", f"/api/entityView/{pk(views[1])}")
    # A customer may change its view, but not what it shows.
    renamed = customer.ok("POST", "/api/entityView", {**assigned, "name": mark + " mine"})
    assert renamed["name"] == mark + " mine"
    customer.refused(403, 20, DENIED, "POST", "/api/entityView", {**renamed, "keys": None})
    tenant.ok("DELETE", f"/api/customer/entityView/{pk(views[0])}")
    tenant.refused(400, 31, "Entity View isn't assigned to any customer!",
                   "DELETE", f"/api/customer/entityView/{pk(views[0])}")
    assert {"tenantId": views[0]["tenantId"], "entityType": "ENTITY_VIEW", "type": kind} in \
        tenant.ok("GET", "/api/entityView/types")
