"""Images over REST: what is stored, shown, published and refused."""
import base64
import hashlib
import http.client
import json
import uuid

import pytest
import requests

from harness.pictures import SVG_WITH_SCRIPT, png, png_size

DENIED = "You don't have permission to perform this operation!"


def name():
    return f"{uuid.uuid4().hex}.png"


def upload(rest, data, file_name=None, media_type="image/png", **fields):
    return rest.ok("POST", "/api/image", files={"file": (file_name or name(), data, media_type)}, data=None if not
                   fields else fields)


@pytest.fixture(scope="module")
def picture(tenant):
    """A picture of 500 x 300 and what is known of it."""
    data = png(500, 300)
    return data, upload(tenant, data, title="A title")


@pytest.mark.sanitizer
def test_an_image_is_known_by_its_bytes(tenant, picture):
    data, info = picture
    etag = hashlib.sha256(data).hexdigest()
    assert (info["title"], info["name"], info["resourceType"], info["resourceSubType"]) == (
        "A title", "A title", "IMAGE", "IMAGE")
    assert info["etag"] == etag and info["id"]["entityType"] == "TB_RESOURCE"
    assert info["link"] == f"/api/images/tenant/{info['resourceKey']}"
    assert info["public"] is True and len(info["publicResourceKey"]) == 32 and info["publicResourceKey"].isalnum()
    assert info["publicLink"] == f"/api/images/public/{info['publicResourceKey']}"
    described = info["descriptor"]
    assert (described["mediaType"], described["width"], described["height"], described["size"]) == (
        "image/png", 500, 300, len(data))
    assert (described["previewDescriptor"]["width"], described["previewDescriptor"]["height"]) == (250, 150)
    assert tenant.ok("GET", info["link"] + "/info") == info
    # What the client says of the bytes does not count.
    lied = upload(tenant, png(3, 3), media_type="text/html")
    assert lied["descriptor"]["mediaType"] == "image/png" and lied["title"] == lied["fileName"]


@pytest.mark.sanitizer
def test_downloads_are_kept_until_they_change(tenant, picture):
    data, info = picture
    answer = tenant.call("GET", info["link"])
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, data, "image/png")
    assert answer.headers["ETag"] == f'"{info["etag"]}"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["x-filename"] == info["fileName"]
    assert answer.headers["Content-Disposition"] == f'attachment;filename="{info["fileName"]}"'
    again = tenant.call("GET", info["link"], headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = tenant.call("GET", info["link"] + "/preview")
    assert small.status_code == 200 and png_size(small.content) == (250, 150)
    assert small.headers["Content-Type"] == "image/png"
    kept = tenant.call("GET", info["link"] + "/preview", headers={"If-None-Match": small.headers["ETag"]})
    assert kept.status_code == 304


def test_a_small_image_is_its_own_preview(tenant):
    data = png(40, 30)
    info = upload(tenant, data)
    assert info["descriptor"]["previewDescriptor"]["width"] == 40
    assert tenant.call("GET", info["link"] + "/preview").content == data


@pytest.mark.sanitizer
def test_an_svg_never_runs_its_script(tenant):
    info = upload(tenant, SVG_WITH_SCRIPT, "evil.svg", "image/svg+xml")
    assert (info["descriptor"]["mediaType"], info["descriptor"]["width"], info["descriptor"]["height"]) == (
        "image/svg+xml", 20, 10)
    for path in (info["link"], info["link"] + "/preview", info["publicLink"]):
        answer = tenant.call("GET", path)
        assert answer.status_code == 200 and answer.content == SVG_WITH_SCRIPT
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    tenant.refused(400, 31, None, "POST", "/api/image",
                   files={"file": ("a.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "image/svg+xml")})
    tenant.refused(400, 31, None, "POST", "/api/image",
                   files={"file": ("a.svg", b"<html><script>alert(1)</script></html>", "image/svg+xml")})


def test_names_that_are_taken_get_a_number(tenant):
    file_name = name()
    first, second = upload(tenant, png(1, 1), file_name), upload(tenant, png(2, 2), file_name)
    assert first["resourceKey"] == file_name
    assert second["resourceKey"] == file_name.replace(".png", "_(1).png") and second["fileName"] == file_name
    tenant.refused(400, 31, None, "POST", "/api/image", files={"file": ("../../etc/passwd.png", png(1, 1))})


def test_a_replaced_image_keeps_its_link(tenant):
    info = upload(tenant, png(5, 5))
    other = png(6, 7)
    changed = tenant.ok("PUT", info["link"], files={"file": ("other.png", other, "image/png")})
    assert (changed["link"], changed["id"], changed["publicLink"]) == (info["link"], info["id"], info["publicLink"])
    assert changed["descriptor"]["height"] == 7 and changed["etag"] != info["etag"]
    assert tenant.call("GET", info["link"]).content == other
    renamed = tenant.ok("PUT", info["link"] + "/info", {**changed, "title": "Renamed", "resourceKey": "x", "etag": "y"})
    assert (renamed["title"], renamed["resourceKey"], renamed["etag"]) == (
        "Renamed", info["resourceKey"], changed["etag"])


def test_only_public_images_are_for_everybody(server, tenant):
    data = png(4, 4)
    info = upload(tenant, data)
    url = server.url + info["publicLink"]
    assert requests.get(url, timeout=60).content == data
    private = tenant.ok("PUT", info["link"] + "/public/false")
    assert private["public"] is False and private["publicLink"] is None
    assert requests.get(url, timeout=60).status_code == 404
    tenant.ok("PUT", info["link"] + "/public/true")
    assert requests.get(url, timeout=60).status_code == 200
    assert requests.get(server.url + info["link"], timeout=60).status_code == 401
    tenant.refused(400, 31, None, "PUT", info["link"] + "/public/maybe")


def test_what_is_no_image_is_refused(tenant):
    def refused(data):
        tenant.refused(400, 31, None, "POST", "/api/image", files={"file": ("a.png", data, "image/png")})
    refused(b"no image at all")
    refused(png(300, 300)[:200])  # Its head is good.
    huge = bytearray(png(300, 300))
    huge[16:24] = b"\0\0\xea\x60\0\0\xea\x60"  # 60,000 x 60,000
    refused(bytes(huge))
    tenant.refused(400, 31, None, "POST", "/api/image", files={"other": ("a.png", png(1, 1))})
    tenant.refused(415, 31, None, "POST", "/api/image", {"file": "x"})
    answer = tenant.call("POST", "/api/image", data="--x\r\nrubbish",
                         headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400
    tenant.refused(400, 31, None, "GET", "/api/images/elsewhere/a.png")
    tenant.refused(404, 32, "Requested item wasn't found!", "GET", "/api/images/tenant/nothing.png")


def test_lists_of_images(tenant, system):
    mark = uuid.uuid4().hex
    titles = [f"{mark} {i}" for i in range(3)]
    for title in titles:
        upload(tenant, png(1, 1), title=title)
    upload(tenant, SVG_WITH_SCRIPT, "symbol.svg", title=f"{mark} symbol", imageSubType="SCADA_SYMBOL")
    upload(system, png(2, 1), title=f"{mark} of the system")

    def found(**params):
        params = {"pageSize": 10, "page": 0, "textSearch": mark, "sortProperty": "title", **params}
        return [each["title"] for each in tenant.ok("GET", "/api/images", params=params)["data"]]
    assert found() == found(imageSubType="IMAGE") == titles
    assert found(sortOrder="DESC") == titles[::-1]
    assert found(imageSubType="SCADA_SYMBOL") == [f"{mark} symbol"]
    assert found(includeSystemImages="true") == titles + [f"{mark} of the system"]
    tenant.refused(400, 31, None, "GET", "/api/images", params={"pageSize": 10, "page": 0, "imageSubType": "NONE"})


def test_an_exported_image_comes_back(tenant, system):
    data = png(30, 20)
    info = upload(tenant, data, title="Exported")
    exported = tenant.ok("GET", info["link"] + "/export")
    assert base64.b64decode(exported["data"]) == data
    assert (exported["title"], exported["type"], exported["subType"], exported["mediaType"]) == (
        "Exported", "IMAGE", "IMAGE", "image/png")
    assert tenant.ok("PUT", "/api/image/import", exported)["id"] == info["id"]  # It is there already.
    moved = system.ok("PUT", "/api/image/import", exported)
    assert moved["link"] == f"/api/images/system/{info['resourceKey']}"
    assert tenant.call("GET", moved["link"]).content == data
    tenant.refused(400, 31, None, "PUT", "/api/image/import", {**exported, "data": "%%%"})


def test_an_image_that_is_shown_is_not_deleted(tenant):
    info = upload(tenant, png(9, 9))
    bundle = tenant.ok("POST", "/api/widgetsBundle", {"title": f"Shows {uuid.uuid4()}",
                                                      "image": "tb-image;" + info["link"]})
    answer = tenant.call("DELETE", info["link"])
    assert answer.status_code == 400
    refusal = answer.json()
    assert refusal["success"] is False
    assert [each["id"] for each in refusal["references"]["WIDGETS_BUNDLE"]] == [bundle["id"]]
    assert tenant.ok("DELETE", info["link"], params={"force": "true"})["success"] is True
    tenant.refused(404, 32, None, "GET", info["link"])
    free = upload(tenant, png(9, 8))
    assert tenant.ok("DELETE", free["link"])["success"] is True


def test_images_inside_of_entities_become_links(tenant):
    data = png(12, 11)
    inlined = "data:image/png;base64," + base64.b64encode(data).decode()
    bundle = tenant.ok("POST", "/api/widgetsBundle", {"title": f"Embeds {uuid.uuid4()}", "image": inlined})
    assert bundle["image"].startswith("tb-image;/api/images/tenant/")
    assert tenant.call("GET", bundle["image"].removeprefix("tb-image;")).content == data
    again = tenant.ok("POST", "/api/widgetsBundle", {"title": f"Embeds {uuid.uuid4()}", "image": inlined})
    assert again["image"] == bundle["image"]  # The same bytes are stored once.
    shown = tenant.ok("GET", f"/api/widgetsBundle/{bundle['id']['id']}", params={"inlineImages": "true"})
    assert shown["image"] == inlined


def test_who_may_do_what_with_images(tenant, customer, system, picture):
    data, info = picture
    assert customer.call("GET", info["link"]).content == data
    assert customer.call("GET", info["link"] + "/preview").status_code == 200
    customer.refused(403, 20, DENIED, "GET", info["link"] + "/info")
    customer.refused(403, 20, DENIED, "POST", "/api/image", files={"file": ("a.png", png(1, 1))})
    customer.refused(403, 20, DENIED, "DELETE", info["link"])
    of_system = upload(system, png(8, 8))
    assert tenant.call("GET", of_system["link"]).status_code == 200
    tenant.refused(403, 20, DENIED, "DELETE", of_system["link"])
    tenant.refused(403, 20, DENIED, "PUT", of_system["link"], files={"file": ("a.png", png(1, 1))})


def test_files_have_a_limit_of_their_own(tenant):
    large = b"\x89PNG" + bytes(17 * 1024 * 1024)
    tenant.refused(400, 31, None, "POST", "/api/image", files={"file": ("a.png", large)})  # Read, and no image.
    host = tenant.url.split("//")[1]
    for token, limit in ((tenant.token, 52428800), ("unknown", 16777216)):  # Strangers get the ordinary limit.
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.putrequest("POST", "/api/image")
        for header in (("X-Authorization", f"Bearer {token}"), ("Content-Type", "multipart/form-data; boundary=x"),
                       ("Content-Length", str(60 * 1024 * 1024))):
            connection.putheader(*header)
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.load(answer)["message"] == f"Payload size exceeds the limit of {limit} bytes"
        connection.close()
