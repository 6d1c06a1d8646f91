"""Passwords: changed, reset by mail, what they must have, and what happens to whoever guesses them."""
import base64
import json
import time

import pytest

from harness.mail import MailBox, html_of, link_of, save_setting, text_of
from harness.rest import CUSTOMER, SYSTEM, TENANT, Rest

pytestmark = pytest.mark.embedded  # They change the settings of the whole installation.

FIRST_POLICY = {"minimumLength": 6, "maximumLength": 72, "minimumUppercaseLetters": None,
                "minimumLowercaseLetters": None, "minimumDigits": None, "minimumSpecialCharacters": None,
                "allowWhitespaces": True, "forceUserToResetPasswordIfNotValid": False,
                "passwordExpirationPeriodDays": None, "passwordReuseFrequencyDays": None}


@pytest.fixture(scope="module")
def box(system):
    with MailBox() as box:
        save_setting(system, "mail", box.settings())
        yield box


@pytest.fixture
def security(system):
    """Changes security settings for one test."""
    first = system.ok("GET", "/api/admin/securitySettings")

    def change(policy=None, **members):
        return system.ok("POST", "/api/admin/securitySettings",
                         {**first, **members, "passwordPolicy": {**first["passwordPolicy"], **(policy or {})}})
    yield change
    system.ok("POST", "/api/admin/securitySettings", first)


def nobody(server):
    return Rest(server.url, login=None)


def log_in(server, name, password):
    return nobody(server).call("POST", "/api/auth/login", {"username": name, "password": password})


def change_password(rest, current, new):
    return rest.call("POST", "/api/auth/changePassword", {"currentPassword": current, "newPassword": new})


def test_the_policy_of_a_new_installation_is_public(server):
    assert nobody(server).ok("GET", "/api/noauth/userPasswordPolicy") == FIRST_POLICY


def test_a_changed_password_voids_older_tokens(server):
    name = "customerB@thingsboard.org"
    rest = Rest(server.url, (name, "customer"))
    rest.refused(400, 31, "Current password doesn't match!", "POST", "/api/auth/changePassword",
                 {"currentPassword": "wrong", "newPassword": "something new"})
    rest.refused(400, 31, "New password should be different from existing!", "POST", "/api/auth/changePassword",
                 {"currentPassword": "customer", "newPassword": "customer"})
    rest.refused(400, 31, "Password must be 6 or more characters in length.", "POST", "/api/auth/changePassword",
                 {"currentPassword": "customer", "newPassword": "short"})
    time.sleep(1.1)  # Marks are whole seconds.
    pair = rest.ok("POST", "/api/auth/changePassword", {"currentPassword": "customer", "newPassword": "new secret"})
    rest.refused(401, 11, "Token has expired", "GET", "/api/auth/user")
    nobody(server).refused(401, 10, "Token is outdated", "POST", "/api/auth/token",
                           {"refreshToken": rest.tokens["refreshToken"]})
    rest.session.headers["X-Authorization"] = "Bearer " + pair["token"]
    assert rest.ok("GET", "/api/auth/user")["email"] == name
    assert log_in(server, name, "customer").status_code == 401
    assert log_in(server, name, "new secret").status_code == 200


def test_a_restart_forgets_no_void_token(new_server):
    server = new_server("restarted").start()
    rest, other = Rest(server.url, CUSTOMER), Rest(server.url, TENANT)
    time.sleep(1.1)
    assert change_password(rest, "customer", "new secret").status_code == 200
    assert other.call("POST", "/api/auth/logout").status_code == 200
    assert server.stop() == 0
    server.start()
    for old in (rest, other):
        answer = old.call("GET", "/api/auth/user")
        assert (answer.status_code, answer.json()["errorCode"]) == (401, 11)
        assert nobody(server).call("POST", "/api/auth/token",
                                   {"refreshToken": old.tokens["refreshToken"]}).status_code == 401


def test_a_forgotten_password_is_reset_by_mail(server, box):
    name = "customerC@thingsboard.org"
    rest = nobody(server)
    assert rest.ok("POST", "/api/noauth/resetPasswordByEmail", {"email": "nobody@example.org"}) is None
    assert rest.ok("POST", "/api/noauth/resetPasswordByEmail", {"email": name}) is None
    mail = box.next(name)
    assert mail["From"] == "House <house@example.org>" and mail["To"] == name
    assert mail["Subject"] and mail["Date"] and mail["Message-ID"]
    link = link_of(mail)
    assert link.startswith(server.url + "/api/noauth/resetPassword?resetToken=")
    assert link in html_of(mail) and "24 hours" in text_of(mail)
    token = link.split("=")[1]
    answer = rest.call("GET", link[len(server.url):], allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/login/resetPassword?resetToken={token}")
    rest.refused(400, 31, "Password must be 6 or more characters in length.", "POST", "/api/noauth/resetPassword",
                 {"resetToken": token, "password": "short"})
    rest.refused(400, 31, "New password should be different from existing!", "POST", "/api/noauth/resetPassword",
                 {"resetToken": token, "password": "customer"})
    answer = rest.call("POST", "/api/noauth/resetPassword", {"resetToken": token, "password": "remembered"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "changed" in text_of(box.next(name))
    assert log_in(server, name, "remembered").status_code == 200
    rest.refused(400, 31, "Invalid reset token!", "POST", "/api/noauth/resetPassword",
                 {"resetToken": token, "password": "once again"})
    assert rest.call("GET", "/api/noauth/resetPassword?resetToken=" + token, allow_redirects=False).status_code == 409


def test_a_reset_link_may_be_looked_at_five_times_an_hour(server, box):
    rest = nobody(server)
    rest.ok("POST", "/api/noauth/resetPasswordByEmail", {"email": CUSTOMER[0]})
    path = link_of(box.next(CUSTOMER[0]))[len(server.url):]
    answers = [rest.call("GET", path, allow_redirects=False).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]


def test_links_lead_to_the_address_that_is_set(server, system, box):
    general = system.ok("GET", "/api/admin/settings/general")["jsonValue"]
    save_setting(system, "general", {"baseUrl": "https://house.example.org/", "prohibitDifferentUrl": True})
    nobody(server).ok("POST", "/api/noauth/resetPasswordByEmail", {"email": CUSTOMER[0]})
    assert link_of(box.next(CUSTOMER[0])).startswith("https://house.example.org/api/noauth/resetPassword?")
    save_setting(system, "general", {"baseUrl": "https://house.example.org", "prohibitDifferentUrl": False})
    nobody(server).ok("POST", "/api/noauth/resetPasswordByEmail", {"email": CUSTOMER[0]},
                      headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "front.example.org",
                               "X-Forwarded-Port": "8443"})
    assert link_of(box.next(CUSTOMER[0])).startswith("https://front.example.org:8443/api/")
    save_setting(system, "general", general)


def test_mail_that_cannot_be_sent_changes_nothing(server, system, box):
    box.refusing = True
    nobody(server).ok("POST", "/api/noauth/resetPasswordByEmail", {"email": CUSTOMER[0]})
    box.refusing = False
    assert log_in(server, *CUSTOMER).status_code == 200


def test_a_user_who_guesses_too_often_is_locked_out(server, system, box, security):
    security(maxFailedLoginAttempts=2, userLockoutNotificationEmail="guard@example.org")
    name = "customerA@thingsboard.org"
    rest = nobody(server)
    for _ in range(2):
        rest.refused(401, 10, "Invalid username or password", "POST", "/api/auth/login",
                     {"username": name, "password": "guess"})
    assert log_in(server, name, "customer").status_code == 200  # That counts from the beginning.
    for _ in range(2):
        assert log_in(server, name, "guess").json()["message"] == "Invalid username or password"
    rest.refused(401, 10, "User account is locked due to security policy", "POST", "/api/auth/login",
                 {"username": name, "password": "guess"})
    rest.refused(401, 10, "User account is not active", "POST", "/api/auth/login",
                 {"username": name, "password": "customer"})
    assert name in text_of(box.next("guard@example.org"))
    tenant = Rest(server.url, TENANT)
    log = tenant.ok("GET", "/api/audit/logs", params={"pageSize": 50, "page": 0, "sortProperty": "createdTime",
                                                      "sortOrder": "DESC", "actionTypes": "LOCKOUT"})
    assert [entry["entityName"] for entry in log["data"]] == [name]
    user_id = log["data"][0]["entityId"]["id"]
    path = f"/api/user/{user_id}/userCredentialsEnabled"
    Rest(server.url, CUSTOMER).refused(403, 20, None, "POST", path)
    assert tenant.call("POST", path, params={"userCredentialsEnabled": "true"}).status_code == 200
    time.sleep(1.1)
    assert log_in(server, name, "customer").status_code == 200


def test_disabled_credentials_end_what_is_logged_in(server, tenant):
    rest = Rest(server.url, CUSTOMER)
    user_id = rest.ok("GET", "/api/auth/user")["id"]["id"]
    time.sleep(1.1)
    path = f"/api/user/{user_id}/userCredentialsEnabled?userCredentialsEnabled="
    assert tenant.call("POST", path + "false").status_code == 200
    rest.refused(401, 11, "Token has expired", "GET", "/api/auth/user")
    assert log_in(server, *CUSTOMER).json()["message"] == "User account is not active"
    tenant.refused(400, 31, "User account is not active", "GET", f"/api/user/{user_id}/token")
    assert tenant.call("POST", path + "true").status_code == 200
    assert log_in(server, *CUSTOMER).status_code == 200


def test_an_administrator_acts_as_a_user(server, system, tenant):
    assert tenant.ok("GET", "/api/user/tokenAccessEnabled") is True
    user_id = Rest(server.url, CUSTOMER).ok("GET", "/api/auth/user")["id"]["id"]
    pair = tenant.ok("GET", f"/api/user/{user_id}/token")
    other = nobody(server)
    other.session.headers["X-Authorization"] = "Bearer " + pair["token"]
    assert other.ok("GET", "/api/auth/user")["email"] == CUSTOMER[0]
    system.refused(403, 20, None, "GET", f"/api/user/{user_id}/token")
    other.refused(403, 20, None, "GET", f"/api/user/{user_id}/token")


def test_a_policy_may_refuse_a_password_at_the_log_in(server, system, security):
    policy = security({"minimumDigits": 2, "forceUserToResetPasswordIfNotValid": True})["passwordPolicy"]
    assert nobody(server).ok("GET", "/api/noauth/userPasswordPolicy") == policy
    nobody(server).refused(
        401, 45, "The entered password violates our policies. If this is your real password, please reset it.",
        "POST", "/api/auth/login", {"username": TENANT[0], "password": TENANT[1]})


def test_security_settings_are_looked_at(system, security):
    first = security()
    assert first["userActivationTokenTtl"] == 24 and first["mobileSecretKeyLength"] == 64
    for members in ({"userActivationTokenTtl": 0}, {"passwordResetTokenTtl": 25}, {"passwordResetTokenTtl": None},
                    {"maxFailedLoginAttempts": -1},
                    {"passwordPolicy": {**first["passwordPolicy"], "minimumLength": 10, "maximumLength": 9}}):
        system.refused(400, 31, None, "POST", "/api/admin/securitySettings", {**first, **members})


def test_former_passwords_are_not_used_again(server, security):
    security({"passwordReuseFrequencyDays": 30})
    name = "customerB@thingsboard.org"
    now = "new secret" if log_in(server, name, "new secret").status_code == 200 else "customer"
    for new in ("another one", "and another"):
        rest = Rest(server.url, (name, now))
        rest.ok("POST", "/api/auth/changePassword", {"currentPassword": now, "newPassword": new})
        now = new
    Rest(server.url, (name, now)).refused(
        400, 31, "Password was already used for the last 30 days", "POST", "/api/auth/changePassword",
        {"currentPassword": now, "newPassword": "another one"})


def test_user_names_may_be_without_case(new_server):
    server = new_server("small", environment={"THINGSTEAD_AUTH_LOGIN_CASE_SENSITIVE": "false"}).start()
    assert log_in(server, "Tenant@ThingsBoard.org", "tenant").status_code == 200


def test_only_administrators_see_security_settings(tenant, customer):
    for rest in (tenant, customer):
        for path in ("securitySettings", "jwtSettings", "settings/mail", "featuresInfo", "systemInfo", "updates"):
            rest.refused(403, 20, None, "GET", "/api/admin/" + path)


def test_a_signing_key_is_replaced(new_server):
    server = new_server("keys").start()
    system, tenant = Rest(server.url, SYSTEM), Rest(server.url, TENANT)
    now = system.ok("GET", "/api/admin/jwtSettings")
    assert (now["tokenExpirationTime"], now["refreshTokenExpTime"]) == (9000, 604800) and now["tokenIssuer"]
    for members, message in (
            ({"tokenIssuer": ""}, "JWT token issuer should be specified!"),
            ({"refreshTokenExpTime": 899}, "JWT refresh token expiration time should be at least 15 minutes!"),
            ({"tokenExpirationTime": 59}, "JWT token expiration time should be at least 1 minute!"),
            ({"tokenExpirationTime": 604800},
             "JWT token expiration time should greater than JWT refresh token expiration time!"),
            ({"tokenSigningKey": ""}, "JWT token signing key should be specified!"),
            ({"tokenSigningKey": "===="}, None), ({"tokenSigningKey": "not base 64"}, None),
            ({"tokenSigningKey": "c2hvcnQ="}, "JWT token signing key should be a Base64 encoded string representing "
                                              "at least 512 bits of data!")):
        system.refused(400, 31, message, "POST", "/api/admin/jwtSettings", {**now, **members})
    key = "QUJD" * 22
    pair = system.ok("POST", "/api/admin/jwtSettings", {**now, "tokenSigningKey": key, "tokenExpirationTime": 600})
    for old in (system, tenant):
        old.refused(401, 11, "Token has expired", "GET", "/api/auth/user")
        nobody(server).refused(401, 11, "Token has expired", "POST", "/api/auth/token",
                               {"refreshToken": old.tokens["refreshToken"]})
    system.session.headers["X-Authorization"] = "Bearer " + pair["token"]
    assert system.ok("GET", "/api/admin/jwtSettings")["tokenSigningKey"] == key
    assert server.stop() == 0
    server.start()
    assert system.ok("GET", "/api/auth/user")["email"] == SYSTEM[0]


def test_a_signing_key_is_rotated(new_server):
    server = new_server("rotation").start()
    system, tenant = Rest(server.url, SYSTEM), Rest(server.url, TENANT)
    before = system.ok("GET", "/api/admin/jwtSettings")
    tenant.refused(403, 20, None, "POST", "/api/admin/jwtSettings/rotate")
    fresh = system.ok("POST", "/api/admin/jwtSettings/rotate")["token"]
    after = system.ok("GET", "/api/admin/jwtSettings")
    assert {**after, "tokenSigningKey": ""} == {**before, "tokenSigningKey": ""}
    assert after["tokenSigningKey"] != before["tokenSigningKey"] and set(after) == set(before)
    assert key_id(fresh) != key_id(tenant.token)
    system.refused(404, 32, None, "GET", "/api/admin/settings/jwtFormerKeys")
    assert server.stop() == 0
    server.start()
    # What the former key has signed goes on, and is renewed by the new one.
    assert tenant.ok("GET", "/api/auth/user")["email"] == TENANT[0]
    renewed = nobody(server).ok("POST", "/api/auth/token", {"refreshToken": tenant.tokens["refreshToken"]})
    assert key_id(renewed["token"]) == key_id(fresh)
    # A key that somebody sets ends them all.
    system.ok("POST", "/api/admin/jwtSettings", {**after, "tokenSigningKey": "QUJD" * 22})
    for rest in (tenant, system):
        rest.refused(401, 11, "Token has expired", "GET", "/api/auth/user")


def key_id(token):
    header = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]
