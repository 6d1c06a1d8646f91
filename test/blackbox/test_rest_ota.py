"""OTA packages over REST."""
import base64
import hashlib
import uuid
import zlib

import pytest

DENIED = "You don't have permission to perform this operation!"
DATA = b"firmware " * 1000


@pytest.fixture(scope="module")
def profile(tenant):
    """The id of the tenant's default device profile."""
    return tenant.create_device().json["deviceProfileId"]


def create(tenant, profile=None, **fields):
    body = {"title": f"fw {uuid.uuid4()}", "version": "1.0", "type": "FIRMWARE", "tag": "t", "deviceProfileId": profile,
            "usesUrl": False, **fields}
    return tenant.ok("POST", "/api/otaPackage", body)


def upload(rest, package, data=DATA, algorithm="SHA256", **params):
    return rest.call("POST", f"/api/otaPackage/{package['id']['id']}", files={"file": ("fw.bin", data, "text/plain")},
                     params={"checksumAlgorithm": algorithm, **params})


@pytest.mark.sanitizer
def test_a_package_gets_its_bytes_once(tenant, profile):
    package = create(tenant, profile)
    assert (package["hasData"], package["checksum"], package["dataSize"]) == (False, None, None)
    assert package["name"] == package["title"] and package["deviceProfileId"] == profile
    answer = upload(tenant, package)
    assert answer.status_code == 200
    info = answer.json()
    assert (info["hasData"], info["fileName"], info["contentType"], info["dataSize"]) == (
        True, "fw.bin", "text/plain", len(DATA))
    assert (info["checksumAlgorithm"], info["checksum"]) == ("SHA256", hashlib.sha256(DATA).hexdigest())
    path = f"/api/otaPackage/{package['id']['id']}"
    assert tenant.ok("GET", f"/api/otaPackage/info/{package['id']['id']}") == info
    whole = tenant.ok("GET", path)
    assert base64.b64decode(whole["data"]) == DATA
    answer = tenant.call("GET", path + "/download")
    assert answer.content == DATA and answer.headers["x-filename"] == "fw.bin"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert upload(tenant, package, b"other").status_code == 400
    tenant.ok("DELETE", path)
    tenant.refused(404, 32, f"Ota package with id [{package['id']['id']}] is not found", "GET", path)


@pytest.mark.parametrize("algorithm,checksum", [
    ("MD5", hashlib.md5(DATA).hexdigest()), ("SHA384", hashlib.sha384(DATA).hexdigest()),
    ("SHA512", hashlib.sha512(DATA).hexdigest()),
    ("CRC32", zlib.crc32(DATA).to_bytes(4, "little").hex()), ("MURMUR3_32", None), ("MURMUR3_128", None)])
def test_checksums(tenant, algorithm, checksum):
    package = create(tenant)
    if checksum:
        answer = upload(tenant, package, algorithm=algorithm, checksum="00")
        assert (answer.status_code, answer.json()["message"]) == (400, "Wrong otaPackage file!")
        answer = upload(tenant, package, algorithm=algorithm, checksum=checksum.upper())
    else:
        answer = upload(tenant, package, algorithm=algorithm)
    assert answer.status_code == 200
    assert len(answer.json()["checksum"]) == {"MURMUR3_32": 8, "MURMUR3_128": 32}.get(algorithm, len(checksum or ""))
    assert checksum in (None, answer.json()["checksum"])


def test_packages_elsewhere(tenant):
    tenant.refused(400, 31, "Ota package URL should be specified!", "POST", "/api/otaPackage",
                   {"title": "x", "version": "1", "type": "FIRMWARE", "usesUrl": True})
    package = create(tenant, usesUrl=True, url="https://example.org/fw.bin")
    assert package["hasData"] is True and package["url"] == "https://example.org/fw.bin"
    tenant.refused(400, 31, "The package is not kept here, but at the URL that it names!", "GET",
                   f"/api/otaPackage/{package['id']['id']}/download")
    assert upload(tenant, package).status_code == 400


def test_what_is_set_is_not_changed(tenant, profile):
    package = create(tenant, profile)

    def refused(message, **changes):
        tenant.refused(400, 31, message, "POST", "/api/otaPackage", {**package, **changes})
    refused("Updating otaPackage title is prohibited!", title="other")
    refused("Updating otaPackage version is prohibited!", version="2")
    refused("Updating otaPackage tag is prohibited!", tag="other")
    refused("Updating otaPackage deviceProfile is prohibited!", deviceProfileId=None)
    refused("Updating type is prohibited!", type="SOFTWARE")
    noted = tenant.ok("POST", "/api/otaPackage", {**package, "additionalInfo": {"description": "d"}})
    assert noted["additionalInfo"] == {"description": "d"} and noted["id"] == package["id"]


def test_what_is_wrong_with_a_package_is_said(tenant):
    package = create(tenant)

    def refused(message, **fields):
        body = {"title": str(uuid.uuid4()), "version": "1", "type": "FIRMWARE", **fields}
        tenant.refused(400, 31, message, "POST", "/api/otaPackage", body)
    refused("OtaPackage with such title and version already exists!", title=package["title"], version="1.0")
    refused("OtaPackage title should be specified!", title=" ")
    refused("OtaPackage version should be specified!", version=None)
    refused("Type should be specified!", type=None)
    refused("Validation error: title length must be equal or less than 255", title="x" * 256)
    refused("OtaPackage is referencing to non-existent device profile!",
            deviceProfileId={"entityType": "DEVICE_PROFILE", "id": str(uuid.uuid1())})
    assert upload(tenant, package, algorithm="ROT13").status_code == 400


def test_lists_of_packages(tenant, profile):
    mark = uuid.uuid4().hex
    names = [f"{mark} {i}" for i in range(3)]
    packages = [create(tenant, profile, title=name) for name in names]
    assert upload(tenant, packages[1]).status_code == 200

    def found(path="/api/otaPackages", **params):
        params = {"pageSize": 10, "page": 0, "textSearch": mark, "sortProperty": "title", **params}
        return [each["title"] for each in tenant.ok("GET", path, params=params)["data"]]
    assert found() == names and found(sortOrder="DESC") == names[::-1]
    of_profile = f"/api/otaPackages/{profile['id']}"
    assert found(of_profile + "/FIRMWARE") == [names[1]] and found(of_profile + "/SOFTWARE") == []
    tenant.refused(400, 31, None, "GET", of_profile + "/NOTHING", params={"pageSize": 1, "page": 0})


def test_who_may_do_what_with_packages(tenant, customer, system):
    package = create(tenant)
    customer.refused(403, 20, DENIED, "GET", f"/api/otaPackage/info/{package['id']['id']}")
    customer.refused(403, 20, DENIED, "DELETE", f"/api/otaPackage/{package['id']['id']}")
    system.refused(403, 20, DENIED, "GET", "/api/otaPackages", params={"pageSize": 1, "page": 0})
