"""The REST interface as one user sees it, over kept-alive connections."""
import time
import uuid
from types import SimpleNamespace

import requests

SYSTEM = ("sysadmin@thingsboard.org", "sysadmin")
TENANT = ("tenant@thingsboard.org", "tenant")
CUSTOMER = ("customer@thingsboard.org", "customer")
NULL_UUID = "13814000-1dd2-11b2-8080-808080808080"


class Rest:
    def __init__(self, url, login=TENANT):
        self.url, self.session = url, requests.Session()
        self.tokens = {}
        if login:
            self.tokens = self.ok("POST", "/api/auth/login", {"username": login[0], "password": login[1]})
            self.token = self.tokens["token"]
            self.session.headers["X-Authorization"] = "Bearer " + self.token

    def call(self, method, path, body=None, **options):
        """The response, whatever its status. `body` becomes JSON; `data=` goes out as it is."""
        if body is not None:
            options["json"] = body
        elif "data" in options and "files" not in options:
            options.setdefault("headers", {}).setdefault("Content-Type", "application/json")
        return self.session.request(method, self.url + path, timeout=60, **options)

    def ok(self, method, path, body=None, **options):
        answer = self.call(method, path, body, **options)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def refused(self, status, code, message, method, path, body=None, **options):
        """The call fails as said, with the standard error JSON. `message` None: any."""
        answer = self.call(method, path, body, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        error = answer.json()
        assert error["status"] == status and error["errorCode"] == code, error
        assert abs(error["timestamp"] - time.time() * 1000) < 600_000, error
        assert message is None or error["message"] == message, error
        return error

    def create_device(self, **fields):
        """A device with a name and a token nobody else has."""
        name = f"device {uuid.uuid4()}"
        token = uuid.uuid4().hex[:20]
        device = self.ok("POST", f"/api/device?accessToken={token}", {"name": name, "type": "default", **fields})
        return SimpleNamespace(id=device["id"]["id"], name=device["name"], token=token, json=device)

    def find_device(self, name):
        return self.ok("GET", "/api/tenant/devices", params={"deviceName": name})

    def set_credentials(self, device_id, **fields):
        """Replaces the device's credentials; returns the response."""
        now = self.ok("GET", f"/api/device/{device_id}/credentials")
        return self.call("POST", "/api/device/credentials", {**now, "credentialsValue": None, **fields})

    def latest(self, device_id, keys=None, strict=True):
        params = {"useStrictDataTypes": str(strict).lower(), **({"keys": keys} if keys else {})}
        return self.ok("GET", f"/api/plugins/telemetry/DEVICE/{device_id}/values/timeseries", params=params)

    def history(self, device_id, keys, start_ts=0, end_ts=1 << 52, **params):
        """{key: [(ts, value), …]}, strictly typed, newest first unless `orderBy` says otherwise."""
        params = {"keys": keys, "startTs": start_ts, "endTs": end_ts, "useStrictDataTypes": "true", **params}
        found = self.ok("GET", f"/api/plugins/telemetry/DEVICE/{device_id}/values/timeseries", params=params)
        return {key: [(point["ts"], point["value"]) for point in points] for key, points in found.items()}

    def save_telemetry(self, device_id, body):
        self.ok("POST", f"/api/plugins/telemetry/DEVICE/{device_id}/timeseries/ANY", body)

    def save_attributes(self, device_id, scope, body):
        self.ok("POST", f"/api/plugins/telemetry/DEVICE/{device_id}/attributes/{scope}", body)

    def delete_attributes(self, device_id, scope, keys):
        self.ok("DELETE", f"/api/plugins/telemetry/DEVICE/{device_id}/{scope}", params={"keys": keys})

    def attributes(self, device_id, scope, keys=None):
        """{key: value} of one scope."""
        found = self.ok("GET", f"/api/plugins/telemetry/DEVICE/{device_id}/values/attributes/{scope}",
                        params={"keys": keys} if keys else None)
        return {each["key"]: each["value"] for each in found}
