"""Who may connect over MQTT, what a refused one is told, and what ends a session."""
import json
import ssl
import subprocess
import time
import uuid

import pytest

from harness import raw_mqtt, rest
from harness.process import free_ports, running
from harness.raw_mqtt import CONNACK, PINGREQ, V31, V311, V5, Closed, RawMqtt, connect_packet, packet
from harness.wait import eventually

TELEMETRY = "v1/devices/me/telemetry"


def code_of(port, version=V311, **fields):
    """The code of the CONNACK; a refusal must also end the connection."""
    with RawMqtt(port, version) as client:
        answer = client.login(**fields)
        assert answer.session_present == 0
        if answer.code:
            client.expect_closed()
        else:
            client.ping()
        return answer.code


@pytest.mark.sanitizer
def test_a_token_is_the_user_name_whatever_else_is_said(server, device):
    for version in (V31, V311, V5):
        for extra in ({}, {"password": "ignored"}, {"client_id": "any"}, {"client_id": "x", "password": "y"},
                      {"clean": False, "client_id": "kept"}):
            extra = {"client_id": "c", **extra} if version == V31 else extra
            assert code_of(server.mqtt_port, version, username=device.token, **extra) == 0, (version, extra)


REFUSED = [
    # user name, password, client id, v3 code, v5 code
    ("nobody", "wrong", "client", 5, 0x86),
    ("nobody", None, "", 5, 0x86),
    ("nobody", None, "client", 5, 0x86),
    (None, None, "client", 2, 0x85),
    (None, None, "", 5, 0x87),
    ("nobody", "wrong", "", 5, 0x87),
]


@pytest.mark.sanitizer
@pytest.mark.parametrize("username,password,client_id,code_v3,code_v5", REFUSED)
def test_a_refused_login_is_told_why(server, username, password, client_id, code_v3, code_v5):
    fields = {"username": username, "password": password, "client_id": client_id}
    assert code_of(server.mqtt_port, V311, **fields) == code_v3
    assert code_of(server.mqtt_port, V5, **fields) == code_v5


def test_a_token_that_is_made_after_its_refusal_is_taken(server, tenant):
    """Refusals are cached; a new device must not wait for that."""
    token = uuid.uuid4().hex[:20]
    assert code_of(server.mqtt_port, username=token) == 5
    tenant.ok("POST", f"/api/device?accessToken={token}", {"name": token, "type": "default"})
    eventually(lambda: code_of(server.mqtt_port, username=token), lambda code: code == 0, seconds_max=server.told_s_max)


def basic(tenant, **fields):
    device = tenant.create_device()
    value = json.dumps({"clientId": None, "userName": None, "password": None, **fields})
    answer = tenant.set_credentials(device.id, credentialsType="MQTT_BASIC", credentialsId=None, credentialsValue=value)
    assert answer.status_code == 200, answer.text
    return device


def test_basic_credentials(server, tenant):
    port, mark = server.mqtt_port, uuid.uuid4().hex[:8]
    user, client, password = f"user-{mark}", f"client-{mark}", "secret"

    basic(tenant, userName=user + "1")
    assert code_of(port, username=user + "1") == 0
    assert code_of(port, username=user + "1", password="any", client_id="any") == 0

    basic(tenant, userName=user + "2", password=password)
    assert code_of(port, username=user + "2", password=password) == 0
    assert code_of(port, username=user + "2", password=password, client_id="any") == 0
    assert code_of(port, username=user + "2", password="wrong", client_id="any") == 5
    assert code_of(port, username=user + "2", password="", client_id="any") == 5
    assert code_of(port, V5, username=user + "2") == 0x86

    basic(tenant, clientId=client + "3")
    assert code_of(port, client_id=client + "3") == 0
    assert code_of(port, client_id=client + "3", username="unknown") == 5
    assert code_of(port, client_id=client + "x") == 2

    basic(tenant, clientId=client + "4", userName=user + "4")
    assert code_of(port, client_id=client + "4", username=user + "4") == 0
    assert code_of(port, client_id=client + "4", username=user + "4", password="any") == 0
    assert code_of(port, client_id=client + "x", username=user + "4") == 5
    assert code_of(port, client_id=client + "4") == 2

    basic(tenant, clientId=client + "5", userName=user + "5", password=password)
    assert code_of(port, client_id=client + "5", username=user + "5", password=password) == 0
    assert code_of(port, client_id=client + "5", username=user + "5", password="wrong") == 5
    assert code_of(port, V5, client_id=client + "5", username=user + "5", password="wrong") == 0x86
    assert code_of(port, client_id=client + "5", username=user + "5") == 5
    assert code_of(port, client_id="x", username=user + "5", password=password) == 5


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Makes self-signed certificates; returns (certificate file, key file)."""
    folder = tmp_path_factory.mktemp("certificates")

    def make(name, days=30):
        certificate, key = str(folder / f"{name}.pem"), str(folder / f"{name}_key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-keyout", key, "-out", certificate, "-days", str(days), "-subj", f"/CN={name}"],
                       check=True, capture_output=True, timeout=60)
        return certificate, key
    return make


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory, certificates):
    """Also speaks MQTT over TLS, on `tls_port`."""
    certificate, key = certificates("server")
    tls_port = free_ports(1)[0]
    environment = {
        "THINGSTEAD_TRANSPORT_MQTT_TLS_ENABLED": "true", "THINGSTEAD_TRANSPORT_MQTT_TLS_PORT": str(tls_port),
        "THINGSTEAD_TRANSPORT_MQTT_CERTIFICATE_FILE": certificate,
        "THINGSTEAD_TRANSPORT_MQTT_PRIVATE_KEY_FILE": key}
    with running(tmp_path_factory.mktemp("tls"), environment=environment) as started:
        started.tls_port, started.certificate = tls_port, certificate
        yield started


def tls_context(server, client=None):
    context = ssl.create_default_context(cafile=server.certificate)
    context.check_hostname = False
    if client:
        context.load_cert_chain(*client)
    return context


def tls_code(server, version=V311, client=None, **fields):
    with RawMqtt(server.tls_port, version, tls=tls_context(server, client)) as connection:
        return connection.login(**fields).code


@pytest.mark.embedded
@pytest.mark.sanitizer
def test_certificates_over_tls(tls_server, certificates):
    tenant = rest.Rest(tls_server.url)
    device = tenant.create_device()
    assert tls_code(tls_server, username=device.token) == 0
    assert tls_code(tls_server, username="nobody") == 5

    known, unknown = certificates("known"), certificates("unknown")
    for version, code in ((V311, 5), (V5, 0x87)):
        assert tls_code(tls_server, version, known) == code
    with open(known[0]) as file:
        answer = tenant.set_credentials(device.id, credentialsType="X509_CERTIFICATE", credentialsId=None,
                                        credentialsValue=file.read())
    assert answer.status_code == 200, answer.text
    assert tls_code(tls_server, V311, known) == 0
    assert tls_code(tls_server, V5, known, username="ignored", password="too") == 0
    # A certificate that nobody knows is not rescued by a good token.
    other = tenant.create_device()
    for version, code in ((V311, 5), (V5, 0x87)):
        assert tls_code(tls_server, version, unknown, username=other.token) == code

    with RawMqtt(tls_server.tls_port, tls=tls_context(tls_server, known)) as client:
        assert client.login().code == 0
        assert client.publish_acked(TELEMETRY, '{"over":"tls"}') == 0
    eventually(lambda: tenant.latest(device.id).get("over"))


@pytest.mark.embedded
def test_the_stored_hash_is_sha3_of_the_certificates_base64(tls_server, certificates):
    import hashlib
    tenant = rest.Rest(tls_server.url)
    device, (certificate, _) = tenant.create_device(), certificates("hashed")
    with open(certificate) as file:
        pem = file.read()
    answer = tenant.set_credentials(device.id, credentialsType="X509_CERTIFICATE", credentialsId=None,
                                    credentialsValue=pem)
    assert answer.status_code == 200, answer.text
    base64 = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
    assert answer.json()["credentialsId"] == hashlib.sha3_256(base64.encode()).hexdigest()
    assert answer.json()["credentialsValue"] == base64


@pytest.mark.embedded
def test_plain_mqtt_on_the_tls_port_and_tls_on_the_plain_port_harm_nobody(tls_server):
    tenant = rest.Rest(tls_server.url)
    device = tenant.create_device()
    with RawMqtt(tls_server.tls_port) as client:
        client.send(connect_packet(username=device.token))
        with pytest.raises((Closed, AssertionError, TimeoutError)):
            client.expect(CONNACK)
    with pytest.raises((ssl.SSLError, ConnectionError, OSError)):
        RawMqtt(tls_server.mqtt_port, tls=tls_context(tls_server))
    assert tls_code(tls_server, username=device.token) == 0


@pytest.mark.sanitizer
def test_the_newest_session_of_a_device_wins(server, device):
    with RawMqtt(server.mqtt_port, V5) as first, RawMqtt(server.mqtt_port, V311) as second, \
            RawMqtt(server.mqtt_port, V5) as third:
        first.accepted(device.token, client_id="1")
        second.accepted(device.token, client_id="2")
        assert first.expect_closed() == 0x8E
        third.accepted(device.token, client_id="3")
        assert second.expect_closed() is None
        assert third.publish_acked(TELEMETRY, '{"a":1}') == 0


@pytest.mark.sanitizer
def test_new_credentials_end_the_session_and_refuse_the_old_ones(server, tenant, device):
    with RawMqtt(server.mqtt_port, V5) as client:
        client.accepted(device.token)
        new_token = uuid.uuid4().hex[:20]
        assert tenant.set_credentials(device.id, credentialsId=new_token).status_code == 200
        assert client.expect_closed() == 0x98
    assert code_of(server.mqtt_port, username=device.token) == 5
    assert code_of(server.mqtt_port, username=new_token) == 0


@pytest.mark.sanitizer
def test_a_deleted_device_is_disconnected_and_unknown(server, tenant, device):
    with RawMqtt(server.mqtt_port, V5) as client:
        client.accepted(device.token)
        assert tenant.call("DELETE", f"/api/device/{device.id}").status_code == 200
        assert client.expect_closed() == 0x98
    assert code_of(server.mqtt_port, username=device.token) == 5


def test_a_silent_client_is_dropped_after_one_and_a_half_keep_alives(server, device):
    with RawMqtt(server.mqtt_port) as client:
        client.accepted(device.token, keep_alive=1)
        for _ in range(4):
            time.sleep(0.6)
            client.ping()  # Longer than 1.5 s in all: what is heard counts.
        last = time.monotonic()
        assert client.expect_closed() is None
        assert time.monotonic() - last > 1.0
    with RawMqtt(server.mqtt_port, V5) as client:
        client.accepted(device.token, keep_alive=1)
        assert client.expect_closed() == 0x8D


def test_a_second_connect_is_a_protocol_error(server, device):
    for version, reason in ((V311, None), (V5, 0x82)):
        with RawMqtt(server.mqtt_port, version) as client:
            client.accepted(device.token)
            client.send(connect_packet(version, username=device.token))
            assert client.expect_closed() == reason


@pytest.mark.parametrize("fields", [{"level": 6}, {"level": 2}, {"level": 0}, {"name": "MQTX"}, {"name": "MQIsdp"},
                                    {"name": ""}, {"name": "MQIsdp", "level": 5}])
def test_other_protocols_are_refused(server, device, fields):
    """Closed, or told first that the version is not supported, as MQTT wants it for a known name."""
    with RawMqtt(server.mqtt_port) as client:
        client.send(connect_packet(V311, username=device.token, **fields))
        try:
            assert client.expect(CONNACK).body[:2] in (b"\0\1", b"\0\x84")
            client.expect_closed()
        except Closed:
            pass


def test_the_client_ids_that_mqtt_3_1_refuses(server, device):
    for client_id in ("", "x" * 24):
        with RawMqtt(server.mqtt_port, V31) as client:
            client.send(connect_packet(V31, client_id=client_id, username=device.token))
            with pytest.raises((Closed, AssertionError)):
                assert client.expect(CONNACK).body[1] == 0
    assert code_of(server.mqtt_port, V31, client_id="x" * 23, username=device.token) == 0
    for version in (V311, V5):
        assert code_of(server.mqtt_port, version, client_id="x" * 5000, username=device.token) == 0


@pytest.mark.parametrize("first", [packet(PINGREQ << 4), raw_mqtt.publish_packet(TELEMETRY, "{}", 0),
                                   packet(raw_mqtt.DISCONNECT << 4)])
def test_only_a_connect_opens_a_session(server, first):
    with RawMqtt(server.mqtt_port) as client:
        client.send(first)
        assert client.expect_closed() is None


def test_what_follows_a_connect_at_once_is_handled_after_it(server, tenant, device):
    with RawMqtt(server.mqtt_port) as client:
        client.send(connect_packet(username=device.token) + raw_mqtt.publish_packet(TELEMETRY, '{"a":1}', 1, 5))
        assert client.expect(CONNACK).body == b"\0\0"
        assert client.ack(raw_mqtt.PUBACK, 5) == 0
    eventually(lambda: tenant.latest(device.id).get("a"))


@pytest.mark.parametrize("version", [V311, V5])
def test_a_will_speaks_for_the_device_that_vanished(server, tenant, device, version):
    with RawMqtt(server.mqtt_port, version) as client:
        client.accepted(device.token, will=(TELEMETRY, '{"died":1}', 1))
        assert client.publish_acked(TELEMETRY, '{"lived":1}') == 0
        client.sock.close()  # Without DISCONNECT.
    with RawMqtt(server.mqtt_port, version) as client:
        client.accepted(device.token)
        assert client.publish_acked(TELEMETRY, '{"after":1}') == 0
    eventually(lambda: set(tenant.latest(device.id)), lambda keys: keys == {"lived", "after", "died"})


@pytest.mark.parametrize("version", [V311, V5])
def test_a_will_is_dropped_with_a_good_bye(server, tenant, device, version):
    with RawMqtt(server.mqtt_port, version) as client:
        client.accepted(device.token, will=(TELEMETRY, '{"died":1}', 1))
        client.send(b"\xe0\x00")  # DISCONNECT
        client.expect_closed()
    with RawMqtt(server.mqtt_port, version) as client:
        client.accepted(device.token)
        assert client.publish_acked(TELEMETRY, '{"after":1}') == 0
    eventually(lambda: tenant.latest(device.id).get("after"))
    assert set(tenant.latest(device.id)) == {"after"}


def test_demo_devices_connect(server):
    for token in ("A1_TEST_TOKEN", "A2_TEST_TOKEN", "A3_TEST_TOKEN", "B1_TEST_TOKEN", "C1_TEST_TOKEN",
                  "DHT11_DEMO_TOKEN", "RASPBERRY_PI_DEMO_TOKEN", "T1_TEST_TOKEN", "T2_TEST_TOKEN"):
        assert code_of(server.mqtt_port, username=token) == 0, token


def test_a_connection_makes_the_device_active(server, tenant, device):
    assert tenant.attributes(device.id, "SERVER_SCOPE", "active") == {"active": False}
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        client.ping()
        eventually(lambda: tenant.attributes(device.id, "SERVER_SCOPE"), lambda found: found.get("active") is True)
    found = eventually(lambda: tenant.attributes(device.id, "SERVER_SCOPE"), lambda found: "lastDisconnectTime" in found)
    assert found["lastConnectTime"] <= found["lastDisconnectTime"]
    assert "lastActivityTime" in found
