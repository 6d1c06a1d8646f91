"""A provider of OAuth 2.0 and OpenID Connect on loopback: it logs everybody in at once, as whoever the test says."""
import base64
import hashlib
import json
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """`user` are the attributes answered, `claims` changes of the ID token (None: the claim is left out)."""

    client_id, client_secret = "client 1", "s:cret+/="

    def __init__(self):
        self.user, self.claims, self.emails, self.mapped = {}, {}, [], {}
        self.refusal = None  # {"error", "error_description"} of the token endpoint.
        self.codes, self.tokens, self.calls = {}, set(), []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                path, _, query = self.path.partition("?")
                provider.calls.append((path, dict(self.headers)))
                if path == "/authorize":
                    location = provider.authorize(dict(urllib.parse.parse_qsl(query)))
                    self.send_response(302)
                    self.send_header("Location", location)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif path == "/redirect":
                    self.send_response(302)
                    self.send_header("Location", "/userinfo")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif self.headers.get("Authorization", "").removeprefix("Bearer ") not in provider.tokens:
                    self.answer(401, {"error": "invalid_token"})
                else:
                    self.answer(200, provider.emails if path == "/emails" else provider.user)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.calls.append((self.path, dict(self.headers)))
                if self.path == "/mapper":
                    self.answer(200, {**provider.mapped, "email": json.loads(body)["email"]})
                else:
                    self.answer(*provider.token(dict(urllib.parse.parse_qsl(body)), self.headers))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, asked):
        """Where the browser is sent back to; `asked` of the last call is kept."""
        assert asked["response_type"] == "code" and asked["client_id"] == self.client_id
        self.asked = asked
        code = uuid.uuid4().hex
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode({"code": code, "state": asked["state"]})

    def token(self, form, headers):
        if self.refusal:
            return 400, self.refusal
        asked = self.codes.pop(form.get("code"), None)
        if not asked or form["redirect_uri"] != asked["redirect_uri"] or form["grant_type"] != "authorization_code":
            return 400, {"error": "invalid_grant"}
        if not self.knows(form, headers, asked):
            return 401, {"error": "invalid_client"}
        token = uuid.uuid4().hex
        self.tokens.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 60}
        if "openid" in asked["scope"].split():
            claims = {"aud": self.client_id, "sub": self.user.get("sub"), "exp": int(time.time()) + 60,
                      "nonce": asked.get("nonce"), **self.claims}
            claims = {name: value for name, value in claims.items() if value is not None}
            answer["id_token"] = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)) + ".c2ln"
        return 200, answer

    def knows(self, form, headers, asked):
        if "code_challenge" in asked:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            return asked["code_challenge_method"] == "S256" and base64url(digest) == asked["code_challenge"]
        if "client_secret" in form:
            return (form["client_id"], form["client_secret"]) == (self.client_id, self.client_secret)
        basic = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        return [urllib.parse.unquote(part) for part in basic.split(":")] == [self.client_id, self.client_secret]
