"""Assets and their profiles over REST."""
import uuid

import pytest

from harness import rest

DENIED = "You don't have permission to perform this operation!"


def name(what="asset"):
    return f"{what} {uuid.uuid4()}"


def create(tenant, **fields):
    return tenant.ok("POST", "/api/asset", {"name": name(), "type": "default", **fields})


def pk(entity):
    return entity["id"]["id"]


@pytest.fixture(scope="module")
def customer_id(customer):
    return customer.ok("GET", "/api/auth/user")["customerId"]["id"]


@pytest.mark.sanitizer
def test_an_asset_lives_and_dies(tenant):
    asset = create(tenant, label="hall", additionalInfo={"description": "d"})
    assert asset["id"]["entityType"] == "ASSET" and asset["type"] == "default"
    assert asset["assetProfileId"]["entityType"] == "ASSET_PROFILE"
    assert asset["customerId"]["id"] == rest.NULL_UUID and asset["version"] == 1
    assert tenant.ok("GET", f"/api/asset/{pk(asset)}") == asset
    changed = tenant.ok("POST", "/api/asset", {**asset, "label": "new"})
    assert changed == {**asset, "label": "new", "version": 2}
    tenant.refused(409, 35, "Asset was already changed by someone else", "POST", "/api/asset", asset)
    tenant.ok("DELETE", f"/api/asset/{pk(asset)}")
    tenant.refused(404, 32, f"Asset with id [{pk(asset)}] is not found", "GET", f"/api/asset/{pk(asset)}")


@pytest.mark.sanitizer
def test_what_is_wrong_with_an_asset_is_said(tenant):
    asset = create(tenant)
    for message, fields in [
        ("Asset with such name already exists!", {"name": asset["name"]}),
        ("Asset name should be specified!", {"name": " "}),
        ("Validation error: name length must be equal or less than 255", {"name": "x" * 256}),
        ("Validation error: label is malformed", {"name": name(), "label": "<b>x</b>"}),
        ("Asset is referencing non existing asset profile!",
         {"name": name(), "assetProfileId": {"entityType": "ASSET_PROFILE", "id": str(uuid.uuid1())}}),
        ("Can't assign asset to non-existent customer!",
         {"name": name(), "customerId": {"entityType": "CUSTOMER", "id": str(uuid.uuid1())}}),
    ]:
        tenant.refused(400, 31, message, "POST", "/api/asset", fields)


def test_a_taken_name_can_be_made_unique(tenant):
    asset = create(tenant)
    other = tenant.ok("POST", "/api/asset?nameConflictPolicy=UNIQUIFY&uniquifyStrategy=INCREMENTAL",
                      {"name": asset["name"]})
    assert other["name"] == asset["name"] + "_1"


def test_lists_of_assets(tenant, customer, customer_id):
    mark, kind = uuid.uuid4().hex[:8], name("kind")
    assets = [create(tenant, name=f"{mark} {i}", type=kind) for i in range(3)]
    page = {"pageSize": 10, "page": 0}

    def names(path, **params):
        return [each["name"] for each in tenant.ok("GET", path, params={**page, **params})["data"]]
    everything = [each["name"] for each in assets]
    assert names("/api/tenant/assets", textSearch=mark.upper()) == everything
    assert names("/api/tenant/assets", type=kind, sortProperty="name", sortOrder="DESC") == everything[::-1]
    assert names("/api/tenant/assetInfos", assetProfileId=pk({"id": assets[0]["assetProfileId"]})) == everything
    assert tenant.ok("GET", "/api/tenant/asset", params={"assetName": everything[1]}) == assets[1]
    assert tenant.ok("GET", "/api/tenant/assets", params={"assetName": everything[1]}) == assets[1]
    tenant.refused(404, 32, "Requested item wasn't found!", "GET", "/api/tenant/asset", params={"assetName": "none"})
    ids = ",".join(pk(each) for each in assets[::-1])
    assert tenant.ok("GET", "/api/assets", params={"assetIds": ids}) == assets[::-1]
    assert {"tenantId": assets[0]["tenantId"], "entityType": "ASSET", "type": kind} in tenant.ok("GET", "/api/asset/types")

    assigned = tenant.ok("POST", f"/api/customer/{customer_id}/asset/{pk(assets[2])}")
    assert assigned["customerId"]["id"] == customer_id
    found = customer.ok("GET", f"/api/customer/{customer_id}/assetInfos", params={**page, "textSearch": mark})["data"]
    assert [(each["name"], each["customerTitle"], each["assetProfileName"]) for each in found] == \
        [(everything[2], "Customer A", kind)]
    assert customer.ok("GET", f"/api/asset/{pk(assets[2])}") == assigned
    customer.refused(403, 20, DENIED, "GET", f"/api/asset/{pk(assets[0])}")
    customer.refused(403, 20, DENIED, "DELETE", f"/api/asset/{pk(assets[2])}")
    customer.refused(403, 20, DENIED, "POST", "/api/asset", {"name": name()})
    assert tenant.ok("DELETE", f"/api/customer/asset/{pk(assets[2])}")["customerId"]["id"] == rest.NULL_UUID
    tenant.refused(400, 31, "Asset isn't assigned to any customer!", "DELETE", f"/api/customer/asset/{pk(assets[2])}")


def test_an_asset_for_the_public(tenant):
    asset = create(tenant)
    tenant.ok("POST", f"/api/customer/public/asset/{pk(asset)}")
    info = tenant.ok("GET", f"/api/asset/info/{pk(asset)}")
    assert (info["customerTitle"], info["customerIsPublic"]) == ("Public", True)


def test_attributes_and_telemetry_of_an_asset(tenant):
    path = f"/api/plugins/telemetry/ASSET/{pk(create(tenant))}"
    tenant.ok("POST", f"{path}/attributes/SERVER_SCOPE", {"floor": 3})
    tenant.ok("POST", f"{path}/timeseries/ANY", {"t": 1})
    assert tenant.ok("GET", f"{path}/keys/timeseries") == ["t"]
    found = tenant.ok("GET", f"{path}/values/attributes/SERVER_SCOPE")
    assert [(each["key"], each["value"]) for each in found] == [("floor", 3)]


def test_the_system_administrator_has_no_assets(system, tenant):
    asset = create(tenant)
    system.refused(403, 20, DENIED, "GET", f"/api/asset/{pk(asset)}")
    system.refused(403, 20, DENIED, "GET", "/api/tenant/assets?pageSize=1&page=0")


def test_edges_are_not_there(tenant):
    tenant.refused(400, 31, "Edges support disabled", "POST", f"/api/edge/{uuid.uuid1()}/asset/{uuid.uuid1()}")


# --- profiles ---

def test_a_profile_and_its_assets(tenant):
    profile = tenant.ok("POST", "/api/assetProfile", {"name": name("profile"), "description": "d"})
    assert profile["default"] is False and profile["version"] == 1
    asset = create(tenant, type=None, assetProfileId=profile["id"])
    assert asset["type"] == profile["name"]
    renamed = tenant.ok("POST", "/api/assetProfile", {**profile, "name": profile["name"] + " new"})
    assert tenant.ok("GET", f"/api/asset/{pk(asset)}")["type"] == renamed["name"]
    active = tenant.ok("GET", "/api/assetProfile/names", params={"activeOnly": "true"})
    assert {"id": profile["id"], "name": renamed["name"]} in active
    tenant.refused(400, 31, "The asset profile referenced by the assets cannot be deleted!",
                   "DELETE", f"/api/assetProfile/{pk(profile)}")
    tenant.ok("DELETE", f"/api/asset/{pk(asset)}")
    tenant.ok("DELETE", f"/api/assetProfile/{pk(profile)}")
    tenant.refused(404, 32, f"Asset profile with id [{pk(profile)}] is not found",
                   "GET", f"/api/assetProfile/{pk(profile)}")


def test_the_default_asset_profile_moves_and_stays(tenant, customer):
    before = customer.ok("GET", "/api/assetProfileInfo/default")
    profile = tenant.ok("POST", "/api/assetProfile", {"name": name("profile")})
    try:
        assert tenant.ok("POST", f"/api/assetProfile/{pk(profile)}/default")["default"] is True
        assert customer.ok("GET", "/api/assetProfileInfo/default")["id"] == profile["id"]
        assert create(tenant, type=None)["type"] == profile["name"]
        assert tenant.ok("GET", f"/api/assetProfile/{pk(before)}")["default"] is False
        tenant.refused(400, 31, "Deletion of Default Asset Profile is prohibited!",
                       "DELETE", f"/api/assetProfile/{pk(profile)}")
    finally:
        tenant.ok("POST", f"/api/assetProfile/{pk(before)}/default")


def test_lists_of_asset_profiles(tenant, customer):
    profile = tenant.ok("POST", "/api/assetProfile", {"name": name("profile")})
    params = {"pageSize": 10, "page": 0, "textSearch": profile["name"], "sortProperty": "isDefault"}
    assert tenant.ok("GET", "/api/assetProfiles", params=params)["data"] == [profile]
    info = customer.ok("GET", "/api/assetProfileInfos", params=params)["data"]
    assert info == [{"id": profile["id"], "name": profile["name"], "image": None, "defaultDashboardId": None,
                     "tenantId": profile["tenantId"]}]
    assert customer.ok("GET", f"/api/assetProfileInfo/{pk(profile)}") == info[0]
    ids = {"assetProfileIds": pk(profile)}
    assert tenant.ok("GET", "/api/assetProfileInfos/list", params=ids) == info
    assert tenant.ok("GET", "/api/assetProfileInfos", params=ids) == info
    customer.refused(403, 20, DENIED, "GET", "/api/assetProfiles", params=params)


# --- import ---

def test_assets_from_a_table(tenant):
    mark, kind = uuid.uuid4().hex[:8], name("kind")
    body = {"file": f"name,type,label,floor\n{mark} 1,{kind},one,3\n{mark} 2,{kind},,\n,{kind},x,1\nshort\n",
            "mapping": {"columns": [{"type": "NAME"}, {"type": "TYPE"}, {"type": "LABEL"},
                                    {"type": "SERVER_ATTRIBUTE", "key": "floor"}],
                        "delimiter": ",", "header": True, "update": False}}
    found = tenant.ok("POST", "/api/asset/bulk_import", body)
    assert (found["created"], found["updated"], found["errors"]) == (2, 0, 2)
    assert found["errorsList"] == ["Line 4: Asset name should be specified!",
                                   "Line 5: there are 1 values for 4 columns"]
    one = tenant.ok("GET", "/api/tenant/asset", params={"assetName": f"{mark} 1"})
    assert (one["type"], one["label"]) == (kind, "one")
    values = tenant.ok("GET", f"/api/plugins/telemetry/ASSET/{pk(one)}/values/attributes/SERVER_SCOPE")
    assert [(each["key"], each["value"]) for each in values] == [("floor", 3)]
    again = tenant.ok("POST", "/api/asset/bulk_import",
                      {**body, "file": f"name,type,label,floor\n{mark} 1,{kind},uno,4\n"})
    assert (again["created"], again["updated"], again["errors"]) == (0, 1, 0)
    assert tenant.ok("GET", f"/api/asset/{pk(one)}")["label"] == "uno"
    values = tenant.ok("GET", f"/api/plugins/telemetry/ASSET/{pk(one)}/values/attributes/SERVER_SCOPE")
    assert [each["value"] for each in values] == [3]  # `update` is off.
