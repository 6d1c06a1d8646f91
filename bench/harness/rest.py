"""The part of the REST interface that the benchmark needs, over kept-alive connections."""
import http.client
import json
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from harness.process import Failed

THREADS = 8
PAGE_POINTS = 20_000


class Behind(Failed):
    """The server cannot answer yet: it is behind with storing."""


class Rest:
    """One log-in, one connection a thread."""

    def __init__(self, port, username="tenant@thingsboard.org", password="tenant"):
        self.port, self.headers = port, {}
        self.local = threading.local()
        token = self.call("POST", "/api/auth/login", {"username": username, "password": password})["token"]
        self.headers = {"X-Authorization": "Bearer " + token}

    def call(self, method, path, body=None):
        headers = {**self.headers, "Content-Type": "application/json"}
        text = None if body is None else json.dumps(body)
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                self.local.connection = connection
            try:
                connection.request(method, path, text, headers)
                answer = connection.getresponse()
                content = answer.read()
                break
            except (http.client.HTTPException, OSError):
                # A server may close a kept-alive connection while it is unused: once is no fault.
                connection.close()
                self.local.connection = None
                if attempt == 2:
                    raise
        if answer.status >= 300:
            raise (Behind if answer.status == 503 else Failed)(f"{method} {path}: {answer.status} {content[:300].decode(errors='replace')}")
        return json.loads(content) if content else None

    def create_devices(self, tokens):
        """The ids of new devices, in the order of their access tokens."""
        def create(token):
            query = urllib.parse.urlencode({"accessToken": token})
            return self.call("POST", f"/api/device?{query}", {"name": token, "type": "default"})["id"]["id"]
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(create, tokens))

    def history(self, device, key, start_ts, end_ts, limit=PAGE_POINTS):
        """{ts: value} of start_ts <= ts < end_ts, in pages, so that no server limit is met."""
        points = {}
        while start_ts < end_ts:
            query = urllib.parse.urlencode({"keys": key, "startTs": start_ts, "endTs": end_ts, "limit": limit,
                                            "orderBy": "ASC", "useStrictDataTypes": "true"})
            page = (self.call("GET", f"/api/plugins/telemetry/DEVICE/{device}/values/timeseries?{query}")
                    or {}).get(key, [])
            points.update((point["ts"], point["value"]) for point in page)
            if len(page) < limit:
                break
            start_ts = page[-1]["ts"] + 1
        return points
