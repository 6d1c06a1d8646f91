"""Alarms over REST: their life, lists, comments, where they show, and who hears of them."""
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.people import entity_id
from harness.rest import Rest
from harness.wait import eventually

DENIED = "You don't have permission to perform this operation!"


def of(device):
    return {"entityType": "DEVICE", "id": device.id}


def alarm(device, kind="Hot", severity="MAJOR", **fields):
    return {"type": kind, "originator": of(device), "severity": severity, **fields}


def raised(rest, device, *args, **fields):
    return rest.ok("POST", "/api/alarm", alarm(device, *args, **fields))


def path(one, rest=""):
    return f"/api/alarm/{one['id']['id']}{rest}"


def page(rest, where, **params):
    return rest.ok("GET", where, params={"pageSize": 100, "page": 0, **params})["data"]


def ids(alarms):
    return {each["id"]["id"] for each in alarms}


def comments(rest, one):
    return page(rest, path(one, "/comment"), sortProperty="createdTime", sortOrder="ASC")


@pytest.mark.sanitizer
def test_an_alarm_lives_and_ends(tenant, device):
    made = raised(tenant, device, details={"t": 99}, startTs=1000, endTs=2000)
    assert made["status"] == "ACTIVE_UNACK" and made["name"] == made["type"] == "Hot"
    assert (made["startTs"], made["endTs"], made["details"]) == (1000, 2000, {"t": 99})
    assert made["customerId"] is None and made["assigneeId"] is None and made["ackTs"] == 0
    assert tenant.ok("GET", path(made)) == made
    info = tenant.ok("GET", f"/api/alarm/info/{made['id']['id']}")
    assert info["originatorName"] == info["originatorLabel"] == device.name and info["assignee"] is None
    acked = tenant.ok("POST", path(made, "/ack"))
    assert acked["status"] == "ACTIVE_ACK" and acked["acknowledged"] and acked["ackTs"] > 0
    tenant.refused(400, 31, "Alarm was already acknowledged!", "POST", path(made, "/ack"))
    cleared = tenant.ok("POST", path(made, "/clear"))
    assert cleared["status"] == "CLEARED_ACK" and cleared["clearTs"] > 0
    tenant.refused(400, 31, "Alarm was already cleared!", "POST", path(made, "/clear"))
    again = raised(tenant, device)
    assert again["id"] != made["id"] and again["status"] == "ACTIVE_UNACK"
    assert tenant.ok("DELETE", path(made)) is True
    tenant.refused(404, 32, f"Alarm with id [{made['id']['id']}] is not found", "GET", path(made))


def test_a_second_save_updates_the_active_one(tenant, device):
    first = raised(tenant, device, severity="MINOR", startTs=1000, endTs=1000)
    second = raised(tenant, device, severity="CRITICAL", startTs=1000, endTs=3000, details={"a": 1})
    assert second["id"] == first["id"] and second["createdTime"] == first["createdTime"]
    assert (second["severity"], second["endTs"], second["details"]) == ("CRITICAL", 3000, {"a": 1})
    by_id = tenant.ok("POST", "/api/alarm", {**second, "severity": "WARNING", "acknowledged": True, "cleared": True})
    assert by_id["severity"] == "WARNING" and by_id["status"] == "CLEARED_ACK"
    said = [each["comment"] for each in comments(tenant, first)]
    assert [(each["subtype"], each.get("oldSeverity"), each.get("newSeverity")) for each in said] == [
        ("SEVERITY_CHANGED", "MINOR", "CRITICAL"), ("SEVERITY_CHANGED", "CRITICAL", "WARNING"),
        ("ACKED_BY_USER", None, None), ("CLEARED_BY_USER", None, None)]
    assert all(each["text"] for each in said)


def test_writers_at_the_same_time_make_one_alarm(server, tenant, device):
    writers = [Rest(server.url) for _ in range(8)]
    for turn in range(5):
        with ThreadPoolExecutor(len(writers)) as pool:
            made = list(pool.map(lambda each: raised(each[1], device, f"T{turn}", details={"n": each[0]}),
                                 enumerate(writers)))
        assert len(ids(made)) == 1
        found = page(tenant, f"/api/v2/alarm/DEVICE/{device.id}", typeList=f"T{turn}")
        assert ids(found) == ids(made)


def test_what_is_wrong_with_an_alarm_is_said(tenant, device):
    def refused(message, **fields):
        tenant.refused(400, 31, message, "POST", "/api/alarm", {**alarm(device), **fields})
    refused("Alarm type should be specified!", type="")
    refused("Alarm severity should be specified!", severity=None)
    refused("Alarm originator should be specified!", originator=None)
    refused("Validation error: type length must be equal or less than 255", type="x" * 256)
    refused("Alarm start ts can't be greater then alarm end ts!", startTs=2, endTs=1)
    refused("Can't assign alarm to customer. Originator is not assigned to customer!",
            customerId=entity_id("CUSTOMER", str(uuid.uuid1())))
    tenant.refused(404, 32, None, "POST", "/api/alarm", {
        **alarm(device), "originator": entity_id("DEVICE", str(uuid.uuid1()))})
    both = {"pageSize": 1, "page": 0, "status": "ACTIVE_ACK", "searchStatus": "ACTIVE"}
    tenant.refused(400, 31, "Invalid alarms search query: Both parameters 'searchStatus' and 'status' can't be "
                   "specified at the same time!", "GET", "/api/alarms", params=both)
    tenant.refused(400, 31, None, "GET", "/api/v2/alarms", params={"pageSize": 1, "page": 0, "severityList": "BAD"})


def test_an_alarm_is_assigned(tenant, customer, device):
    made = raised(tenant, device)
    me = tenant.ok("GET", "/api/auth/user")
    taken = tenant.ok("POST", path(made, f"/assign/{me['id']['id']}"))
    assert taken["assigneeId"] == me["id"] and taken["assignTs"] > 0
    assert taken["assignee"]["email"] == me["email"] and taken["assignee"]["id"] == me["id"]
    tenant.refused(400, 31, "Alarm was already assigned to this user!", "POST",
                   path(made, f"/assign/{me['id']['id']}"))
    assert ids(page(tenant, "/api/alarms", assigneeId=me["id"]["id"])) >= ids([made])
    stranger = customer.ok("GET", "/api/auth/user")["id"]["id"]  # The alarm is the tenant's: it may not read it.
    tenant.refused(403, 20, DENIED, "POST", path(made, f"/assign/{stranger}"))
    offered = page(tenant, f"/api/users/assign/{made['id']['id']}")
    assert me["email"] in {each["email"] for each in offered} and stranger not in ids(offered)
    assert tenant.ok("DELETE", path(made, "/assign"))["assigneeId"] is None
    tenant.refused(400, 31, "Alarm was already unassigned!", "DELETE", path(made, "/assign"))
    assert [each["comment"]["subtype"] for each in comments(tenant, made)] == [
        "ASSIGNED_TO_USER", "UNASSIGNED_BY_USER"]


def test_lists_choose_and_sort(tenant, device):
    made = {}
    for at, (kind, severity) in enumerate((("A", "CRITICAL"), ("B", "MINOR"), ("C", "MINOR"), ("D", "WARNING"))):
        made[kind] = raised(tenant, device, kind, severity, startTs=1000 + at, endTs=5000 - at)
    tenant.ok("POST", path(made["A"], "/clear"))
    tenant.ok("POST", path(made["B"], "/ack"))

    def kinds(where=f"/api/alarm/DEVICE/{device.id}", **params):
        return "".join(each["type"] for each in page(tenant, where, sortProperty="startTs", **params))
    assert kinds() == "ABCD" and kinds(sortOrder="DESC") == "DCBA"
    assert kinds(searchStatus="ACTIVE") == "BCD" and kinds(searchStatus="CLEARED") == "A"
    assert kinds(searchStatus="ACK") == "B" and kinds(searchStatus="UNACK") == "ACD"
    assert kinds(status="ACTIVE_UNACK") == "CD" and kinds(searchStatus="ANY") == "ABCD"
    assert kinds(textSearch="warn") == "D" and kinds(textSearch="cleared") == "A"
    created = made["B"]["createdTime"]
    assert kinds(startTime=created, endTime=created) in ("B", "AB", "BC", "ABC", "BCD", "ABCD")
    assert kinds(endTime=1) == "" and kinds(startTime=created + 600_000) == ""
    v2 = f"/api/v2/alarm/DEVICE/{device.id}"
    assert kinds(v2, typeList="A,C") == "AC" and kinds(v2, severityList="MINOR,WARNING") == "BCD"
    assert kinds(v2, statusList="ACTIVE,UNACK") == "CD" and kinds(v2, statusList="ACTIVE,CLEARED") == "ABCD"
    by_end = [each["type"] for each in page(tenant, v2, sortProperty="endTs", sortOrder="ASC")]
    assert by_end == ["D", "C", "B", "A"]
    tenant.refused(400, 31, None, "GET", v2, params={"pageSize": 1, "page": 0, "sortProperty": "nothing"})

    def highest(**params):
        return tenant.ok("GET", f"/api/alarm/highestSeverity/DEVICE/{device.id}", params=params)
    assert highest() == "CRITICAL" and highest(searchStatus="ACTIVE") == "MINOR"
    assert highest(status="CLEARED_ACK") is None


def test_types_in_use_are_listed(tenant, device):
    kind = f"type {uuid.uuid4()}"
    made = raised(tenant, device, kind)
    found = page(tenant, "/api/alarm/types", textSearch=kind[:20])
    assert found == [{"tenantId": made["tenantId"], "entityType": "ALARM", "type": kind}]
    tenant.ok("DELETE", path(made))
    assert page(tenant, "/api/alarm/types", textSearch=kind) == []


def test_an_alarm_shows_where_its_settings_say(tenant, device):
    room, house = (tenant.ok("POST", "/api/asset", {"name": f"{name} {uuid.uuid4()}", "type": "default"})["id"]
                   for name in ("room", "house"))
    for one, other, kind in ((room, of(device), "Contains"), (house, room, "Manages")):
        tenant.ok("POST", "/api/relation", {"from": one, "to": other, "type": kind, "typeGroup": "COMMON"})

    def seen(entity):
        return ids(page(tenant, f"/api/alarm/{entity['entityType']}/{entity['id']}"))
    made = raised(tenant, device)
    assert seen(of(device)) == ids([made]) and seen(room) == seen(house) == set()
    raised(tenant, device, propagate=True)
    assert seen(room) == seen(house) == seen(of(device)) == ids([made])
    raised(tenant, device, propagate=True, propagateRelationTypes=["Contains"], propagateToTenant=True)
    assert seen(room) == ids([made]) and seen(house) == set() and seen(made["tenantId"]) >= ids([made])
    raised(tenant, device)
    assert seen(room) == set() and not ids([made]) & seen(made["tenantId"])


def test_comments_are_written_edited_and_removed(tenant, customer, device):
    made = raised(tenant, device)
    where = path(made, "/comment")
    first = tenant.ok("POST", where, {"comment": {"text": "look"}})
    assert first["type"] == "OTHER" and first["comment"] == {"text": "look"} and first["alarmId"] == made["id"]
    edited = tenant.ok("POST", where, {"id": first["id"], "comment": {"text": "look again"}})
    assert edited["id"] == first["id"] and edited["comment"]["edited"] == "true" and edited["comment"]["editedOn"] > 0
    shown = comments(tenant, made)
    assert [each["comment"]["text"] for each in shown] == ["look again"]
    assert shown[0]["email"] == tenant.ok("GET", "/api/auth/user")["email"]
    tenant.refused(400, 31, None, "POST", where, {"comment": {"text": "x" * 10_001}})
    tenant.refused(400, 31, None, "POST", where, {})
    customer.refused(403, 20, DENIED, "GET", where, params={"pageSize": 1, "page": 0})
    tenant.ok("DELETE", f"{where}/{first['id']['id']}")
    after = comments(tenant, made)
    assert [(each["type"], each["comment"]["subtype"]) for each in after] == [("SYSTEM", "COMMENT_DELETED")]
    assert "look" not in str(after)
    tenant.refused(400, 31, "System comment could not be deleted", "DELETE", f"{where}/{first['id']['id']}")
    tenant.refused(400, 31, "System alarm comment can't be updated!", "POST", where,
                   {"id": first["id"], "comment": {"text": "no"}})


def test_a_customer_sees_the_alarms_of_its_things(tenant, customer):
    mine = customer.ok("GET", "/api/auth/user")["customerId"]
    own, other = tenant.create_device(customerId=mine), tenant.create_device()
    seen, hidden = raised(tenant, own, "Seen"), raised(tenant, other, "Hidden")
    assert seen["customerId"] == mine
    listed = ids(page(customer, "/api/alarms"))
    assert ids([seen]) <= listed and not ids([hidden]) & listed
    assert customer.ok("POST", path(seen, "/ack"))["acknowledged"]
    customer.refused(403, 20, DENIED, "GET", path(hidden))
    customer.refused(403, 20, DENIED, "POST", path(hidden, "/ack"))
    assert customer.ok("DELETE", path(seen)) is True


def test_alarms_go_with_their_originator(tenant, device):
    made = raised(tenant, device)
    tenant.ok("DELETE", f"/api/device/{device.id}")
    eventually(lambda: tenant.call("GET", path(made)).status_code, lambda status: status == 404)


def test_a_user_that_is_gone_looks_after_nothing(tenant, device):
    email = f"{uuid.uuid4().hex}@example.org"
    user = tenant.ok("POST", "/api/user?sendActivationMail=false", {"email": email, "authority": "TENANT_ADMIN"})
    made = raised(tenant, device)
    tenant.ok("POST", path(made, f"/assign/{user['id']['id']}"))
    tenant.ok("DELETE", f"/api/user/{user['id']['id']}")
    eventually(lambda: tenant.ok("GET", path(made))["assigneeId"], lambda assignee: assignee is None)
    assert comments(tenant, made)[-1]["comment"]["subtype"] == "UNASSIGNED_FROM_DELETED_USER"
