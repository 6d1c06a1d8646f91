"""New users: the mail with the link, the link, the first password."""
import time
import uuid

import pytest

from harness.mail import MailBox, link_of, save_setting, text_of
from harness.rest import Rest

pytestmark = pytest.mark.embedded  # They change the settings of the whole installation.


@pytest.fixture(scope="module")
def box(system):
    with MailBox() as box:
        save_setting(system, "mail", box.settings())
        yield box


def new_user(tenant, mail=False):
    body = {"email": f"user-{uuid.uuid4().hex}@example.org", "authority": "TENANT_ADMIN"}
    return tenant.ok("POST", "/api/user", body, params={"sendActivationMail": str(mail).lower()})


def nobody(server):
    return Rest(server.url, login=None)


def token_of(tenant, user):
    return tenant.ok("GET", f"/api/user/{user['id']['id']}/activationLinkInfo")["value"].split("=")[1]


def test_a_mail_leads_to_a_first_password(server, tenant, box):
    user = new_user(tenant, mail=True)
    mail = box.next(user["email"])
    link = link_of(mail)
    assert link.startswith(server.url + "/api/noauth/activate?activateToken=") and "24 hours" in text_of(mail)
    token = link.split("=")[1]
    rest = nobody(server)
    rest.refused(401, 10, "User account is not active", "POST", "/api/auth/login",
                 {"username": user["email"], "password": "anything"})
    answer = rest.call("GET", link[len(server.url):], allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/login/createPassword?activateToken={token}")
    rest.refused(400, 31, "Password must be 6 or more characters in length.", "POST", "/api/noauth/activate",
                 {"activateToken": token, "password": "short"})
    pair = rest.ok("POST", "/api/noauth/activate", {"activateToken": token, "password": "my secret"})
    rest.session.headers["X-Authorization"] = "Bearer " + pair["token"]
    assert rest.ok("GET", "/api/auth/user")["email"] == user["email"]
    assert "ready" in text_of(box.next(user["email"]))
    assert Rest(server.url, (user["email"], "my secret")).token
    nobody(server).refused(400, 31, f"Unable to find user credentials by activateToken [{token}]", "POST",
                           "/api/noauth/activate", {"activateToken": token, "password": "my secret"})
    assert nobody(server).call("GET", link[len(server.url):], allow_redirects=False).status_code == 409


def test_administrators_see_the_link_until_it_was_used(server, tenant, customer):
    user = new_user(tenant)
    path = f"/api/user/{user['id']['id']}/activationLink"
    link = tenant.call("GET", path)
    assert link.status_code == 200 and link.headers["Content-Type"].startswith("text/plain")
    info = tenant.ok("GET", path + "Info")
    assert info["value"] == link.text and 86_000_000 < info["ttlMs"] <= 86_400_000
    customer.refused(403, 20, None, "GET", path)
    nobody(server).ok("POST", "/api/noauth/activate?sendActivationMail=false",
                      {"activateToken": link.text.split("=")[1], "password": "my secret"})
    tenant.refused(400, 31, "User is already activated!", "GET", path)
    tenant.refused(400, 31, "User is already activated!", "POST",
                   f"/api/user/sendActivationMail?email={user['email']}")


def test_the_mail_is_sent_again(tenant, box):
    user = new_user(tenant)
    assert tenant.call("POST", f"/api/user/sendActivationMail?email={user['email']}").status_code == 200
    assert link_of(box.next(user["email"]))
    tenant.refused(404, 32, None, "POST", "/api/user/sendActivationMail?email=nobody@example.org")
    box.refusing = True
    tenant.refused(500, 2, "Couldn't send user activation email", "POST",
                   f"/api/user/sendActivationMail?email={user['email']}")
    box.refusing = False


def test_who_has_no_password_cannot_be_enabled(tenant):
    user = new_user(tenant)
    tenant.refused(400, 31, "Enabled user credentials should have password!", "POST",
                   f"/api/user/{user['id']['id']}/userCredentialsEnabled?userCredentialsEnabled=true")


def test_a_deleted_user_is_logged_out(server, tenant):
    user = new_user(tenant)
    pair = nobody(server).ok("POST", "/api/noauth/activate?sendActivationMail=false",
                             {"activateToken": token_of(tenant, user), "password": "my secret"})
    rest = nobody(server)
    rest.session.headers["X-Authorization"] = "Bearer " + pair["token"]
    rest.ok("GET", "/api/auth/user")
    time.sleep(1.1)
    assert tenant.call("DELETE", f"/api/user/{user['id']['id']}").status_code == 200
    rest.refused(401, 11, "Token has expired", "GET", "/api/auth/user")
