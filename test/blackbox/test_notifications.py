"""Notifications: targets, templates, requests and inboxes over REST, and chains that notify."""
import json
import time
import uuid

import pytest

from harness import rest
from harness.mail import MailBox, html_of, save_setting
from harness.paho import Paho
from harness.people import entity_id, ids, new_customer, new_tenant, new_user, page, some
from harness.wait import SECONDS_MAX, eventually
from test_rule_external import Interface
from test_rule_scripts import Chain, node, telemetry_alone

pytestmark = pytest.mark.embedded
TOPIC = "v1/devices/me/telemetry"
INFO = "org.thingsboard.server.common.data.notification.info.RuleEngineOriginatedNotificationInfo"


@pytest.fixture(scope="module")
def slack():
    with Interface() as interface:
        interface.status, interface.answer = 200, {"ok": True}
        yield interface


@pytest.fixture(scope="module")
def environment(slack):
    return {"THINGSTEAD_RULE_EXTERNAL_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8",
            "THINGSTEAD_RULE_EXTERNAL_SLACK_URL": slack.url + "/api"}


@pytest.fixture(scope="module")
def system(server):
    return rest.Rest(server.url, rest.SYSTEM)


class House:
    """A tenant of its own with an administrator who is logged in."""

    def __init__(self, server, system):
        self.url = server.url
        self.tenant_id = new_tenant(system)["id"]["id"]
        self.rest = self.entered(system, new_user(system, tenantId=entity_id("TENANT", self.tenant_id)))

    def entered(self, by, user):
        link = by.ok("GET", f"/api/user/{user['id']['id']}/activationLinkInfo")["value"]
        pair = rest.Rest(self.url, None).ok("POST", "/api/noauth/activate?sendActivationMail=false", {
            "activateToken": link.split("activateToken=")[1], "password": "a password"})
        entered = rest.Rest(self.url, None)
        entered.session.headers["X-Authorization"] = "Bearer " + pair["token"]
        entered.id, entered.email = user["id"]["id"], user["email"]
        return entered

    def buyer(self):
        customer = new_customer(self.rest)
        user = self.entered(self.rest, new_user(self.rest, customer, firstName="Bea", lastName="Buyer"))
        return customer, user

    def target(self, **configuration):
        return self.rest.ok("POST", "/api/notification/target", {
            "name": some("target"), "configuration": configuration})

    def users(self, kind, **more):
        return self.target(type="PLATFORM_USERS", usersFilter={"type": kind, **more})

    def template(self, kind="GENERAL", **methods):
        return self.rest.ok("POST", "/api/notification/template", {
            "name": some("template"), "notificationType": kind, "configuration": {"deliveryMethodsTemplates": {
                method: {"method": method, "enabled": True, **text} for method, text in methods.items()}}})

    def send(self, template, *targets, **more):
        return self.rest.ok("POST", "/api/notification/request", {
            "targets": ids(targets), "templateId": template["id"], **more})

    def sent(self, request):
        """The request when it is done."""
        return eventually(lambda: self.rest.ok("GET", f"/api/notification/request/{request['id']['id']}"),
                          lambda now: now["status"] == "SENT")


@pytest.fixture
def house(server, system):
    return House(server, system)


def inbox(user, **params):
    return page(user, "/api/notifications", **params)


def web(subject="Hello ${recipientFirstName}", body="to ${recipientEmail:upperCase} ${nothing}", **more):
    return {"subject": subject, "body": body, **more}


def test_targets_and_templates_are_kept_and_checked(house, system):
    first = page(house.rest, "/api/notification/targets", sortProperty="createdTime", sortOrder="ASC")
    assert {each["name"] for each in first} == {"All users", "Tenant administrators", "Users of the entity owner",
                                                "Affected user"}
    target = house.users("ALL_USERS")
    same = {"name": target["name"], "configuration": target["configuration"]}
    house.rest.refused(400, 31, "Recipients group with such name already exists",
                       "POST", "/api/notification/target", same)
    for configuration, status in (
            ({"type": "PLATFORM_USERS", "usersFilter": {"type": "SYSTEM_ADMINISTRATORS"}}, 403),
            ({"type": "PLATFORM_USERS", "usersFilter": {"type": "USER_LIST", "usersIds": []}}, 400),
            ({"type": "PIGEON"}, 400)):
        found = house.rest.call("POST", "/api/notification/target", {"name": some("t"), "configuration": configuration})
        assert found.status_code == status, found.text
    general = {each["name"] for each in page(house.rest, "/api/notification/targets/notificationType/GENERAL")}
    assert general == {"All users", "Tenant administrators", target["name"]}
    assert ids(house.rest.ok("GET", f"/api/notification/targets?ids={target['id']['id']}")) == [target["id"]["id"]]
    recipients = house.rest.ok("POST", "/api/notification/target/recipients?pageSize=10&page=0", same)
    assert [each["email"] for each in recipients["data"]] == [house.rest.email]

    template = house.template(WEB=web())
    changed = {**template, "notificationType": "ALARM"}
    house.rest.refused(400, 31, "Notification type cannot be updated", "POST", "/api/notification/template", changed)
    house.rest.refused(400, 31, "Validation error: WEB body length must be equal or less than 250", "POST",
                       "/api/notification/template", {**template, "configuration": {"deliveryMethodsTemplates": {
                           "WEB": {"method": "WEB", "enabled": True, **web(body="x" * 251)}}}})
    listed = page(house.rest, "/api/notification/templates", notificationTypes="GENERAL,ALARM")
    assert ids(listed) == [template["id"]["id"]]
    assert page(house.rest, "/api/notification/templates", notificationTypes="ALARM") == []
    house.rest.ok("DELETE", f"/api/notification/target/{target['id']['id']}")
    assert page(system, "/api/notification/targets", textSearch="Affected tenant")


def test_a_request_reaches_inboxes_and_nobody_else(house, server, system):
    customer, buyer = house.buyer()
    everybody = house.users("ALL_USERS")
    of_buyer = house.users("CUSTOMER_USERS", customerId=customer["id"]["id"])
    template = house.template(WEB=web())
    preview = house.rest.ok("POST", "/api/notification/request/preview", {
        "targets": ids([everybody, of_buyer]), "templateId": template["id"]})
    assert preview["totalRecipientsCount"] == 3
    assert preview["recipientsCountByTarget"] == {everybody["name"]: 2, of_buyer["name"]: 1}
    assert sorted(preview["recipientsPreview"]) == sorted(["Bea Buyer", house.rest.email])
    request = house.send(template, everybody, of_buyer)
    assert request["status"] == "PROCESSING" and request["originatorEntityId"]["entityType"] == "USER"
    done = house.sent(request)
    assert done["stats"] == {"sent": {"WEB": 2}, "errors": {}, "totalErrors": 0, "error": None}
    assert done["templateName"] == template["name"] and done["deliveryMethods"] == ["WEB"]
    assert ids(page(house.rest, "/api/notification/requests")) == [request["id"]["id"]]

    (mine,) = inbox(buyer)
    assert mine["subject"] == "Hello Bea" and mine["text"] == f"to {buyer.email.upper()} ${{nothing}}"
    assert mine["status"] == "SENT" and mine["deliveryMethod"] == "WEB" and mine["type"] == "GENERAL"
    assert buyer.ok("GET", "/api/notifications/unread/count?deliveryMethod=WEB") == 1
    assert buyer.ok("GET", "/api/notifications/unread/count") == 0  # Of the mobile application.
    other = House(server, system)
    assert inbox(other.rest) == []
    for stranger in (other.rest, house.rest):
        assert stranger.call("PUT", f"/api/notification/{mine['id']['id']}/read").status_code == 404
        assert stranger.call("DELETE", f"/api/notification/{mine['id']['id']}").status_code == 404
    for path in (f"target/{everybody['id']['id']}", f"template/{template['id']['id']}",
                 f"request/{request['id']['id']}"):
        assert other.rest.call("GET", f"/api/notification/{path}").status_code == 403
    buyer.ok("PUT", f"/api/notification/{mine['id']['id']}/read")
    assert inbox(buyer, unreadOnly="true") == [] and inbox(buyer)[0]["status"] == "READ"
    assert house.rest.ok("GET", "/api/notifications/unread/count?deliveryMethod=WEB") == 1
    house.rest.ok("PUT", "/api/notifications/read")
    assert house.rest.ok("GET", "/api/notifications/unread/count?deliveryMethod=WEB") == 0
    house.rest.ok("DELETE", f"/api/notification/request/{request['id']['id']}")
    assert inbox(buyer) == [] and inbox(house.rest) == []


def test_what_cannot_be_sent_is_refused(house):
    everybody, template = house.users("ALL_USERS"), house.template(WEB=web())
    off = house.template(WEB=web(enabled=False))
    slack = house.template(SLACK={"body": "x"})
    for body, why in (
            ({"targets": ids([everybody])}, "Template is missing"),
            ({"targets": [], "templateId": template["id"]}, "No recipients chosen"),
            ({"targets": ids([everybody]), "templateId": off["id"]}, "No delivery methods to send notification with"),
            ({"targets": ids([everybody]), "templateId": slack["id"]},
             "Recipients for Slack delivery method not chosen"),
            ({"targets": ids([everybody]), "templateId": template["id"], "id": entity_id(
                "NOTIFICATION_REQUEST", str(uuid.uuid1()))},
             "Notification request cannot be updated. You may only cancel/delete it"),
            ({"targets": ids([everybody]), "templateId": template["id"],
              "additionalConfig": {"sendingDelayInSec": 604801}},
             "Validation error: sendingDelayInSec must be less than or equal to 604800")):
        house.rest.refused(400, 31, why, "POST", "/api/notification/request", body)
    assert page(house.rest, "/api/notification/requests") == []


def test_users_say_what_they_want(house):
    everybody, template = house.users("ALL_USERS"), house.template(WEB=web())
    prefs = house.rest.ok("GET", "/api/notification/settings/user")["prefs"]
    assert prefs["GENERAL"] == {"enabled": True, "enabledDeliveryMethods": {
        "WEB": True, "EMAIL": True, "SMS": True, "MOBILE_APP": True}}
    prefs["GENERAL"]["enabledDeliveryMethods"]["WEB"] = False
    saved = house.rest.ok("POST", "/api/notification/settings/user", {"prefs": prefs})
    assert saved["prefs"]["GENERAL"]["enabledDeliveryMethods"]["WEB"] is False
    done = house.sent(house.send(template, everybody))
    assert done["stats"]["sent"] == {} and done["stats"]["totalErrors"] == 1
    assert done["stats"]["errors"]["WEB"] == {house.rest.email: "User disabled this type of notifications"}
    assert inbox(house.rest) == []


def notifying_chain(house, template, *targets):
    config = {"targets": ids(targets), "templateId": template["id"]}
    return Chain(house.rest, [telemetry_alone(), node("tell", "notification.TbNotificationNode", config)],
                 [(0, 1, "True")])


def test_a_chain_tells_users_what_a_device_sent(house, server, system):
    customer, buyer = house.buyer()
    owners = house.users("ORIGINATOR_ENTITY_OWNER_USERS")
    template = house.template("RULE_NODE", WEB=web(
        "${deviceName}", "${temperature} of ${originatorType} ${originatorId}, ${msgType:lowerCase}"))
    device, token = notifying_chain(house, template, owners).device()
    house.rest.ok("POST", f"/api/customer/{customer['id']['id']}/device/{device}")
    other = House(server, system)
    with Paho(server.mqtt_port, token) as client:
        client.publish(TOPIC, json.dumps({"temperature": 42}))
        (told,) = eventually(lambda: inbox(buyer))
    assert told["subject"] == house.rest.ok("GET", f"/api/device/{device}")["name"]
    assert told["text"] == f"42 of DEVICE {device}, post_telemetry_request"
    assert told["type"] == "RULE_NODE"
    info = told["info"]
    assert info["type"] == INFO and info["msgOriginator"] == {"entityType": "DEVICE", "id": device}
    assert info["msgData"] == {"temperature": "42"} and info["msgCustomerId"]["id"] == customer["id"]["id"]
    assert inbox(house.rest) == [] and inbox(other.rest) == []
    assert page(house.rest, "/api/notification/requests") == []  # Those of users alone.


def test_a_chain_writes_to_mailboxes_slack_and_teams(house, server, system, slack):
    with MailBox() as box, Interface() as teams:
        save_setting(system, "mail", box.settings())
        teams.status = 200
        house.rest.ok("POST", "/api/notification/settings", {"deliveryMethodsConfigs": {
            "SLACK": {"method": "SLACK", "botToken": "xoxb-1"}}})
        methods = set(house.rest.ok("GET", "/api/notification/deliveryMethods"))
        assert {"WEB", "EMAIL", "SLACK", "MICROSOFT_TEAMS"} <= methods and "MOBILE_APP" not in methods
        template = house.template("RULE_NODE", EMAIL={"subject": "${deviceName}", "body": "<b>${t}</b>"},
                                  SLACK={"body": "t is ${t}"}, MICROSOFT_TEAMS={"subject": "T", "body": "t: ${t}"})
        device, token = notifying_chain(
            house, template, house.users("TENANT_ADMINISTRATORS"),
            house.target(type="SLACK", conversationType="PUBLIC_CHANNEL", conversation={
                "type": "PUBLIC_CHANNEL", "id": "C1", "name": "general"}),
            house.target(type="MICROSOFT_TEAMS", webhookUrl=teams.url + "/hook", channelName="Plant")).device()
        with Paho(server.mqtt_port, token) as client:
            client.publish(TOPIC, json.dumps({"t": 7}))
            mail = box.next(house.rest.email)
            assert mail["Subject"] == house.rest.ok("GET", f"/api/device/{device}")["name"]
            assert "<b>7</b>" in html_of(mail)
            method, path, headers, body = slack.asked.get(timeout=SECONDS_MAX)
            assert (method, path) == ("POST", "/api/chat.postMessage")
            assert json.loads(body) == {"channel": "C1", "text": "t is 7"}
            assert headers["Authorization"] == "Bearer xoxb-1"
            method, path, _, body = teams.asked.get(timeout=SECONDS_MAX)
            card = json.loads(body)
            assert path == "/hook" and card["@type"] == "MessageCard" and card["text"] == "t: 7"


def test_a_delayed_request_survives_a_restart(new_server):
    server = new_server()
    server.start()
    house = House(server, rest.Rest(server.url, rest.SYSTEM))
    everybody, template = house.users("ALL_USERS"), house.template(WEB=web())
    for_long = house.send(template, everybody, additionalConfig={"sendingDelayInSec": 604800})
    for path, why in ((f"target/{everybody['id']['id']}", "Notification target"),
                      (f"template/{template['id']['id']}", "Notification template")):
        house.rest.refused(400, 31, why + " is referenced by scheduled notification request", "DELETE",
                           f"/api/notification/{path}")
    delay_s = 6
    began = time.time()
    request = house.send(template, everybody, additionalConfig={"sendingDelayInSec": delay_s})
    assert request["status"] == "SCHEDULED"
    server.stop()
    server.start()
    house.rest.url = server.url
    told = eventually(lambda: inbox(house.rest))
    assert len(told) == 1 and told[0]["requestId"]["id"] == request["id"]["id"]
    assert told[0]["createdTime"] >= (began + delay_s) * 1000 - 1000
    assert house.sent(request)["stats"]["sent"] == {"WEB": 1}
    waiting = house.rest.ok("GET", f"/api/notification/request/{for_long['id']['id']}")
    assert waiting["status"] == "SCHEDULED"
    house.rest.ok("DELETE", f"/api/notification/request/{for_long['id']['id']}")
    house.rest.ok("DELETE", f"/api/notification/target/{everybody['id']['id']}")
    server.finish()


def test_a_higher_limit_is_asked_for(house, system):
    before = {each["id"]["id"] for each in inbox(system)}
    house.rest.ok("POST", "/api/notification/entitiesLimitIncreaseRequest/DEVICE")
    found = eventually(lambda: [each for each in inbox(system) if each["id"]["id"] not in before])
    assert found[0]["type"] == "ENTITIES_LIMIT_INCREASE_REQUEST" and house.rest.email in found[0]["text"]


def test_what_belongs_to_a_user_goes_with_it(house):
    customer, buyer = house.buyer()
    everybody, template = house.users("ALL_USERS"), house.template(WEB=web())
    house.sent(house.send(template, everybody))
    assert len(inbox(buyer)) == 1
    house.rest.ok("DELETE", f"/api/user/{buyer.id}")
    done = house.sent(house.send(template, everybody))
    assert done["stats"]["sent"] == {"WEB": 1}
