"""Widget types and bundles over REST."""
import base64
import uuid

import pytest

from harness.pictures import png

DENIED = "You don't have permission to perform this operation!"
STATIC = {"type": "static", "sizeX": 3, "sizeY": 2, "templateHtml": "<b>x</b>", "controllerScript": ""}


def create(rest, **fields):
    return rest.ok("POST", "/api/widgetType", {"name": f"Type {uuid.uuid4().hex}", "descriptor": STATIC, **fields})


def bundle_of(rest, types=(), **fields):
    bundle = rest.ok("POST", "/api/widgetsBundle", {"title": f"Bundle {uuid.uuid4().hex}", **fields})
    ids = [each["id"]["id"] for each in types]
    answer = rest.call("POST", f"/api/widgetsBundle/{bundle['id']['id']}/widgetTypes", ids)
    assert (answer.status_code, answer.content) == (200, b"")
    return bundle


@pytest.mark.sanitizer
def test_a_widget_type_has_a_name_that_stays(tenant):
    mark = uuid.uuid4().hex
    first = create(tenant, name=f"My Widget {mark}!", tags=["a", "b"], description="d", scada=False)
    assert first["fqn"] == f"my_widget_{mark}_" and first["version"] == 1 and first["tags"] == ["a", "b"]
    assert create(tenant, name=f"My Widget {mark}!")["fqn"] == f"my_widget_{mark}_1"
    path = f"/api/widgetType/{first['id']['id']}"
    assert tenant.ok("GET", path) == first
    renamed = tenant.ok("POST", "/api/widgetType", {**first, "name": "Renamed"})
    assert (renamed["fqn"], renamed["version"]) == (first["fqn"], 2)
    tenant.refused(400, 31, "Update of widget type fqn is prohibited!", "POST", "/api/widgetType",
                   {**renamed, "fqn": "other"})
    tenant.refused(409, 35, "Widget type was already changed by someone else", "POST", "/api/widgetType", first)
    found = tenant.ok("GET", "/api/widgetType", params={"fqn": "tenant." + first["fqn"]})
    assert (found["id"], found["descriptor"]) == (first["id"], STATIC) and "image" not in found
    tenant.refused(404, 32, "Requested item wasn't found!", "GET", "/api/widgetType",
                   params={"fqn": "system." + first["fqn"]})
    tenant.ok("DELETE", path)
    tenant.refused(404, 32, f"Widget type with id [{first['id']['id']}] is not found", "GET", path)


def test_a_type_may_replace_the_one_with_its_fqn(tenant):
    first = create(tenant)
    body = {"name": "Other", "fqn": first["fqn"], "descriptor": {**STATIC, "sizeX": 9}}
    tenant.refused(400, 31, "Widget type with such fqn already exists!", "POST", "/api/widgetType", body)
    again = tenant.ok("POST", "/api/widgetType?updateExistingByFqn=true", body)
    assert (again["id"], again["version"], again["descriptor"]["sizeX"]) == (first["id"], 2, 9)


def test_what_is_wrong_with_a_type_is_said(tenant):
    def refused(message, **fields):
        tenant.refused(400, 31, message, "POST", "/api/widgetType", {"name": "x", "descriptor": STATIC, **fields})
    refused("Widgets type name should be specified!", name="")
    refused("Widgets type descriptor can't be empty!", descriptor=None)
    refused("Widgets type descriptor can't be empty!", descriptor={})
    refused("Validation error: name is malformed", name="<script>x</script>")
    refused("Validation error: description length must be equal or less than 1024", description="x" * 1025)
    tenant.refused(400, 31, "Widgets bundle title should be specified!", "POST", "/api/widgetsBundle", {"title": ""})


@pytest.mark.sanitizer
def test_a_bundle_has_its_types_in_order(tenant, customer):
    types = [create(tenant, name=f"{i} {uuid.uuid4().hex}") for i in (3, 1, 2)]
    bundle = bundle_of(tenant, types, description="d", order=7)
    uid = bundle["id"]["id"]
    assert bundle["alias"].startswith("bundle_") and (bundle["name"], bundle["order"]) == (bundle["title"], 7)
    names = [each["name"] for each in types]
    for rest in (tenant, customer):
        assert [each["name"] for each in rest.ok("GET", f"/api/widgetsBundle/{uid}/widgetTypes")] == names
    for path in ("/api/widgetTypes", "/api/widgetTypesDetails"):
        assert [each["name"] for each in tenant.ok("GET", path, params={"widgetsBundleId": uid})] == names
    page = tenant.ok("GET", "/api/widgetTypesInfos", params={"widgetsBundleId": uid, "pageSize": 2, "page": 0})
    assert [each["name"] for each in page["data"]] == names[:2] and page["totalElements"] == 3 and page["hasNext"]
    assert page["data"][0]["bundles"] == [{"id": bundle["id"], "name": bundle["title"]}]
    assert page["data"][0]["widgetType"] == "static" and "descriptor" not in page["data"][0]
    fqns = tenant.ok("GET", "/api/widgetTypeFqns", params={"widgetsBundleId": uid})
    assert fqns == ["tenant." + each["fqn"] for each in types]
    tenant.ok("POST", f"/api/widgetsBundle/{uid}/widgetTypeFqns", [fqns[2], "system.map", types[0]["fqn"], "nothing"])
    changed = tenant.ok("GET", "/api/widgetTypeFqns", params={"widgetsBundleId": uid})
    assert changed == [fqns[2], "system.map", fqns[0]]
    older = {"isSystem": "false", "bundleAlias": bundle["alias"]}
    assert len(tenant.ok("GET", "/api/widgetTypes", params=older)) == 3
    assert len(tenant.ok("GET", "/api/widgetTypesDetails", params=older)) == 3
    assert len(tenant.ok("GET", "/api/widgetTypesInfos", params=older)) == 3
    tenant.refused(404, 32, f"Widget type with id [{bundle['id']['id']}] is not found", "POST",
                   f"/api/widgetsBundle/{uid}/widgetTypes", [uid])
    tenant.ok("DELETE", f"/api/widgetType/{types[0]['id']['id']}")
    assert len(tenant.ok("GET", f"/api/widgetsBundle/{uid}/widgetTypes")) == 2
    tenant.ok("DELETE", f"/api/widgetsBundle/{uid}")
    assert tenant.call("GET", f"/api/widgetType/{types[1]['id']['id']}").status_code == 200  # Types stay.


def test_an_alias_stays(tenant):
    bundle = bundle_of(tenant)
    tenant.refused(400, 31, "Update of widgets bundle alias is prohibited!", "POST", "/api/widgetsBundle",
                   {**bundle, "alias": "other"})
    tenant.refused(400, 31, "Widgets Bundle with such alias already exists!", "POST", "/api/widgetsBundle",
                   {"title": "x", "alias": bundle["alias"]})


def test_lists_of_types(tenant):
    mark = uuid.uuid4().hex
    one = create(tenant, name=f"{mark} a", descriptor={**STATIC, "type": "latest"})
    create(tenant, name=f"{mark} b", deprecated=True)
    create(tenant, name=f"{mark} c", scada=True)
    create(tenant, name=f"other {uuid.uuid4().hex}", tags=[mark], description="x")

    def found(**params):
        params = {"pageSize": 10, "page": 0, "textSearch": mark, "sortProperty": "name", **params}
        return [each["name"].removeprefix(mark + " ")[:5] for each in
                tenant.ok("GET", "/api/widgetTypes", params=params)["data"]]
    assert found() == found(tenantOnly="true") == ["a", "b", "c"]
    assert found(fullSearch="true") == ["a", "b", "c", "other"]
    assert found(deprecatedFilter="ACTUAL") == ["a", "c"] and found(deprecatedFilter="DEPRECATED") == ["b"]
    assert found(widgetTypeList="latest,rpc") == ["a"] and found(scadaFirst="true") == ["c", "a", "b"]
    assert found(scadaFirst="true", pageSize=1, page=1) == ["a"]
    info = tenant.ok("GET", f"/api/widgetTypeInfo/{one['id']['id']}")
    assert (info["widgetType"], info["bundles"]) == ("latest", [])
    tenant.refused(400, 31, None, "GET", "/api/widgetTypes", params={"pageSize": 1, "page": 0, "deprecatedFilter": "X"})


def test_lists_of_bundles(tenant):
    mark = uuid.uuid4().hex
    plain = bundle_of(tenant, title=f"{mark} a")
    drawn = bundle_of(tenant, title=f"{mark} b", scada=True)
    inside = bundle_of(tenant, [create(tenant, name=mark)], title=f"Found inside {uuid.uuid4().hex}")

    def found(**params):
        params = {"pageSize": 10, "page": 0, "textSearch": mark, "sortProperty": "title", **params}
        return [each["id"] for each in tenant.ok("GET", "/api/widgetsBundles", params=params)["data"]]
    assert found() == [plain["id"], drawn["id"]] and found(scadaFirst="true") == [drawn["id"], plain["id"]]
    assert set(map(str, found(fullSearch="true"))) == {str(each["id"]) for each in (plain, drawn, inside)}
    ids = ",".join(each["id"]["id"] for each in (plain, drawn))
    for path in ("/api/widgetsBundles/list", "/api/widgetsBundles"):
        assert len(tenant.ok("GET", path, params={"widgetsBundleIds": ids})) == 2
    everything = tenant.ok("GET", "/api/widgetsBundles/all")
    assert everything == tenant.ok("GET", "/api/widgetsBundles") and len(everything) >= 30


def test_an_installation_begins_with_widgets(tenant, customer):
    bundles = {each["alias"]: each for each in tenant.ok("GET", "/api/widgetsBundles/all")
               if each["tenantId"]["id"].startswith("13814000")}
    assert len(bundles) == 28 and bundles["charts"]["order"] == 1000 and bundles["maps_v2"]["title"] == "Maps"
    for fqn in ("cards.value_card", "cards.entities_table", "cards.timeseries_table", "time_series_chart",
                "alarm_widgets.alarms_table", "cards.html_card", "map", "control_widgets.switch_control"):
        found = customer.ok("GET", "/api/widgetType", params={"fqn": "system." + fqn})
        assert {"type", "sizeX", "sizeY", "templateHtml", "controllerScript", "defaultConfig"} <= set(
            found["descriptor"])
    older = customer.ok("GET", "/api/widgetType",
                        params={"isSystem": "true", "bundleAlias": "cards", "alias": "value_card"})
    assert older["name"] == "Value card"


def test_images_and_resources_travel_with_a_type(tenant, system):
    inlined = "data:image/png;base64," + base64.b64encode(png(7, 5)).decode()
    saved = create(tenant, image=inlined, descriptor={**STATIC, "defaultConfig": "{}", "background": {"url": inlined}})
    assert saved["image"] == saved["descriptor"]["background"]["url"]
    assert saved["image"].startswith("tb-image;/api/images/tenant/")
    whole = tenant.ok("GET", f"/api/widgetType/{saved['id']['id']}", params={"includeResources": "true"})
    assert [each["link"] for each in whole["resources"]] == [saved["image"].removeprefix("tb-image;")]
    moved = system.ok("POST", "/api/widgetType", {**whole, "id": None, "version": None, "fqn": None})
    assert moved["image"].startswith("tb-image;/api/images/system/")
    assert moved["descriptor"]["background"]["url"] == moved["image"]
    assert tenant.call("GET", moved["image"].removeprefix("tb-image;")).status_code == 200


def test_who_may_do_what_with_widgets(tenant, customer, system):
    theirs = create(system)
    assert tenant.ok("GET", f"/api/widgetType/{theirs['id']['id']}")["name"] == theirs["name"]
    tenant.refused(403, 20, DENIED, "POST", "/api/widgetType", {**theirs, "name": "Mine"})
    tenant.refused(403, 20, DENIED, "DELETE", f"/api/widgetType/{theirs['id']['id']}")
    mine = create(tenant)
    customer.refused(403, 20, DENIED, "POST", "/api/widgetType", {**mine, "name": "Mine"})
    system.refused(403, 20, DENIED, "GET", f"/api/widgetType/{mine['id']['id']}")
