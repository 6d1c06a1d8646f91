"""Groups of entities, roles, owners and sharing: who sees what then."""
import json
import uuid

import pytest

from harness import rest
from harness.ws import WebSocket

DENIED = "You don't have permission to perform this operation!"


def unique(noun):
    return f"{noun} {uuid.uuid4()}"


def group_of(tenant, kind, **fields):
    return tenant.ok("POST", "/api/entityGroup", {"type": kind, "name": unique("group"), **fields})


def add(tenant, group, *ids):
    assert tenant.ok("POST", f"/api/entityGroup/{group['id']['id']}/addEntities", list(ids)) is None


def entities(tenant, group):
    page = tenant.ok("GET", f"/api/entityGroup/{group['id']['id']}/entities", params={"pageSize": 100, "page": 0})
    return {each["id"]["id"]: each["name"] for each in page["data"]}


def role(tenant, kind, permissions, **fields):
    return tenant.ok("POST", "/api/role", {"name": unique("role"), "type": kind, "permissions": permissions, **fields})


def bind(tenant, users, role_, group=None):
    return tenant.ok("POST", "/api/groupPermission", {"userGroupId": users["id"], "roleId": role_["id"],
                                                      "entityGroupId": group and group["id"]})


def device_ids(user):
    page = user.ok("GET", "/api/customer/" + user.ok("GET", "/api/auth/user")["customerId"]["id"] + "/devices",
                   params={"pageSize": 1000, "page": 0})
    return {each["id"]["id"] for each in page["data"]}


@pytest.fixture
def people(server, tenant):
    """Customer A's user and its id, with a group of users that it is in."""
    user = rest.Rest(server.url, rest.CUSTOMER)
    account = user.ok("GET", "/api/auth/user")
    users = group_of(tenant, "USER", ownerId=account["customerId"])
    add(tenant, users, account["id"]["id"])
    yield user, account, users
    tenant.ok("DELETE", f"/api/entityGroup/{users['id']['id']}")


def test_a_group_is_saved_changed_and_deleted(tenant):
    me = tenant.ok("GET", "/api/auth/user")
    group = group_of(tenant, "DEVICE", additionalInfo={"description": "d"}, configuration={"columns": []})
    assert group["ownerId"] == me["tenantId"] and group["ownerIds"] == [me["tenantId"]]
    assert (group["groupAll"], group["version"], group["type"]) == (False, 1, "DEVICE")
    path = f"/api/entityGroup/{group['id']['id']}"
    assert tenant.ok("GET", path) == group
    renamed = tenant.ok("POST", "/api/entityGroup", {**group, "name": group["name"] + " 2"})
    assert (renamed["name"], renamed["version"]) == (group["name"] + " 2", 2)
    tenant.refused(409, 35, "Entity group was already changed by someone else", "POST", "/api/entityGroup", group)
    tenant.refused(400, 31, "Entity group with such name already exists!", "POST", "/api/entityGroup",
                   {"type": "DEVICE", "name": renamed["name"]})
    tenant.refused(400, 31, "Entity group name should be specified!", "POST", "/api/entityGroup", {"type": "DEVICE"})
    tenant.refused(400, 31, None, "POST", "/api/entityGroup", {"type": "ALARM", "name": "x"})
    assert tenant.ok("GET", f"/api/entityGroupInfo/{group['id']['id']}") == {"id": group["id"],
                                                                            "name": renamed["name"]}
    found = tenant.ok("GET", f"/api/entityGroup/TENANT/{me['tenantId']['id']}/DEVICE/{renamed['name']}")
    assert found["id"] == group["id"]
    assert tenant.ok("DELETE", path) is None
    tenant.refused(404, 32, f"Entity group with id [{group['id']['id']}] is not found", "GET", path)


def test_every_owner_has_a_group_of_everything(tenant):
    me = tenant.ok("GET", "/api/auth/user")
    device = tenant.create_device()
    everything = tenant.ok("GET", f"/api/entityGroup/all/TENANT/{me['tenantId']['id']}/DEVICE")
    assert everything["groupAll"] and everything["name"] == "All"
    one = tenant.ok("GET", f"/api/entityGroup/{everything['id']['id']}/{device.id}")
    assert one == {"id": {"entityType": "DEVICE", "id": device.id}, "name": device.name}
    assert tenant.ok("GET", f"/api/entityGroups/DEVICE/{device.id}") == [everything["id"]]
    tenant.refused(400, 31, None, "DELETE", f"/api/entityGroup/{everything['id']['id']}")
    tenant.refused(400, 31, None, "POST", f"/api/entityGroup/{everything['id']['id']}/addEntities", [device.id])
    names = [each["name"] for each in tenant.ok("GET", "/api/entityGroups/DEVICE/all")]
    assert names.count("All") == 1


def test_entities_come_and_go(tenant):
    group, one, other = group_of(tenant, "DEVICE"), tenant.create_device(), tenant.create_device()
    add(tenant, group, one.id, other.id)
    add(tenant, group, one.id)
    assert entities(tenant, group) == {one.id: one.name, other.id: other.name}
    page = tenant.ok("GET", f"/api/entityGroup/{group['id']['id']}/devices", params={
        "pageSize": 10, "page": 0, "sortProperty": "name", "sortOrder": "DESC"})
    assert [each["name"] for each in page["data"]] == sorted([one.name, other.name], reverse=True)
    assert group["id"] in tenant.ok("GET", f"/api/entityGroups/DEVICE/{one.id}")
    for _ in range(2):
        tenant.ok("POST", f"/api/entityGroup/{group['id']['id']}/deleteEntities", [one.id])
    assert entities(tenant, group) == {other.id: other.name}
    tenant.ok("DELETE", f"/api/device/{other.id}")
    assert entities(tenant, group) == {}
    tenant.refused(404, 32, None, "POST", f"/api/entityGroup/{group['id']['id']}/addEntities", [str(uuid.uuid1())])
    tenant.refused(400, 31, None, "POST", f"/api/entityGroup/{group['id']['id']}/addEntities", ["rubbish"])


def test_an_entity_of_another_owner_stays_out(tenant, customer):
    owner = customer.ok("GET", "/api/auth/user")["customerId"]
    group, device = group_of(tenant, "DEVICE"), tenant.create_device(customerId=owner)
    tenant.refused(400, 31, "Entity and entity group should have the same owner!", "POST",
                   f"/api/entityGroup/{group['id']['id']}/addEntities", [device.id])


def test_roles_are_checked_and_listed(tenant):
    made = role(tenant, "GENERIC", {"DEVICE": ["READ"]}, excludedPermissions={"DEVICE": ["DELETE"]})
    assert tenant.ok("GET", f"/api/role/{made['id']['id']}") == made
    assert made["ownerId"]["entityType"] == "TENANT" and made["version"] == 1
    page = tenant.ok("GET", "/api/roles", params={"pageSize": 10, "page": 0, "textSearch": made["name"],
                                                  "type": "GENERIC"})
    assert page["data"] == [made]
    assert tenant.ok("GET", "/api/roles/list", params={"roleIds": made["id"]["id"]}) == [made]

    def refused(message, **fields):
        tenant.refused(400, 31, message, "POST", "/api/role", {"name": unique("role"), "type": "GENERIC", **fields})
    refused('Resource "THING" is not supported!', permissions={"THING": ["READ"]})
    refused('Operation "LOOK" is not supported!', permissions={"DEVICE": ["LOOK"]})
    refused("Role name should be specified!", name=" ", permissions={})
    refused("Role with such name already exists!", name=made["name"], permissions={})
    group_role = role(tenant, "GROUP", ["READ"])
    users = group_of(tenant, "USER")
    tenant.refused(400, 31, None, "POST", "/api/groupPermission", {"userGroupId": users["id"],
                                                                   "roleId": group_role["id"]})
    tenant.ok("DELETE", f"/api/role/{made['id']['id']}")


def test_a_role_on_a_group_shows_that_group_alone(server, tenant, people):
    user, account, users = people
    seen, unseen = tenant.create_device(), tenant.create_device()
    own = tenant.create_device(customerId=account["customerId"])
    group = group_of(tenant, "DEVICE")
    add(tenant, group, seen.id)
    assert own.id in device_ids(user)
    user.refused(403, 20, DENIED, "GET", f"/api/device/{seen.id}")

    right = bind(tenant, users, role(tenant, "GROUP", ["READ", "READ_TELEMETRY"]), group)
    assert right["entityGroupType"] == "DEVICE"
    assert user.ok("GET", f"/api/device/{seen.id}")["name"] == seen.name
    for other in (unseen, own):
        user.refused(403, 20, DENIED, "GET", f"/api/device/{other.id}")
    assert user.ok("GET", "/api/devices", params={"deviceIds": ",".join([seen.id, unseen.id, own.id])}) == [
        user.ok("GET", f"/api/device/{seen.id}")]
    user.refused(403, 20, DENIED, "POST", "/api/device", {**seen.json, "label": "x"})
    # Telemetry: what the role names.
    tenant.save_telemetry(seen.id, {"t": 1})
    assert user.latest(seen.id)["t"][0]["value"] == 1
    answer = user.call("POST", f"/api/plugins/telemetry/DEVICE/{seen.id}/timeseries/ANY", {"t": 2})
    assert answer.status_code == 403
    for other in (unseen, own):
        answer = user.call("GET", f"/api/plugins/telemetry/DEVICE/{other.id}/values/timeseries")
        assert answer.status_code == 403
    # The group itself.
    assert [each["id"] for each in user.ok("GET", "/api/entityGroups/DEVICE/shared/all")] == [group["id"]]
    assert entities(user, group) == {seen.id: seen.name}
    assert user.ok("GET", f"/api/permission/DEVICE/{seen.id}/READ") is True
    assert user.ok("GET", f"/api/permission/DEVICE/{seen.id}/WRITE") is False
    user.refused(403, 20, DENIED, "POST", f"/api/entityGroup/{group['id']['id']}/addEntities", [seen.id])
    allowed = user.ok("GET", "/api/permissions/allowedPermissions")
    assert allowed["userOwnerId"] == account["customerId"]
    assert set(allowed["userPermissions"]["groupPermissions"]) == {group["id"]["id"]}
    # What joins the group is seen at once; without the role all is as before.
    add(tenant, group, unseen.id)
    assert user.ok("GET", f"/api/device/{unseen.id}")["name"] == unseen.name
    tenant.ok("DELETE", f"/api/groupPermission/{right['id']['id']}")
    user.refused(403, 20, DENIED, "GET", f"/api/device/{seen.id}")
    assert own.id in device_ids(user)


def test_a_socket_subscribes_to_what_the_role_shows(server, tenant, people):
    user, _, users = people
    seen, unseen, group = tenant.create_device(), tenant.create_device(), group_of(tenant, "DEVICE")
    add(tenant, group, seen.id)
    bind(tenant, users, role(tenant, "GROUP", ["READ", "READ_TELEMETRY"]), group)
    with WebSocket(server.http_port, "/api/ws?token=" + user.token) as socket:
        for number, device in enumerate((seen, unseen)):
            socket.send_text(json.dumps({"cmds": [{"cmdId": number, "type": "TIMESERIES", "entityType": "DEVICE",
                                              "entityId": device.id, "scope": "LATEST_TELEMETRY", "keys": "t"}]}))
        answers = {}
        while len(answers) < 2:
            answer = socket.receive(30)
            answers.setdefault(answer["subscriptionId"], answer)
        assert answers[0]["errorCode"] == 0 and answers[1]["errorCode"] != 0
        tenant.save_telemetry(unseen.id, {"t": 1})
        tenant.save_telemetry(seen.id, {"t": 7})
        update = socket.receive(30)
        assert update["subscriptionId"] == 0 and update["data"]["t"][0][1] == "7"


def test_a_generic_role_reaches_down_and_leaves_out_what_it_excludes(tenant, people):
    user, account, users = people
    child = tenant.ok("POST", "/api/customer", {"title": unique("child")})
    tenant.ok("POST", f"/api/owner/CUSTOMER/{account['customerId']['id']}/CUSTOMER/{child['id']['id']}")
    own = tenant.create_device(customerId=account["customerId"])
    below = tenant.create_device(customerId=child["id"])
    aside = tenant.create_device()
    bind(tenant, users, role(tenant, "GENERIC", {"DEVICE": ["ALL"], "CUSTOMER": ["READ"]},
                             excludedPermissions={"DEVICE": ["DELETE", "RPC_CALL"]}))
    for device in (own, below):
        assert user.ok("GET", f"/api/device/{device.id}")["name"] == device.name
        assert user.ok("GET", f"/api/permission/DEVICE/{device.id}/WRITE") is True
        assert user.ok("GET", f"/api/permission/DEVICE/{device.id}/DELETE") is False
    user.refused(403, 20, DENIED, "GET", f"/api/device/{aside.id}")
    made = user.ok("POST", "/api/device", {"name": unique("made"), "type": "default"})
    assert made["customerId"] == account["customerId"]
    # Moved away, it is out of reach.
    tenant.ok("POST", f"/api/owner/TENANT/{account['tenantId']['id']}/DEVICE/{below.id}")
    user.refused(403, 20, DENIED, "GET", f"/api/device/{below.id}")


def test_a_change_of_owner_leaves_groups_and_joins_others(tenant, customer):
    account = customer.ok("GET", "/api/auth/user")
    device, old = tenant.create_device(), group_of(tenant, "DEVICE")
    new = group_of(tenant, "DEVICE", ownerId=account["customerId"])
    add(tenant, old, device.id)
    customer.refused(403, 20, DENIED, "GET", f"/api/device/{device.id}")
    path = f"/api/owner/CUSTOMER/{account['customerId']['id']}/DEVICE/{device.id}"
    customer.refused(403, 20, DENIED, "POST", path)
    tenant.refused(400, 31, None, "POST", path, [old["id"]["id"]])  # Another owner's group.
    assert tenant.ok("POST", path, [new["id"]["id"]]) is None
    assert tenant.ok("POST", path) is None  # It has it already.
    moved = customer.ok("GET", f"/api/device/{device.id}")
    assert moved["customerId"] == account["customerId"] and moved["version"] == 2
    assert entities(tenant, old) == {} and entities(tenant, new) == {device.id: device.name}
    log = tenant.ok("GET", f"/api/audit/logs/entity/DEVICE/{device.id}", params={"pageSize": 20, "page": 0})
    assert {"CHANGE_OWNER", "ADDED_TO_ENTITY_GROUP"} <= {each["actionType"] for each in log["data"]}
    customer.refused(403, 20, DENIED, "POST", f"/api/owner/TENANT/{account['tenantId']['id']}/DEVICE/{device.id}")


def test_a_customer_never_moves_below_itself(tenant):
    one, other = (tenant.ok("POST", "/api/customer", {"title": unique("c")})["id"]["id"] for _ in range(2))
    tenant.ok("POST", f"/api/owner/CUSTOMER/{one}/CUSTOMER/{other}")
    for above in (other, one):
        tenant.refused(400, 31, "Customer can't be moved below itself!", "POST", f"/api/owner/CUSTOMER/{above}/CUSTOMER/{one}")


def test_a_shared_group_is_seen_by_everybody_of_an_owner(server, tenant):
    user = rest.Rest(server.url, ("customerB@thingsboard.org", "customer"))
    owner = user.ok("GET", "/api/auth/user")["customerId"]
    device, group = tenant.create_device(), group_of(tenant, "DEVICE")
    add(tenant, group, device.id)
    user.refused(403, 20, DENIED, "GET", f"/api/device/{device.id}")
    tenant.ok("POST", f"/api/entityGroup/{group['id']['id']}/share",
              {"ownerId": owner, "allUserGroup": True, "readElseWrite": True})
    assert user.ok("GET", f"/api/device/{device.id}")["name"] == device.name
    rights = tenant.ok("GET", f"/api/entityGroup/{group['id']['id']}/groupPermissions")
    assert [(each["userGroupName"], each["userGroupOwnerId"], each["role"]["type"]) for each in rights] == [
        ("All", owner, "GROUP")]
    tenant.ok("DELETE", f"/api/groupPermission/{rights[0]['id']['id']}")
    user.refused(403, 20, DENIED, "GET", f"/api/device/{device.id}")


def test_a_public_group_names_its_customer(tenant):
    group = group_of(tenant, "DEVICE")
    path = f"/api/entityGroup/{group['id']['id']}"
    tenant.ok("POST", path + "/makePublic")
    info = tenant.ok("GET", path)["additionalInfo"]
    assert info["isPublic"] is True and uuid.UUID(info["publicCustomerId"])
    rights = tenant.ok("GET", path + "/groupPermissions")
    assert [each["public"] for each in rights] == [True]
    tenant.ok("POST", path + "/makePrivate")
    assert tenant.ok("GET", path)["additionalInfo"] == {"isPublic": False}
    assert tenant.ok("GET", path + "/groupPermissions") == []
    tenant.refused(400, 31, None, "POST", f"/api/entityGroup/{group_of(tenant, 'USER')['id']['id']}/makePublic")


def test_owners_are_listed_tenant_first(tenant, customer):
    me, account = tenant.ok("GET", "/api/auth/user"), customer.ok("GET", "/api/auth/user")
    first = tenant.ok("GET", "/api/ownerInfos", params={"pageSize": 2, "page": 0})
    second = tenant.ok("GET", "/api/ownerInfos", params={"pageSize": 2, "page": 1})
    ids = [each["id"] for each in first["data"] + second["data"]]
    assert ids[0] == me["tenantId"] and len({each["id"] for each in ids}) == len(ids) == 4
    assert first["totalElements"] >= 4
    own = customer.ok("GET", "/api/ownerInfos", params={"pageSize": 100, "page": 0})
    assert account["customerId"] in [each["id"] for each in own["data"]]
    assert me["tenantId"] not in [each["id"] for each in own["data"]]
    assert customer.ok("GET", f"/api/ownerInfo/CUSTOMER/{account['customerId']['id']}")["name"] == "Customer A"
    customer.refused(403, 20, DENIED, "GET", f"/api/ownerInfo/TENANT/{me['tenantId']['id']}")


def test_a_customers_user_makes_neither_groups_nor_roles_without_a_role(tenant, customer):
    customer.refused(403, 20, DENIED, "POST", "/api/entityGroup", {"type": "DEVICE", "name": unique("g")})
    customer.refused(403, 20, DENIED, "POST", "/api/role", {"name": unique("r"), "type": "GENERIC",
                                                            "permissions": {"ALL": ["ALL"]}})
    group = group_of(tenant, "DEVICE")
    customer.refused(403, 20, DENIED, "GET", f"/api/entityGroup/{group['id']['id']}")
    customer.refused(403, 20, DENIED, "POST", f"/api/entityGroup/{group['id']['id']}/share",
                     {"allUserGroup": True, "ownerId": customer.ok("GET", "/api/auth/user")["customerId"]})
