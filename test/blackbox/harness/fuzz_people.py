"""Who calls while the interface is fuzzed, what these callers live on, and which entities they know of."""
from collections import defaultdict, deque

from harness import rest
from harness.openapi import MEMBER_OF
from harness.people import an_email, new_tenant, new_user, some

PASSWORD = "Secret-123"
AUTHORITIES = ("SYS_ADMIN", "TENANT_ADMIN", "CUSTOMER_USER")
NOBODY = "nobody"
KEPT_IDS = 30
KEPT_BODIES = 12
# What is put back as it was after each successful write: the rest of the run would be refused otherwise.
PUT_BACK = ("/api/admin/securitySettings", "/api/admin/jwtSettings", "/api/2fa/settings")
NO_SECOND_FACTOR = {"providers": [], "minVerificationCodeSendPeriod": 5, "totalAllowedTimeForVerification": 3600}
# These take a log-in or a user away. Who calls them lives for that alone, and so does whom they name.
ENDS_A_LIFE = ("POST /api/auth/logout", "POST /api/auth/changePassword", "POST /api/2fa/account/config",
               "POST /api/2fa/account/config/submit", "PUT /api/2fa/account/config", "DELETE /api/2fa/account/config",
               "POST /api/user", "DELETE /api/user/{userId}", "POST /api/user/{userId}/userCredentialsEnabled",
               "DELETE /api/tenant/{tenantId}", "DELETE /api/customer/{customerId}")


class Known:
    """The latest entities of each kind: of the callers' own tenant, of another one, and of the system."""

    def __init__(self):
        self.ids = {side: defaultdict(lambda: deque(maxlen=KEPT_IDS)) for side in ("own", "other", "system")}
        self.bodies = defaultdict(lambda: deque(maxlen=KEPT_BODIES))  # By the name of their schema.
        self.texts = {member: deque(maxlen=KEPT_IDS) for member in MEMBER_OF.values()}
        self.vital = set()  # Ids that no write may name.

    def learn(self, value, side, schema=None):
        """Keeps the ids anywhere in an answer, and the entities of it as bodies to be sent back."""
        if isinstance(value, list):
            for each in value[:20]:
                self.learn(each, side, schema)
            return
        if not isinstance(value, dict):
            return
        if "totalElements" in value and isinstance(value.get("data"), list):
            return self.learn(value["data"], side, schema)
        if isinstance(value.get("entityType"), str) and isinstance(value.get("id"), str):
            known = self.ids[side][value["entityType"]]
            if value["id"] not in known and value["id"] != rest.NULL_UUID:
                known.append(value["id"])
            return
        for member, texts in self.texts.items():
            if isinstance(value.get(member), str) and value[member] and len(value[member]) < 1_000:
                texts.append(value[member])
        own_id = value.get("id")
        if isinstance(own_id, dict):
            if schema and isinstance(own_id.get("id"), str) and "entityType" not in own_id:
                self.ids[side][schema].append(own_id["id"])
            own_id = own_id.get("id")
        own_id = str(own_id)  # Documents of users may have anything there.
        if schema and value and own_id not in self.vital and len(str(value)) < 20_000:
            self.bodies[schema].append(value)
        for each in value.values():
            self.learn(each, side)

    def a_text(self, rng, member):
        return rng.choice(self.texts[member]) if self.texts[member] else None

    def an_id(self, rng, kind, writes):
        """Mostly one of `kind`, sometimes of another tenant, of another kind, or of nothing."""
        chance = rng.random()
        if chance < 0.04:
            return rest.NULL_UUID
        if chance < 0.08:
            return "5f3c1a20-0000-11f0-8000-%012x" % rng.randrange(1 << 40)
        side = "other" if chance < 0.2 else "system" if chance < 0.3 else "own"
        if kind is None or chance > 0.95:
            kind = rng.choice(sorted(self.ids[side]) or [None])
        found = [each for place in (side, "own", "system", "other") for each in self.ids[place].get(kind, ())
                 if not (writes and each in self.vital)]
        return rng.choice(found[:KEPT_IDS]) if found else rest.NULL_UUID


class Person:
    def __init__(self, authority, user, login, url):
        self.authority, self.user, self.login, self.url = authority, user, login, url
        self.log_in()

    def log_in(self):
        self.rest = rest.Rest(self.url, self.login)

    @property
    def token(self):
        return "Bearer " + self.rest.token

    def is_alive(self):
        return self.rest.call("GET", "/api/auth/user").status_code == 200

    def wake(self):
        """Whether it is in, after another log-in if need be."""
        if self.is_alive():
            return True
        answer = self.rest.call("POST", "/api/auth/login", {"username": self.login[0], "password": self.login[1]})
        if answer.status_code != 200 or not answer.json().get("refreshToken"):
            return False
        self.log_in()
        return self.is_alive()


def new_customer_user(administrator):
    """A user of a new customer; None: the administrator's roles do not let it make them any more."""
    customer = administrator.call("POST", "/api/customer", {"title": some("customer")})
    if customer.status_code == 403:
        return None
    assert customer.status_code == 200, customer.text
    user = administrator.call("POST", "/api/user?sendActivationMail=false", {
        "email": an_email(), "authority": "CUSTOMER_USER", "customerId": customer.json()["id"]})
    assert user.status_code in (200, 403), user.text
    return user.json() if user.status_code == 200 else None


class People:
    """A tenant with an administrator and a customer's user, a second tenant, and a keeper: the system administrator."""

    def __init__(self, url):
        self.url, self.known, self.births = url, Known(), 0
        self.keeper = Person("SYS_ADMIN", None, rest.SYSTEM, url)
        self.keeper.user = self.keeper.rest.ok("GET", "/api/auth/user")
        # The settings of second factors are nothing until they are saved.
        self.put_back = {path: self.keeper.rest.ok("GET", path) or NO_SECOND_FACTOR for path in PUT_BACK}
        self.known.vital |= {self.keeper.user["id"]["id"], rest.NULL_UUID}
        self.own, self.other = self._tenant(), self._tenant()
        self.callers, self.mayflies = {}, {}
        stranger = self._born("TENANT_ADMIN", self.other).rest
        self._furnish(stranger, "other")
        for authority in AUTHORITIES:
            self.callers[authority] = self._born(authority, self.own)
        assert None not in self.callers.values(), "an administrator of a new tenant may not make a customer"
        self._furnish(self.callers["TENANT_ADMIN"].rest, "own", self.callers["CUSTOMER_USER"].user["customerId"])

    def _tenant(self):
        tenant = new_tenant(self.keeper.rest)
        self.known.vital |= {tenant["id"]["id"], tenant["tenantProfileId"]["id"]}
        return tenant

    def _reborn(self, authority, vital=True):
        person = self._born(authority, self.own, vital)
        if person is None:  # Its own administrators have taken their rights away: their tenant is of no more use.
            self.own = self._tenant()
            person = self._born(authority, self.own, vital)
            assert person, "an administrator of a new tenant may not make a customer"
        return person

    def _born(self, authority, tenant, vital=True):
        """None: the administrators of `tenant` may not make customers and users any more."""
        self.births += 1
        if authority == "SYS_ADMIN":
            user = self.keeper.rest.call("POST", "/api/user?sendActivationMail=false",
                                         {"email": an_email(), "authority": authority})
            if user.status_code != 200:  # There is but one.
                return self.keeper
            user = user.json()
        else:
            user = new_user(self.keeper.rest, tenantId=tenant["id"])
        login = self._activate(user, self.keeper.rest)
        person = Person(authority, user, login, self.url)
        if authority == "CUSTOMER_USER":
            user = new_customer_user(person.rest)
            if user is None:
                return None
            person = Person(authority, user, self._activate(user, person.rest), self.url)
        if vital:
            self.known.vital.add(user["id"]["id"])
        return person

    def _activate(self, user, administrator):
        link = administrator.ok("GET", f"/api/user/{user['id']['id']}/activationLinkInfo")["value"]
        administrator.ok("POST", "/api/noauth/activate?sendActivationMail=false",
                         {"activateToken": link.split("activateToken=")[1], "password": PASSWORD})
        return user["email"], PASSWORD

    def _furnish(self, admin, side, customer=None):
        """An entity of the common kinds, so that there is something to be found, changed and mixed up."""
        owner = {"customerId": customer} if customer else {}
        device = admin.ok("POST", "/api/device", {"name": some("device"), "type": "default", **owner})
        asset = admin.ok("POST", "/api/asset", {"name": some("asset"), "type": "default", **owner})
        made = [device, asset,
                admin.ok("POST", "/api/customer", {"title": some("customer")}),
                admin.ok("POST", "/api/dashboard", {"title": some("dashboard"), "configuration": {}}),
                admin.ok("POST", "/api/ruleChain", {"name": some("chain"), "type": "CORE"}),
                admin.ok("POST", "/api/widgetsBundle", {"title": some("bundle")}),
                admin.ok("POST", "/api/entityView", {"name": some("view"), "type": "default", "entityId": device["id"],
                                                     **owner, "keys": {"timeseries": ["temperature"], "attributes": {}}})]
        admin.ok("POST", "/api/v2/relation", {"from": asset["id"], "to": device["id"], "type": "Contains",
                                              "typeGroup": "COMMON"})
        admin.save_telemetry(device["id"]["id"], {"temperature": 20.5, "a": True})
        admin.save_attributes(device["id"]["id"], "SERVER_SCOPE", {"a": 1, "b": {"c": "d"}})
        for each in made:
            self.known.learn(each, side)

    def of(self, authority, operation):
        """Who calls `operation` with that authority; None is nobody."""
        if authority == NOBODY:
            return None
        if operation.name in ENDS_A_LIFE:
            if authority not in self.mayflies:
                self.mayflies[authority] = self._reborn(authority, vital=False)
            return self.mayflies[authority]
        return self.callers[authority]

    def after(self, operation, person, status):
        """Mends what a call has ended: settings of the whole system, a log-in, a user."""
        if operation.path in self.put_back and not operation.reads and status < 300:
            for _ in range(2):  # The second time with a token that the new settings gave.
                answer = self.keeper.rest.call("POST", operation.path, self.put_back[operation.path])
                if answer.status_code != 401:
                    break
                self.keeper.log_in()
            assert answer.status_code == 200, f"{operation.path} cannot be put back: {answer.text}"
            assert self.keeper.wake(), "the system administrator cannot log in any more"
        elif person and (status == 401 or operation.name in ENDS_A_LIFE and status < 300):
            self._mend(person)

    def _mend(self, person):
        if person.wake():
            return
        assert person is not self.keeper, "the system administrator cannot log in any more"
        for shelf, vital in ((self.callers, True), (self.mayflies, False)):
            if shelf.get(person.authority) is person:
                if vital and not self.callers["TENANT_ADMIN"].is_alive() and \
                        self.keeper.rest.call("GET", f"/api/tenant/{self.own['id']['id']}").status_code != 200:
                    self.own = self._tenant()
                if not vital:
                    del shelf[person.authority]
                else:
                    shelf[person.authority] = self._reborn(person.authority)
