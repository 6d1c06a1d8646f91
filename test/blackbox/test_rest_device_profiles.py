"""Device profiles over REST."""
import uuid

import pytest

DENIED = "You don't have permission to perform this operation!"


def name():
    return f"profile {uuid.uuid4()}"


def create(tenant, **fields):
    return tenant.ok("POST", "/api/deviceProfile", {"name": name(), **fields})


def pk(entity):
    return entity["id"]["id"]


@pytest.mark.sanitizer
def test_a_profile_is_saved_whole(tenant):
    profile = create(tenant, description="d", transportType="MQTT",
                     profileData={"alarms": [{"id": "1", "alarmType": "Hot", "createRules": {}}]})
    assert (profile["type"], profile["transportType"], profile["provisionType"]) == ("DEFAULT", "MQTT", "DISABLED")
    data = profile["profileData"]
    assert data["configuration"] == {"type": "DEFAULT"}
    assert data["transportConfiguration"]["deviceTelemetryTopic"] == "v1/devices/me/telemetry"
    assert data["provisionConfiguration"] == {"type": "DISABLED", "provisionDeviceSecret": None}
    assert data["alarms"] == [{"id": "1", "alarmType": "Hot", "createRules": {}}]
    assert tenant.ok("GET", f"/api/deviceProfile/{pk(profile)}") == profile
    changed = tenant.ok("POST", "/api/deviceProfile", {**profile, "description": "new"})
    assert changed == {**profile, "description": "new", "version": 2}
    tenant.refused(409, 35, "Device profile was already changed by someone else", "POST", "/api/deviceProfile", profile)
    tenant.ok("DELETE", f"/api/deviceProfile/{pk(profile)}")
    tenant.refused(404, 32, f"Device profile with id [{pk(profile)}] is not found",
                   "GET", f"/api/deviceProfile/{pk(profile)}")


@pytest.mark.sanitizer
def test_what_is_wrong_with_a_profile_is_said(tenant):
    other = create(tenant, provisionType="ALLOW_CREATE_NEW_DEVICES", provisionDeviceKey=uuid.uuid4().hex)

    def refused(message, **fields):
        tenant.refused(400, 31, message, "POST", "/api/deviceProfile", {"name": name(), **fields})
    refused("Device profile with such name already exists!", name=other["name"])
    refused("Device profile name should be specified!", name="")
    refused("Device profile with such provision device key already exists!",
            provisionType="ALLOW_CREATE_NEW_DEVICES", provisionDeviceKey=other["provisionDeviceKey"])
    refused("Another default device profile is present in scope of current tenant!", default=True)
    refused("Device profile transport configuration should be of type DEFAULT!",
            profileData={"transportConfiguration": {"type": "MQTT"}})
    refused("Alarm rule type should be specified!", profileData={"alarms": [{"alarmType": ""}]})
    refused('Can\'t create device profile with the same alarm rule types: "x"!',
            profileData={"alarms": [{"alarmType": "x"}, {"alarmType": "x"}]})
    refused("Device profile is referencing to non-existent rule chain!",
            defaultRuleChainId={"entityType": "RULE_CHAIN", "id": str(uuid.uuid1())})
    refused("Device profile certificate is not a valid X.509 certificate!", provisionType="X509_CERTIFICATE_CHAIN",
            profileData={"provisionConfiguration": {"type": "X509_CERTIFICATE_CHAIN", "provisionDeviceSecret": "no",
                                                    "certificateRegExPattern": "(.*)"}})
    refused(None, profileData={"transportConfiguration": {"type": "PIGEON"}})
    refused(None, transportType="PIGEON")


def test_devices_follow_their_profile(tenant):
    profile = create(tenant)
    device = tenant.create_device(type=None, deviceProfileId=profile["id"]).json
    tenant.refused(400, 31, "Can't change device profile transport type because devices referenced it!",
                   "POST", "/api/deviceProfile", {**profile, "transportType": "MQTT", "profileData": None})
    tenant.refused(400, 31, "The device profile referenced by the devices cannot be deleted!",
                   "DELETE", f"/api/deviceProfile/{pk(profile)}")
    renamed = tenant.ok("POST", "/api/deviceProfile", {**profile, "name": name()})
    assert tenant.ok("GET", f"/api/device/{pk(device)}")["type"] == renamed["name"]
    assert tenant.ok("GET", f"/api/device/info/{pk(device)}")["deviceProfileName"] == renamed["name"]
    tenant.ok("DELETE", f"/api/device/{pk(device)}")
    freed = tenant.ok("POST", "/api/deviceProfile", {**renamed, "transportType": "MQTT", "profileData": None})
    assert freed["profileData"]["transportConfiguration"]["type"] == "MQTT"


def test_the_default_moves_by_its_own_operation_alone(tenant, customer):
    before = customer.ok("GET", "/api/deviceProfileInfo/default")
    profile = create(tenant)
    try:
        assert tenant.ok("POST", f"/api/deviceProfile/{pk(profile)}/default")["default"] is True
        assert customer.ok("GET", "/api/deviceProfileInfo/default")["id"] == profile["id"]
        old = tenant.ok("GET", f"/api/deviceProfile/{pk(before)}")
        assert old["default"] is False
        tenant.refused(400, 31, "Deletion of Default Device Profile is prohibited!",
                       "DELETE", f"/api/deviceProfile/{pk(profile)}")
        kept = tenant.ok("GET", f"/api/deviceProfile/{pk(profile)}")
        assert tenant.ok("POST", "/api/deviceProfile", {**kept, "default": False})["default"] is True
    finally:
        tenant.ok("POST", f"/api/deviceProfile/{pk(before)}/default")


def test_lists_of_profiles(tenant, customer):
    profile = create(tenant, transportType="COAP")
    params = {"pageSize": 10, "page": 0, "textSearch": profile["name"]}
    assert tenant.ok("GET", "/api/deviceProfiles", params=params)["data"] == [profile]
    info = {"id": profile["id"], "name": profile["name"], "image": None, "defaultDashboardId": None, "type": "DEFAULT",
            "transportType": "COAP", "tenantId": profile["tenantId"]}
    assert customer.ok("GET", "/api/deviceProfileInfos", params={**params, "transportType": "COAP"})["data"] == [info]
    assert customer.ok("GET", "/api/deviceProfileInfos", params={**params, "transportType": "MQTT"})["data"] == []
    assert customer.ok("GET", f"/api/deviceProfileInfo/{pk(profile)}") == info
    for path in ("/api/deviceProfileInfos", "/api/deviceProfileInfos/list"):
        assert tenant.ok("GET", path, params={"deviceProfileIds": pk(profile)}) == [info]
    named = {"id": profile["id"], "name": profile["name"]}
    assert named in customer.ok("GET", "/api/deviceProfile/names")
    assert named not in customer.ok("GET", "/api/deviceProfile/names", params={"activeOnly": "true"})
    customer.refused(403, 20, DENIED, "GET", f"/api/deviceProfile/{pk(profile)}")
    customer.refused(403, 20, DENIED, "POST", "/api/deviceProfile", {"name": name()})


def test_keys_of_a_profile(tenant):
    profile = create(tenant)
    devices = [tenant.create_device(type=None, deviceProfileId=profile["id"]) for _ in range(2)]
    tenant.save_telemetry(devices[0].id, {"b": 1, "a": 1})
    tenant.save_telemetry(devices[1].id, {"c": 1, "a": 2})
    tenant.save_attributes(devices[1].id, "SHARED_SCOPE", {"s": 1})
    params = {"deviceProfileId": pk(profile)}
    assert tenant.ok("GET", "/api/deviceProfile/devices/keys/timeseries", params=params) == ["a", "b", "c"]
    assert tenant.ok("GET", "/api/deviceProfile/devices/keys/attributes", params=params) == ["active", "s"]
    for kind in ("FIRMWARE", "SOFTWARE"):
        assert tenant.ok("GET", f"/api/devices/count/{kind}/{pk(profile)}") == 2
    tenant.refused(400, 31, None, "GET", f"/api/devices/count/HARDWARE/{pk(profile)}")
