"""Settings of the installation: what is kept, what is answered, and mails and messages that try them."""
import os
import ssl
import subprocess

import pytest

from harness.mail import MailBox, SmsProvider, save_setting
from harness.rest import SYSTEM

pytestmark = pytest.mark.embedded  # They change the settings of the whole installation.


def test_a_new_installation_has_settings(system):
    general = system.ok("GET", "/api/admin/settings/general")
    assert set(general) == {"id", "createdTime", "tenantId", "key", "jsonValue"}
    assert general["id"]["entityType"] == "ADMIN_SETTINGS"
    assert general["jsonValue"] == {"baseUrl": "http://localhost:8080", "prohibitDifferentUrl": False}
    mail = system.ok("GET", "/api/admin/settings/mail")["jsonValue"]
    assert mail["smtpHost"] == "localhost" and "password" not in mail
    assert set(system.ok("GET", "/api/admin/settings/connectivity")["jsonValue"]) == {
        "http", "https", "mqtt", "mqtts", "coap", "coaps"}
    for key in ("none", "jwt"):
        system.refused(404, 32, f"No Administration settings found for key: {key}", "GET", f"/api/admin/settings/{key}")


def test_what_is_wrong_with_settings_is_said(system):
    general = system.ok("GET", "/api/admin/settings/general")

    def refused(message, **members):
        system.refused(400, 31, message, "POST", "/api/admin/settings", {**general, **members})
    refused("Changing key of admin settings entry is prohibited!", key="mail")
    refused("Admin settings with such name already exists!", id=None)
    refused("Key should be specified!", key="", id=None)
    refused(None, key="jwt", id=None)
    refused("Base URL should begin with http:// or https://!", jsonValue={"baseUrl": "ftp://x"})
    mail = system.ok("GET", "/api/admin/settings/mail")
    for members in ({"smtpHost": ""}, {"mailFrom": ""}, {"smtpPort": "0"}, {"smtpHost": "a/b"},
                    {"mailFrom": "a@b.org\r\nBcc: x@y.org"}, {"enableOauth2": True}):
        system.refused(400, 31, None, "POST", "/api/admin/settings",
                       {**mail, "jsonValue": {**mail["jsonValue"], **members}})
    system.refused(400, 31, None, "POST", "/api/admin/settings", {"key": "sms", "jsonValue": {"type": "PIGEON"}})


def test_a_password_of_mail_is_kept_and_never_told(system):
    with MailBox(login=("house", "pässword")) as box:
        saved = save_setting(system, "mail", box.settings(username="house", password="pässword"))
        assert "password" not in saved["jsonValue"]
        again = system.ok("POST", "/api/admin/settings", saved)
        assert "password" not in again["jsonValue"]
        assert system.call("POST", "/api/admin/settings/testMail", again).status_code == 200
        mail = box.next(SYSTEM[0])
        assert [part.get_content_type() for part in mail.get_payload()] == ["multipart/alternative"]
        assert box.logins[-1] == ("house", "pässword")
        wrong = {**again, "jsonValue": {**again["jsonValue"], "password": "wrong"}}
        error = system.refused(500, 2, None, "POST", "/api/admin/settings/testMail", wrong)
        assert error["message"].startswith("Unable to send mail: ")


def test_mail_that_nobody_takes_fails(system):
    mail = system.ok("GET", "/api/admin/settings/mail")
    body = {**mail, "jsonValue": {**mail["jsonValue"], "smtpHost": "127.0.0.1", "smtpPort": "1", "mailFrom": "a@b.org"}}
    error = system.refused(500, 2, None, "POST", "/api/admin/settings/testMail", body)
    assert error["message"].startswith("Unable to send mail: ")


def test_a_certificate_that_nobody_vouches_for_is_refused(system, tmp_path):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    assert os.path.exists(key)
    with MailBox(tls_context=context) as box:
        body = {"key": "mail", "jsonValue": box.settings(enableTls=True)}
        error = system.refused(500, 2, None, "POST", "/api/admin/settings/testMail", body)
        assert "certificate" in error["message"] or "SSL" in error["message"], error
        assert box.mails == []
    with MailBox() as box:  # Where TLS is asked for, nothing goes out without it.
        body = {"key": "mail", "jsonValue": box.settings(enableTls=True)}
        system.refused(500, 2, None, "POST", "/api/admin/settings/testMail", body)
        assert box.mails == []


def test_a_short_message_is_tried(new_server):
    from harness.rest import Rest
    with SmsProvider() as provider:
        server = new_server("sms", environment={"THINGSTEAD_MESSAGING_TWILIO_URL": provider.url}).start()
        system = Rest(server.url, SYSTEM)
        twilio = {"type": "TWILIO", "accountSid": "AC1", "accountToken": "secret", "numberFrom": "+4911111111"}

        def test_sms(configuration=twilio, to="+4922222222", message="Hello & <you>"):
            return system.call("POST", "/api/admin/settings/testSms",
                               {"providerConfiguration": configuration, "numberTo": to, "message": message})
        assert test_sms().status_code == 200
        assert provider.sent[-1] == {"To": "+4922222222", "From": "+4911111111", "Body": "Hello & <you>"}
        assert test_sms(to="12").json()["message"].startswith("Invalid phone number")
        assert test_sms({**twilio, "accountSid": ""}).status_code == 400
        provider.status = 401
        assert (test_sms().status_code, test_sms().json()["message"]) == (500, "Unable to send SMS")
        assert test_sms(None).json()["message"] == "SMS service is not configured"
        sns = {"type": "AWS_SNS", "accessKeyId": "a", "secretAccessKey": "b", "region": "eu-central-1"}
        assert test_sms(sns).json()["message"] == "Sending SMS over provider AWS_SNS is not supported"
        system.ok("POST", "/api/admin/settings", {"key": "sms", "jsonValue": sns})  # It may be saved all the same.


def test_what_the_installation_says_about_itself(system):
    features = system.ok("GET", "/api/admin/featuresInfo")
    assert set(features) == {"smsEnabled", "emailEnabled", "notificationEnabled", "oauthEnabled", "twoFaEnabled"}
    info = system.ok("GET", "/api/admin/systemInfo")
    data = info["systemData"][0]
    assert info["monolith"] is True and data["serviceType"] == "MONOLITH" and data["serviceId"]
    assert data["cpuCount"] >= 1 and data["totalMemory"] > 1 << 20 and data["totalDiscSpace"] > 1 << 20
    for name in ("cpuUsage", "memoryUsage", "discUsage"):
        assert 0 <= data[name] <= 100
    updates = system.ok("GET", "/api/admin/updates")
    assert updates["updateAvailable"] is False and updates["currentVersion"] == updates["latestVersion"] != ""


def test_version_control_is_not_set_up(tenant):
    for kind in ("repositorySettings", "autoCommitSettings"):
        assert tenant.ok("GET", f"/api/admin/{kind}/exists") is False
        tenant.refused(404, 32, "Requested item wasn't found!", "GET", f"/api/admin/{kind}")
        assert tenant.call("DELETE", f"/api/admin/{kind}").status_code == 200
        tenant.refused(400, 31, None, "POST", f"/api/admin/{kind}", {})
    assert tenant.ok("GET", "/api/admin/repositorySettings/info") == {"configured": False, "readOnly": None}
    tenant.refused(400, 31, None, "POST", "/api/admin/repositorySettings/checkAccess", {})
