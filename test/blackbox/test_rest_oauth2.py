"""Log-in with another server: clients, domains and templates over REST, and the way of a browser through it."""
import re
import urllib.parse
import uuid

import pytest
import requests

from harness import rest
from harness.oauth2_provider import Provider

pytestmark = pytest.mark.embedded
DENIED = "You don't have permission to perform this operation!"


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def environment(provider):
    return {"THINGSTEAD_OAUTH2_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8",
            "THINGSTEAD_OAUTH2_GITHUB_EMAILS_URL": provider.url + "/emails"}


@pytest.fixture(autouse=True)
def calm(provider):
    provider.user, provider.claims, provider.emails, provider.mapped, provider.refusal = {}, {}, [], {}, None


def client_of(provider, mapper=None, **fields):
    return {"title": f"Client {uuid.uuid4()}", "clientId": provider.client_id, "clientSecret": provider.client_secret,
            "authorizationUri": provider.url + "/authorize", "accessTokenUri": provider.url + "/token",
            "scope": ["openid", "email"], "userInfoUri": provider.url + "/userinfo", "userNameAttributeName": "email",
            "clientAuthenticationMethod": "BASIC", "loginButtonLabel": "Local", "loginButtonIcon": "local",
            "platforms": [], "additionalInfo": {"providerName": "Custom"},
            "mapperConfig": {"allowUserCreation": True, "activateUser": True, "type": "BASIC", "basic": {
                "emailAttributeKey": "email", "firstNameAttributeKey": "given", "lastNameAttributeKey": "family",
                "tenantNameStrategy": "DOMAIN"}, **(mapper or {})}, **fields}


def basic(**fields):
    return {"basic": {"emailAttributeKey": "email", "tenantNameStrategy": "DOMAIN", **fields}}


def save(user, client):
    return user.ok("POST", "/api/oauth2/client", client)


def log_in(server, client, prev_uri=None, change=None):
    """Walks as a browser does; the parameters of the address where it ends."""
    browser = requests.Session()
    url = f"{server.url}/oauth2/authorization/{client['id']['id']}"
    first = browser.get(url, params={"prevUri": prev_uri} if prev_uri else {}, allow_redirects=False, timeout=60)
    assert first.status_code == 302, first.text
    second = browser.get(first.headers["Location"], allow_redirects=False, timeout=60)
    back = second.headers["Location"]
    if change:
        back = change(browser, back)
    third = browser.get(back, allow_redirects=False, timeout=60)
    assert third.status_code == 302, third.text
    end = urllib.parse.urlsplit(third.headers["Location"])
    assert f"{end.scheme}://{end.netloc}" == server.url
    assert not browser.cookies  # They are taken back.
    return end.path, dict(urllib.parse.parse_qsl(end.query))


def me(server, end):
    path, tokens = end
    assert set(tokens) == {"accessToken", "refreshToken"}, end
    user = rest.Rest(server.url, None)
    user.session.headers["X-Authorization"] = "Bearer " + tokens["accessToken"]
    return user.ok("GET", "/api/auth/user")


def error_of(end):
    path, found = end
    assert path == "/login" and set(found) == {"loginError"}, end
    return found["loginError"]


def someone(**more):
    mark = uuid.uuid4().hex[:10]
    return {"sub": mark, "email": f"anna@{mark}.example.com", "given": "Anna", "family": "Alpha", **more}


@pytest.mark.sanitizer
def test_a_new_user_gets_a_tenant_and_comes_back(server, provider, system):
    client = save(system, client_of(provider))
    provider.user = someone()
    end = log_in(server, client)
    assert end[0] == "/"
    user = me(server, end)
    assert (user["email"], user["authority"]) == (provider.user["email"], "TENANT_ADMIN")
    assert (user["firstName"], user["lastName"]) == ("Anna", "Alpha")
    assert user["additionalInfo"]["authProviderName"] == "Custom"
    again = me(server, log_in(server, client))
    assert again["id"] == user["id"]
    # A second user of the domain is in the same tenant; with a customer's name it is the customer's.
    provider.user = {**provider.user, "sub": "other", "email": provider.user["email"].replace("anna", "bert")}
    customers = save(system, client_of(provider, basic(customerNamePattern="C %{given}")))
    other = me(server, log_in(server, customers))
    assert other["tenantId"] == user["tenantId"] and other["authority"] == "CUSTOMER_USER"
    assert other["customerId"] != user["customerId"]
    # Nobody logs in with a password that was never set.
    rest.Rest(server.url, None).refused(401, 10, "Invalid username or password", "POST", "/api/auth/login",
                                        {"username": user["email"], "password": "x"})


def test_a_known_user_logs_in_and_the_audit_log_says_with_whom(server, provider, system, tenant):
    client = save(system, client_of(provider))
    provider.user = someone(email=rest.TENANT[0])
    user = me(server, log_in(server, client, prev_uri="/devices"))
    assert user["email"] == rest.TENANT[0] and "authProviderName" not in (user["additionalInfo"] or {})
    logs = tenant.ok("GET", f"/api/audit/logs/user/{user['id']['id']}",
                     params={"pageSize": 100, "page": 0, "actionTypes": "LOGIN"})["data"]
    assert "Custom" in [each["actionData"].get("provider") for each in logs]


def test_it_ends_where_it_began(server, provider, system):
    client = save(system, client_of(provider))
    provider.user = someone()
    assert log_in(server, client, prev_uri="/dashboards/1")[0] == "/dashboards/1/"
    path, found = log_in(server, client, prev_uri="/dashboards?state=x")
    assert path == "/dashboards" and found["state"] == "x" and "accessToken" in found
    for elsewhere in ("https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "evil"):
        assert log_in(server, client, prev_uri=elsewhere)[0] == "/"


def test_every_way_to_say_who_the_client_is(server, provider, system):
    provider.user = someone()
    for method in ("BASIC", "POST", "NONE"):
        client = save(system, client_of(provider, clientAuthenticationMethod=method))
        assert me(server, log_in(server, client))["email"] == provider.user["email"]
        assert ("code_challenge" in provider.asked) == (method == "NONE")
        assert len(provider.asked["nonce"]) > 30 and len(provider.asked["state"]) > 30
    plain = save(system, client_of(provider, scope=["email"]))
    assert me(server, log_in(server, plain))["email"] == provider.user["email"]
    assert "nonce" not in provider.asked


def test_github_and_custom_mappers_ask_once_more(server, provider, system):
    email = someone()["email"]
    provider.user = {"sub": "s", "login": "anna", "given": "Anna"}
    provider.emails = [{"email": "x@y.example.com", "primary": False, "verified": True},
                       {"email": email, "primary": True, "verified": True}]
    github = save(system, client_of(provider, {"type": "GITHUB", "basic": {"tenantNameStrategy": "EMAIL",
                                                                           "firstNameAttributeKey": "given"}},
                                    scope=["user"], userNameAttributeName="login"))
    assert me(server, log_in(server, github))["email"] == email
    provider.emails[1]["verified"] = False
    assert error_of(log_in(server, github)) == "The user has no verified e-mail!"

    provider.user, provider.mapped = someone(), {"tenantName": f"T {uuid.uuid4()}", "lastName": "Mapped"}
    custom = save(system, client_of(provider, {"type": "CUSTOM", "basic": None, "custom": {
        "url": provider.url + "/mapper", "username": "u", "password": "p", "sendToken": True}}))
    user = me(server, log_in(server, custom))
    assert (user["email"], user["lastName"]) == (provider.user["email"], "Mapped")
    headers = [found for path, found in provider.calls if path == "/mapper"][-1]
    assert headers["Authorization"].startswith("Basic ") and headers["provider-access-token"] in provider.tokens


@pytest.mark.sanitizer
def test_what_fails_is_told_by_the_log_in_page(server, provider, system):
    client = save(system, client_of(provider))
    provider.user = someone()

    def failed(pattern, change=None, of=client):
        assert re.search(pattern, error_of(log_in(server, of, change=change)))
    provider.refusal = {"error": "invalid_grant", "error_description": "Too late"}
    failed(r"^\[invalid_grant\] Too late$")
    provider.refusal = None
    for claims in ({"nonce": "other"}, {"nonce": None}, {"aud": "other"}, {"exp": 1}):
        provider.claims = claims
        failed(r"^\[invalid_id_token\]")
    provider.claims = {"sub": "somebody else"}
    failed(r"^\[invalid_user_info_response\]")
    provider.claims = {}
    provider.user = {**provider.user, "email": None}
    failed("Missing attribute 'email'")
    provider.user = someone(email_verified=False)
    failed("not verified")
    provider.user = someone()
    closed = save(system, client_of(provider, {"allowUserCreation": False}))
    failed("^User not found: ", of=closed)
    failed(r"^\[authorization_request_not_found\]$", lambda browser, back: browser.cookies.clear() or back)
    failed(r"^\[authorization_request_not_found\]$", lambda _, back: re.sub("state=[^&]*", "state=x", back))
    failed(r"^\[access_denied\] No$", lambda _, back: re.sub("code=[^&]*", "error=access_denied&error_description=No", back))
    wrong = save(system, client_of(provider, clientSecret="wrong"))
    failed(r"^\[invalid_client\]", of=wrong)
    redirecting = save(system, client_of(provider, userInfoUri=provider.url + "/redirect"))
    failed(r"^\[invalid_user_info_response\]", of=redirecting)
    private = save(system, client_of(provider, accessTokenUri="http://169.254.169.254/token"))
    failed(r"^\[invalid_token_response\]", of=private)
    idle = save(system, client_of(provider, {"activateUser": False}))
    provider.user = someone()
    failed("^User account is not active$", of=idle)
    failed("^User account is not active$", of=idle)


def test_a_tenants_client_logs_in_its_own_users_alone(server, provider, tenant):
    client = save(tenant, client_of(provider))
    assert client["tenantId"]["id"] == tenant.ok("GET", "/api/auth/user")["tenantId"]["id"]
    provider.user = someone(email=rest.SYSTEM[0])
    assert error_of(log_in(server, client)) == f"User not found: {rest.SYSTEM[0]}"
    provider.user = someone()
    user = me(server, log_in(server, client))
    assert user["tenantId"] == client["tenantId"]


def test_the_log_in_page_shows_the_clients_of_its_domain(server, provider, system):
    host = server.url.removeprefix("http://")
    anybody = rest.Rest(server.url, None)
    shown = save(system, client_of(provider))
    mobile = save(system, client_of(provider, platforms=["ANDROID"]))
    ids = ",".join(each["id"]["id"] for each in (shown, mobile))
    assert anybody.ok("POST", "/api/noauth/oauth2Clients") == []
    domain = system.ok("POST", f"/api/domain?oauth2ClientIds={ids}", {"name": host, "oauth2Enabled": True,
                                                                      "propagateToEdge": False})
    button = {"name": "Local", "icon": "local", "url": f"/oauth2/authorization/{shown['id']['id']}"}
    assert anybody.ok("POST", "/api/noauth/oauth2Clients") == [button]
    assert anybody.ok("POST", "/api/noauth/oauth2Clients?pkgName=a.b&platform=ANDROID") == []
    info = system.ok("GET", f"/api/domain/info/{domain['id']['id']}")
    assert info["name"] == host and {each["id"]["id"] for each in info["oauth2ClientInfos"]} == set(ids.split(","))
    listed = system.ok("GET", "/api/domain/infos?pageSize=10&page=0")["data"]
    assert info in listed
    system.ok("PUT", f"/api/domain/{domain['id']['id']}/oauth2Clients", [])
    assert anybody.ok("POST", "/api/noauth/oauth2Clients") == []
    system.refused(404, 32, None, "PUT", f"/api/domain/{domain['id']['id']}/oauth2Clients", [str(uuid.uuid1())])
    system.ok("PUT", f"/api/domain/{domain['id']['id']}/oauth2Clients", [shown["id"]["id"]])
    system.ok("POST", "/api/domain", {**domain, "oauth2Enabled": False})
    assert anybody.ok("POST", "/api/noauth/oauth2Clients") == []
    system.refused(400, 31, "Domain with such name and scheme already exists!", "POST", "/api/domain", {"name": host})
    system.refused(400, 31, "Domain name a b is invalid", "POST", "/api/domain", {"name": "a b"})
    system.refused(400, 31, "Domain name should be specified!", "POST", "/api/domain", {})
    system.ok("DELETE", f"/api/domain/{domain['id']['id']}")
    system.refused(404, 32, f"Domain with id [{domain['id']['id']}] is not found", "GET",
                   f"/api/domain/info/{domain['id']['id']}")


def test_clients_over_rest(provider, system, tenant):
    made = save(system, client_of(provider))
    assert made["name"] == made["title"] and made["scope"] == ["openid", "email"] and made["clientSecret"]
    path = f"/api/oauth2/client/{made['id']['id']}"
    assert system.ok("GET", path) == made
    renamed = save(system, {**made, "title": made["title"] + "!"})
    assert renamed["title"].endswith("!") and renamed["createdTime"] == made["createdTime"]
    info = {"id": made["id"], "createdTime": made["createdTime"], "title": renamed["title"], "providerName": "Custom",
            "platforms": [], "name": renamed["title"]}
    for query in (f"infos?clientIds={made['id']['id']}", f"list?clientIds={made['id']['id']}"):
        assert system.ok("GET", f"/api/oauth2/client/{query}") == [info]
    page = system.ok("GET", "/api/oauth2/client/infos", params={"pageSize": 10, "page": 0, "textSearch": renamed["title"]})
    assert page["data"] == [info]
    tenant.refused(403, 20, DENIED, "GET", path)
    assert tenant.ok("GET", f"/api/oauth2/client/list?clientIds={made['id']['id']}") == []
    assert tenant.ok("GET", "/api/oauth2/loginProcessingUrl") == "/login/oauth2/code/"
    system.ok("DELETE", path)
    system.refused(404, 32, f"Oauth2 client with id [{made['id']['id']}] is not found", "GET", path)


def test_what_is_wrong_with_a_client_is_said(provider, system):
    def refused(message, mapper=None, **fields):
        system.refused(400, 31, message, "POST", "/api/oauth2/client", client_of(provider, mapper, **fields))
    refused("Title should be specified!", title=" ")
    refused("Client ID should be specified!", clientId="")
    refused("Validation error: title length must be equal or less than 100", title="x" * 101)
    refused("Basic config should be specified!", {"basic": None})
    refused("Email attribute key should be specified!", basic(emailAttributeKey=""))
    refused("Tenant name strategy should be specified!", basic(tenantNameStrategy=None))
    refused("Tenant name pattern should be specified!", basic(tenantNameStrategy="CUSTOM"))
    refused("Email attribute key cannot be configured for GITHUB mapper type!", {"type": "GITHUB"})
    refused(None, {"type": "CUSTOM", "custom": {"url": ""}})
    refused(None, authorizationUri="javascript:alert(1)")
    refused(None, scope=[])


def test_templates_over_rest(system, tenant, customer):
    found = {each["providerId"]: each for each in tenant.ok("GET", "/api/oauth2/config/template")}
    assert {"Google", "Facebook", "Github", "Apple"} <= set(found)
    assert found["Google"]["mapperConfig"]["basic"]["firstNameAttributeKey"] == "given_name"
    assert set(found["Google"]["id"]) == {"id"} and found["Google"]["name"] == "Google"
    fresh = {name: value for name, value in found["Google"].items() if name not in ("id", "createdTime", "name")}
    system.refused(400, 31, "Client registration template with such providerId already exists!", "POST",
                   "/api/oauth2/config/template", fresh)
    made = system.ok("POST", "/api/oauth2/config/template", {**fresh, "providerId": f"P {uuid.uuid4()}"})
    assert system.ok("POST", "/api/oauth2/config/template", {**made, "comment": "c"})["comment"] == "c"
    tenant.refused(403, 20, DENIED, "POST", "/api/oauth2/config/template", made)
    customer.refused(403, 20, DENIED, "GET", "/api/oauth2/config/template")
    system.ok("DELETE", f"/api/oauth2/config/template/{made['id']['id']}")
    system.refused(404, 32, "Requested item wasn't found!", "DELETE", f"/api/oauth2/config/template/{made['id']['id']}")


def test_a_client_that_is_not_there(server):
    answer = requests.get(f"{server.url}/oauth2/authorization/{uuid.uuid1()}", allow_redirects=False, timeout=60)
    assert answer.status_code == 404
    end = requests.get(f"{server.url}/login/oauth2/code/?code=x&state=y", allow_redirects=False, timeout=60)
    assert end.status_code == 302 and "loginError=" in end.headers["Location"]
