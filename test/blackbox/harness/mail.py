"""A mail server that keeps what it is handed, and a provider of short messages that does."""
import email
import email.policy
import http.server
import re
import threading
import time
import urllib.parse

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from harness.process import free_ports

WAIT_S_MAX = 60


class MailBox:
    """An SMTP server on a free port. `login` is the name and password it asks for."""

    def __init__(self, login=None, tls_context=None):
        self.mails, self.logins, self.refusing = [], [], False
        options = {}
        if login:
            def check(server, session, envelope, mechanism, data):
                self.logins.append((data.login.decode(), data.password.decode()))
                return AuthResult(success=self.logins[-1] == login)
            options = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
        if tls_context:
            options.update(tls_context=tls_context, require_starttls=True)
        self.port = free_ports(1)[0]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)

    async def handle_DATA(self, server, session, envelope):
        if self.refusing:
            return "554 No mail today"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 OK"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def settings(self, **more):
        return {"mailFrom": "House <house@example.org>", "smtpProtocol": "smtp", "smtpHost": "127.0.0.1",
                "smtpPort": str(self.port), "timeout": "10000", "enableTls": False, "username": "", "password": "",
                **more}

    def next(self, to):
        """The next mail to somebody, taken out of the box; waits for it."""
        until = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < until:
            for each in self.mails:
                if to in each[0]:
                    self.mails.remove(each)
                    return each[1]
            time.sleep(0.02)
        raise AssertionError(f"no mail to {to} came; there are {[each[0] for each in self.mails]}")


def text_of(message):
    return message.get_body(("plain",)).get_content()


def html_of(message):
    return message.get_body(("html",)).get_content()


def link_of(message):
    """The one link of the mail's text."""
    return re.search(r"https?://\S+", text_of(message)).group()


def code_of(message):
    return re.search(r"^(\d{6})$", text_of(message), re.MULTILINE).group(1)


class SmsProvider:
    """Twilio's interface for messages, on a free port; the last form that was posted is at the end of `sent`."""

    def __init__(self):
        self.sent, self.authorizations, self.status = [], [], 201
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.authorizations.append((self.path, self.headers["Authorization"]))
                provider.sent.append(dict(urllib.parse.parse_qsl(body)))
                answer = b'{"sid":"SM1","message":"said no"}'
                self.send_response(provider.status)
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


def save_setting(system, key, value):
    """Replaces a document of the installation's settings."""
    answer = system.call("GET", f"/api/admin/settings/{key}")
    now = answer.json() if answer.status_code == 200 else {}
    body = {"key": key, "jsonValue": value, **({"id": now["id"]} if "id" in now else {})}
    return system.ok("POST", "/api/admin/settings", body)
