"""Calls every operation of the REST interface with what fits, nearly fits, or does not fit at all.

The same seed asks the same questions in the same order; only ids are the server's choice.
"""
import http.client
import json
import random
import re
import time
import urllib.parse
from collections import Counter, deque
from dataclasses import dataclass, field, replace

from harness import hostile
from harness.fuzz_people import AUTHORITIES, NOBODY, People
from harness.openapi import METHODS, Interface, Values, kind_of

ANSWER_S_MAX = 60
IDLE_S_MAX = 30  # The server ends connections that are silent for twice as long.
SHRINKS_MAX = 80
TAIL = 25
# Errors of handlers are plain text there, as clients of the reference expect.
PLAIN_TEXT = ("/api/plugins/telemetry/", "/api/rule-engine/")
# Links that people open: a code that opens nothing is answered 409 without a document, as by the reference.
LINKS = ("/api/noauth/activate", "/api/noauth/resetPassword")
# What users uploaded, whatever they said that it is.
DOWNLOAD = re.compile("/api/(otaPackage|resource)/.*/download$")
# A claim that fails is answered with a bare text.
CLAIM, CLAIM_REPLIES = re.compile("/api/customer/device/[^/]*/claim$"), ("FAILURE", "CLAIMED")
# What the server says, with 500 as the reference, when the servers for mail or SMS that it was told of are none.
NOT_SENT = ("Unable to send mail", "Couldn't send user activation email", "Unable to send SMS")
ROUNDS_MIN = 2
# Operations that the description does not show, because browsers or old clients alone call them.
HIDDEN = {
    "/api/auth/login/public": {"post": {"body": True, "open": True}},
    "/oauth2/authorization/{id}": {"get": {"query": ["prevUri"], "open": True}},
    "/login/oauth2/code/": {"get": {"query": ["code", "state", "error", "error_description"], "open": True},
                            "post": {"body": True, "open": True}},
    "/api/relations": {"get": {"query": ["fromId", "fromType", "toId", "toType", "relationType", "relationTypeGroup"]}},
    "/api/relations/info": {"get": {"query": ["fromId", "fromType", "toId", "toType", "relationTypeGroup"]}},
    "/api/user/dashboards": {"get": {}}, "/api/user/settings": {"get": {}, "put": {"body": True}},
    "/api/dashboards": {"get": {"query": ["dashboardIds"]}},
}


def with_hidden(document):
    for path, methods in HIDDEN.items():
        for method, item in methods.items():
            operation = {
                "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                               for name in re.findall(r"{(\w+)}", path)] +
                              [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
                               for name in item.get("query", ())],
                "responses": {"200": {}},
                **({"requestBody": {"content": {"application/json": {}}}} if "body" in item else {}),
                **({} if "open" in item else {"x-authorities": list(AUTHORITIES)})}
            document["paths"].setdefault(path, {}).setdefault(method, operation)
    return document


@dataclass(frozen=True)
class Request:
    method: str
    path: str  # As it goes out, without the query.
    query: tuple = ()  # (name, value) as they go out.
    body: bytes = None
    media: str = "application/json"  # None: no such header.
    token: str = None

    @property
    def target(self):
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return self.path + ("?" + query if query else "")


@dataclass(frozen=True)
class Answer:
    status: int  # 0: there was none.
    media: str
    content: bytes


@dataclass
class Finding:
    route: str
    what: str
    caller: str
    request: Request
    answer: Answer
    count: int = 1

    def text(self):
        body = self.request.body
        shown = "" if body is None else f"\n    body ({len(body)} bytes, {self.request.media}): {body[:1500]!r}"
        return (f"  {self.what} ({self.count} times)\n    {self.caller}: {self.request.method} {self.request.target[:1500]}"
                f"{shown}\n    answer: {self.answer.status} {self.answer.content[:500]!r}")


class Door:
    """One kept-alive connection."""

    def __init__(self, port):
        self.port, self.connection, self.used = port, None, 0

    def ask(self, request):
        if self.connection is None or time.monotonic() - self.used > IDLE_S_MAX:
            self.close()
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S_MAX)
        try:
            try:
                self._send(request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # The answer may have come before the end of the body.
            response = self.connection.getresponse()
            answer = Answer(response.status, response.headers.get("Content-Type") or "", response.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Answer(0, "", f"{type(error).__name__}: {error}".encode())
        self.used = time.monotonic()
        return answer

    def _send(self, request):
        send = self.connection
        send.putrequest(request.method, request.target)
        if request.token is not None:
            send.putheader("X-Authorization", request.token)
        if request.body is not None or request.method in ("POST", "PUT"):
            send.putheader("Content-Length", str(len(request.body or b"")))
        if request.body is not None and request.media is not None:
            send.putheader("Content-Type", request.media)
        send.endheaders(request.body)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def refuse_constant(word):
    raise ValueError(f"{word} is no number of JSON")


def wrong_with(request, answer, now_ms):
    """What is wrong with an answer; None: nothing."""
    if answer.status == 0:
        return "no answer: " + answer.content.decode(errors="replace").split(":")[0]
    if answer.status >= 500 and not message_of(answer).startswith(NOT_SENT):
        return f"status {answer.status}: " + message_of(answer)
    if request.method == "HEAD":
        return None
    if answer.status == 200 and DOWNLOAD.match(request.path):
        return None
    is_json = "json" in answer.media
    if is_json and answer.content:
        try:
            value = json.loads(answer.content.decode(), parse_constant=refuse_constant)
        except ValueError as error:
            return f"status {answer.status} and JSON that is none: {re.sub('[0-9]+', '#', str(error))[:80]}"
    if answer.status < 400:
        return None
    if request.path.startswith(PLAIN_TEXT) and answer.media.startswith("text/plain"):
        return None
    if request.path in LINKS and request.method == "GET" and answer.status == 409 and not answer.content:
        return None
    if answer.status == 400 and CLAIM.match(request.path) and is_json and answer.content and value in CLAIM_REPLIES:
        return None
    if request.path.startswith("/api/rule-engine/") and answer.status == 408 and not answer.content:
        return None  # No chain answers in time.
    if not is_json or not answer.content or not isinstance(value, dict):
        return f"status {answer.status} without the error document"
    if value.get("status") != answer.status or not isinstance(value.get("message"), str) or \
            type(value.get("errorCode")) is not int or type(value.get("timestamp")) is not int or \
            abs(value["timestamp"] - now_ms) > 600_000:
        return f"status {answer.status} with another document than that of errors"
    return None


def message_of(answer):
    """The beginning of the message, without what differs from one call to the next."""
    try:
        text = str(json.loads(answer.content)["message"])
    except (ValueError, KeyError, TypeError):
        text = answer.content.decode(errors="replace")
    return re.sub(r"[0-9a-f-]{8,}|\d+", "#", text)[:120]


@dataclass
class Plan:
    """A request before it is written down: what fits, and then what is done to it."""

    operation: object
    parameters: dict  # name -> text, of path and query.
    body: object = None  # A JSON value, if there is one.
    raw: bytes = None  # Sent instead of it.
    method: str = None
    media: str = "application/json"
    token: str = None
    more: list = field(default_factory=list)  # Query parameters beside the declared ones.

    def request(self):
        def quoted(text):
            return urllib.parse.quote(text, safe="")
        path, query = self.operation.path, []
        for parameter in self.operation.parameters:
            if parameter.name not in self.parameters:
                continue
            text = quoted(self.parameters[parameter.name])
            if parameter.place == "path":
                path = path.replace("{" + parameter.name + "}", text)
            else:
                query.append((parameter.name, text))
        query += [(quoted(name), quoted(text)) for name, text in self.more]
        body = self.raw if self.raw is not None else None if self.body is None else hostile.to_bytes(self.body)
        return Request((self.method or self.operation.method).upper(), path, tuple(query), body, self.media, self.token)


class Fuzz:
    def __init__(self, server, seed):
        self.server, self.rng = server, random.Random(seed)
        self.door, self.people = Door(server.http_port), People(server.url)
        answer = self.door.ask(Request("GET", "/v3/api-docs"))
        self.interface = Interface(with_hidden(json.loads(answer.content)))
        self.values = Values(self.interface, self.rng, self._an_id,
                             lambda member: self.people.known.a_text(self.rng, member))
        self.operation = None
        self.findings, self.tail = {}, deque(maxlen=TAIL)
        self.called, self.slow = Counter(), []
        self.good = set()  # Names of operations that were answered 2xx.
        self.statuses, self.rounds, self.rss = Counter(), 0, []

    def run(self, seconds):
        """Rounds, each of which calls every operation with every authority once. In the first nearly everything fits, so
        that there is something to be found in the others; two are made however long they take."""
        until = time.monotonic() + seconds
        while self.rounds < ROUNDS_MIN or time.monotonic() < until:
            calls = [(operation, authority) for operation in self.interface.operations for authority in AUTHORITIES]
            self.rng.shuffle(calls)
            for operation, authority in calls:
                self._call(operation, authority if self.rng.random() > 0.02 else NOBODY)
                if self.rounds >= ROUNDS_MIN and time.monotonic() > until:
                    break
            else:
                self.rounds += 1
            self.rss.append(self.server.rss_bytes())
        return self

    def _an_id(self, kind):
        return self.people.known.an_id(self.rng, kind, not self.operation.reads)

    def _call(self, operation, authority):
        self.operation = operation
        person = self.people.of(authority, operation)
        request = self._plan(operation, person).request()
        began = time.monotonic()
        answer = self._ask(request, authority)
        took = time.monotonic() - began
        if took > 2:
            self.slow.append((round(took, 1), request.method, request.target[:200], (request.body or b"")[:300],
                              answer.status))
        self.called[operation.name, authority] += 1
        self.statuses[answer.status] += 1
        if 200 <= answer.status < 300 and request.method.lower() == operation.method:
            self.good.add(operation.name)
            self._learn(operation, authority, answer)
        wrong = wrong_with(request, answer, time.time() * 1000)
        if wrong:
            self._found(operation, authority, request, answer, wrong)
        self.people.after(operation, person, answer.status)

    def _ask(self, request, authority):
        answer = self.door.ask(request)
        self.tail.append((authority, request, answer.status))
        if answer.status == 0 and not self.server.is_alive():
            last = "\n".join(f"  {who}: {each.method} {each.target[:500]} {(each.body or b'')[:500]!r} -> {status}"
                             for who, each, status in self.tail)
            raise AssertionError(f"the server ended with {self.server.process.returncode} at the last of these:\n{last}\n"
                                 + self.server.log_tail())
        return answer

    def _learn(self, operation, authority, answer):
        if not answer.content or "json" not in answer.media or len(answer.content) > 500_000:
            return
        side = "system" if authority == "SYS_ADMIN" else "own"
        try:
            self.people.known.learn(json.loads(answer.content), side, operation.answer)
        except ValueError:
            pass  # It is found wrong elsewhere.

    # What is asked.

    def _plan(self, operation, person):
        rng = self.rng
        plan = Plan(operation, {}, token=person.token if person else None)
        if operation.path == "/api/auth/token" and person:
            plan.body = {"refreshToken": person.rest.tokens["refreshToken"]}
        for parameter in operation.parameters:
            if parameter.required or rng.random() < 0.4:
                plan.parameters[parameter.name] = self.values.of_parameter(
                    parameter, operation, plan.parameters).encode("utf-8", "surrogatepass")
        if operation.media == "multipart/form-data":
            plan.raw, plan.media = self._form()
        elif operation.media and plan.body is None:
            plan.body = self._body(operation)
        kind = rng.random()
        if kind < 0.25 or self.rounds == 0 and kind < 0.9:
            pass  # All of it fits.
        elif kind < 0.28:
            plan.token = rng.choice(hostile.TOKENS)
        elif kind < 0.30:
            plan.method = rng.choice([*METHODS, "head", "options", "trace", "nonsense"])
        elif kind < 0.34:
            plan.media = rng.choice(hostile.MEDIA)
            if plan.body is None and plan.raw is None:
                plan.raw = b"{}"
        elif operation.media is None or kind < 0.48:
            self._spoil_parameters(plan)
        elif plan.raw is not None:
            plan.raw = hostile.raw(rng, plan.raw)
        elif kind < 0.85:
            plan.body = hostile.changed(rng, plan.body)
        else:
            plan.raw = hostile.raw(rng, hostile.to_bytes(plan.body))
        return plan

    def _body(self, operation):
        """As the schema says, or an entity that was read, so that most of what it names exists."""
        name = operation.schema.get("$ref", "").rpartition("/")[2]
        known = self.people.known.bodies.get(name)
        if known and self.rng.random() < 0.5:
            return self.rng.choice(known)
        items = operation.schema.get("items", {})
        if items.get("type") == "string":
            kind = next((kind for word, kind in (("customers", "CUSTOMER"), ("widgetTypes", "WIDGET_TYPE"),
                                                 ("oauth2Clients", "OAUTH2_CLIENT")) if word in operation.path), "DEVICE")
            return [self._an_id(kind) for _ in range(self.rng.randint(0, 3))]
        return self.values.of(operation.schema)

    def _form(self):
        rng = self.rng
        parts = [("title", None, b"fuzz"), ("fileName", None, b"a.svg"), ("imageSubType", None, b"IMAGE"),
                 ("resourceType", None, b"JS_MODULE"), ("descriptor", None, b"{}")]
        parts = [part for part in parts if rng.random() < 0.5]
        files = [b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>", b"GIF89a\x01\0\x01\0", b"",
                 b"\x89PNG\r\n\x1a\n" + rng.randbytes(50), b"\xff\xd8\xff" + rng.randbytes(20),
                 b"export const a = 1;", rng.randbytes(5_000)]
        media = rng.choice([b"image/svg+xml", b"image/png", b"image/jpeg", b"text/javascript", b"application/x"])
        parts.append((rng.choice(["file", "file", "file", "image", "other"]),
                      rng.choice(["a.svg", "b.png", "../x", "a\"b", ""]), rng.choice(files)))
        body = b""
        for name, file_name, content in parts:
            more = b""
            if file_name is not None:
                more = b'; filename="%s"\r\nContent-Type: %s' % (file_name.encode(), media)
            body += b'--fuzz\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (name.encode(), more)
            body += content + b"\r\n"
        return body + b"--fuzz--\r\n", "multipart/form-data; boundary=fuzz"

    def _spoil_parameters(self, plan):
        rng, declared = self.rng, plan.operation.parameters
        if not declared or rng.random() < 0.1:
            name = rng.choice([b"extra", b"", b"page", b"\xff", b"entityType", b"fromId"])
            plan.more.append((name, rng.choice(hostile.TEXTS)))
            return
        parameter = rng.choice(declared)
        kind = rng.random()
        if kind < 0.1 and parameter.place == "query":
            plan.parameters.pop(parameter.name, None)
        elif kind < 0.2 and parameter.place == "query":
            plan.more.append((parameter.name.encode(), rng.choice(hostile.TEXTS)))
        elif kind < 0.3 and kind_of(parameter.name, plan.operation.path):
            plan.parameters[parameter.name] = b",".join([rng.choice(hostile.TEXTS), self._an_id(None).encode()])
        else:
            plan.parameters[parameter.name] = rng.choice(hostile.TEXTS)

    # What is found.

    def _found(self, operation, authority, request, answer, wrong):
        key = operation.name, wrong
        if key in self.findings:
            self.findings[key].count += 1
            return
        if answer.status:
            request, answer = self._shrunk(request, answer, wrong, authority)
        self.findings[key] = Finding(operation.name, wrong, authority, request, answer)

    def _shrunk(self, request, answer, wrong, authority):
        """The smallest request near `request` that is answered as wrongly."""
        left = SHRINKS_MAX
        progress = True
        while progress and left > 0:
            progress = False
            for smaller in smaller_than(request):
                if left == 0:
                    break
                left -= 1
                found = self._ask(smaller, authority)
                if wrong_with(smaller, found, time.time() * 1000) == wrong:
                    request, answer, progress = smaller, found, True
                    break
        return request, answer

    def report(self):
        """All findings by route, in the order in which they were found: causes before what they caused. Empty: none."""
        by_route = {}
        for finding in self.findings.values():
            by_route.setdefault(finding.route, []).append(finding.text())
        return "\n".join(f"{route}\n" + "\n".join(texts) for route, texts in by_route.items())


def smaller_than(request):
    for at in range(len(request.query)):
        yield replace(request, query=request.query[:at] + request.query[at + 1:])
    if not request.body:
        return
    if len(request.body) > 2:
        yield replace(request, body=b"{}")
    try:
        value = json.loads(request.body)
    except ValueError:
        value = None
    if not isinstance(value, (dict, list)):
        return
    # The large parts first.
    found = sorted(((len(json.dumps(container[key])), number) for number, (container, key)
                    in enumerate(hostile.places(value))), reverse=True)
    for _, number in found[:40]:
        copied = json.loads(request.body)
        container, key = hostile.places(copied)[number]
        del container[key]
        yield replace(request, body=hostile.to_bytes(copied))


def quiet_rss(server, seconds):
    """Memory of the server once it has come to rest: the smallest of `seconds`."""
    found = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found.append(server.rss_bytes())
        time.sleep(0.2)
    return min(found)
