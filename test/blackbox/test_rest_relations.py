"""Relations over REST: saving, listing, searching, and who may."""
import uuid

import pytest

MISSING = "Requested item wasn't found!"
DENIED = "You don't have permission to perform this operation!"


def end(device):
    return {"entityType": "DEVICE", "id": device.id}


def relation(one, other, **fields):
    return {"from": end(one), "to": end(other), "type": "Contains", "typeGroup": "COMMON", **fields}


def key(one, other, kind="Contains"):
    return {"fromId": one.id, "fromType": "DEVICE", "toId": other.id, "toType": "DEVICE", "relationType": kind,
            "relationTypeGroup": "COMMON"}


@pytest.fixture(scope="module")
def devices(tenant):
    """A chain 0 > 1 > 2 > 3 > 0, and 0 > 3 of another type."""
    made = [tenant.create_device() for _ in range(4)]
    for i in range(4):
        tenant.ok("POST", "/api/v2/relation", relation(made[i], made[(i + 1) % 4]))
    tenant.ok("POST", "/api/v2/relation", relation(made[0], made[3], type="Manages"))
    return made


def test_a_relation_is_saved_read_and_removed(tenant):
    one, other = tenant.create_device(), tenant.create_device()
    saved = tenant.ok("POST", "/api/v2/relation", relation(one, other, additionalInfo={"a": 1}))
    assert saved == relation(one, other, additionalInfo={"a": 1}, version=1)
    assert tenant.ok("GET", "/api/relation", params=key(one, other)) == saved
    assert tenant.ok("POST", "/api/relation", relation(one, other)) is None  # The older form answers nothing.
    assert tenant.ok("GET", "/api/relation", params=key(one, other))["additionalInfo"] is None
    gone = tenant.ok("DELETE", "/api/v2/relation", params=key(one, other))
    assert gone["from"] == end(one) and gone["to"] == end(other)
    tenant.refused(404, 32, MISSING, "GET", "/api/relation", params=key(one, other))
    tenant.refused(404, 32, MISSING, "DELETE", "/api/relation", params=key(one, other))


def test_what_is_wrong_with_a_relation_is_said(tenant):
    one, other = tenant.create_device(), tenant.create_device()

    def refused(message, **fields):
        tenant.refused(400, 31, message, "POST", "/api/v2/relation", {**relation(one, other), **fields})
    refused("Relation should contain from entity!", **{"from": None})
    refused("Relation should contain to entity!", to=None)
    refused("Relation type should be specified!", type="")
    refused("Validation error: type length must be equal or less than 255", type="x" * 256)
    tenant.refused(404, 32, None, "POST", "/api/v2/relation",
                   {**relation(one, other), "to": {"entityType": "DEVICE", "id": str(uuid.uuid1())}})
    tenant.refused(400, 31, "Invalid UUID string: x", "GET", "/api/relations/from/DEVICE/x")
    tenant.refused(400, 31, 'EntityType "THING" is not supported!', "GET", f"/api/relations/from/THING/{one.id}")


def test_lists_show_what_leads_from_and_to(tenant, devices):
    first = devices[0]
    both = {(each["to"]["id"], each["type"]) for each in tenant.ok("GET", f"/api/relations/from/DEVICE/{first.id}")}
    assert both == {(devices[1].id, "Contains"), (devices[3].id, "Manages")}
    assert both == {(each["to"]["id"], each["type"]) for each in tenant.ok(
        "GET", "/api/relations", params={"fromId": first.id, "fromType": "DEVICE"})}
    managed = tenant.ok("GET", f"/api/relations/from/DEVICE/{first.id}/Manages")
    assert [each["to"]["id"] for each in managed] == [devices[3].id]
    assert managed == tenant.ok("GET", "/api/relations", params={
        "fromId": first.id, "fromType": "DEVICE", "relationType": "Manages"})
    to = tenant.ok("GET", f"/api/relations/info/to/DEVICE/{first.id}")
    assert [(each["fromName"], each["toName"]) for each in to] == [(devices[3].name, first.name)]
    assert to == tenant.ok("GET", "/api/relations/info", params={"toId": first.id, "toType": "DEVICE"})


def search(tenant, root, filters=(), path="/api/relations", **parameters):
    return tenant.ok("POST", path, {"parameters": {"rootId": root.id, "rootType": "DEVICE", "direction": "FROM",
                                                   **parameters}, "filters": list(filters)})


def test_a_search_follows_relations_and_ends_where_they_close(tenant, devices):
    assert len(search(tenant, devices[0])) == 2  # One level, if nothing is said.
    assert len(search(tenant, devices[0], maxLevel=0)) == 5
    assert {each["from"]["id"] for each in search(tenant, devices[0], maxLevel=1, direction="TO")} == {devices[3].id}
    contained = search(tenant, devices[0], [{"relationType": "Contains", "entityTypes": ["DEVICE"]}], maxLevel=2)
    assert {each["to"]["id"] for each in contained} == {devices[1].id, devices[2].id, devices[0].id}
    assert search(tenant, devices[0], [{"relationType": "Contains", "entityTypes": ["ASSET"]}], maxLevel=0) == []
    infos = search(tenant, devices[0], path="/api/relations/info")
    assert {each["toName"] for each in infos} == {devices[1].name, devices[3].name}
    tenant.refused(400, 31, None, "POST", "/api/relations", {"parameters": {"rootId": devices[0].id,
                                                                           "rootType": "DEVICE"}})


def test_what_a_customer_may_not_read_is_left_out(tenant, customer):
    own = tenant.ok("GET", "/api/auth/user")["tenantId"]
    owner = customer.ok("GET", "/api/auth/user")["customerId"]
    mine, other = tenant.create_device(customerId=owner), tenant.create_device()
    seen = tenant.create_device(customerId=owner)
    for far in (other, seen):
        tenant.ok("POST", "/api/v2/relation", relation(mine, far))
    listed = customer.ok("GET", f"/api/relations/from/DEVICE/{mine.id}")
    assert [each["to"]["id"] for each in listed] == [seen.id]
    customer.refused(403, 20, DENIED, "GET", f"/api/relations/from/DEVICE/{other.id}")
    customer.refused(403, 20, DENIED, "POST", "/api/v2/relation", relation(mine, other))
    customer.refused(403, 20, DENIED, "GET", "/api/relation", params=key(mine, other))
    # A tenant's administrator may relate the tenant itself.
    tenant.ok("POST", "/api/v2/relation", {**relation(mine, mine), "from": own})


def test_all_relations_of_an_entity_go_at_once(tenant):
    one, other = tenant.create_device(), tenant.create_device()
    tenant.ok("POST", "/api/v2/relation", relation(one, other))
    tenant.ok("POST", "/api/v2/relation", relation(other, one))
    assert tenant.ok("DELETE", "/api/relations", params={"entityId": one.id, "entityType": "DEVICE"}) is None
    assert tenant.ok("GET", f"/api/relations/from/DEVICE/{other.id}") == []
    assert tenant.ok("GET", f"/api/relations/from/DEVICE/{one.id}") == []
