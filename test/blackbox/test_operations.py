"""What operators see: readiness, metrics, configuration mistakes, and a calm end."""
import os
import socket
import subprocess
import time

import pytest
import requests

from harness.process import binary, free_ports
from harness.raw_mqtt import RawMqtt
from harness.rest import Rest
from harness.wait import eventually

TELEMETRY = "v1/devices/me/telemetry"


def run_to_its_end(server):
    """A server that must refuse to start; returns (exit status, output)."""
    server.spawn()
    try:
        status = server.process.wait(60)
    except subprocess.TimeoutExpired:
        server.kill()
        raise AssertionError(f"it did not refuse to start:\n{server.log_tail()}") from None
    return status, server.log()


@pytest.mark.sanitizer
def test_ready_and_health(server):
    for path, word in (("/health", ""), ("/ready", "ready")):
        answer = requests.get(f"http://127.0.0.1:{server.metrics_port}{path}", timeout=60)
        assert answer.status_code == 200 and word in answer.text
    assert server.ask("/nothing") == 404


@pytest.mark.embedded
def test_the_log_says_when_it_is_ready_and_on_which_ports(server):
    line = next((line for line in server.log().splitlines() if "server.ready" in line), None)
    assert line, server.log_tail()
    for port in (server.mqtt_port, server.http_port, server.metrics_port):
        assert str(port) in line, line


@pytest.mark.sanitizer
def test_metrics_grow_with_what_happens(server, tenant):
    device = tenant.create_device()
    before = server.metrics()
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        for n in range(10):
            assert client.publish_acked(TELEMETRY, f'{{"ts":{1000 + n},"values":{{"a":1,"b":2}}}}') == 0
        eventually(lambda: tenant.history(device.id, "a").get("a"), lambda points: len(points or ()) == 10)
        assert server.metric("thingstead_mqtt_connections") >= 1
        assert server.metric("thingstead_device_sessions") >= 1
    after = server.metrics()

    def growth(name):
        def total(metrics):
            return sum(value for key, value in metrics.items() if key.split("{")[0] == name)
        return total(after) - total(before)
    for name, least in (("thingstead_mqtt_publishes_total", 10), ("thingstead_mqtt_connects_accepted_total", 1),
                        ("thingstead_queue_records_total", 10), ("thingstead_timeseries_points_written_total", 20),
                        ("thingstead_http_requests_total", 1), ("thingstead_rule_ingress_messages_total", 10),
                        ("thingstead_mqtt_received_bytes_total", 300)):
        assert growth(name) >= least, name
    refused = server.metric("thingstead_mqtt_connects_refused_total")
    with RawMqtt(server.mqtt_port) as client:
        assert client.login(username="nobody").code == 5
    eventually(lambda: server.metric("thingstead_mqtt_connects_refused_total"), lambda now: now == refused + 1)


def test_metrics_are_in_the_text_format(server):
    answer = requests.get(f"http://127.0.0.1:{server.metrics_port}/metrics", timeout=60)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    described = {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    helped = {line.split()[2] for line in lines if line.startswith("# HELP ")}
    assert described == helped and len(described) > 20
    for name in described:
        assert name.startswith(("thingstead_", "process_")), name


@pytest.mark.embedded
def test_nothing_listens_beyond_loopback(server):
    wanted = {f"{port:04X}" for port in (server.mqtt_port, server.http_port, server.metrics_port)}
    found = {}
    for table in ("tcp", "tcp6"):
        with open(f"/proc/net/{table}") as file:
            for line in list(file)[1:]:
                address, port = line.split()[1].split(":")
                if port in wanted and line.split()[3] == "0A":
                    found[port] = address
    assert found == {port: "0100007F" for port in wanted}


@pytest.mark.sanitizer
def test_sigterm_ends_it_within_seconds_with_sessions_open(new_server):
    server = new_server().start()
    tenant = Rest(server.url)
    devices = [tenant.create_device() for _ in range(20)]
    clients = [RawMqtt(server.mqtt_port).accepted(device.token) for device in devices]
    idle = socket.create_connection(("127.0.0.1", server.http_port))
    for n, client in enumerate(clients):
        assert client.publish_acked(TELEMETRY, f'{{"ts":5,"values":{{"n":{n}}}}}') == 0
    started = time.monotonic()
    assert server.stop(seconds_max=30) == 0, server.log_tail()
    assert time.monotonic() - started < 20
    for client in clients:
        client.expect_closed()
        client.sock.close()
    idle.close()
    server.start()
    tenant = Rest(server.url)
    for n, device in enumerate(devices):
        found = eventually(lambda device=device: tenant.history(device.id, "n").get("n"))
        assert found == [(5, n)]
    server.finish()


@pytest.mark.sanitizer
def test_a_second_server_on_the_same_data_is_refused(server, new_server):
    second = new_server("second", data=server.data)
    status, log = run_to_its_end(second)
    assert status not in (0, -6, -11), log
    assert server.data in log, log
    # The first one did not notice.
    assert server.ask("/ready") == 200
    Rest(server.url).ok("GET", "/api/auth/user")
    second.data = second.folder  # Not ours to remove.


@pytest.mark.sanitizer
@pytest.mark.parametrize("which", ["mqtt_port", "http_port", "metrics_port"])
def test_a_taken_port_is_named(server, new_server, which):
    second = new_server("second")
    variable = {"mqtt_port": "THINGSTEAD_TRANSPORT_MQTT_PORT", "http_port": "THINGSTEAD_API_HTTP_PORT",
                "metrics_port": "THINGSTEAD_METRICS_PORT"}[which]
    second.environment[variable] = str(getattr(server, which))
    status, log = run_to_its_end(second)
    assert status not in (0, -6, -11), log
    assert str(getattr(server, which)) in log and "in use" in log.lower(), log


@pytest.mark.sanitizer
@pytest.mark.parametrize("text,wanted", [
    ("transport:\n  mqtt:\n    porrt: 1\n", [":3:", "porrt"]),
    ("transport:\n  mqtt:\n    port: 99999\n", [":3:", "99999", "65535"]),
    ("nothing: 1\n", [":1:", "nothing"]),
    ("a: [\n", ["YAML"]),
])
def test_a_mistake_in_the_configuration_names_its_line(tmp_path, new_server, text, wanted):
    path = tmp_path / "config.yml"
    path.write_text(text)
    status, log = run_to_its_end(new_server(arguments=["--config", str(path)]))
    assert status not in (0, -6, -11), log
    for word in [str(path), *wanted]:
        assert word in log, log


def test_a_mistake_in_the_environment_names_the_variable(new_server):
    status, log = run_to_its_end(new_server(environment={"THINGSTEAD_TRANSPORT_MQTT_KEEP_ALIVE_S_MAX": "soon"}))
    assert status not in (0, -6, -11) and "THINGSTEAD_TRANSPORT_MQTT_KEEP_ALIVE_S_MAX" in log, log


def test_a_missing_configuration_or_an_unwritable_folder_is_said(tmp_path, new_server):
    status, log = run_to_its_end(new_server("a", arguments=["--config", str(tmp_path / "none.yml")]))
    assert status not in (0, -6, -11) and "none.yml" in log, log
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    second = new_server("b", data=str(blocked))
    status, log = run_to_its_end(second)
    assert status not in (0, -6, -11) and str(blocked) in log, log


def test_a_certificate_that_cannot_be_read_is_named(tmp_path, new_server):
    status, log = run_to_its_end(new_server(environment={
        "THINGSTEAD_TRANSPORT_MQTT_TLS_ENABLED": "true", "THINGSTEAD_TRANSPORT_MQTT_TLS_PORT": str(free_ports(1)[0]),
        "THINGSTEAD_TRANSPORT_MQTT_CERTIFICATE_FILE": str(tmp_path / "none.pem"),
        "THINGSTEAD_TRANSPORT_MQTT_PRIVATE_KEY_FILE": str(tmp_path / "none_key.pem")}))
    assert status not in (0, -6, -11) and "none" in log, log


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["--version"]])
def test_help_and_version(arguments):
    done = subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "thingstead" in done.stdout.lower(), done


def test_an_unknown_option_is_refused():
    done = subprocess.run([binary(), "serve", "--no-such-option"], capture_output=True, text=True, timeout=60)
    assert done.returncode not in (0, -6, -11) and "no-such-option" in done.stdout + done.stderr


def test_payloads_tokens_and_passwords_are_not_logged(server, tenant):
    device = tenant.create_device()
    with RawMqtt(server.mqtt_port).accepted(device.token) as client:
        client.publish_acked(TELEMETRY, '{"private-key-name":"private-value"}')
        client.publish_acked("unknown/topic", "private-value")
    tenant.call("POST", "/api/auth/login", {"username": "tenant@thingsboard.org", "password": "private-password"})
    log = server.log()
    for secret in ("private-value", "private-password", device.token, tenant.token):
        assert secret not in log


@pytest.mark.embedded
def test_the_data_folder_is_its_owners(server):
    assert os.stat(server.data).st_mode & 0o077 == 0, "credentials and keys are open to others"


def test_without_demo_data_a_password_is_printed_once(new_server):
    server = new_server()
    server.command.remove("--demo")
    server.start()
    answer = Rest(server.url, login=None).call("POST", "/api/auth/login",
                                               {"username": "sysadmin@thingsboard.org", "password": "sysadmin"})
    assert answer.status_code == 401
    assert "sysadmin@thingsboard.org" in server.log()
    server.finish()
