"""Logging in, and what a token says and opens."""
import base64
import json
import time

import pytest

from harness.rest import CUSTOMER, NULL_UUID, SYSTEM, TENANT, Rest


def claims(token):
    head, body, _ = token.split(".")
    return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, body)]


def anonymous(server):
    return Rest(server.url, login=None)


def with_header(server, name, value):
    rest = anonymous(server)
    rest.session.headers[name] = value
    return rest


@pytest.mark.sanitizer
@pytest.mark.parametrize("login,authority", [(SYSTEM, "SYS_ADMIN"), (TENANT, "TENANT_ADMIN"),
                                             (CUSTOMER, "CUSTOMER_USER")])
def test_the_demo_users_log_in(server, login, authority):
    rest = Rest(server.url, login)
    assert set(rest.tokens) == {"token", "refreshToken"}
    header, access = claims(rest.token)
    assert header["alg"] == "HS512"
    assert access["sub"] == login[0] and access["scopes"] == [authority]
    assert access["enabled"] is True and access["isPublic"] is False
    assert access["exp"] - access["iat"] == 9000 and abs(access["iat"] - time.time()) < 600
    assert (access["tenantId"] == NULL_UUID) == (authority == "SYS_ADMIN")
    assert (access["customerId"] == NULL_UUID) == (authority != "CUSTOMER_USER")
    _, refresh = claims(rest.tokens["refreshToken"])
    assert refresh["scopes"] == ["REFRESH_TOKEN"] and refresh["sessionId"] == access["sessionId"]
    assert refresh["exp"] - refresh["iat"] == 604800 and refresh["jti"]
    user = rest.ok("GET", "/api/auth/user")
    assert (user["email"], user["authority"]) == (login[0], authority)
    assert user["id"] == {"entityType": "USER", "id": access["userId"]}
    assert user["tenantId"]["id"] == access["tenantId"] and user["customerId"]["id"] == access["customerId"]


@pytest.mark.parametrize("username,password", [("tenant@thingsboard.org", "wrong"), ("nobody@example.org", "tenant"),
                                               ("Tenant@thingsboard.org", "tenant")])
def test_wrong_passwords_and_unknown_users_are_not_told_apart(server, username, password):
    anonymous(server).refused(401, 10, "Invalid username or password", "POST", "/api/auth/login",
                              {"username": username, "password": password})


@pytest.mark.parametrize("data", ["{", "[]", "", '{"username":"tenant@thingsboard.org"}',
                                  '{"username":"","password":"x"}', '{"username":"a","password":""}'])
def test_a_malformed_login_fails(server, data):
    answer = anonymous(server).call("POST", "/api/auth/login", data=data)
    assert answer.status_code == 401 and answer.json()["errorCode"] == 10


@pytest.mark.sanitizer
def test_without_a_token_nothing_opens(server):
    rest = anonymous(server)
    for method, path in (("GET", "/api/auth/user"), ("GET", "/api/tenant/devices?pageSize=1&page=0"),
                         ("POST", "/api/device"), ("POST", "/api/auth/logout"), ("GET", "/api/no/such/path"),
                         ("GET", "/api/plugins/telemetry/DEVICE/" + NULL_UUID + "/values/timeseries")):
        answer = rest.call(method, path, data="{}")
        assert answer.status_code == 401, path
        assert answer.json()["errorCode"] == 10, path


def test_both_headers_are_taken_and_other_schemes_are_not(server, tenant):
    for name in ("X-Authorization", "Authorization"):
        assert with_header(server, name, "Bearer " + tenant.token).ok("GET", "/api/auth/user")["email"] == TENANT[0]
    for value in ("Basic dGVuYW50OnRlbmFudA==", "bearer " + tenant.token, tenant.token, "Bearer", "Bearer ", ""):
        answer = with_header(server, "X-Authorization", value).call("GET", "/api/auth/user")
        assert answer.status_code == 401, value


def test_a_changed_token_is_refused(server, tenant):
    head, body, signature = tenant.token.split(".")
    forged = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    forged["scopes"] = ["SYS_ADMIN"]
    forged_body = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    hs256 = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    for token, code in ((f"{head}.{forged_body}.{signature}", 11), (f"{none}.{body}.", None),
                        (f"{none}.{body}.{signature}", None), (f"{hs256}.{body}.{signature}", None), ("rubbish", 10),
                        ("a.b.c", 10), (f"{head}.{body}", None), (f"{head}.{body}.{signature[:-4]}AAAA", 11)):
        answer = with_header(server, "X-Authorization", "Bearer " + token).call("GET", "/api/auth/user")
        assert answer.status_code == 401, token
        assert code is None or answer.json()["errorCode"] == code, (token, answer.text)


def test_a_refresh_gives_a_new_pair(server):
    rest = Rest(server.url, TENANT)
    pair = anonymous(server).ok("POST", "/api/auth/token", {"refreshToken": rest.tokens["refreshToken"]})
    assert claims(pair["token"])[1]["sessionId"] != claims(rest.token)[1]["sessionId"]
    assert with_header(server, "X-Authorization", "Bearer " + pair["token"]).ok("GET", "/api/auth/user")


def test_the_two_tokens_are_not_exchangeable(server):
    rest = Rest(server.url, TENANT)
    as_access = with_header(server, "X-Authorization", "Bearer " + rest.tokens["refreshToken"])
    assert as_access.call("GET", "/api/auth/user").status_code in (401, 403)
    answer = anonymous(server).call("POST", "/api/auth/token", {"refreshToken": rest.token})
    assert answer.status_code == 401
    assert anonymous(server).call("POST", "/api/auth/token", {"refreshToken": "rubbish"}).status_code == 401
    assert anonymous(server).call("POST", "/api/auth/token", data="{").status_code == 401


@pytest.mark.sanitizer
def test_a_logout_ends_this_session_only(server):
    rest, other = Rest(server.url, TENANT), Rest(server.url, TENANT)
    # Marks are whole seconds: a token of this very second is not older than its mark.
    time.sleep(1.1)
    answer = rest.call("POST", "/api/auth/logout")
    assert (answer.status_code, answer.content) == (200, b"")
    rest.refused(401, 11, "Token has expired", "GET", "/api/auth/user")
    refused = anonymous(server).call("POST", "/api/auth/token", {"refreshToken": rest.tokens["refreshToken"]})
    assert refused.status_code == 401
    other.ok("GET", "/api/auth/user")


def test_headers_of_every_answer(server, tenant):
    for path in ("/api/auth/user", "/api/tenant/devices?pageSize=1&page=0"):
        headers = tenant.call("GET", path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in headers["Cache-Control"]
        assert headers["Content-Type"].startswith("application/json")


def test_a_preflight_of_another_origin_is_allowed(server):
    answer = anonymous(server).session.options(
        server.url + "/api/auth/login", timeout=60,
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "x-authorization"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "https://example.org")


def test_unknown_paths_and_methods(tenant):
    tenant.refused(404, 32, None, "GET", "/api/no/such/path")
    tenant.refused(405, 31, None, "PUT", "/api/auth/user", {})


def test_log_ins_at_once(server):
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: Rest(server.url, TENANT).token, range(16)))
    assert len(set(found)) == 16
