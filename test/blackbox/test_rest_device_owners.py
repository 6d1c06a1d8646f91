"""Devices that change hands over REST: customers, the public, claiming, tables of devices."""
import json
import uuid

import pytest

from harness import rest

DENIED = "You don't have permission to perform this operation!"


@pytest.fixture(scope="module")
def customer_id(customer):
    return customer.ok("GET", "/api/auth/user")["customerId"]["id"]


@pytest.mark.sanitizer
def test_assigning_and_taking_back(tenant, customer, customer_id, device):
    customer.refused(403, 20, DENIED, "GET", f"/api/device/{device.id}")
    assigned = tenant.ok("POST", f"/api/customer/{customer_id}/device/{device.id}")
    assert assigned["customerId"]["id"] == customer_id and assigned["version"] == 2
    assert customer.ok("GET", f"/api/device/{device.id}") == assigned
    # A save keeps the customer, whatever it says.
    kept = tenant.ok("POST", "/api/device", {**assigned, "customerId": None})
    assert kept["customerId"]["id"] == customer_id
    taken = tenant.ok("DELETE", f"/api/customer/device/{device.id}")
    assert taken["customerId"]["id"] == rest.NULL_UUID
    tenant.refused(400, 31, "Device isn't assigned to any customer!", "DELETE", f"/api/customer/device/{device.id}")
    unknown = str(uuid.uuid1())
    tenant.refused(404, 32, f"Customer with id [{unknown}] is not found",
                   "POST", f"/api/customer/{unknown}/device/{device.id}")
    customer.refused(403, 20, DENIED, "POST", f"/api/customer/{customer_id}/device/{device.id}")


def test_a_device_for_the_public(tenant, device):
    tenant.ok("POST", f"/api/customer/public/device/{device.id}")
    info = tenant.ok("GET", f"/api/device/info/{device.id}")
    assert (info["customerTitle"], info["customerIsPublic"]) == ("Public", True)


def test_the_state_is_a_filter(tenant):
    mark = uuid.uuid4().hex
    on, off = (tenant.create_device(label=mark) for _ in range(2))
    tenant.save_attributes(on.id, "SERVER_SCOPE", {"active": True})

    def names(**params):
        params = {"pageSize": 10, "page": 0, "textSearch": mark, **params}
        return {each["name"]: each["active"]
                for each in tenant.ok("GET", "/api/tenant/deviceInfos", params=params)["data"]}
    assert names() == {on.name: True, off.name: False}
    assert names(active="true") == {on.name: True} and names(active="false") == {off.name: False}


def test_sorting_by_names_of_others(tenant, customer_id):
    mark = uuid.uuid4().hex
    plain = tenant.create_device(label=mark, type="default")
    other = tenant.create_device(label=mark, type=f"a {mark}")
    tenant.ok("POST", f"/api/customer/{customer_id}/device/{plain.id}")

    def names(**params):
        params = {"pageSize": 10, "page": 0, "textSearch": mark, **params}
        return [each["name"] for each in tenant.ok("GET", "/api/tenant/deviceInfos", params=params)["data"]]
    assert names(sortProperty="deviceProfileName") == [other.name, plain.name]
    assert names(sortProperty="customerTitle") == [plain.name, other.name]  # None comes last.


def claim(customer, name, **body):
    return customer.call("POST", f"/api/customer/device/{name}/claim", body)


def test_claiming_by_what_an_administrator_wrote(tenant, customer, customer_id, device):
    assert (claim(customer, device.name).status_code, claim(customer, device.name).json()) == (400, "FAILURE")
    tenant.save_attributes(device.id, "SERVER_SCOPE",
                           {"claimingData": {"secretKey": "s", "expirationTime": 1 << 45}, "claimingAllowed": True})
    assert claim(customer, device.name, secretKey="wrong").json() == "FAILURE"
    answer = claim(customer, device.name, secretKey="s")
    assert answer.status_code == 200 and answer.json()["response"] == "SUCCESS"
    assert answer.json()["device"]["customerId"]["id"] == customer_id
    left = tenant.attributes(device.id, "SERVER_SCOPE")
    assert "claimingData" not in left and "claimingAllowed" not in left
    again = claim(customer, device.name, secretKey="s")
    assert (again.status_code, again.json()) == (400, "CLAIMED")
    freed = customer.call("DELETE", f"/api/customer/device/{device.name}/claim")
    assert (freed.status_code, freed.content) == (200, b"")
    assert tenant.ok("GET", f"/api/device/{device.id}")["customerId"]["id"] == rest.NULL_UUID


def test_what_another_customer_has_is_not_taken(tenant, customer):
    assert customer.call("DELETE", "/api/customer/device/Test Device B1/claim").status_code == 403


def test_a_device_does_not_go_to_a_tenant_that_is_none(tenant, device):
    tenant.refused(400, 31, "Could not find the specified Tenant!", "POST",
                   f"/api/tenant/{uuid.uuid1()}/device/{device.id}")


LWM2M = {"client": {"securityConfigClientMode": "NO_SEC", "endpoint": None},
         "bootstrap": {"bootstrapServer": {"securityMode": "NO_SEC"}, "lwm2mServer": {"securityMode": "NO_SEC"}}}


def test_lwm2m_credentials(tenant, device):
    endpoint = uuid.uuid4().hex
    value = {**LWM2M, "client": {"securityConfigClientMode": "PSK", "endpoint": endpoint, "identity": "id " + endpoint,
                                 "key": "ab" * 16}}
    answer = tenant.set_credentials(device.id, credentialsType="LWM2M_CREDENTIALS",
                                    credentialsValue=json.dumps(value))
    assert answer.status_code == 200, answer.text
    assert answer.json()["credentialsId"] == "id " + endpoint
    assert json.loads(answer.json()["credentialsValue"]) == value
    refused = tenant.set_credentials(device.id, credentialsType="LWM2M_CREDENTIALS",
                                     credentialsValue=json.dumps(LWM2M))
    assert (refused.status_code, refused.json()["message"]) == (400, "LwM2M client endpoint must be specified!")


@pytest.mark.sanitizer
def test_devices_from_a_table(tenant):
    mark = uuid.uuid4().hex[:8]
    columns = [{"type": "NAME"}, {"type": "TYPE"}, {"type": "ACCESS_TOKEN"}, {"type": "IS_GATEWAY"},
               {"type": "SHARED_ATTRIBUTE", "key": "s"}, {"type": "TIMESERIES", "key": "t"}]
    body = {"file": f"{mark} 1;default;{mark};true;on;1.5\n{mark} 2;default;{mark};;;\n",
            "mapping": {"columns": columns, "delimiter": ";", "header": False, "update": True}}
    found = tenant.ok("POST", "/api/device/bulk_import", body)
    assert (found["created"], found["updated"], found["errors"]) == (1, 0, 1)
    assert found["errorsList"] == ["Line 2: Device credentials are already assigned to another device!"]
    device = tenant.find_device(f"{mark} 1")
    assert device["additionalInfo"] == {"gateway": True}
    assert tenant.ok("GET", f"/api/device/{device['id']['id']}/credentials")["credentialsId"] == mark
    assert tenant.attributes(device["id"]["id"], "SHARED_SCOPE") == {"s": "on"}
    assert tenant.latest(device["id"]["id"])["t"][0]["value"] == 1.5
    tenant.refused(404, 32, None, "GET", "/api/tenant/device", params={"deviceName": f"{mark} 2"})
    tenant.refused(400, 31, None, "POST", "/api/device/bulk_import", {"file": "x"})


def test_edges_are_not_there(tenant, device):
    for method, path in (("POST", f"device/{device.id}"), ("DELETE", f"device/{device.id}"),
                         ("GET", "devices?pageSize=1&page=0")):
        tenant.refused(400, 31, "Edges support disabled", method, f"/api/edge/{uuid.uuid1()}/{path}")


@pytest.mark.parametrize("path,types,kind", [("/api/devices", "deviceTypes", "DEVICE"), ("/api/assets", "assetTypes", "ASSET")])
def test_what_relations_lead_to(tenant, path, types, kind):
    root = tenant.ok("POST", "/api/asset", {"name": str(uuid.uuid4()), "type": "default"})["id"]
    found = []
    for i in range(2):
        body = {"name": str(uuid.uuid4()), "type": f"kind {i}"}
        found.append(tenant.ok("POST", "/api/device" if kind == "DEVICE" else "/api/asset", body))
        tenant.ok("POST", "/api/relation", {"from": root, "to": found[i]["id"], "type": "Contains", "typeGroup": "COMMON"})
    query = {"parameters": {"rootId": root["id"], "rootType": "ASSET", "direction": "FROM",
                            "relationTypeGroup": "COMMON", "maxLevel": 1},
             "relationType": "Contains", types: ["kind 1"]}
    assert tenant.ok("POST", path, query) == [found[1]]
    assert len(tenant.ok("POST", path, {**query, types: []})) == 2
    tenant.refused(400, 31, "Search parameters should be specified!", "POST", path, {"relationType": "Contains"})
