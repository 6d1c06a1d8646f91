"""Who may call what: every route of the server, called as everybody, against the table `authority_matrix.tsv`.

A route that is in the server and not in the table fails, and the other way round: whoever adds a route says who may
call it. The table may be drafted from what the server does, and is then to be read and corrected by hand:

    THINGSTEAD_BIN=$PWD/build/release/bin/thingstead /usr/bin/python3 test/blackbox/test_rest_authority.py --write

A route that says nothing here is called once, with values of VARIABLES for what its path names, with the parameters
that the description requires, from PARAMETERS, and with the body {}. BODIES, CASES and OLDER say more.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import sys
import tempfile
import time
import uuid
from collections import namedtuple

import pytest

from harness.people import entity_id, new_tenant, new_user
from harness.pictures import png
from harness.rest import SYSTEM, Rest

MATRIX = pathlib.Path(__file__).with_name("authority_matrix.tsv")
CALLERS = ("system", "tenant", "customer", "other", "half", "newcomer", "nobody")
STALE = ("expired", "damaged")  # Tokens; what they open follows from what is open to nobody.
ORDER = STALE + ("nobody", "half", "newcomer", "other", "customer", "tenant", "system")  # The mighty last.
COLUMNS = CALLERS + ("method", "path", "case")
HEADER = """\
# Who may call what. One line per method and path of the interface, and per case where what is asked for matters.
#
# Callers, one column each:
#   system    a system administrator
#   tenant    an administrator of the tenant that what the path names belongs to
#   customer  a user of the customer that it is assigned to, as far as it can be assigned; without roles
#   other     an administrator of another tenant
#   half      who gave a password, and owes the code of a second factor
#   newcomer  who gave a password, and must set up a second factor first
#   nobody    who has no token; an expired or damaged one is answered 401 with error code 11 where nobody must log in
#
# Outcomes:
#   yes       let through: any status but 401 and 403, also when what was asked for is wrong or is not there
#   no        403 with error code 20
#   unseen    403 or 404: such a call is allowed, but what it names belongs to somebody else
#   log in    401 with error code 10
#
# Cases: empty is the call as it is; "?x,y" is an older form that these parameters select, or, "older", one that the
# description leaves out; the others are explained where the calls are made, in test_rest_authority.py.
#
"""
Call = namedtuple("Call", "path method case variables query body form")
Found = namedtuple("Found", "outcome status text leaks")
ENVIRONMENT = {"THINGSTEAD_API_REST_RULE_CALL_TIMEOUT_MAX": "300ms"}  # No chain answers.
NOWHERE = "5f5e1000-1dd2-11b2-8000-0123456789ab"  # An id that nothing has.
SCRIPT = {"resourceType": "JS_MODULE", "data": base64.b64encode(b"1;").decode()}
CLIENT = {"clientId": "id", "clientSecret": "secret", "authorizationUri": "http://127.0.0.1:1/authorize",
          "accessTokenUri": "http://127.0.0.1:1/token", "scope": ["email"], "userInfoUri": "http://127.0.0.1:1/user",
          "userNameAttributeName": "email", "clientAuthenticationMethod": "BASIC", "loginButtonLabel": "Local",
          "platforms": [], "additionalInfo": {"providerName": "Custom"},
          "mapperConfig": {"type": "BASIC", "basic": {"emailAttributeKey": "email", "tenantNameStrategy": "DOMAIN"}}}


def an_email():
    return f"{uuid.uuid4().hex}@example.org"


# What a new one looks like, by kind: where it is saved, and its body from the world and a name.
NEW = {
    "aiModel": ("/api/ai/model", lambda w, n: {"name": n, "configuration": {
        "provider": "OLLAMA", "modelId": "m",
        "providerConfig": {"baseUrl": "http://127.0.0.1:1", "auth": {"type": "NONE"}}}}),
    "alarm": ("/api/alarm", lambda w, n: {"type": n, "severity": "MAJOR", "originator": w.entity("device", "DEVICE")}),
    "apiKey": ("/api/apiKey", lambda w, n: {"userId": entity_id("USER", w.of["customer"].id), "description": n}),
    "asset": ("/api/asset", lambda w, n: {"name": n, "type": "default"}),
    "assetProfile": ("/api/assetProfile", lambda w, n: {"name": n}),
    "customer": ("/api/customer", lambda w, n: {"title": n}),
    "calculatedField": ("/api/calculatedField", lambda w, n: {
        "entityId": entity_id("DEVICE", w.make("device")["id"]["id"]), "name": n, "type": "SIMPLE", "configuration": {
            "type": "SIMPLE", "expression": "x", "output": {"type": "TIME_SERIES", "name": "y"},
            "arguments": {"x": {"refEntityKey": {"key": "k", "type": "TS_LATEST"}}}}}),
    "dashboard": ("/api/dashboard", lambda w, n: {"title": n, "configuration": {"widgets": {}}}),
    "device": ("/api/device", lambda w, n: {"name": n, "type": "default"}),
    "deviceProfile": ("/api/deviceProfile", lambda w, n: {"name": n}),
    "domain": ("/api/domain", lambda w, n: {"name": f"{uuid.uuid4().hex}.example.org"}),
    "entityGroup": ("/api/entityGroup", lambda w, n: {"type": "DEVICE", "name": n}),
    "entityView": ("/api/entityView", lambda w, n: {
        "name": n, "type": "default", "entityId": entity_id("DEVICE", w.id("viewed")),
        "keys": {"timeseries": [], "attributes": {"cs": [], "ss": [], "sh": []}}}),
    "groupPermission": ("/api/groupPermission", lambda w, n: {
        "userGroupId": w.entity("userGroup", "ENTITY_GROUP"), "roleId": w.make("role")["id"]}),  # A pair is bound once.
    "notificationTarget": ("/api/notification/target", lambda w, n: {
        "name": n, "configuration": {"type": "PLATFORM_USERS", "usersFilter": {"type": "ALL_USERS"}}}),
    "notificationTemplate": ("/api/notification/template", lambda w, n: {
        "name": n, "notificationType": "GENERAL", "configuration": {"deliveryMethodsTemplates": {
            "WEB": {"method": "WEB", "enabled": True, "subject": "s", "body": "b"}}}}),
    "oauth2Client": ("/api/oauth2/client", lambda w, n: {**CLIENT, "title": n}),
    "otaPackage": ("/api/otaPackage", lambda w, n: {
        "title": n, "version": "1", "type": "FIRMWARE", "usesUrl": False,
        "deviceProfileId": entity_id("DEVICE_PROFILE", w.default_profile())}),
    "resource": ("/api/resource", lambda w, n: {**SCRIPT, "title": n, "fileName": f"{uuid.uuid4().hex}.js"}),
    "role": ("/api/role", lambda w, n: {"name": n, "type": "GENERIC", "permissions": {"DEVICE": ["READ"]}}),
    "ruleChain": ("/api/ruleChain", lambda w, n: {"name": n}),
    "tenant": ("/api/tenant", lambda w, n: {"title": n}),
    "tenantProfile": ("/api/tenantProfile", lambda w, n: {"name": n}),
    "user": ("/api/user?sendActivationMail=false", lambda w, n: {
        "email": an_email(), "authority": "CUSTOMER_USER", "lastName": n,
        "customerId": entity_id("CUSTOMER", w.customer_id)}),
    "widgetType": ("/api/widgetType", lambda w, n: {"name": n, "descriptor": {
        "type": "static", "sizeX": 3, "sizeY": 2, "templateHtml": "<b>x</b>", "controllerScript": ""}}),
    "widgetsBundle": ("/api/widgetsBundle", lambda w, n: {"title": n}),
}
ASSIGNED = ("asset", "device", "entityView")  # A body names their customer.
OF_SYSTEM = ("domain", "tenant", "tenantProfile")


class World:
    """A tenant with one of everything, which is made when it is first asked for, and its callers.

    What a call may have changed is forgotten, and made anew for the next. Names of the tenant's things have `mark` in
    them, those that are not the customer's also `far`: whoever must not see a thing must not see its name either.
    """

    def __init__(self, url):
        self.url, self.made, self.touched, self.system_made = url, {}, set(), []
        self.mark, self.far = f"mark{uuid.uuid4().hex}", f"far{uuid.uuid4().hex}"
        self.of = {"system": self.known(Rest(url, SYSTEM))}
        self.system = self.of["system"]
        self.tenant_id = new_tenant(self.system, title=self.name())["id"]["id"]
        self.other_id = new_tenant(self.system)["id"]["id"]
        self.of["tenant"] = self.tenant = self.administrator(self.tenant_id)
        self.of["other"] = self.administrator(self.other_id)
        self.customer_id = self.tenant.ok("POST", "/api/customer", {"title": self.name()})["id"]["id"]
        self.of["customer"] = self.entered(self.tenant, new_user(self.tenant, {
            "id": entity_id("CUSTOMER", self.customer_id)}, lastName=self.mark))
        for make in (NEW["device"], NEW["asset"], NEW["dashboard"], NEW["customer"]):
            self.tenant.ok("POST", make[0], make[1](self, f"{self.far} {self.name()}"))
        self.of["nobody"] = self.nearly_known(Rest(url, None))
        key = base64.b64decode(self.system.ok("GET", "/api/admin/jwtSettings")["tokenSigningKey"])
        self.of.update({name: self.nearly_known(self.with_token(token)) for name, token in self.tokens(key).items()})

    def name(self):
        return f"{self.mark} {uuid.uuid4().hex}"

    def leave(self):
        """Takes away what others would see."""
        for path in [f"/api/tenant/{self.tenant_id}", f"/api/tenant/{self.other_id}", *reversed(self.system_made)]:
            self.system.call("DELETE", path)

    # Callers.

    def known(self, rest):
        rest.me = rest.ok("GET", "/api/auth/user")
        rest.id = rest.me["id"]["id"]
        return rest

    def with_token(self, token):
        rest = Rest(self.url, None)
        rest.session.headers["X-Authorization"] = "Bearer " + token
        return rest

    def nearly_known(self, rest):
        """Who cannot ask who it is: it says that it is the tenant's administrator."""
        rest.me, rest.id = self.tenant.me, self.tenant.id
        return rest

    def entered(self, by, user):
        """The user logged in, over the link that activates the account."""
        link = by.ok("GET", f"/api/user/{user['id']['id']}/activationLinkInfo")["value"]
        pair = Rest(self.url, None).ok("POST", "/api/noauth/activate?sendActivationMail=false", {
            "activateToken": link.split("activateToken=")[1], "password": "a password"})
        rest = self.known(self.with_token(pair["token"]))
        rest.tokens, rest.token = pair, pair["token"]
        return rest

    def administrator(self, tenant_id):
        return self.entered(self.system, new_user(self.system, tenantId=entity_id("TENANT", tenant_id)))

    def tokens(self, key):
        """Tokens that the server gives nobody, and those of an unfinished log-in."""
        def coded(data):
            return base64.urlsafe_b64encode(data).decode().rstrip("=")

        def signed(**changes):
            body = coded(json.dumps({**claims, **changes}).encode())
            return f"{head}.{body}.{coded(hmac.digest(key, f'{head}.{body}'.encode(), hashlib.sha512))}"
        head, body, signature = self.tenant.token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        assert self.with_token(signed()).call("GET", "/api/auth/user").status_code == 200, "the key signs tokens"
        now = int(time.time())
        return {"expired": signed(iat=now - 9_010, exp=now - 10),
                "damaged": f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
                "half": signed(scopes=["PRE_VERIFICATION_TOKEN"]),
                "newcomer": signed(scopes=["MFA_CONFIGURATION_TOKEN"])}

    # Things.

    def thing(self, kind):
        """What the server answered when the one of this kind was made; it is the tenant's, or the customer's."""
        self.touched.add("system." + kind if kind in OF_SYSTEM else kind)
        if kind not in self.made:
            maker = getattr(self, "make_" + kind.replace(".", "_"), None)
            self.made[kind] = maker() if maker else self.make(kind)
        return self.made[kind]

    def id(self, kind):
        return self.thing(kind)["id"]["id"]

    def entity(self, kind, entity_type):
        return entity_id(entity_type, self.id(kind))

    def touch(self, text):
        """Notes that a call names something of the tenant that is not made anew."""
        self.touched.add("")
        return text

    def forget(self, method):
        """What the last call may have changed; what it deleted may have taken others along."""
        if method == "DELETE":
            self.made.clear()
        for kind in self.touched:
            self.made.pop(kind, None)
            self.made.pop(kind.removeprefix("system."), None)

    def make(self, kind):
        system = kind.startswith("system.") or kind in OF_SYSTEM
        path, body = NEW[kind.removeprefix("system.")]
        before = set(self.touched)
        body = body(self, f"system {uuid.uuid4().hex}" if system else self.name())
        self.touched = before
        if kind in ASSIGNED:
            body["customerId"] = entity_id("CUSTOMER", self.customer_id)
        made = (self.system if system else self.tenant).ok("POST", path, body)
        if system:
            self.system_made.append(f"{path}/{made['id']['id']}")
        return made

    def make_dashboard(self):
        made = self.make("dashboard")
        return self.tenant.ok("POST", f"/api/customer/{self.customer_id}/dashboard/{made['id']['id']}")

    def make_comment(self):
        alarm = self.id("alarm")
        return self.tenant.ok("POST", f"/api/alarm/{alarm}/comment", {"comment": {"text": self.name()}})

    def make_viewed(self):  # What views show.
        return self.make("device")

    def make_administrator(self):
        return new_user(self.tenant, lastName=self.mark)

    def make_administratorKey(self):
        return self.tenant.ok("POST", "/api/apiKey", {"userId": self.tenant.me["id"], "description": self.name()})

    def make_userGroup(self):
        return self.tenant.ok("POST", "/api/entityGroup", {"type": "USER", "name": self.name()})

    def make_customerGroup(self):
        return self.tenant.ok("POST", "/api/entityGroup", {"type": "CUSTOMER", "name": self.name()})

    def make_image(self, rest=None, title=None):
        title = title or self.name()
        return (rest or self.tenant).ok("POST", "/api/image", files={"file": (uuid.uuid4().hex + ".png", png(1, 1))},
                                        data={"title": title})

    def make_system_image(self):
        made = self.make_image(self.system, "system")
        self.system_made.append(made["link"])
        return made

    def make_publicCustomer(self):
        device = self.make("device")["id"]["id"]
        return {"id": self.tenant.ok("POST", f"/api/customer/public/device/{device}")["customerId"]}

    def make_notificationRequest(self):  # Never sent.
        return self.tenant.ok("POST", "/api/notification/request", notification(self))

    def default_profile(self):
        return self.tenant.ok("GET", "/api/deviceProfileInfo/default")["id"]["id"]

    def default_tenant_profile(self):
        return self.system.ok("GET", "/api/tenantProfileInfo/default")["id"]["id"]

    def rule_node(self):
        chain = self.tenant.ok("GET", "/api/ruleChains?pageSize=10&page=0")["data"][0]["id"]["id"]
        return self.tenant.ok("GET", f"/api/ruleChain/{chain}/metadata")["nodes"][0]["id"]["id"]

    def component(self):
        return self.system.ok("GET", "/api/components/FILTER")[0]["clazz"]


def kind_of(name):
    return lambda w: w.id(name)


# What stands for a variable of a path.
VARIABLES = {
    "action": "visit", "alarmRuleId": NOWHERE, "assigneeId": kind_of("user"), "clientRegistrationTemplateId": NOWHERE,
    "commentId": kind_of("comment"), "componentType": "FILTER",
    "componentDescriptorClazz": lambda w: w.component(), "customerId": lambda w: w.touch(w.customer_id),
    "deviceName": lambda w: w.thing("device")["name"], "edgeId": NOWHERE, "enabledValue": "true",
    "entityId": kind_of("device"), "entityType": "DEVICE", "eventType": "LC_EVENT", "fromId": kind_of("device"),
    "fromType": "DEVICE", "groupName": "All", "groupType": "DEVICE", "isPublic": "true", "notificationType": "GENERAL",
    "modelUuid": kind_of("aiModel"),
    "key": lambda w: w.thing("image")["resourceKey"], "operation": "READ", "otaPackageType": "FIRMWARE",
    "ownerId": lambda w: w.touch(w.customer_id), "ownerType": "CUSTOMER", "paths": "a.b",
    "publicResourceKey": lambda w: w.thing("image")["publicResourceKey"], "queueId": NOWHERE, "queueName": "Main",
    "queueStatsId": NOWHERE, "relationType": "Contains", "replayId": NOWHERE, "resourceType": "js_module",
    "ruleNodeId": lambda w: w.touch(w.rule_node()), "scope": "SERVER_SCOPE", "tenantId": lambda w: w.touch(w.tenant_id),
    "timeout": "1", "toId": kind_of("device"), "toType": "DEVICE", "ttl": "60", "type": "tenant", "userId": kind_of("user"),
    **{kind + "Id": kind_of(kind) for kind in (
        "alarm", "asset", "assetProfile", "calculatedField", "dashboard", "device", "deviceProfile", "entityGroup",
        "entityView", "groupPermission",
        "otaPackage", "resource", "role", "ruleChain", "tenantProfile", "userGroup", "widgetType", "widgetsBundle")},
}
# What a path calls by a name that others use otherwise: the variables of those that begin so.
PATHS = {
    "/api/admin/settings/": {"key": "general"},
    "/api/apiKey/": {"id": kind_of("apiKey")},
    "/api/domain/": {"id": kind_of("domain")},
    "/api/notification/{id}": {"id": NOWHERE},
    "/api/notification/request/": {"id": kind_of("notificationRequest")},
    "/api/notification/target/": {"id": kind_of("notificationTarget")},
    "/api/notification/template/": {"id": kind_of("notificationTemplate")},
    "/api/oauth2/client/": {"id": kind_of("oauth2Client")},
    "/api/otaPackages/": {"type": "FIRMWARE"},
    "/api/resource/{id}": {"id": kind_of("resource")},
    "/api/resource/{resourceType}": {"scope": "tenant", "key": lambda w: w.thing("resource")["resourceKey"]},
    "/api/user/settings/": {"type": "GENERAL"},
    "/oauth2/authorization/": {"id": NOWHERE},
    "/api/tenant/{tenantId}/device/": {"tenantId": NOWHERE},  # Not into the hands of the other one.
    "/api/tenantProfile/{tenantProfileId}/default": {"tenantProfileId": lambda w: w.default_tenant_profile()},
    "/api/owner/TENANT/": {"ownerId": lambda w: w.touch(w.tenant_id)},
    "/api/entityGroup/{entityGroupId}/customers": {"entityGroupId": kind_of("customerGroup")},
    "/api/entityGroup/{entityGroupId}/users": {"entityGroupId": kind_of("userGroup")},
}
# Likewise, for one method: not the customer that everything is assigned to.
METHODS = {("DELETE", "/api/customer/{customerId}"): {"customerId": kind_of("customer")}}
PARAMETERS = {
    "activateToken": "rubbish", "checksumAlgorithm": "SHA256", "code": "x", "componentTypes": "FILTER",
    "assetName": lambda w: w.thing("asset")["name"], "customerTitle": lambda w: w.tenant.ok(
        "GET", f"/api/customer/{w.touch(w.customer_id)}")["title"], "clientIds": kind_of("oauth2Client"),
    "customerIds": lambda w: w.touch(w.customer_id), "deviceName": lambda w: w.thing("device")["name"],
    "email": "nobody@example.org", "endTs": 1 << 50, "entityId": kind_of("device"), "entityType": "DEVICE",
    "entityViewName": lambda w: w.thing("entityView")["name"],
    "fqn": lambda w: "tenant." + w.thing("widgetType")["fqn"],
    "fromId": kind_of("device"), "fromType": "DEVICE", "ids": kind_of("tenantProfile"), "keys": "a", "limit": 10,
    "notificationType": "GENERAL", "objectIds": "1", "page": 0, "pageSize": 100, "providerType": "TOTP",
    "queueStatsIds": NOWHERE,
    "relationType": "Contains", "resetToken": "rubbish", "serviceType": "TB_RULE_ENGINE", "sortOrder": "ASC",
    "sortProperty": "id", "startTs": 0, "state": "x", "tenantIds": lambda w: w.touch(w.tenant_id),
    "tenantId": lambda w: w.caller.me["tenantId"]["id"], "toId": kind_of("asset"), "toType": "ASSET",
    "userIds": kind_of("user"), "verificationCode": "000000",
    "isSystem": "false", "bundleAlias": "x", "alias": "x", "widgetsBundleId": kind_of("widgetsBundle"),
    **{kind + "Ids": kind_of(kind) for kind in (
        "asset", "assetProfile", "dashboard", "device", "deviceProfile", "entityGroup", "entityView", "resource",
        "role", "ruleChain", "widgetsBundle")},
}


def relation(w):
    return {"from": w.entity("device", "DEVICE"), "to": w.entity("asset", "ASSET"), "type": "Contains",
            "typeGroup": "COMMON"}


def notification(w):
    return {"targets": [w.id("notificationTarget")],
            "templateId": w.entity("notificationTemplate", "NOTIFICATION_TEMPLATE"),
            "additionalConfig": {"sendingDelayInSec": 600_000}}


def relations_query(w):
    return {"parameters": {"rootId": w.id("device"), "rootType": "DEVICE", "direction": "FROM",
                           "relationTypeGroup": "COMMON", "maxLevel": 1}, "filters": []}


def related_query(types):
    return lambda w: {"parameters": relations_query(w)["parameters"], "relationType": "Contains", types: ["default"]}


def device_with_credentials(w, device):
    credentials = {"credentialsType": "ACCESS_TOKEN", "credentialsId": uuid.uuid4().hex[:20]}
    return {"device": device, "credentials": credentials}


def share(w):
    return {"allUserGroup": False, "userGroupId": w.entity("userGroup", "ENTITY_GROUP"), "readElseWrite": True}


def in_group(w):
    return [w.id("device")]


def nothing_new(path):
    """The settings as they are, so that saving them changes nothing for others."""
    return lambda w: w.system.ok("GET", path)


BULK = {"file": "name,type\n", "mapping": {"columns": [{"type": "NAME"}, {"type": "TYPE"}], "delimiter": ",",
                                           "update": True, "header": True}}
BODIES = {
    "/api/alarm/{alarmId}/comment": {"comment": {"text": "words"}},
    "/api/admin/securitySettings": nothing_new("/api/admin/securitySettings"),
    "/api/admin/settings": nothing_new("/api/admin/settings/general"),
    "/api/apiKey/{id}/description": "words",
    "/api/asset/bulk_import": BULK, "/api/device/bulk_import": BULK,
    "/api/assets": related_query("assetTypes"), "/api/devices": related_query("deviceTypes"),
    "/api/entityViews": related_query("entityViewTypes"),
    "/api/auth/changePassword": {"currentPassword": "wrong", "newPassword": "another one"},
    "/api/auth/login": {"username": SYSTEM[0], "password": SYSTEM[1]},
    "/api/auth/login/public": lambda w: {"publicId": w.id("publicCustomer")},
    "/api/auth/token": lambda w: {"refreshToken": w.tenant.tokens["refreshToken"]},
    "/api/dashboard/{dashboardId}/customers": lambda w: [w.customer_id],
    "/api/dashboard/{dashboardId}/customers/add": lambda w: [w.customer_id],
    "/api/dashboard/{dashboardId}/customers/remove": lambda w: [w.customer_id],
    "/api/device-with-credentials": lambda w: device_with_credentials(w, NEW["device"][1](w, uuid.uuid4().hex)),
    "/api/device/credentials": lambda w: w.tenant.ok("GET", f"/api/device/{w.id('device')}/credentials"),
    "/api/domain/{id}/oauth2Clients": [],
    "/api/entityGroup/{entityGroupId}/addEntities": in_group,
    "/api/entityGroup/{entityGroupId}/deleteEntities": in_group,
    "/api/entityGroup/{entityGroupId}/share": share, "/api/v2/entityGroup/{entityGroupId}/share": share,
    "/api/events/{entityType}/{entityId}": {"eventType": "LC_EVENT"},
    "/api/events/{entityType}/{entityId}/clear": {"eventType": "LC_EVENT"},
    "/api/alarm/rule": {}, "/api/alarm/rule/testScript": {"expression": "return true;"},
    "/api/calculatedField/testScript": {"expression": "return {};"},
    "/api/image/import": lambda w: w.tenant.ok("GET", w.thing("image")["link"] + "/export"),
    "/api/images/{type}/{key}/info": lambda w: w.thing("image"),
    "/api/noauth/activate": {"activateToken": "rubbish", "password": "a password"},
    "/api/noauth/resetPassword": {"resetToken": "rubbish", "password": "a password"},
    "/api/noauth/resetPasswordByEmail": {"email": "nobody@example.org"},
    "/api/owner/CUSTOMER/{ownerId}/{entityType}/{entityId}": None,
    "/api/owner/TENANT/{ownerId}/{entityType}/{entityId}": None,
    "/api/notification/request": notification, "/api/notification/request/preview": notification,
    "/api/notification/settings": {"deliveryMethodsConfigs": {}}, "/api/notification/settings/user": {"prefs": {}},
    "/api/notification/target/recipients": lambda w: NEW["notificationTarget"][1](w, uuid.uuid4().hex),
    "/api/relation": relation, "/api/v2/relation": relation,
    "/api/relations": relations_query, "/api/relations/info": relations_query,
    "/api/resource/{id}/info": lambda w: w.thing("resource"),
    "/api/ruleChain/device/default": lambda w: {"name": uuid.uuid4().hex},
    "/api/ruleChain/metadata": lambda w: {"ruleChainId": w.entity("ruleChain", "RULE_CHAIN"), "firstNodeIndex": None,
                                          "nodes": [], "connections": [], "ruleChainConnections": None},
    "/api/ruleChain/metadata/validate": lambda w: {"ruleChainId": w.entity("ruleChain", "RULE_CHAIN"), "nodes": [],
                                                   "connections": []},
    "/api/ruleChains/import": {"ruleChains": [], "metadata": []},
    "/api/user/mobile/session": {"fcmTokenTimestamp": 1},
    "/api/userGroup/groupPermissions/info": lambda w: [w.thing("groupPermission")],
    "/api/widgetsBundle/{widgetsBundleId}/widgetTypes": lambda w: [w.id("widgetType")],
    "/api/widgetsBundle/{widgetsBundleId}/widgetTypeFqns": lambda w: ["tenant." + w.thing("widgetType")["fqn"]],
}
for _rest in ("{deviceId}/{scope}", "{entityType}/{entityId}/{scope}", "{entityType}/{entityId}/attributes/{scope}",
              "{entityType}/{entityId}/timeseries/{scope}", "{entityType}/{entityId}/timeseries/{scope}/{ttl}"):
    BODIES["/api/plugins/telemetry/" + _rest] = {"a": 1}
for _path, _body in NEW.values():
    BODIES[_path.split("?")[0]] = lambda w, body=_body: body(w, uuid.uuid4().hex)
HEADERS = {"/api/user/mobile/session": {"X-Mobile-Token": "a phone"}}
QUERIES = {
    "/api/calculatedFields/names": {"type": "SIMPLE"},
    "/api/notification/slack/conversations": {"type": "DIRECT"},
    "/api/notification/targets/list": {"ids": kind_of("notificationTarget")},
    "/api/plugins/telemetry/{entityType}/{entityId}/timeseries/delete": {"deleteAllDataForKeys": "true"},
    "/api/user": {"sendActivationMail": "false"},
    "/api/deviceProfile/devices/keys/attributes": {"deviceProfileId": kind_of("deviceProfile")},
    "/api/deviceProfile/devices/keys/timeseries": {"deviceProfileId": kind_of("deviceProfile")},
    "/api/user/{userId}/userCredentialsEnabled": {"userCredentialsEnabled": "true"},
}
# These end the caller's session, or all that there is: whoever calls them is fresh.
FRESH = {("POST", "/api/auth/logout"), ("POST", "/api/auth/changePassword"), ("DELETE", "/api/tenant/{tenantId}")}


def stored(kind):
    """What is stored, as a body that overwrites it."""
    def body(world):
        thing = world.thing(kind)
        return thing if kind == "otaPackage" else {**thing, "version": None}  # Its version is a text of its own.
    return body


# More calls of some routes, {(method, path): {case: {variables, query, body}}}.
#   change               saves what is there
#   of the system        what belongs to no tenant
#   of an administrator  of the tenant's, not of the customer's user
#   their own            of whoever calls
#   of the tenant        data of the tenant itself
CASES = {}


def case(method, path, name, **arguments):
    CASES.setdefault((method, path), {})[name] = arguments


for _kind, (_path, _) in NEW.items():
    case("POST", _path.split("?")[0], "change", body=stored(_kind))
case("POST", "/api/customer", "change",
     body=lambda w: {"id": entity_id("CUSTOMER", w.touch(w.customer_id)), "title": w.name()})
case("POST", "/api/tenant", "change", body=lambda w: w.system.ok("GET", f"/api/tenant/{w.touch(w.tenant_id)}"))
case("POST", "/api/device-with-credentials", "change", body=lambda w: device_with_credentials(w, stored("device")(w)))
for _method, _path, _kind in (
        ("GET", "/api/widgetType/{widgetTypeId}", "widgetType"),
        ("DELETE", "/api/widgetType/{widgetTypeId}", "widgetType"),
        ("GET", "/api/widgetTypeInfo/{widgetTypeId}", "widgetType"),
        ("GET", "/api/widgetsBundle/{widgetsBundleId}", "widgetsBundle"),
        ("DELETE", "/api/widgetsBundle/{widgetsBundleId}", "widgetsBundle"),
        ("GET", "/api/oauth2/client/{id}", "oauth2Client"), ("DELETE", "/api/oauth2/client/{id}", "oauth2Client"),
        ("GET", "/api/resource/{resourceId}", "resource"), ("DELETE", "/api/resource/{resourceId}", "resource"),
        ("GET", "/api/resource/info/{resourceId}", "resource"),
        ("GET", "/api/resource/{resourceId}/download", "resource"),
        ("GET", "/api/resource/js/{resourceId}/download", "resource"),
        ("PUT", "/api/resource/{id}/data", "resource"), ("PUT", "/api/resource/{id}/info", "resource")):
    case(_method, _path, "of the system",
         variables={_path[_path.index("{") + 1:_path.index("}")]: kind_of("system." + _kind)})
for _kind in ("widgetType", "widgetsBundle", "oauth2Client"):
    case("POST", NEW[_kind][0], "of the system", body=stored("system." + _kind))
for _method, _rest in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/export"), ("GET", "/info"), ("PUT", "/info"),
                       ("GET", "/preview"), ("PUT", "/public/{isPublic}")):
    case(_method, "/api/images/{type}/{key}" + _rest, "of the system",
         variables={"type": "system", "key": lambda w: w.thing("system.image")["resourceKey"]})
for _method, _rest in (("GET", ""), ("DELETE", ""), ("GET", "/activationLink"), ("GET", "/activationLinkInfo"),
                       ("GET", "/token"), ("POST", "/userCredentialsEnabled")):
    case(_method, "/api/user/{userId}" + _rest, "of an administrator", variables={"userId": kind_of("administrator")})
case("POST", "/api/user", "of an administrator", body=stored("administrator"))
for _method, _rest in (("DELETE", ""), ("PUT", "/description"), ("PUT", "/enabled/{enabledValue}")):
    case(_method, "/api/apiKey/{id}" + _rest, "of an administrator", variables={"id": kind_of("administratorKey")})
case("GET", "/api/apiKeys/{userId}", "of an administrator", variables={"userId": kind_of("administrator")})
case("GET", "/api/apiKeys/{userId}", "their own", variables={"userId": lambda w: w.caller.id})
case("POST", "/api/apiKey", "their own", body=lambda w: {"userId": w.caller.me["id"], "description": "x"})
case("GET", "/api/user/{userId}", "their own", variables={"userId": lambda w: w.caller.id})
case("POST", "/api/user", "their own", body=lambda w: {**w.caller.me, "version": None})
for _method, _rest in (("GET", "values/attributes"), ("POST", "attributes/{scope}"), ("GET", "values/timeseries"),
                       ("POST", "timeseries/{scope}")):
    case(_method, "/api/plugins/telemetry/{entityType}/{entityId}/" + _rest, "of the tenant",
         variables={"entityType": "TENANT", "entityId": VARIABLES["tenantId"]})
for _method, _rest in (("GET", "/{eventType}"), ("POST", ""), ("POST", "/clear")):
    case(_method, "/api/events/{entityType}/{entityId}" + _rest, "of the tenant",
         variables={"entityType": "TENANT", "entityId": VARIABLES["tenantId"]},
         query={"tenantId": VARIABLES["tenantId"], "pageSize": 100, "page": 0})
# What the description leaves out: the older forms, and steps of a log-in elsewhere.
OLDER = {
    ("GET", "/api/assetProfileInfos"): ("assetProfileIds",),
    ("POST", "/api/auth/login/public"): ("",),
    ("GET", "/api/customers"): ("customerIds",),
    ("GET", "/api/dashboards"): ("dashboardIds",),
    ("GET", "/api/deviceProfileInfos"): ("deviceProfileIds",),
    ("GET", "/api/entityViews"): ("entityViewIds",),
    ("GET", "/api/notification/targets"): ("ids", "pageSize,page,notificationType"),
    ("GET", "/api/oauth2/client/infos"): ("clientIds",),
    ("GET", "/api/queueStats"): ("queueStatsIds",),
    ("POST", "/api/relation"): ("",), ("DELETE", "/api/relation"): ("fromId,fromType,toId,toType,relationType",),
    ("GET", "/api/relations"): ("fromId,fromType", "fromId,fromType,relationType", "toId,toType",
                                "toId,toType,relationType"),
    ("GET", "/api/relations/info"): ("fromId,fromType", "toId,toType"),
    ("GET", "/api/resource"): ("resourceIds",),
    ("GET", "/api/ruleChains"): ("ruleChainIds",),
    ("GET", "/api/tenant/assets"): ("assetName",),
    ("GET", "/api/tenant/devices"): ("deviceName",),
    ("GET", "/api/tenant/entityViews"): ("entityViewName",),
    ("GET", "/api/tenantProfiles"): ("ids",),
    ("GET", "/api/tenants"): ("tenantIds",),
    ("GET", "/api/user/dashboards"): ("",),
    ("GET", "/api/user/settings"): ("",), ("PUT", "/api/user/settings"): ("",),
    ("GET", "/api/users"): ("userIds",),
    ("GET", "/api/widgetType"): ("isSystem,bundleAlias,alias",),
    ("GET", "/api/widgetTypes"): ("isSystem,bundleAlias", "widgetsBundleId"),
    ("GET", "/api/widgetTypesDetails"): ("isSystem,bundleAlias",),
    ("GET", "/api/widgetTypesInfos"): ("isSystem,bundleAlias",),
    ("GET", "/api/widgetsBundles"): ("", "widgetsBundleIds"),
    ("GET", "/login/oauth2/code/"): ("code,state",), ("POST", "/login/oauth2/code/"): ("",),
    ("GET", "/oauth2/authorization/{id}"): ("",),
}


def described(url):
    """{(method, path): the operation} of the server's own description."""
    paths = Rest(url, None).ok("GET", "/v3/api-docs")["paths"]
    return {(method.upper(), path): each for path, methods in paths.items() for method, each in methods.items()}


def key_of(call):
    return call.path, call.method, call.case


def calls_of(operations):
    """All calls, sorted."""
    calls = []
    for (method, path), operation in operations.items():
        required = [each["name"] for each in operation["parameters"] if each["in"] == "query" and each["required"]]
        required = [name for name in required if name not in QUERIES.get(path, {})]
        unknown = [name for name in required if name not in PARAMETERS]
        assert not unknown, f"{method} {path}: say in PARAMETERS what stands for {unknown}"
        media = next(iter(operation.get("requestBody", {}).get("content", {})), "")
        plain = Call(path, method, "", {}, {**{name: PARAMETERS[name] for name in required}, **QUERIES.get(path, {})},
                     BODIES.get(path, {}) if media == "application/json" else None, media == "multipart/form-data")
        calls.append(plain)
        calls += [plain._replace(case=name, **more) for name, more in CASES.get((method, path), {}).items()]
    for (method, path), selections in OLDER.items():
        for selected in selections:
            query = {name: PARAMETERS[name] for name in selected.split(",") if name}
            calls.append(Call(path, method, "?" + selected if selected else "older", {}, query,
                              BODIES.get(path, {}) if method in ("POST", "PUT") else None, False))
    return sorted(calls, key=key_of)


def made(world, value):
    return value(world) if callable(value) else value


def send(world, call, caller):
    world.touched, world.caller = set(), world.of[caller]
    variables = {**VARIABLES}
    for start, names in PATHS.items():
        variables.update(names if call.path.startswith(start) else {})
    variables.update({**METHODS.get((call.method, call.path), {}), **call.variables})
    path = re.sub(r"\{(\w+)\}", lambda name: str(made(world, variables[name[1]])), call.path)
    options = {"params": {name: made(world, value) for name, value in call.query.items()},
               "headers": HEADERS.get(call.path), "allow_redirects": False}
    if call.form:
        options.update(files={"file": (uuid.uuid4().hex + ".png", png(1, 1))},
                       data={"title": "x", "resourceType": "JS_MODULE"})
    return world.caller.call(call.method, path, made(world, call.body), **options)


def outcome(answer, foreign):
    """The outcome in the words of the matrix, or what is wrong in any case."""
    try:
        code = answer.json()["errorCode"]
    except (ValueError, TypeError, KeyError):
        code = None
    if answer.status_code == 401:
        return {10: "log in", 11: "expired"}.get(code, f"401 {code}")
    if answer.status_code == 403:
        return "no" if code in (20, None) else f"403 {code}"  # Those of telemetry are plain text.
    if answer.status_code >= 500:
        return f"failed {answer.status_code}"
    if answer.status_code == 405 or answer.status_code == 404 and b"Nothing is served at" in answer.content:
        return "no route"
    return "unseen" if foreign and answer.status_code == 404 else "yes"


def called_by(world, call, caller):
    answer = send(world, call, caller)
    foreign = any(not kind.startswith("system.") for kind in world.touched)
    hidden = {"customer": world.far, "tenant": None, "system": None}.get(caller, world.mark)
    good = 200 <= answer.status_code < 300
    if good and call.method != "GET":
        world.forget(call.method)
    if good and caller == "system" and call.method == "POST" and call.path in [path for path, _ in NEW.values()]:
        world.system_made.append(f"{call.path}/{answer.json()['id']['id']}")
    own_words = call.path.startswith("/api/audit/logs")  # It repeats what the caller had sent.
    leaks = good and hidden is not None and not own_words and hidden.encode() in answer.content
    said = outcome(answer, foreign and caller in ("other", "system"))
    return Found(said, answer.status_code, "" if good else answer.text[:200], leaks)


def call_everything(url):
    """{key of a call: {caller: Found}}."""
    found, world = {}, World(url)
    try:
        for call in calls_of(described(url)):
            fresh = World(url) if (call.method, call.path) in FRESH else None
            found[key_of(call)] = {caller: called_by(fresh or world, call, caller) for caller in ORDER}
            if fresh:
                fresh.leave()
    finally:
        world.leave()
    return found


def read_matrix():
    """{key of a call: {caller: outcome}}."""
    rows = [line.rstrip("\n").split("\t") for line in open(MATRIX) if not line.startswith("#")]
    assert tuple(rows[0]) == COLUMNS, f"the columns of {MATRIX.name}"
    lines = [dict(zip(COLUMNS, row + [""] * (len(COLUMNS) - len(row)))) for row in rows[1:]]
    keys = [(line["path"], line["method"], line["case"]) for line in lines]
    assert keys == sorted(set(keys)), f"{MATRIX.name} is sorted by path, method and case, each once"
    return dict(zip(keys, lines))


def write_matrix(found):
    with open(MATRIX, "w") as file:
        file.write(HEADER + "\t".join(COLUMNS) + "\n")
        for (path, method, name), callers in sorted(found.items()):
            words = [callers[caller].outcome for caller in CALLERS]
            if callers["other"].outcome == "no" and callers["tenant"].outcome == "yes":
                words[CALLERS.index("other")] = "unseen"
            file.write("\t".join([*words, method, path, name]).rstrip("\t") + "\n")


@pytest.fixture(scope="module")
def matrix():
    return read_matrix()


@pytest.fixture(scope="module")
def found(server):
    return call_everything(server.url)


def text_of(key):
    path, method, name = key
    return f"{method} {path}" + (f" ({name})" if name else "")


def expected(line, caller):
    if caller in STALE:
        return "expired" if line["nobody"] == "log in" else line["nobody"]
    return line[caller]


def test_the_matrix_has_every_route_of_the_server_and_no_other(found, matrix):
    missing = [text_of(key) for key in sorted(found) if key not in matrix]
    gone = [text_of(key) for key in sorted(matrix) if key not in found]
    assert not missing, f"say in {MATRIX.name} who may call:\n" + "\n".join(missing)
    assert not gone, f"{MATRIX.name} has what the server lacks:\n" + "\n".join(gone)


@pytest.mark.parametrize("caller", CALLERS + STALE)
def test_who_may_call_what(found, matrix, caller):
    wrong = []
    for key, callers in found.items():
        if key not in matrix:
            continue
        want, got = expected(matrix[key], caller), callers[caller]
        if got.outcome != want and not (want == "unseen" and got.outcome == "no"):
            wrong.append(f"{text_of(key)}: {got.outcome}, not {want}: {got.status} {got.text}")
    assert not wrong, f"{len(wrong)} routes answer {caller} wrongly:\n" + "\n".join(wrong)


def test_no_route_fails(found):
    failed = [f"{caller} {text_of(key)}: {each.status} {each.text}" for key, callers in found.items()
              for caller, each in callers.items() if each.status >= 500]
    assert not failed, "\n".join(failed)


def test_nobody_is_shown_what_belongs_to_others(found):
    leaks = [f"{caller} {text_of(key)}" for key, callers in found.items()
             for caller, each in callers.items() if each.leaks]
    assert not leaks, "names of things of others are in the answers to:\n" + "\n".join(leaks)


def main():
    from harness.process import Server
    if sys.argv[1:] != ["--write"]:
        sys.exit(f"usage: {sys.argv[0]} --write")
    with tempfile.TemporaryDirectory() as folder:
        started = Server(folder)
        try:
            started.start()
            write_matrix(call_everything(started.url))
        finally:
            started.stop()


if __name__ == "__main__":
    main()
