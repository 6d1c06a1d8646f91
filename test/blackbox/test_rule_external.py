"""Rule nodes that ask systems outside: from a device's message over MQTT to a REST interface and to a mailbox."""
import http.server
import json
import queue
import threading

import pytest

from harness import rest
from harness.mail import MailBox, html_of, save_setting
from harness.paho import Paho
from harness.wait import SECONDS_MAX, eventually
from test_rule_scripts import Chain, node, save, script, telemetry_alone

pytestmark = pytest.mark.embedded
ENVIRONMENT = {"THINGSTEAD_RULE_EXTERNAL_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8"}
TOPIC = "v1/devices/me/telemetry"
SAVE_ATTRIBUTES = {"processingSettings": {"type": "ON_EVERY_MESSAGE"}, "scope": "SERVER_SCOPE", "notifyDevice": False,
                   "sendAttributesUpdatedNotification": False, "updateAttributesOnlyOnValueChange": True}


class Interface:
    """A REST interface on loopback: `asked` gets (method, path, headers, body); answers `status` and `answer`."""

    def __init__(self):
        self.asked, self.status, self.answer = queue.Queue(), 201, {"id": 7}
        interface = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                interface.asked.put((self.command, self.path, dict(self.headers), body))
                answer = json.dumps(interface.answer).encode()
                self.send_response(interface.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def attributes_chain(tenant, url):
    """Asks `url`; keeps the answer's status as a server attribute, whether it was a good one or not."""
    config = {"restEndpointUrlPattern": url + "/readings/${deviceName}", "requestMethod": "POST", "queryParams": None,
              "headers": {"Content-Type": "application/json", "X-Type": "${deviceType}"}}
    return Chain(tenant, [
        telemetry_alone(),
        node("ask", "rest.TbRestApiCallNode", config, 4),
        script("good", "transform.TbTransformMsgNode",
               "return {msg: {status: metadata.statusCode, answered: msg.id}, msgType: 'POST_ATTRIBUTES_REQUEST'};"),
        script("bad", "transform.TbTransformMsgNode",
               "var code = metadata.statusCode == null ? 0 : metadata.statusCode;\n"
               "return {msg: {status: code, error: metadata.error}, msgType: 'POST_ATTRIBUTES_REQUEST'};"),
        node("keep", "telemetry.TbMsgAttributesNode", SAVE_ATTRIBUTES, 3),
    ], [(0, 1, "True"), (1, 2, "Success"), (1, 3, "Failure"), (2, 4, "Success"), (3, 4, "Success")])


def attributes(tenant, device, wanted):
    return eventually(lambda: tenant.attributes(device, "SERVER_SCOPE"),
                      lambda found: wanted.items() <= found.items())


def test_a_rest_interface_is_asked_and_its_status_kept(server, tenant):
    with Interface() as interface:
        device, token = attributes_chain(tenant, interface.url).device()
        with Paho(server.mqtt_port, token) as client:
            client.publish(TOPIC, json.dumps({"temperature": 21}))
            method, path, headers, body = interface.asked.get(timeout=SECONDS_MAX)
            name = tenant.ok("GET", f"/api/device/{device}")["name"].replace(" ", "%20")
            assert (method, path, json.loads(body)) == ("POST", f"/readings/{name}", {"temperature": 21})
            assert headers["X-Type"]
            attributes(tenant, device, {"status": 201, "answered": 7})
            interface.status = 503
            client.publish(TOPIC, json.dumps({"temperature": 22}))
            found = attributes(tenant, device, {"status": 503})
            assert found["error"].endswith("503 Service Unavailable")


def test_an_interface_that_is_down_holds_up_nobody(server, tenant):
    with Interface() as interface:
        url = interface.url
    device, token = attributes_chain(tenant, url).device()
    other, other_token = Chain(tenant, [save("save")], []).device()
    with Paho(server.mqtt_port, token) as client, Paho(server.mqtt_port, other_token) as second:
        for count in range(20):
            client.publish(TOPIC, json.dumps({"count": count}))
        second.publish(TOPIC, json.dumps({"fine": 1}))
        eventually(lambda: tenant.latest(other).get("fine"))
    found = eventually(lambda: tenant.attributes(device, "SERVER_SCOPE"), lambda now: "error" in now)
    assert found["error"] == "class java.net.ConnectException: the server cannot be reached"


def test_a_message_becomes_a_mail(server, tenant):
    system = rest.Rest(server.url, rest.SYSTEM)
    with MailBox() as box:
        save_setting(system, "mail", box.settings())
        to_email = {"fromTemplate": "house@example.org", "toTemplate": "a@example.org, b@example.org",
                    "ccTemplate": "c@example.org", "bccTemplate": "d@example.org",
                    "subjectTemplate": "${deviceName} is hot", "bodyTemplate": "<b>$[temperature]</b> degrees",
                    "mailBodyType": "true", "isHtmlTemplate": None}
        own = {"useSystemSmtpSettings": False, "smtpHost": "127.0.0.1", "smtpPort": box.port, "smtpProtocol": "smtp",
               "timeout": 10000, "enableTls": False, "username": None, "password": None, "enableProxy": False}
        for settings in ({"useSystemSmtpSettings": True}, own):
            device, token = Chain(tenant, [
                telemetry_alone(), node("make", "mail.TbMsgToEmailNode", to_email),
                node("send", "mail.TbSendEmailNode", settings),
            ], [(0, 1, "True"), (1, 2, "Success")]).device()
            with Paho(server.mqtt_port, token) as client:
                client.publish(TOPIC, json.dumps({"temperature": 99}))
                mail = box.next("d@example.org")
            assert mail["To"] == "a@example.org, b@example.org" and mail["Cc"] == "c@example.org"
            assert "d@example.org" not in str(mail)
            assert mail["From"] == "house@example.org"
            assert mail["Subject"] == tenant.ok("GET", f"/api/device/{device}")["name"] + " is hot"
            assert "<b>99</b> degrees" in html_of(mail)
            assert mail.get_body(("plain",)) is None
