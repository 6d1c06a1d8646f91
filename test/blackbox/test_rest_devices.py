"""Devices and their credentials over REST: shapes, pages, errors, and who may do what."""
import json
import uuid

import pytest

from harness.rest import NULL_UUID

FIELDS = {"id", "createdTime", "additionalInfo", "tenantId", "customerId", "name", "type", "label", "deviceProfileId",
          "deviceData", "firmwareId", "softwareId", "version"}
DENIED = "You don't have permission to perform this operation!"


@pytest.mark.sanitizer
def test_a_device_has_every_field_and_gets_credentials(tenant):
    name = f"pump {uuid.uuid4()}"
    device = tenant.ok("POST", "/api/device", {"name": name, "type": "default", "label": "L", "additionalInfo": {
        "description": "d", "gateway": False}})
    assert FIELDS <= set(device)
    assert (device["name"], device["type"], device["label"], device["version"]) == (name, "default", "L", 1)
    assert device["id"]["entityType"] == "DEVICE" and uuid.UUID(device["id"]["id"]).version == 1
    assert device["customerId"] == {"entityType": "CUSTOMER", "id": NULL_UUID}
    assert device["deviceProfileId"]["entityType"] == "DEVICE_PROFILE"
    assert device["deviceData"] == {"configuration": {"type": "DEFAULT"}, "transportConfiguration": {"type": "DEFAULT"}}
    assert device["firmwareId"] is None and device["softwareId"] is None
    assert device["additionalInfo"]["description"] == "d"
    assert tenant.ok("GET", f"/api/device/{device['id']['id']}") == device
    credentials = tenant.ok("GET", f"/api/device/{device['id']['id']}/credentials")
    assert credentials["credentialsType"] == "ACCESS_TOKEN" and credentials["deviceId"] == device["id"]
    assert len(credentials["credentialsId"]) == 20 and credentials["credentialsId"].isalnum()


def test_an_update_keeps_what_belongs_to_the_server(tenant):
    device = tenant.create_device().json
    changed = {**device, "name": device["name"] + " renamed", "label": "new", "type": "made up",
               "tenantId": {"entityType": "TENANT", "id": str(uuid.uuid1())}, "unknownMember": 1}
    saved = tenant.ok("POST", "/api/device", changed)
    assert (saved["name"], saved["label"]) == (changed["name"], "new")
    assert (saved["type"], saved["tenantId"], saved["version"]) == ("default", device["tenantId"], 2)
    assert saved["createdTime"] == device["createdTime"]
    tenant.refused(409, 35, "Device was already changed by someone else", "POST", "/api/device", {**saved, "version": 1})
    assert tenant.ok("POST", "/api/device", {**saved, "version": None})["version"] == 3


def test_a_type_names_the_profile_which_is_made_if_needed(tenant):
    name = "type " + uuid.uuid4().hex
    first = tenant.ok("POST", "/api/device", {"name": f"{name} 1", "type": name})
    second = tenant.ok("POST", "/api/device", {"name": f"{name} 2", "type": name})
    plain = tenant.ok("POST", "/api/device", {"name": f"{name} 3"})
    assert first["type"] == name and first["deviceProfileId"] == second["deviceProfileId"] != plain["deviceProfileId"]
    assert plain["type"] == "default"


@pytest.mark.sanitizer
def test_a_deleted_device_is_gone(tenant):
    device = tenant.create_device()
    answer = tenant.call("DELETE", f"/api/device/{device.id}")
    assert (answer.status_code, answer.content) == (200, b"")
    gone = f"Device with id [{device.id}] is not found"
    tenant.refused(404, 32, gone, "GET", f"/api/device/{device.id}")
    tenant.refused(404, 32, gone, "DELETE", f"/api/device/{device.id}")
    tenant.refused(404, 32, gone, "POST", "/api/device", device.json)
    tenant.ok("POST", f"/api/device?accessToken={device.token}", {"name": device.name})  # Name and token are free.


@pytest.mark.sanitizer
def test_what_is_wrong_with_a_device_is_said(tenant):
    device = tenant.create_device()

    def refused(message, **fields):
        tenant.refused(400, 31, message, "POST", "/api/device", fields)
    refused("Device with such name already exists!", name=device.name)
    refused("Device name should be specified!", type="default")
    refused("Validation error: name length must be equal or less than 255", name="x" * 256)
    refused("Validation error: name is malformed", name="<script>alert(1)</script>")
    refused("Validation error: name is malformed", name="{{constructor}}")
    refused("Device is referencing non existing device profile!", name=str(uuid.uuid4()),
            deviceProfileId={"entityType": "DEVICE_PROFILE", "id": str(uuid.uuid1())})
    tenant.refused(400, 31, None, "POST", f"/api/device?accessToken={device.token}", {"name": str(uuid.uuid4())})
    tenant.refused(400, 31, "Invalid UUID string: rubbish", "GET", "/api/device/rubbish")
    tenant.refused(400, 31, None, "POST", "/api/device", data="{")


def test_a_refused_token_leaves_no_device_behind(tenant):
    device, name = tenant.create_device(), f"orphan {uuid.uuid4()}"
    assert tenant.call("POST", f"/api/device?accessToken={device.token}", {"name": name}).status_code == 400
    tenant.refused(404, 32, "Requested item wasn't found!", "GET", "/api/tenant/devices", params={"deviceName": name})


@pytest.fixture(scope="module")
def fleet(tenant):
    """25 devices; names hold the mark, labels count down."""
    mark = uuid.uuid4().hex[:8]
    devices = [tenant.create_device(name=f"Fleet {mark} {i:02}", label=f"label {24 - i:02}") for i in range(25)]
    return mark, devices


def pages(tenant, path, **params):
    found, page = [], 0
    while True:
        answer = tenant.ok("GET", path, params={"page": page, **params})
        found.append(answer)
        if not answer["hasNext"]:
            return found
        page += 1


@pytest.mark.sanitizer
@pytest.mark.parametrize("path", ["/api/tenant/devices", "/api/tenant/deviceInfos"])
def test_pages_cover_everything_once(tenant, fleet, path):
    mark, devices = fleet
    found = pages(tenant, path, pageSize=10, textSearch=mark)
    assert [len(page["data"]) for page in found] == [10, 10, 5]
    assert {(page["totalPages"], page["totalElements"]) for page in found} == {(3, 25)}
    ids = [each["id"]["id"] for page in found for each in page["data"]]
    assert ids == [device.id for device in devices]  # By id, which grows with time.
    past = tenant.ok("GET", path, params={"pageSize": 10, "page": 9, "textSearch": mark})
    assert past == {"data": [], "totalPages": 3, "totalElements": 25, "hasNext": False}


def test_searching(tenant, fleet):
    mark, devices = fleet

    def names(**params):
        params = {"pageSize": 100, "page": 0, **params}
        return [each["name"] for each in tenant.ok("GET", "/api/tenant/devices", params=params)["data"]]
    assert len(names(textSearch=f"fLEET {mark.upper()}")) == 25
    assert names(textSearch=f"{mark} 07") == [devices[7].name]
    assert names(textSearch=f"{mark}%07") == [] and names(textSearch=f"{mark}_07") == []  # No wildcards.
    assert names(textSearch="' OR 1=1 --") == []
    assert len(names(textSearch=mark, type="default")) == 25 and names(textSearch=mark, type="other") == []
    assert tenant.find_device(devices[3].name)["id"]["id"] == devices[3].id


def test_sorting(tenant, fleet):
    mark, devices = fleet

    def names(**params):
        params = {"pageSize": 100, "page": 0, "textSearch": mark, **params}
        return [each["name"] for each in tenant.ok("GET", "/api/tenant/devices", params=params)["data"]]
    ordered = [device.name for device in devices]
    assert names(sortProperty="name") == names(sortProperty="createdTime", sortOrder="asc") == ordered
    assert names(sortProperty="name", sortOrder="DESC") == names(sortProperty="label") == ordered[::-1]
    assert names(sortProperty="type") == ordered  # Equal: by id.


@pytest.mark.sanitizer
@pytest.mark.parametrize("params,message", [
    ({"pageSize": 0, "page": 0}, "Incorrect page link page size '0'. Page size must be greater than zero."),
    ({"pageSize": -1, "page": 0}, "Incorrect page link page size '-1'. Page size must be greater than zero."),
    ({"pageSize": 1, "page": -1}, "Incorrect page link page '-1'. Page must be positive integer."),
    ({"pageSize": 1, "page": 0, "sortProperty": "name", "sortOrder": "UP"},
     "Unsupported sort order 'UP'! Only 'ASC' or 'DESC' types are allowed."),
    ({"pageSize": 1, "page": 0, "sortProperty": "name;drop"}, None),
    ({"pageSize": "ten", "page": 0}, None),
])
def test_bad_pages_are_refused(tenant, params, message):
    tenant.refused(400, 31, message, "GET", "/api/tenant/devices", params=params)


def test_missing_page_parameters_are_an_error(tenant):
    for params in ({}, {"pageSize": 1}, {"page": 0}):
        assert tenant.call("GET", "/api/tenant/devices", params=params).status_code == 400, params


def test_devices_by_their_ids(tenant, fleet):
    _, devices = fleet
    wanted = [devices[4].id, devices[2].id]
    found = tenant.ok("GET", "/api/devices", params={"deviceIds": ",".join([*wanted, str(uuid.uuid1())])})
    assert {each["id"]["id"] for each in found} == set(wanted)


def test_an_info_adds_names_and_the_state(tenant):
    device = tenant.create_device()
    info = tenant.ok("GET", f"/api/device/info/{device.id}")
    assert FIELDS | {"customerTitle", "customerIsPublic", "deviceProfileName", "active"} <= set(info)
    assert (info["customerTitle"], info["customerIsPublic"], info["deviceProfileName"], info["active"]) == \
        (None, False, "default", False)
    info = tenant.ok("GET", f"/api/device/info/{tenant.find_device('Test Device A1')['id']['id']}")
    assert info["customerTitle"] == "Customer A"


def basic(**fields):
    value = json.dumps({"clientId": None, "userName": None, "password": None, **fields})
    return {"credentialsType": "MQTT_BASIC", "credentialsId": None, "credentialsValue": value}


@pytest.mark.parametrize("fields,message", [
    ({"credentialsType": None}, "Device credentials type should be specified"),
    ({"credentialsId": ""}, "Device credentials id should be specified!"),
    ({"credentialsId": "A1_TEST_TOKEN"}, None),
    ({"credentialsId": "line\nbreak"}, None),
    (basic(), "Both mqtt client id and user name are empty!"),
    (basic(clientId="c", password="p"), "Password cannot be specified along with client id"),
    ({**basic(), "credentialsValue": "rubbish"}, "Invalid credentials body for simple mqtt credentials!"),
], ids=str)
def test_wrong_credentials_are_refused_and_change_nothing(tenant, device, fields, message):
    credentials = tenant.ok("GET", f"/api/device/{device.id}/credentials")
    tenant.refused(400, 31, message, "POST", "/api/device/credentials", {**credentials, **fields})
    assert tenant.ok("GET", f"/api/device/{device.id}/credentials") == credentials


def test_new_credentials_keep_their_id(tenant, device):
    credentials = tenant.ok("GET", f"/api/device/{device.id}/credentials")
    saved = tenant.ok("POST", "/api/device/credentials", {**credentials, "credentialsId": "x" + device.token})
    assert saved["credentialsId"] == "x" + device.token and saved["id"] == credentials["id"]


def test_a_device_with_its_credentials_in_one_call(tenant):
    name, token = f"both {uuid.uuid4()}", uuid.uuid4().hex
    body = {"device": {"name": name, "type": "default"},
            "credentials": {"credentialsType": "ACCESS_TOKEN", "credentialsId": token}}
    device = tenant.ok("POST", "/api/device-with-credentials", body)
    assert tenant.ok("GET", f"/api/device/{device['id']['id']}/credentials")["credentialsId"] == token


@pytest.fixture(scope="module")
def mine(tenant):
    """A device of Customer A, whose user the customer log-in is."""
    return tenant.find_device("Test Device A1")["id"]["id"]


@pytest.fixture(scope="module")
def foreign(tenant):
    """A device of Customer B."""
    return tenant.find_device("Test Device B1")["id"]["id"]


@pytest.mark.sanitizer
def test_a_customer_user_sees_the_devices_of_its_customer_only(customer, tenant, mine, foreign):
    own_id = customer.ok("GET", "/api/auth/user")["customerId"]["id"]
    found = customer.ok("GET", f"/api/customer/{own_id}/devices?pageSize=100&page=0")["data"]
    assert {f"Test Device A{i}" for i in (1, 2, 3)} <= {each["name"] for each in found}
    assert {each["customerId"]["id"] for each in found} == {own_id}
    assert customer.ok("GET", f"/api/device/{mine}")["name"] == "Test Device A1"
    customer.refused(403, 20, DENIED, "GET", f"/api/device/{foreign}")
    unassigned = tenant.create_device()
    customer.refused(403, 20, DENIED, "GET", f"/api/device/{unassigned.id}")
    customer.refused(403, 20, DENIED, "GET", f"/api/customer/{NULL_UUID}/devices?pageSize=100&page=0")
    other_id = tenant.ok("GET", f"/api/device/{foreign}")["customerId"]["id"]
    customer.refused(403, 20, DENIED, "GET", f"/api/customer/{other_id}/devices?pageSize=100&page=0")


def test_the_matrix_of_authorities(tenant, customer, system, mine, foreign):
    unassigned = tenant.create_device()
    new = {"name": f"new {uuid.uuid4()}", "type": "default"}
    telemetry = "/api/plugins/telemetry/DEVICE/{}/"
    rows = [
        # method, path, body: status for tenant, customer, system
        ("GET", "/api/tenant/devices?pageSize=1&page=0", None, 200, 403, 403),
        ("GET", f"/api/device/{mine}", None, 200, 200, 403),
        ("GET", f"/api/device/{foreign}", None, 200, 403, 403),
        ("GET", f"/api/device/info/{mine}", None, 200, 200, 403),
        ("GET", f"/api/device/{mine}/credentials", None, 200, 200, 403),
        ("GET", f"/api/device/{foreign}/credentials", None, 200, 403, 403),
        ("GET", telemetry.format(mine) + "values/timeseries", None, 200, 200, 403),
        ("GET", telemetry.format(foreign) + "values/timeseries", None, 200, 403, 403),
        ("GET", telemetry.format(mine) + "values/attributes/SERVER_SCOPE", None, 200, 200, 403),
        ("GET", telemetry.format(foreign) + "values/attributes", None, 200, 403, 403),
        ("GET", telemetry.format(foreign) + "keys/timeseries", None, 200, 403, 403),
        ("POST", telemetry.format(mine) + "timeseries/ANY", {"matrix": 1}, 200, 200, 403),
        ("POST", telemetry.format(foreign) + "timeseries/ANY", {"matrix": 1}, 200, 403, 403),
        ("POST", telemetry.format(mine) + "attributes/SERVER_SCOPE", {"matrix": 1}, 200, 200, 403),
        ("POST", telemetry.format(foreign) + "attributes/SHARED_SCOPE", {"matrix": 1}, 200, 403, 403),
        ("DELETE", telemetry.format(foreign) + "SHARED_SCOPE?keys=matrix", None, 200, 403, 403),
        ("DELETE", telemetry.format(foreign) + "timeseries/delete?keys=matrix&deleteAllDataForKeys=true", None,
         200, 403, 403),
        ("DELETE", f"/api/device/{unassigned.id}", None, 200, 403, 403),
        ("POST", "/api/device", new, 200, 403, 403),
    ]
    wrong = []
    for method, path, body, *statuses in rows:
        # The tenant comes last: it may delete what the others must not.
        for name, rest, status in zip(("system", "customer", "tenant"), (system, customer, tenant), statuses[::-1]):
            found = rest.call(method, path, body).status_code
            if found != status:
                wrong.append(f"{name} {method} {path}: {found}, not {status}")
    assert wrong == []


def test_a_customer_user_may_change_but_not_create(customer, mine):
    device = customer.ok("GET", f"/api/device/{mine}")
    saved = customer.ok("POST", "/api/device", {**device, "label": "by customer", "version": None})
    assert saved["label"] == "by customer" and saved["customerId"] == device["customerId"]
    customer.ok("POST", "/api/device", {**saved, "label": device["label"]})


def test_an_unknown_id_looks_the_same_as_one_of_another_tenant(tenant):
    for path in ("/api/device/", "/api/device/info/"):
        unknown = str(uuid.uuid1())
        tenant.refused(404, 32, None, "GET", path + unknown)


def test_deleting_a_device_deletes_its_data(tenant):
    device = tenant.create_device()
    tenant.save_telemetry(device.id, {"a": 1})
    tenant.save_attributes(device.id, "SERVER_SCOPE", {"b": 1})
    tenant.ok("DELETE", f"/api/device/{device.id}")
    answer = tenant.call("GET", f"/api/plugins/telemetry/DEVICE/{device.id}/values/timeseries")
    assert (answer.status_code, answer.text) == (404, "Device with requested id wasn't found!")
