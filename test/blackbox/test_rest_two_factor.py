"""Second factors: set up, proved at a log-in, asked of everybody."""
import base64
import hashlib
import hmac
import json
import re
import struct
import time
import urllib.parse

import pytest

from harness.mail import MailBox, SmsProvider, code_of, save_setting
from harness.rest import CUSTOMER, SYSTEM, TENANT, Rest

pytestmark = pytest.mark.embedded  # They change the settings of the whole installation.

ALL = {"providers": [{"providerType": "TOTP", "issuerName": "My house"},
                     {"providerType": "EMAIL", "verificationCodeLifetime": 60},
                     {"providerType": "SMS", "verificationCodeLifetime": 60,
                      "smsVerificationMessageTemplate": "Your code: ${code}"},
                     {"providerType": "BACKUP_CODE", "codesQuantity": 3}],
       "minVerificationCodeSendPeriod": 5, "totalAllowedTimeForVerification": 600,
       "maxVerificationFailuresBeforeUserLockout": 0, "verificationCodeCheckRateLimit": None}


@pytest.fixture(scope="module")
def sms():
    with SmsProvider() as provider:
        yield provider


@pytest.fixture(scope="module")
def environment(sms):
    return {"THINGSTEAD_MESSAGING_TWILIO_URL": sms.url}


@pytest.fixture(scope="module")
def box(system):
    with MailBox() as box:
        save_setting(system, "mail", box.settings())
        yield box


@pytest.fixture(scope="module")
def texts(system, sms):
    save_setting(system, "sms", {"type": "TWILIO", "accountSid": "AC1", "accountToken": "secret",
                                 "numberFrom": "+4911111111"})
    return sms


@pytest.fixture
def offered(system, box, texts):
    """Offers every factor; whatever users have set up is given up in the end."""
    def change(**members):
        return system.ok("POST", "/api/2fa/settings", {**ALL, **members})
    change()
    yield change
    change(enforceTwoFa=False)


def totp(url, seconds=None):
    secret = urllib.parse.parse_qs(urllib.parse.urlparse(url).query)["secret"][0]
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(seconds or time.time()) // 30), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def generate(rest, kind):
    return rest.ok("POST", "/api/2fa/account/config/generate", params={"providerType": kind})


def half(server, login):
    """The first half of a log-in, and what it answered."""
    rest = Rest(server.url, login=None)
    answer = rest.ok("POST", "/api/auth/login", {"username": login[0], "password": login[1]})
    rest.session.headers["X-Authorization"] = "Bearer " + answer["token"]
    return rest, answer


def check(rest, kind, code):
    return rest.call("POST", "/api/auth/2fa/verification/check",
                     params={"providerType": kind, "verificationCode": code})


def give_up(rest, kind):
    rest.ok("DELETE", "/api/2fa/account/config", params={"providerType": kind})


def whole(server, pair):
    rest = Rest(server.url, login=None)
    rest.session.headers["X-Authorization"] = "Bearer " + pair["token"]
    return rest


def test_nothing_is_offered_at_first(new_server):
    server = new_server("plain").start()
    system = Rest(server.url, SYSTEM)
    answer = system.call("GET", "/api/2fa/settings")
    assert (answer.status_code, answer.content) == (200, b"")
    assert system.ok("GET", "/api/2fa/providers") == []
    for provider, message in (("EMAIL", "Mail service is not set up"), ("SMS", "SMS service is not configured")):
        offer = {**ALL, "providers": [each for each in ALL["providers"] if each["providerType"] == provider]}
        system.refused(400, 31, message, "POST", "/api/2fa/settings", offer)
    system.refused(400, 31, "2FA provider is not available", "POST",
                   "/api/2fa/account/config/generate?providerType=TOTP")


def test_settings_are_looked_at_and_for_administrators(system, tenant, offered):
    assert system.ok("GET", "/api/2fa/settings")["providers"] == ALL["providers"]
    tenant.refused(403, 20, None, "GET", "/api/2fa/settings")
    for members, message in (
            ({"minVerificationCodeSendPeriod": 4}, "must be greater than or equal to 5"),
            ({"totalAllowedTimeForVerification": None}, "must not be null"),
            ({"verificationCodeCheckRateLimit": "x"}, "is malformed"),
            ({"enforceTwoFa": True}, "enforcedUsersFilter must not be null")):
        error = system.refused(400, 31, None, "POST", "/api/2fa/settings", {**ALL, **members})
        assert message in error["message"], error


@pytest.mark.sanitizer
def test_an_authenticator_is_set_up_and_proved(server, offered):
    login = ("customerB@thingsboard.org", "customer")
    rest = Rest(server.url, login)
    assert rest.ok("GET", "/api/2fa/providers") == ["TOTP", "EMAIL", "SMS", "BACKUP_CODE"]
    config = generate(rest, "TOTP")
    assert re.match(r"otpauth://totp/My%20house:customerB%40thingsboard.org\?issuer=My%20house&secret=[A-Z2-7]{32}$",
                    config["authUrl"])
    rest.refused(400, 31, "Verification code is incorrect", "POST",
                 "/api/2fa/account/config?verificationCode=000000x", config)
    saved = rest.ok("POST", f"/api/2fa/account/config?verificationCode={totp(config['authUrl'])}", config)
    assert saved["configs"]["TOTP"]["useByDefault"] is True
    rest.refused(400, 31, "2FA provider is already configured", "POST",
                 f"/api/2fa/account/config?verificationCode={totp(config['authUrl'])}", config)

    second, answer = half(server, login)
    assert answer["scope"] == "PRE_VERIFICATION_TOKEN" and "refreshToken" not in answer
    for method, path in (("GET", "/api/auth/user"), ("GET", "/api/2fa/account/settings"),
                         ("POST", "/api/auth/2fa/login"), ("GET", "/api/user/tokenAccessEnabled")):
        second.refused(403, 20, None, method, path)
    assert second.ok("GET", "/api/auth/2fa/providers") == [
        {"type": "TOTP", "default": True, "contact": None, "minVerificationCodeSendPeriod": None}]
    assert check(second, "TOTP", "000000x").json()["message"] == "Verification code is incorrect"
    code = totp(config["authUrl"])
    pair = check(second, "TOTP", code).json()
    assert set(pair) == {"token", "refreshToken"}
    assert whole(server, pair).ok("GET", "/api/auth/user")["email"] == login[0]
    assert check(second, "TOTP", code).status_code == 400  # It was good once.
    rest.refused(403, 20, None, "GET", "/api/auth/2fa/providers")
    give_up(rest, "TOTP")
    assert half(server, login)[1].keys() == {"token", "refreshToken"}


def test_a_code_comes_by_mail(server, offered, box):
    rest = Rest(server.url, CUSTOMER)
    config = {**generate(rest, "EMAIL"), "email": "other-address@example.org"}
    assert rest.call("POST", "/api/2fa/account/config/submit", config).status_code == 200
    code = code_of(box.next("other-address@example.org"))
    moved = {**config, "email": "third@example.org"}
    rest.refused(400, 31, "Verification code is incorrect", "POST",
                 f"/api/2fa/account/config?verificationCode={code}", moved)
    rest.ok("POST", f"/api/2fa/account/config?verificationCode={code}", config)
    second, _ = half(server, CUSTOMER)
    info = second.ok("GET", "/api/auth/2fa/providers")[0]
    assert info["type"] == "EMAIL" and info["contact"] == "ot*********ss@example.org"
    assert info["minVerificationCodeSendPeriod"] == 5
    send = "/api/auth/2fa/verification/send?providerType=EMAIL"
    second.refused(429, 33, "Too many requests", "POST", send)
    time.sleep(5.1)
    assert second.call("POST", send).status_code == 200
    code = code_of(box.next("other-address@example.org"))
    assert check(second, "EMAIL", code).status_code == 200
    assert check(second, "EMAIL", code).status_code == 400
    give_up(rest, "EMAIL")


def test_a_code_comes_by_sms_and_backup_codes_are_for_a_lost_phone(server, offered, texts):
    login = ("customerC@thingsboard.org", "customer")
    rest = Rest(server.url, login)
    rest.refused(400, 31, "To use 2FA backup codes you first need to configure at least one provider", "POST",
                 "/api/2fa/account/config", generate(rest, "BACKUP_CODE"))
    config = {**generate(rest, "SMS"), "phoneNumber": "+491234567890"}
    rest.refused(400, 31, None, "POST", "/api/2fa/account/config/submit", {**config, "phoneNumber": "12"})
    assert rest.call("POST", "/api/2fa/account/config/submit", config).status_code == 200
    sent = texts.sent[-1]
    assert (sent["To"], sent["From"]) == ("+491234567890", "+4911111111")
    assert texts.authorizations[-1] == ("/2010-04-01/Accounts/AC1/Messages.json",
                                        "Basic " + base64.b64encode(b"AC1:secret").decode())
    code = re.match(r"Your code: (\d{6})$", sent["Body"]).group(1)
    rest.ok("POST", f"/api/2fa/account/config?verificationCode={code}", config)
    backup = generate(rest, "BACKUP_CODE")
    assert len(backup["codes"]) == 3 and all(re.match(r"[0-9a-f]{8}$", each) for each in backup["codes"])
    configs = rest.ok("POST", "/api/2fa/account/config", backup)["configs"]
    assert configs["BACKUP_CODE"]["codes"] is None and configs["BACKUP_CODE"]["codesLeft"] == 3
    configs = rest.ok("PUT", "/api/2fa/account/config?providerType=BACKUP_CODE", {"useByDefault": True})["configs"]
    assert (configs["SMS"]["useByDefault"], configs["BACKUP_CODE"]["useByDefault"]) == (False, True)
    second, _ = half(server, login)
    assert check(second, "BACKUP_CODE", "00000000").status_code == 400
    assert check(second, "BACKUP_CODE", backup["codes"][1]).status_code == 200
    assert check(second, "BACKUP_CODE", backup["codes"][1]).status_code == 400
    assert rest.ok("GET", "/api/2fa/account/settings")["configs"]["BACKUP_CODE"]["codesLeft"] == 2
    give_up(rest, "SMS")
    assert rest.ok("GET", "/api/2fa/account/settings") == {"configs": {}}


def test_wrong_codes_are_counted(server, offered, tenant):
    login = ("customerA@thingsboard.org", "customer")
    rest = Rest(server.url, login)
    config = generate(rest, "TOTP")
    rest.ok("POST", f"/api/2fa/account/config?verificationCode={totp(config['authUrl'])}", config)
    offered(verificationCodeCheckRateLimit="2:900")
    second, _ = half(server, login)
    assert [check(second, "TOTP", "x").status_code for _ in range(3)] == [400, 400, 429]
    error = check(second, "TOTP", totp(config["authUrl"])).json()
    assert (error["status"], error["errorCode"], error["message"]) == (429, 33, "Too many requests")
    offered(maxVerificationFailuresBeforeUserLockout=3)
    assert check(second, "TOTP", "x").status_code == 400
    answer = check(second, "TOTP", "x")
    assert (answer.status_code, answer.json()["message"]) == (401, "User account is locked due to security policy")
    user_id = tenant.ok("GET", "/api/audit/logs", params={"pageSize": 1, "page": 0, "actionTypes": "LOCKOUT"})[
        "data"][0]["entityId"]["id"]
    assert tenant.call("POST", f"/api/user/{user_id}/userCredentialsEnabled").status_code == 200


def test_a_second_factor_may_be_asked_of_everybody(server, offered, system):
    offered(enforceTwoFa=True, enforcedUsersFilter={"type": "TENANT_ADMINISTRATORS"})
    assert half(server, CUSTOMER)[1].keys() == {"token", "refreshToken"}
    rest, answer = half(server, TENANT)
    assert answer["scope"] == "MFA_CONFIGURATION_TOKEN"
    rest.refused(403, 20, None, "GET", "/api/auth/user")
    rest.refused(403, 20, None, "DELETE", "/api/2fa/account/config?providerType=TOTP")
    rest.refused(400, 31, "2FA is not configured", "POST", "/api/auth/2fa/login")
    assert "TOTP" in rest.ok("GET", "/api/2fa/providers")
    config = generate(rest, "TOTP")
    rest.ok("POST", f"/api/2fa/account/config?verificationCode={totp(config['authUrl'])}", config)
    tenant = whole(server, rest.ok("POST", "/api/auth/2fa/login"))
    assert tenant.ok("GET", "/api/auth/user")["email"] == TENANT[0]
    assert half(server, TENANT)[1]["scope"] == "PRE_VERIFICATION_TOKEN"
    give_up(tenant, "TOTP")


def test_a_half_log_in_lives_as_long_as_it_is_set(server, offered):
    rest = Rest(server.url, CUSTOMER)
    config = generate(rest, "TOTP")
    rest.ok("POST", f"/api/2fa/account/config?verificationCode={totp(config['authUrl'])}", config)
    _, answer = half(server, CUSTOMER)
    claims = json.loads(base64.urlsafe_b64decode(answer["token"].split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 600
    give_up(rest, "TOTP")
