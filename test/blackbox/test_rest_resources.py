"""Resources over REST: modules, LwM2M models, key stores and files of any kind."""
import base64
import hashlib
import uuid

import pytest

from harness.pictures import LWM2M

DENIED = "You don't have permission to perform this operation!"


def upload(rest, data, file_name, resource_type, media_type="application/octet-stream", **fields):
    return rest.ok("POST", "/api/resource/upload", files={"file": (file_name, data, media_type)},
                   data={"resourceType": resource_type, **fields})


def key_of(resource):
    return resource["resourceKey"]


@pytest.fixture(scope="module")
def module(tenant):
    data = b"export const answer = 42;"
    return data, upload(tenant, data, f"{uuid.uuid4().hex}.js", "JS_MODULE", title="A module",
                        resourceSubType="EXTENSION")


@pytest.mark.sanitizer
def test_a_module_is_stored_and_sent(tenant, customer, module):
    data, info = module
    assert (info["title"], info["resourceType"], info["resourceSubType"]) == ("A module", "JS_MODULE", "EXTENSION")
    assert info["etag"] == hashlib.sha256(data).hexdigest()
    assert info["link"] == f"/api/resource/js_module/tenant/{key_of(info)}"
    uid = info["id"]["id"]
    for rest in (tenant, customer):
        for path in (info["link"], f"/api/resource/js/{uid}/download"):
            answer = rest.call("GET", path)
            assert (answer.status_code, answer.content) == (200, data)
            assert answer.headers["Content-Type"] == "application/javascript"
            assert answer.headers["Content-Disposition"] == f'attachment;filename="{info["fileName"]}"'
            again = rest.call("GET", path, headers={"If-None-Match": answer.headers["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
    assert tenant.ok("GET", f"/api/resource/info/{uid}") == info == tenant.ok("GET", info["link"] + "/info")
    assert base64.b64decode(tenant.ok("GET", f"/api/resource/{uid}")["data"]) == data
    assert tenant.call("GET", f"/api/resource/{uid}/download").content == data
    tenant.refused(404, 32, None, "GET", f"/api/resource/jks/{uid}/download")


def test_a_page_sent_as_a_file_runs_nothing(tenant):
    info = upload(tenant, b"<script>alert(1)</script>", f"{uuid.uuid4().hex}.html", "GENERAL", "text/html")
    answer = tenant.call("GET", info["link"])
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "text/html"
    odd = upload(tenant, b"x", f"{uuid.uuid4().hex}.bin", "GENERAL", descriptor='{"mediaType": "a/b\\r\\nX: y"}')
    assert tenant.call("GET", odd["link"]).headers["Content-Type"] == "application/octet-stream"


def test_the_older_form_in_json(tenant):
    file_name = f"{uuid.uuid4().hex}.jks"
    body = {"title": "Keys", "resourceType": "JKS", "fileName": file_name,
            "data": base64.b64encode(b"\xfe\xed\xfe\xed").decode()}
    info = tenant.ok("POST", "/api/resource", body)
    assert (info["title"], key_of(info)) == ("Keys", file_name) and "data" not in info
    uid = info["id"]["id"]
    assert tenant.call("GET", f"/api/resource/jks/{uid}/download").content == b"\xfe\xed\xfe\xed"
    renamed = tenant.ok("POST", "/api/resource", {**info, "title": "Renamed"})
    assert (renamed["id"], renamed["title"], renamed["etag"]) == (info["id"], "Renamed", info["etag"])
    tenant.refused(400, 31, "This type of resource can't be updated", "POST", "/api/resource",
                   {**info, "data": base64.b64encode(b"x").decode()})

    def refused(message, **changes):
        tenant.refused(400, 31, message, "POST", "/api/resource", {**body, **changes})
    refused("Resource title should be specified!", title=None)
    refused("Resource type should be specified!", resourceType=None)
    refused("Resource data should be specified!", data=None)
    refused("Resource data is not in base64!", data="%%")
    refused("Validation error: title is malformed", title="<script>x</script>")
    refused("Validation error: title length must be equal or less than 255", title="x" * 256)
    refused(None, fileName="a/b.jks")


def test_data_of_some_types_may_be_replaced(tenant, module):
    _, info = module
    uid = info["id"]["id"]
    changed = tenant.ok("PUT", f"/api/resource/{uid}/data", files={"file": ("b.js", b"1;", "text/javascript")})
    assert (key_of(changed), changed["fileName"]) == (key_of(info), "b.js") and changed["etag"] != info["etag"]
    assert tenant.call("GET", info["link"]).content == b"1;"
    titled = tenant.ok("PUT", f"/api/resource/{uid}/info", {**changed, "title": "Other", "resourceKey": "stolen"})
    assert (titled["title"], key_of(titled)) == ("Other", key_of(info))
    store = upload(tenant, b"\0\1", f"{uuid.uuid4().hex}.p12", "PKCS_12")
    tenant.refused(400, 31, "This type of resource can't be updated", "PUT",
                   f"/api/resource/{store['id']['id']}/data", files={"file": ("b.p12", b"2")})
    uid = store["id"]["id"]
    assert tenant.call("GET", f"/api/resource/pkcs12/{uid}/download").headers["Content-Type"] == "application/x-pkcs12"


@pytest.mark.sanitizer
def test_lwm2m_models_are_read(tenant, system):
    number = 30000 + uuid.uuid4().int % 10000
    xml = LWM2M.format(name="Device", id=number, version="1.2").encode()
    info = upload(tenant, xml, "model.xml", "LWM2M_MODEL", "application/xml", title="Not this")
    assert (key_of(info), info["title"]) == (f"{number}_1.2", f"Device id={number} v1.2")
    tenant.refused(400, 31, "Resource with such key already exists!", "POST", "/api/resource/upload",
                   files={"file": ("again.xml", xml)}, data={"resourceType": "LWM2M_MODEL"})
    of_system = LWM2M.format(name="System", id=number, version="1.2").encode()
    upload(system, of_system, "model.xml", "LWM2M_MODEL")
    other = LWM2M.format(name="Other", id=number, version="1.3").encode()
    upload(system, other, "other.xml", "LWM2M_MODEL")
    params = {"sortOrder": "DESC", "sortProperty": "name", "objectIds": f"{number}_1.2,{number}_1.3,1_9.9"}
    objects = tenant.ok("GET", "/api/resource/lwm2m", params=params)
    assert [each["keyId"] for each in objects] == [f"{number}_1.3", f"{number}_1.2"]
    assert objects[1] == {
        "id": number, "keyId": f"{number}_1.2", "name": "Device", "multiple": False, "mandatory": False,
        "instances": [{"id": 0, "resources": [{"id": 9, "name": "Battery Level", "observe": False, "attribute": False,
                                               "telemetry": False, "keyName": "batteryLevel"}]}]}
    page = tenant.ok("GET", "/api/resource/lwm2m/page", params={"pageSize": 10, "page": 0, "textSearch": f"{number}_"})
    assert {each["keyId"] for each in page} == {f"{number}_1.2", f"{number}_1.3"}
    assert tenant.call("GET", f"/api/resource/lwm2m/{info['id']['id']}/download").content == xml
    for bad in (b"no xml", b"<LWM2M/>", b'<!DOCTYPE LWM2M [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml[38:]):
        tenant.refused(400, 31, None, "POST", "/api/resource/upload", files={"file": ("bad.xml", bad)},
                       data={"resourceType": "LWM2M_MODEL"})


def test_lists_of_resources(tenant, system, module):
    mark = uuid.uuid4().hex
    mine = upload(tenant, b"1", f"{mark}.bin", "GENERAL", title=f"{mark} b")
    theirs = upload(system, b"2", f"{mark}.bin", "GENERAL", title=f"{mark} a")
    code = upload(tenant, b"3", f"{mark}.js", "JS_MODULE", title=f"{mark} c")

    def found(path="/api/resource", **params):
        params = {"pageSize": 10, "page": 0, "textSearch": mark.upper(), "sortProperty": "title", **params}
        return [each["title"] for each in tenant.ok("GET", path, params=params)["data"]]
    assert found() == [f"{mark} a", f"{mark} b"]
    assert found(resourceType="JS_MODULE") == [f"{mark} c"] and found(resourceType="JKS") == []
    assert found("/api/resource/tenant") == [f"{mark} b"]
    ids = ",".join(each["id"]["id"] for each in (mine, theirs, code))
    for path in ("/api/resource/list", "/api/resource"):
        assert len(tenant.ok("GET", path, params={"resourceIds": ids})) == 3
    tenant.refused(400, 31, None, "GET", "/api/resource", params={"pageSize": 1, "page": 0, "resourceType": "X"})


def test_a_resource_in_use_is_not_deleted(tenant):
    code = upload(tenant, b"1;", f"{uuid.uuid4().hex}.js", "JS_MODULE")
    widget = tenant.ok("POST", "/api/widgetType", {"name": f"Uses {uuid.uuid4()}", "descriptor": {
        "type": "static", "resources": [{"url": code["link"]}], "templateHtml": "", "controllerScript": ""}})
    path = f"/api/resource/{code['id']['id']}"
    answer = tenant.call("DELETE", path)
    assert answer.status_code == 400
    assert [each["id"] for each in answer.json()["references"]["WIDGET_TYPE"]] == [widget["id"]]
    assert tenant.ok("DELETE", path + "?force=true")["success"] is True
    tenant.refused(404, 32, f"Resource with id [{code['id']['id']}] is not found", "DELETE", path)


def test_who_may_do_what_with_resources(tenant, customer, system):
    plain = upload(tenant, b"secret", f"{uuid.uuid4().hex}.bin", "GENERAL")
    customer.refused(403, 20, DENIED, "GET", plain["link"])
    customer.refused(403, 20, DENIED, "GET", f"/api/resource/{plain['id']['id']}/download")
    of_system = upload(system, b"1", f"{uuid.uuid4().hex}.bin", "GENERAL")
    assert of_system["link"].startswith("/api/resource/general/system/")
    assert tenant.call("GET", of_system["link"]).content == b"1"
    tenant.refused(403, 20, DENIED, "DELETE", f"/api/resource/{of_system['id']['id']}")
    system.refused(403, 20, DENIED, "GET", f"/api/resource/info/{plain['id']['id']}")


def test_large_files_come_back_whole(tenant):
    data = bytes(range(256)) * 4096 * 3 + b"tail"  # Three rows and a bit.
    info = upload(tenant, data, f"{uuid.uuid4().hex}.bin", "GENERAL")
    assert tenant.call("GET", info["link"]).content == data
