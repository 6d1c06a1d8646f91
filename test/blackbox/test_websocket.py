"""The WebSocket of dashboards: log-in, subscriptions, history, and what ends it."""
import json
import socket
import time
import uuid

import pytest

from harness.raw_mqtt import RawMqtt
from harness.ws import WebSocket

TS = 1_700_000_000_000


def command(kind, device, number=1, **fields):
    return {"type": kind, "cmdId": number, "entityType": "DEVICE", "entityId": device.id, **fields}


def timeseries(device, number=1, **fields):
    return command("TIMESERIES", device, number, **fields)


def assert_values(update, number, wanted):
    """A v1 update without an error that holds exactly these {key: [(ts, text)]}; JSON may have blanks."""
    assert (update["subscriptionId"], update["errorCode"], update["errorMsg"]) == (number, 0, None), update
    assert {key: [(ts, value.replace(" ", "") if value[:1] in "{[" else value) for ts, value in points]
            for key, points in update["data"].items()} == wanted
    assert update["latestValues"] == {key: points[-1][0] for key, points in wanted.items()}


@pytest.mark.sanitizer
def test_log_in_by_first_message_and_live_values(server, tenant, device):
    tenant.save_telemetry(device.id, {"ts": TS, "values": {"a": 1, "b": 1.0, "other": 1}})
    with WebSocket(server.http_port) as ws:
        ws.send(timeseries(device, 7, keys="a,b", scope="LATEST_TELEMETRY"), token=tenant.token)
        assert_values(ws.receive(), 7, {"a": [(TS, "1")], "b": [(TS, "1.0")]})
        tenant.save_telemetry(device.id, {"ts": TS + 1, "values": {"a": 2, "other": 2}})
        assert_values(ws.receive(), 7, {"a": [(TS + 1, "2")]})
        with RawMqtt(server.mqtt_port).accepted(device.token) as client:
            client.publish_acked("v1/devices/me/telemetry", f'{{"ts":{TS + 2},"values":{{"b":true}}}}')
        assert_values(ws.receive(), 7, {"b": [(TS + 2, "true")]})


@pytest.mark.sanitizer
@pytest.mark.parametrize("path,enveloped", [("/api/ws", True), ("/api/ws/plugins/telemetry", False)])
def test_log_in_by_query_on_both_paths(server, tenant, device, path, enveloped):
    tenant.save_telemetry(device.id, {"ts": TS, "values": {"a": "x"}})
    with WebSocket(server.http_port, f"{path}?token={tenant.token}") as ws:
        wanted = timeseries(device, 3, keys="a")
        if enveloped:
            ws.send(wanted)
        else:
            del wanted["type"]
            ws.send_text(json.dumps({"attrSubCmds": [], "tsSubCmds": [wanted], "historyCmds": []}))
        assert_values(ws.receive(), 3, {"a": [(TS, "x")]})


def test_all_keys(server, tenant, device):
    tenant.save_telemetry(device.id, {"ts": TS, "values": {"a": 1, "b": {"c": [1]}}})
    with WebSocket(server.http_port) as ws:
        ws.send(timeseries(device, scope="LATEST_TELEMETRY"), token=tenant.token)
        assert_values(ws.receive(), 1, {"a": [(TS, "1")], "b": [(TS, '{"c":[1]}')]})
        tenant.save_telemetry(device.id, {"ts": TS, "values": {"new": ""}})
        assert_values(ws.receive(), 1, {"new": [(TS, "")]})


def test_older_values_reach_a_time_window_but_not_the_latest(server, tenant, device):
    now = int(time.time() * 1000)
    tenant.save_telemetry(device.id, {"ts": now, "values": {"a": 1}})
    with WebSocket(server.http_port) as ws:
        ws.send(timeseries(device, 1, keys="a", scope="LATEST_TELEMETRY"), token=tenant.token)
        assert_values(ws.receive(), 1, {"a": [(now, "1")]})
        ws.send(timeseries(device, 2, keys="a", startTs=now - 60_000, timeWindow=120_000, limit=10, agg="NONE"))
        assert_values(ws.receive(), 2, {"a": [(now, "1")]})
        tenant.save_telemetry(device.id, {"ts": now - 5, "values": {"a": "old"}})
        assert_values(ws.receive(), 2, {"a": [(now - 5, "old")]})
        tenant.save_telemetry(device.id, {"ts": now + 5, "values": {"a": "new"}})
        updates = {update["subscriptionId"]: update for update in (ws.receive(), ws.receive())}
        for number in (1, 2):
            assert_values(updates[number], number, {"a": [(now + 5, "new")]})


def test_history(server, tenant, device):
    tenant.save_telemetry(device.id, [{"ts": TS + 1000 * n, "values": {"n": n}} for n in range(10)])
    with WebSocket(server.http_port) as ws:
        ask = command("TIMESERIES_HISTORY", device, 1, keys="n", startTs=TS, endTs=TS + 10_000, limit=3, agg="NONE")
        ws.send(ask, token=tenant.token)
        assert_values(ws.receive(), 1, {"n": [(TS + 1000 * n, str(n)) for n in (9, 8, 7)]})
        ws.send({**ask, "cmdId": 2, "agg": "SUM", "interval": 5000})
        update = ws.receive()
        assert sorted(map(tuple, update["data"]["n"])) == [(TS + 2500, "10"), (TS + 7500, "35")]
        ws.send({**ask, "cmdId": 3, "keys": ""})
        assert (update := ws.receive())["errorCode"] == 2 and update["errorMsg"] == "Keys are empty!"
        tenant.save_telemetry(device.id, {"ts": TS, "values": {"n": 100}})  # No subscription.
        ws.send({**ask, "cmdId": 4})
        assert ws.receive()["subscriptionId"] == 4


@pytest.mark.sanitizer
def test_attributes(server, tenant, device):
    tenant.save_attributes(device.id, "SHARED_SCOPE", {"s": 1})
    with WebSocket(server.http_port) as ws:
        ws.send(command("ATTRIBUTES", device, 5, scope="SHARED_SCOPE", keys="s,none"), token=tenant.token)
        first = ws.receive()
        assert first["subscriptionId"] == 5 and first["errorCode"] == 0
        assert first["data"]["s"][0][1] == "1" and first["data"]["none"][0][1] is None
        tenant.save_attributes(device.id, "SERVER_SCOPE", {"s": 9})  # Another scope.
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"unasked": 1})
        tenant.save_attributes(device.id, "SHARED_SCOPE", {"s": {"x": True}})
        update = ws.receive()
        assert set(update["data"]) == {"s"} and json.loads(update["data"]["s"][0][1]) == {"x": True}
        tenant.delete_attributes(device.id, "SHARED_SCOPE", "s")
        assert_values(ws.receive(), 5, {"s": [(0, "")]})


def test_attributes_of_a_device_arrive_as_client_scope(server, tenant, device):
    with WebSocket(server.http_port) as ws:
        ws.send(command("ATTRIBUTES", device, 1, scope="CLIENT_SCOPE"), token=tenant.token)
        assert ws.receive()["data"] == {}
        with RawMqtt(server.mqtt_port).accepted(device.token) as client:
            client.publish_acked("v1/devices/me/attributes", '{"version":"1.0.1"}')
        assert ws.receive()["data"]["version"][0][1] == "1.0.1"


def test_deleted_time_series_are_announced(server, tenant, device):
    tenant.save_telemetry(device.id, {"ts": TS, "values": {"a": 1}})
    with WebSocket(server.http_port) as ws:
        ws.send(timeseries(device, 1, keys="a"), token=tenant.token)
        ws.receive()
        tenant.ok("DELETE", f"/api/plugins/telemetry/DEVICE/{device.id}/timeseries/delete",
                  params={"keys": "a", "deleteAllDataForKeys": "true"})
        assert_values(ws.receive(), 1, {"a": [(0, "")]})


def test_unsubscribing(server, tenant, device):
    with WebSocket(server.http_port) as ws:
        ws.send(timeseries(device, 1, keys="a"), timeseries(device, 2, keys="a"), token=tenant.token)
        assert {ws.receive()["subscriptionId"] for _ in range(2)} == {1, 2}
        ws.send(timeseries(device, 1, keys="a", unsubscribe=True))
        ws.send(command("TIMESERIES_HISTORY", device, 3, keys="a", startTs=0, endTs=1))
        assert ws.receive()["subscriptionId"] == 3  # In order: the subscription has ended.
        tenant.save_telemetry(device.id, {"ts": TS, "values": {"a": 1}})
        assert_values(ws.receive(), 2, {"a": [(TS, "1")]})


def test_errors_of_commands_leave_the_connection_open(server, tenant, device):
    with WebSocket(server.http_port) as ws:
        ws.send(token=tenant.token)
        for frame, code, text in (
                ({**timeseries(device, 4), "entityId": str(uuid.uuid1())}, 1, "Failed to fetch data!"),
                ({**timeseries(device, 5), "entityId": ""}, 2, "Device id is empty!"),
                ({**timeseries(device, -1)}, 2, "Cmd id is negative value!"),
                ({**command("ATTRIBUTES", device, 6), "entityId": str(uuid.uuid1())}, 1, "Failed to fetch attributes!")):
            ws.send(frame)
            update = ws.receive()
            assert (update["errorCode"], update["errorMsg"], update["data"]) == (code, text, None), update
        ws.send_text("{rubbish")
        update = ws.receive()
        assert (update["subscriptionId"], update["errorCode"], update["errorMsg"]) == (
            1, 2, "Failed to parse the payload")
        ws.send(timeseries(device, 9, keys="a"))
        assert ws.receive()["subscriptionId"] == 9


@pytest.mark.sanitizer
def test_a_customer_user_hears_of_its_own_devices_only(server, tenant, customer):
    own, foreign = (tenant.find_device(f"Test Device {name}")["id"]["id"] for name in ("A2", "B1"))
    with WebSocket(server.http_port) as ws:
        ws.send({"type": "TIMESERIES", "cmdId": 1, "entityType": "DEVICE", "entityId": foreign, "keys": "ws"},
                {"type": "ATTRIBUTES", "cmdId": 2, "entityType": "DEVICE", "entityId": foreign},
                {"type": "TIMESERIES_HISTORY", "cmdId": 3, "entityType": "DEVICE", "entityId": foreign, "keys": "ws",
                 "startTs": 0, "endTs": TS}, token=customer.token)
        for update in (ws.receive() for _ in range(3)):
            assert update["errorCode"] in (1, 3) and update["data"] is None, update
        ws.send({"type": "TIMESERIES", "cmdId": 4, "entityType": "DEVICE", "entityId": own, "keys": "ws"})
        assert ws.receive()["errorCode"] == 0
        tenant.save_telemetry(foreign, {"ts": TS, "values": {"ws": "secret"}})
        tenant.save_telemetry(own, {"ts": TS, "values": {"ws": "mine"}})
        assert_values(ws.receive(), 4, {"ws": [(TS, "mine")]})


@pytest.mark.parametrize("frame,code,reason", [
    ('{"cmds":[]}', 1008, "Auth cmd is missing"),
    ('{"authCmd":null,"cmds":[]}', 1008, "Auth cmd is missing"),
    ("rubbish", 1007, None),
    ('{"authCmd":{"cmdId":0,"token":"rubbish"}}', 1007, None),
    ('{"authCmd":{"cmdId":0}}', 1007, None),
])
def test_who_does_not_log_in_is_closed(server, frame, code, reason):
    with WebSocket(server.http_port) as ws:
        ws.send_text(frame)
        found = ws.close_code()
        assert found[0] == code and (reason is None or found[1] == reason), found


def test_bad_tokens_in_the_query_are_closed(server, tenant):
    for token in ("rubbish", tenant.tokens["refreshToken"], ""):
        with WebSocket(server.http_port, f"/api/ws/plugins/telemetry?token={token}") as ws:
            assert ws.close_code()[0] in (1007, 1008, 1011), token


def test_who_says_nothing_is_closed_in_time(server):
    with WebSocket(server.http_port) as ws:
        started = time.monotonic()
        assert ws.close_code()[0] == 1008
        assert time.monotonic() - started >= 8


def test_a_frame_that_is_too_big_ends_it(server, tenant):
    with WebSocket(server.http_port) as ws:
        ws.send(token=tenant.token)
        ws.send_text('{"cmds":[],"x":"' + "x" * 40_000 + '"}')
        assert ws.close_code()[0] == 1009


def test_an_unknown_path_is_told(server):
    with WebSocket(server.http_port, "/api/ws/nothing") as ws:
        assert ws.close_code() == (1007, "Unknown session type")


@pytest.mark.sanitizer
def test_many_sockets_hear_every_value_in_order(server, tenant, device):
    sockets = [WebSocket(server.http_port) for _ in range(20)]
    try:
        for ws in sockets:
            ws.send(timeseries(device, 1, keys="n"), token=tenant.token)
            ws.receive()
        for n in range(50):
            tenant.save_telemetry(device.id, {"ts": TS + n, "values": {"n": n}})
        for ws in sockets:
            heard = []
            while len(heard) < 50:
                update = ws.receive()
                # One update may hold several values, newest first or last.
                heard += sorted((ts, value) for ts, value in update["data"]["n"])
            assert heard == [(TS + n, str(n)) for n in range(50)]
    finally:
        for ws in sockets:
            ws.__exit__()


def test_a_client_that_does_not_read_is_dropped_and_hurts_nobody(server, tenant, device):
    """Its values wait in the server only up to a limit."""
    slow = WebSocket(server.http_port)
    transport = slow.socket.transport
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.send(timeseries(device, 1, keys="big"), token=tenant.token)
    slow.receive()
    with WebSocket(server.http_port) as ws:
        ws.send(timeseries(device, 1, keys="n"), token=tenant.token)
        ws.receive()
        for n in range(40):
            tenant.save_telemetry(device.id, {"ts": TS + n, "values": {"big": "x" * 500_000}})
        tenant.save_telemetry(device.id, {"ts": TS, "values": {"n": 1}})
        assert_values(ws.receive(), 1, {"n": [(TS, "1")]})
    transport.abort()
    slow.close_code()
    slow.loop.close()
