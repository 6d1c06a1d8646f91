"""What a server says of its REST interface, and values that look as if they belonged into its requests."""
import re
from dataclasses import dataclass

METHODS = ("get", "post", "put", "delete", "patch")
SCHEMAS = "#/components/schemas/"
DEPTH_MAX = 5

# Values of members and parameters whose type says too little of what the server takes.
SAMPLES = {
    "sortProperty": ["createdTime", "name", "title", "email", "type", "id", "label", "createdTime,name", "nonsense"],
    "sortOrder": ["ASC", "DESC"], "orderBy": ["ASC", "DESC"], "textSearch": ["a", "fuzz", "%", "_"],
    "pageSize": [1, 5, 10], "page": [0, 0, 0, 1, 3], "limit": [1, 10, 100], "maxLevel": [1, 2], "ttl": [0, 3600],
    "startTs": [0], "endTs": [1 << 45], "startTime": [0], "endTime": [1 << 45], "interval": [0, 1000, 3_600_000],
    "intervalType": ["MILLISECONDS", "WEEK", "MONTH"], "timeZone": ["UTC", "Europe/Berlin"],
    "agg": ["NONE", "AVG", "MIN", "MAX", "SUM", "COUNT"], "keys": ["temperature", "a,b"], "key": ["a", "general", "mail"],
    "scope": ["SERVER_SCOPE", "SHARED_SCOPE", "CLIENT_SCOPE", "ANY", "tenant", "system"],
    "type": ["default", "DEVICE", "FIRMWARE", "tenant", "system", "GENERIC", "GROUP", "general", "EMAIL"],
    "entityType": ["DEVICE", "ASSET", "CUSTOMER", "DASHBOARD", "ENTITY_VIEW", "TENANT", "USER", "RULE_CHAIN"],
    "groupType": ["DEVICE", "ASSET", "CUSTOMER", "DASHBOARD", "ENTITY_VIEW", "USER", "EDGE"],
    "ownerType": ["TENANT", "CUSTOMER"], "fromType": ["DEVICE", "ASSET"], "toType": ["DEVICE", "ASSET"],
    "relationType": ["Contains", "Manages"], "relationTypeGroup": ["COMMON"], "serviceType": ["TB_RULE_ENGINE"],
    "direction": ["FROM", "TO"], "groupName": ["All"], "resourceType": ["JS_MODULE", "JKS", "LWM2M_MODEL", "IMAGE"],
    "componentType": ["FILTER", "ACTION", "ENRICHMENT"], "componentTypes": ["FILTER", "FILTER,ACTION"],
    "eventType": ["ERROR", "LC_EVENT", "STATS", "DEBUG_RULE_NODE"], "providerType": ["TOTP", "SMS", "EMAIL", "BACKUP_CODE"],
    "operation": ["READ", "WRITE", "ALL"], "action": ["visit", "star", "unstar"], "otaPackageType": ["FIRMWARE", "SOFTWARE"],
    "ruleChainType": ["CORE"], "enabledValue": ["true", "false"], "isPublic": ["true", "false"],
    "checksumAlgorithm": ["MD5", "SHA256", "CRC32"], "nameConflictPolicy": ["FAIL", "UNIQUIFY"],
    "uniquifyStrategy": ["RANDOM", "INCREMENTAL"], "transportType": ["DEFAULT", "MQTT"], "platform": ["WEB", "ANDROID"],
    "resourceSubType": ["IMAGE", "SCADA_SYMBOL"], "imageSubType": ["IMAGE"], "paths": ["a", "a,b.c"], "queueName": ["Main"],
    "language": ["en_US"], "country": ["Germany"], "timezone": ["UTC"], "smtpHost": ["localhost"], "smtpPort": ["1"],
    "numberTo": ["+10000000000"], "repositoryUri": ["file:///nowhere", "https://localhost:1/a.git"],
    "password": ["Secret-123"], "currentPassword": ["Secret-123", "wrong"], "newPassword": ["Secret-456"],
    "permissions": [["ALL"], {"ALL": ["ALL"]}, ["READ"], {"DEVICE": ["READ", "WRITE"]}],
    # Each partition is a consumer of its own: many of them are not what this is about.
    "partitions": [1, 2, 10],
}
# Kinds of entities by the first of these words in a path, for ids that are called no more than `id`.
KINDS_BY_PATH = {"apiKey": "API_KEY", "oauth2": "OAUTH2_CLIENT", "domain": "DOMAIN", "resource": "TB_RESOURCE"}
KIND_OF_WORD = {"RESOURCE": "TB_RESOURCE", "USER_GROUP": "ENTITY_GROUP", "CLIENT": "OAUTH2_CLIENT",
                "OAUTH2_CLIENT": "OAUTH2_CLIENT", "PARENT_CUSTOMER": "CUSTOMER", "DEFAULT_RULE_CHAIN": "RULE_CHAIN",
                "DEFAULT_DASHBOARD": "DASHBOARD", "FIRMWARE": "OTA_PACKAGE", "SOFTWARE": "OTA_PACKAGE",
                # No entity: its ids are known by the name of its schema.
                "CLIENT_REGISTRATION_TEMPLATE": "OAuth2ClientRegistrationTemplate"}
# Parameters that name something by a member of it.
MEMBER_OF = {"key": "resourceKey", "publicResourceKey": "publicResourceKey", "fqn": "fqn", "deviceName": "name",
             "assetName": "name", "groupName": "name", "queueName": "name", "customerTitle": "title",
             "componentDescriptorClazz": "clazz", "relationType": "type", "textSearch": "name"}


def kind_of(name, path=""):
    """The kind of entity that an id called `name` names, or None: "deviceIds" are of DEVICE."""
    found = re.fullmatch(r"(\w*?)_?[iI]ds?", name)
    if not found:
        return None
    if not found[1]:
        return next((kind for word, kind in KINDS_BY_PATH.items() if f"/{word}/" in path), None)
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", found[1]).upper().replace("OAUTH2CLIENT", "OAUTH2_CLIENT")
    return KIND_OF_WORD.get(word, word)


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str  # "path" or "query".
    required: bool
    type: str


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    parameters: tuple
    media: str  # Of the body; None without one.
    schema: dict
    authorities: tuple  # None: everyone, without a token.
    answer: str  # Name of the schema that is answered, or of the items of the page; None.

    @property
    def name(self):
        return f"{self.method.upper()} {self.path}"

    @property
    def reads(self):
        return self.method == "get"


def _named(schema):
    return schema.get("$ref", "").removeprefix(SCHEMAS)


class Interface:
    def __init__(self, document):
        self.schemas = document.get("components", {}).get("schemas", {})
        self.operations = [self._operation(method, path, item[method]) for path, item in document["paths"].items()
                           for method in METHODS if method in item]

    def _operation(self, method, path, item):
        content = item.get("requestBody", {}).get("content", {})
        media = next(iter(content), None)
        answer = item["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        parameters = tuple(Parameter(each["name"], each["in"], each["required"], each["schema"]["type"])
                           for each in item["parameters"])
        authorities = tuple(item["x-authorities"]) if "x-authorities" in item else None
        return Operation(method, path, parameters, media, content.get(media, {}).get("schema", {}), authorities,
                         _named(answer.get("items", answer)).removeprefix("PageData") or None)

    def members(self, schema):
        """(members by name, names of required ones), those of the schemas that it extends included."""
        schema = self.resolved(schema)
        members, required = {}, set()
        for part in schema.get("allOf", ()):
            inherited, needed = self.members(part)
            members.update(inherited)
            required |= needed
        members.update(schema.get("properties", {}))
        return members, required | set(schema.get("required", ()))

    def resolved(self, schema):
        return self.schemas.get(_named(schema), {}) if "$ref" in schema else schema


class Values:
    """Values of schemas and parameters. `an_id(kind)` names an entity of that kind, `a_text(member)` is the value of a
    member that was read somewhere, or None."""

    def __init__(self, interface, rng, an_id, a_text):
        self.interface, self.rng, self.an_id, self.a_text, self.count = interface, rng, an_id, a_text, 0

    def of(self, schema, name="", depth=0):
        name_of_schema, schema = _named(schema), self.interface.resolved(schema)
        if name_of_schema.endswith("Id") and "id" in self.interface.members(schema)[0]:
            kind = kind_of(name_of_schema[:1].lower() + name_of_schema[1:])
            kind = self.rng.choice(SAMPLES["entityType"]) if kind == "ENTITY" else kind
            return {"entityType": kind, "id": self.an_id(kind)}
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        mapping = schema.get("discriminator", {}).get("mapping")
        if mapping and depth <= DEPTH_MAX:
            word = self.rng.choice(sorted(mapping))
            return {**self._object({"$ref": mapping[word]}, depth), schema["discriminator"]["propertyName"]: word}
        if name in SAMPLES and self.rng.random() < 0.9:
            return self.rng.choice(SAMPLES[name])
        kind = schema.get("type", "object" if "properties" in schema or "allOf" in schema else None)
        if kind == "array":
            count = 0 if depth > DEPTH_MAX else self.rng.randint(0, 2)
            return [self.of(schema.get("items", {}), name, depth + 1) for _ in range(count)]
        if kind == "object":
            return self._object(schema, depth)
        if kind == "string" and schema.get("format") == "uuid":
            return self.an_id(kind_of(name))
        return self.plain(kind, name)

    def _object(self, schema, depth):
        members, required = self.interface.members(schema)
        more = self.interface.resolved(schema).get("additionalProperties")
        chance = 0.5 if depth == 0 else 0.3 if depth <= DEPTH_MAX else 0
        value = {}
        for name, member in members.items():
            if name in required or self.rng.random() < (0.1 if member.get("readOnly") else chance):
                value[name] = self.of(member, name, depth + 1)
        if isinstance(more, dict) and depth <= DEPTH_MAX:
            value.update((f"key{i}", self.of(more, "", depth + 1)) for i in range(self.rng.randint(0, 2)))
        return value

    def plain(self, kind, name):
        self.count += 1
        if kind == "boolean":
            return self.rng.random() < 0.5
        if kind in ("integer", "number"):
            return self.rng.choice([0, 1, 2, 10, 60, 1000])
        if kind == "string":
            if "mail" in name.lower():
                return f"fuzz.{self.count}@example.org"
            return self.rng.choice([f"{name or 'text'} {self.count}", "a", f"fuzz{self.count}"])
        return self.rng.choice([{"a": self.count}, {}, None, [1, "b"], "text", 7, {"temperature": 20.5, "b": {"c": True}}])

    def of_parameter(self, parameter, operation, chosen):
        """Text of a parameter; `chosen` are those of the same request that come before it."""
        name = parameter.name
        kind = kind_of(name, operation.path)
        if kind:
            kind = chosen.get(name[:-2] + "Type", kind)
            ids = [str(self.an_id(kind)) for _ in range(self.rng.randint(1, 3) if name.endswith("s") else 1)]
            return ",".join(ids)
        known = self.a_text(MEMBER_OF[name]) if name in MEMBER_OF and self.rng.random() < 0.6 else None
        value = known or (self.rng.choice(SAMPLES[name]) if name in SAMPLES else self.plain(parameter.type, name))
        return str(value).lower() if isinstance(value, bool) else str(value)
