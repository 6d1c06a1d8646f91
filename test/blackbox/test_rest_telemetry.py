"""Time series over REST: written, read back, aggregated, deleted, refused."""
import json
import time
import uuid

import pytest

TS = 1_700_000_000_000


def path(device, rest_of_path):
    return f"/api/plugins/telemetry/DEVICE/{device.id}/{rest_of_path}"


def refused(rest, status, message, method, where, **options):
    """These endpoints answer with plain text or with the standard error; both hold the message."""
    answer = rest.call(method, where, **options)
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    assert message in answer.text, answer.text[:300]


@pytest.mark.sanitizer
def test_latest_values(tenant, device):
    assert tenant.ok("GET", path(device, "values/timeseries")) == {}
    tenant.save_telemetry(device.id, {"ts": TS, "values": {"l": 42, "d": 42.0, "big": 1e10, "s": "x", "b": True,
                                                           "j": {"a": [1, None]}}})
    strict = tenant.latest(device.id)
    assert strict == {key: [{"ts": TS, "value": value}] for key, value in {
        "l": 42, "d": 42.0, "big": 10000000000, "s": "x", "b": True, "j": {"a": [1, None]}}.items()}
    texts = {key: points[0]["value"] for key, points in tenant.latest(device.id, strict=False).items()}
    assert json.loads(texts.pop("j")) == {"a": [1, None]}
    assert texts == {"l": "42", "d": "42.0", "big": "1.0E10", "s": "x", "b": "true"}
    assert set(tenant.ok("GET", path(device, "keys/timeseries"))) == {"l", "d", "big", "s", "b", "j"}
    assert set(tenant.latest(device.id, "l,s")) == {"l", "s"}


def test_a_key_without_data_is_null_now(tenant, device):
    before = int(time.time() * 1000)
    found = tenant.ok("GET", path(device, "values/timeseries?keys=none"))
    assert set(found) == {"none"} and len(found["none"]) == 1
    assert found["none"][0]["value"] is None and before - 1000 <= found["none"][0]["ts"] <= before + 60_000


def test_the_repeated_key_form_allows_commas_in_a_key(tenant, device):
    tenant.save_telemetry(device.id, {"ts": TS, "values": {"a,b": 1, "c": 2}})
    found = tenant.ok("GET", path(device, "values/timeseries"), params={"key": ["a,b", "c"]})
    assert set(found) == {"a,b", "c"} and found["a,b"][0]["ts"] == TS


FORMS = [
    ({"a": 1}, {"a": 1}),
    ({"ts": TS, "values": {"a": 1}}, {"a": 1}),
    ([{"ts": TS, "values": {"a": 1}}, {"ts": TS + 1, "values": {"b": 2}}], {"a": 1, "b": 2}),
]


@pytest.mark.parametrize("body,wanted", FORMS)
def test_forms_of_a_write(tenant, device, body, wanted):
    answer = tenant.call("POST", path(device, "timeseries/ANY"), body)
    assert (answer.status_code, answer.content) == (200, b"")
    # Written means written: no waiting.
    assert {key: points[0]["value"] for key, points in tenant.latest(device.id).items()} == wanted


def test_text_plain_is_accepted(tenant, device):
    answer = tenant.call("POST", path(device, "timeseries/ANY"), data='{"a":1}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 200 and tenant.latest(device.id)["a"][0]["value"] == 1


@pytest.mark.sanitizer
@pytest.mark.parametrize("body,message", [
    ("{", "Unable to parse time series payload"),
    ("3", "Unable to parse time series payload"),
    ('{"a":null}', "Unable to parse time series payload"),
    ('{"ts":1,"values":{"a":null}}', "Unable to parse time series payload"),
    ("{}", "No time series data found in request body!"),
    ("[]", "No time series data found in request body!"),
    ('{"":1}', "Key cannot be blank"),
    ('{"  ":1}', "Key cannot be blank"),
])
def test_a_write_of_nothing_or_rubbish(tenant, device, body, message):
    refused(tenant, 400, message, "POST", path(device, "timeseries/ANY"), data=body)
    assert tenant.latest(device.id) == {}


def test_keys_that_are_refused(tenant, device):
    for key in ("x" * 256, "<b>bold</b>"):
        assert tenant.call("POST", path(device, "timeseries/ANY"), {key: 1}).status_code == 400, key
    tenant.save_telemetry(device.id, {"x" * 255: 1})
    assert set(tenant.latest(device.id)) == {"x" * 255}


def test_a_time_to_live_is_taken(tenant, device):
    for ttl in (0, 3600):
        tenant.ok("POST", path(device, f"timeseries/ANY/{ttl}"), {"a": ttl})
        assert tenant.latest(device.id)["a"][0]["value"] == ttl
    assert tenant.call("POST", path(device, "timeseries/ANY/soon"), {"a": 1}).status_code == 400


@pytest.fixture
def series(tenant, device):
    """Ten points, one a second: n = 0…9, half = n + 0.5, word = w0…w9, flag."""
    tenant.save_telemetry(device.id, [{"ts": TS + 1000 * n, "values": {
        "n": n, "half": n + 0.5, "word": f"w{n}", "flag": n % 2 == 0}} for n in range(10)])
    return device


@pytest.mark.sanitizer
def test_history(tenant, series):
    def history(**params):
        return tenant.history(series.id, "n", **{"start_ts": TS, "end_ts": TS + 10_000, **params}).get("n", [])
    points = [(TS + 1000 * n, n) for n in range(10)]
    assert history() == points[::-1]
    assert history(orderBy="ASC") == points
    assert history(limit=3) == points[:-4:-1]
    assert history(limit=3, orderBy="ASC") == points[:3]
    assert history(start_ts=TS + 2000, end_ts=TS + 5000, orderBy="ASC") == points[2:5]  # The end is not in it.
    assert history(start_ts=TS + 2001, end_ts=TS + 5001, orderBy="ASC") == points[3:6]
    assert history(start_ts=TS + 20_000, end_ts=TS + 30_000) == []
    assert history(agg="AVG") == history(agg="NONE", interval=1000) == points[::-1]  # No interval: not aggregated.
    both = tenant.history(series.id, "n,none,word", TS, TS + 10_000, limit=1)
    assert both == {"n": [points[9]], "word": [(TS + 9000, "w9")]}
    same = tenant.ok("GET", path(series, "values/timeseries/history"), params={
        "keys": "n", "startTs": TS, "endTs": TS + 10_000, "useStrictDataTypes": "true", "orderBy": "ASC"})
    assert [(point["ts"], point["value"]) for point in same["n"]] == points
    texts = tenant.ok("GET", path(series, "values/timeseries"), params={
        "keys": "half", "startTs": TS, "endTs": TS + 1000})
    assert texts == {"half": [{"ts": TS, "value": "0.5"}]}


AGGREGATES = [
    # agg, key, values of the buckets 0…3, 4…7 and 8…9 (cut at the end)
    ("MIN", "n", [0, 4, 8]), ("MAX", "n", [3, 7, 9]), ("SUM", "n", [6, 22, 17]), ("COUNT", "n", [4, 4, 2]),
    ("AVG", "n", [1.5, 5.5, 8.5]),
    ("MIN", "half", [0.5, 4.5, 8.5]), ("MAX", "half", [3.5, 7.5, 9.5]), ("SUM", "half", [8.0, 24.0, 18.0]),
    ("AVG", "half", [2.0, 6.0, 9.0]), ("COUNT", "half", [4, 4, 2]),
    ("MIN", "word", ["w0", "w4", "w8"]), ("MAX", "word", ["w3", "w7", "w9"]), ("COUNT", "word", [4, 4, 2]),
    ("COUNT", "flag", [4, 4, 2]),
]


@pytest.mark.sanitizer
@pytest.mark.parametrize("agg,key,values", AGGREGATES)
def test_aggregation(tenant, series, agg, key, values):
    found = tenant.history(series.id, key, TS, TS + 10_000, agg=agg, interval=4000, limit=1)[key]
    assert found == list(zip([TS + 2000, TS + 6000, TS + 9000], values))  # Middles; ascending; no limit.
    if agg == "AVG":
        assert all(isinstance(value, float) for _, value in found)


def test_buckets_start_at_the_start_and_empty_ones_are_left_out(tenant, series):
    found = tenant.history(series.id, "n", TS - 3000, TS + 30_000, agg="COUNT", interval=5000)["n"]
    assert found == [(TS - 500, 2), (TS + 4500, 5), (TS + 9500, 3)]


def test_mixed_longs_and_doubles(tenant, device):
    tenant.save_telemetry(device.id, [{"ts": TS, "values": {"m": 1}}, {"ts": TS + 1, "values": {"m": 2.5}}])
    for agg, value in (("SUM", 3.5), ("AVG", 1.75), ("MIN", 1.0), ("MAX", 2.5), ("COUNT", 2)):
        found = tenant.history(device.id, "m", TS, TS + 1000, agg=agg, interval=1000)["m"]
        assert found == [(TS + 500, value)], agg


@pytest.mark.parametrize("params,status,message", [
    ({"agg": "AVG", "interval": -1}, 400, "'interval' must be greater than 0, but got -1"),
    ({"agg": "AVG", "interval": 1}, 400, "Number of intervals is to high"),
    ({"agg": "NOPE", "interval": 1000}, 400, ""),
    ({"limit": 0}, 400, ""),
    ({"orderBy": "UP"}, 400, ""),
    ({"startTs": "x"}, 400, ""),
])
def test_history_queries_that_are_refused(tenant, series, params, status, message):
    params = {"keys": "n", "startTs": TS, "endTs": TS + 3_600_000, **params}
    refused(tenant, status, message, "GET", path(series, "values/timeseries"), params=params)


def test_values_of_the_same_time_are_replaced(tenant, device):
    for value in (1, "two", 3.0):
        tenant.save_telemetry(device.id, {"ts": TS, "values": {"a": value}})
        assert tenant.history(device.id, "a") == {"a": [(TS, value)]}


def test_an_older_point_does_not_become_the_latest(tenant, device):
    tenant.save_telemetry(device.id, {"ts": TS, "values": {"a": "new"}})
    tenant.save_telemetry(device.id, {"ts": TS - 1, "values": {"a": "old"}})
    assert tenant.latest(device.id)["a"] == [{"ts": TS, "value": "new"}]
    assert tenant.history(device.id, "a")["a"] == [(TS, "new"), (TS - 1, "old")]


@pytest.mark.sanitizer
class TestDelete:
    def delete(self, tenant, device, **params):
        answer = tenant.call("DELETE", path(device, "timeseries/delete"), params=params)
        assert (answer.status_code, answer.content) == (200, b""), answer.text

    def values(self, tenant, device, key="n"):
        return [value for _, value in tenant.history(device.id, key, TS, TS + 20_000, orderBy="ASC").get(key, [])]

    def latest(self, tenant, device):
        points = tenant.latest(device.id).get("n")
        return points and points[0]["value"]

    def test_everything(self, tenant, series):
        self.delete(tenant, series, keys="n,half", deleteAllDataForKeys="true")
        assert self.values(tenant, series) == [] and self.values(tenant, series, "half") == []
        assert set(tenant.latest(series.id)) == {"word", "flag"}
        assert len(self.values(tenant, series, "word")) == 10

    def test_a_range_in_the_middle_leaves_the_latest(self, tenant, series):
        self.delete(tenant, series, keys="n", startTs=TS + 2000, endTs=TS + 5000)
        assert self.values(tenant, series) == [0, 1, 5, 6, 7, 8, 9]
        assert self.latest(tenant, series) == 9

    def test_a_range_at_the_end_takes_the_latest(self, tenant, series):
        self.delete(tenant, series, keys="n", startTs=TS + 5000, endTs=TS + 10_000)
        assert self.values(tenant, series) == [0, 1, 2, 3, 4]
        assert self.latest(tenant, series) is None

    def test_the_latest_may_stay(self, tenant, series):
        self.delete(tenant, series, keys="n", startTs=TS + 5000, endTs=TS + 10_000, deleteLatest="false")
        assert self.values(tenant, series) == [0, 1, 2, 3, 4]
        assert self.latest(tenant, series) == 9

    def test_the_latest_may_be_written_again(self, tenant, series):
        self.delete(tenant, series, keys="n", startTs=TS + 5000, endTs=TS + 10_000, rewriteLatestIfDeleted="true")
        assert tenant.latest(series.id)["n"] == [{"ts": TS + 4000, "value": 4}]

    def test_what_was_deleted_can_be_written_again(self, tenant, series):
        self.delete(tenant, series, keys="n", deleteAllDataForKeys="true")
        tenant.save_telemetry(series.id, {"ts": TS, "values": {"n": 100}})
        assert self.values(tenant, series) == [100] and self.latest(tenant, series) == 100

    def test_a_range_or_everything_must_be_said(self, tenant, series):
        message = "When deleteAllDataForKeys is false, start and end timestamp values shouldn't be empty"
        where = path(series, "timeseries/delete")
        for params in ({}, {"startTs": TS}, {"endTs": TS}):
            refused(tenant, 400, message, "DELETE", where, params={"keys": "n", **params})
        refused(tenant, 400, "Empty keys: []", "DELETE", where, params={"keys": "", "deleteAllDataForKeys": "true"})
        assert len(self.values(tenant, series)) == 10


def test_unknown_entities_and_types_are_told_in_plain_text(tenant, customer, device):
    for method, where in (("GET", "values/timeseries"), ("GET", "keys/timeseries"), ("POST", "timeseries/ANY")):
        answer = tenant.call(method, f"/api/plugins/telemetry/DEVICE/{uuid.uuid1()}/{where}", {"a": 1})
        assert (answer.status_code, answer.text) == (404, "Device with requested id wasn't found!"), where
    answer = customer.call("GET", path(device, "values/timeseries"))
    assert (answer.status_code, answer.text) == (403, "You don't have permission to perform this operation!")
    assert tenant.call("GET", f"/api/plugins/telemetry/DEVICE/{'x' * 36}/values/timeseries").status_code == 400
    assert tenant.call("GET", f"/api/plugins/telemetry/THING/{device.id}/values/timeseries").status_code == 400


def test_a_system_administrator_is_refused_in_plain_text(system, device):
    answer = system.call("GET", path(device, "values/timeseries"))
    assert (answer.status_code, answer.text) == (
        403, "System administrator is not allowed to perform this operation!")


def test_many_points_in_one_write_and_in_pages(tenant, device):
    count = 20_000
    for start in range(0, count, 5000):
        tenant.save_telemetry(device.id, [{"ts": TS + n, "values": {"n": n}} for n in range(start, start + 5000)])
    assert tenant.history(device.id, "n", limit=count + 1, orderBy="ASC")["n"] == [(TS + n, n) for n in range(count)]
    found = tenant.history(device.id, "n", TS, TS + count, agg="COUNT", interval=count)["n"]
    assert found == [(TS + count // 2, count)]
    assert len(tenant.history(device.id, "n")["n"]) == 100  # The default limit.
