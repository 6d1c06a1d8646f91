"""The device interface over HTTP."""
import concurrent.futures
import http.client
import json
import subprocess
import time

import pytest
import requests

from harness.raw_mqtt import RawMqtt
from harness.wait import eventually

TS = 1_700_000_000_000


def url(server, device, rest_of_path):
    return f"{server.device_url}/api/v1/{device.token}/{rest_of_path}"


def post(server, device, what, body):
    return requests.post(url(server, device, what), data=body, headers={"Content-Type": "application/json"}, timeout=60)


@pytest.mark.sanitizer
@pytest.mark.parametrize("body,wanted", [
    ('{"a":1,"b":"x","c":{"d":1}}', {"a": 1, "b": "x", "c": {"d": 1}}),
    (f'{{"ts":{TS},"values":{{"a":1.0}}}}', {"a": 1.0}),
    (f'[{{"a":true}},{{"ts":{TS},"values":{{"b":2}}}}]', {"a": True, "b": 2}),
])
def test_telemetry_is_stored(server, tenant, device, body, wanted):
    answer = post(server, device, "telemetry", body)
    assert (answer.status_code, answer.content) == (200, b"")
    found = eventually(lambda: tenant.latest(device.id), lambda found: len(found) == len(wanted))
    assert {key: points[0]["value"] for key, points in found.items()} == wanted
    if str(TS) in body:
        assert TS in {points[0]["ts"] for points in found.values()}


def test_curl_with_its_default_content_type(server, tenant, device):
    subprocess.run(["curl", "-sSf", "-d", '{"temperature":25}', url(server, device, "telemetry")], check=True, timeout=60)
    assert eventually(lambda: tenant.latest(device.id).get("temperature"))[0]["value"] == 25


def test_attributes_are_stored_and_read(server, tenant, device):
    answer = post(server, device, "attributes", '{"a":1,"b":"x"}')
    assert (answer.status_code, answer.content) == (200, b"")
    eventually(lambda: tenant.attributes(device.id, "CLIENT_SCOPE"), lambda found: found == {"a": 1, "b": "x"})
    tenant.save_attributes(device.id, "SHARED_SCOPE", {"s": 42.0, "t": {"u": [1]}})
    tenant.save_attributes(device.id, "SERVER_SCOPE", {"secret": 1})
    for query, wanted in (
            ("", {"client": {"a": 1, "b": "x"}, "shared": {"s": 42.0, "t": {"u": [1]}}}),
            ("?clientKeys=a", {"client": {"a": 1}}),
            ("?sharedKeys=s,none", {"shared": {"s": 42.0}}),
            ("?clientKeys=b&sharedKeys=t", {"client": {"b": "x"}, "shared": {"t": {"u": [1]}}}),
            ("?clientKeys=none", {}), ("?sharedKeys=secret", {})):
        answer = requests.get(url(server, device, "attributes" + query), timeout=60)
        assert (answer.status_code, answer.json()) == (200, wanted), query
        assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.sanitizer
def test_a_long_poll_gets_the_next_change_only(server, tenant, device):
    tenant.save_attributes(device.id, "SHARED_SCOPE", {"before": 1})
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        def poll():
            before = server.metric("thingstead_http_device_polls")
            waiting = pool.submit(requests.get, url(server, device, "attributes/updates?timeout=60000"), timeout=90)
            eventually(lambda: server.metric("thingstead_http_device_polls") > before)
            return waiting
        waiting = poll()
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"limit": 7})
        answer = waiting.result()
        assert (answer.status_code, answer.json()) == (200, {"limit": 7})
        waiting = poll()
        tenant.delete_attributes(device.id, "SHARED_SCOPE", "limit")
        answer = waiting.result()
        assert (answer.status_code, answer.json()) == (200, {"deleted": ["limit"]})
        waiting = poll()
        tenant.ok("DELETE", f"/api/device/{device.id}")
        answer = waiting.result()
        assert (answer.status_code, answer.text) == (403, "Device was deleted!")


def test_a_long_poll_ends_at_its_timeout(server, device):
    started = time.monotonic()
    answer = requests.get(url(server, device, "attributes/updates?timeout=700"), timeout=60)
    assert (answer.status_code, answer.content) == (408, b"")
    assert time.monotonic() - started >= 0.6
    assert requests.get(url(server, device, "attributes/updates?timeout=soon"), timeout=60).status_code == 400


def test_a_poll_whose_client_went_away_is_forgotten(server, device):
    before = server.metric("thingstead_http_device_polls")
    connection = http.client.HTTPConnection("127.0.0.1", server.device_http_port, timeout=60)
    connection.request("GET", f"/api/v1/{device.token}/attributes/updates?timeout=120000")
    eventually(lambda: server.metric("thingstead_http_device_polls") == before + 1)
    connection.sock.close()
    connection.close()
    eventually(lambda: server.metric("thingstead_http_device_polls") == before)


@pytest.mark.sanitizer
def test_an_unknown_token_is_unauthorized(server):
    for method, path in (("POST", "telemetry"), ("POST", "attributes"), ("GET", "attributes"),
                         ("GET", "attributes/updates?timeout=1000")):
        answer = requests.request(method, f"{server.device_url}/api/v1/NOBODY/{path}", data='{"a":1}', timeout=60)
        assert (answer.status_code, answer.content) == (401, b""), path


def test_a_token_is_refused_after_its_change(server, tenant, device):
    assert post(server, device, "telemetry", '{"a":1}').status_code == 200
    assert tenant.set_credentials(device.id, credentialsId="new" + device.token).status_code == 200
    eventually(lambda: post(server, device, "telemetry", '{"a":1}').status_code, lambda status: status == 401,
               seconds_max=server.told_s_max)


@pytest.mark.sanitizer
@pytest.mark.parametrize("what,body", [
    ("telemetry", "{"), ("telemetry", "3"), ("telemetry", "null"), ("telemetry", "[1]"), ("telemetry", '{"a":tru}'),
    ("telemetry", '{"ts":1,"values":2}'), ("telemetry", b'{"a":"\xff"}'), ("attributes", "[]"), ("attributes", "x"),
    ("telemetry", ""), ("attributes", "")])
def test_what_is_no_payload_is_a_bad_request(server, tenant, device, what, body):
    assert post(server, device, what, body).status_code == 400
    assert tenant.latest(device.id) == {} and tenant.attributes(device.id, "CLIENT_SCOPE") == {}


def test_a_missing_body_has_the_standard_error(server, device):
    error = post(server, device, "telemetry", "").json()
    assert (error["status"], error["errorCode"]) == (400, 31) and set(error) >= {"message", "timestamp"}


@pytest.mark.parametrize("body", ["{}", "[]", '{"a":null}'])
def test_nothing_to_store_is_accepted(server, tenant, device, body):
    assert post(server, device, "telemetry", body).status_code == 200
    assert tenant.latest(device.id) == {}


@pytest.mark.parametrize("method,path,status,code", [
    ("GET", "telemetry", 405, 31), ("PUT", "telemetry", 405, 31), ("DELETE", "attributes", 405, 31),
    ("POST", "attributes/updates", 405, 31), ("POST", "nothing", 404, 32), ("GET", "", 404, 32),
    ("POST", "telemetry/more", 404, 32), ("GET", "attributes?clientKeys=%ED%A0%80", 400, 31)])
def test_wrong_methods_and_paths(server, device, method, path, status, code):
    answer = requests.request(method, url(server, device, path), data="{}", timeout=60)
    assert answer.status_code == status
    error = answer.json()
    assert (error["status"], error["errorCode"]) == (status, code)


def test_a_body_above_the_limit_is_refused_before_it_is_sent(server, device):
    limit = 52_428_800
    connection = http.client.HTTPConnection("127.0.0.1", server.device_http_port, timeout=60)
    connection.putrequest("POST", f"/api/v1/{device.token}/telemetry")
    connection.putheader("Content-Length", str(limit + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert f"Payload size exceeds the limit of {limit} bytes" in answer.read().decode()
    connection.close()


def test_a_chunked_body_does_not_escape_the_limit(server, device):
    connection = http.client.HTTPConnection("127.0.0.1", server.device_http_port, timeout=60)
    connection.putrequest("POST", f"/api/v1/{device.token}/telemetry")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    try:
        for _ in range(52):
            connection.send(chunk)
    except (BrokenPipeError, ConnectionResetError):
        pass  # It need not listen to the end.
    try:
        assert connection.getresponse().status == 413
    except (http.client.RemoteDisconnected, ConnectionResetError):
        pass
    connection.close()
    assert server.rss_bytes() < 1 << 30


def test_a_large_body_is_stored(server, tenant, device):
    value = "x" * 3_000_000
    assert post(server, device, "telemetry", json.dumps({"large": value})).status_code == 200
    assert eventually(lambda: tenant.latest(device.id).get("large"))[0]["value"] == value


@pytest.mark.sanitizer
def test_requests_may_share_a_connection_and_come_at_once(server, tenant, device):
    with requests.Session() as session:
        for number in range(50):
            body = json.dumps({"ts": TS + number, "values": {"n": number}})
            assert session.post(url(server, device, "telemetry"), data=body, timeout=60).status_code == 200
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda number: post(server, device, "telemetry",
                                               json.dumps({"ts": TS + number, "values": {"n": number}})), range(50, 150))
        assert {answer.status_code for answer in answers} == {200}
    found = eventually(lambda: tenant.history(device.id, "n", limit=1000, orderBy="ASC").get("n", []),
                       lambda points: len(points) == 150)
    assert found == [(TS + number, number) for number in range(150)]


def test_http_does_not_end_the_mqtt_session(server, tenant, device):

    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        assert post(server, device, "telemetry", '{"a":1}').status_code == 200
        client.ping()
