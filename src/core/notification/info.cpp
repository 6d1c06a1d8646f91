#include "core/notification/info.h"

#include "base/uuid.h"
#include "model/kv.h"

namespace thingstead::core {
namespace {

constexpr std::string_view package = "org.thingsboard.server.common.data.notification.info.";
constexpr std::string_view of_message = "RuleEngineOriginated";

std::string_view text_in(const json::object& members, std::string_view name) {
    const json::value* const found = members.if_contains(name);
    const json::string* const text = found ? found->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

/// The id of a member that is an id, as an object or as text. Nothing: it is none.
std::optional<Uuid> id_in(const json::object& members, std::string_view name) {
    const json::value* const found = members.if_contains(name);
    if (!found) return std::nullopt;
    const json::object* const object = found->if_object();
    const json::string* const text = found->if_string();
    if (!object && !text) return std::nullopt;
    const Result<Uuid> id = parse_uuid(object ? text_in(*object, "id") : std::string_view(*text));
    return id ? std::optional<Uuid>(*id) : std::nullopt;
}

/// Texts as they are, other values as people write them.
std::string text_of_value(const json::value& value) {
    if (const json::string* text = value.if_string()) return std::string(*text);
    if (!value.is_double()) return json::serialize(value);
    std::string out;
    model::append_double(out, value.get_double());
    return out;
}

/// Members of members become `a.b`.
void flatten(json::object& into, const json::object& members, const std::string& path) {
    for (const auto& [name, value] : members) {
        const std::string whole = path.empty() ? std::string(name) : path + "." + std::string(name);
        if (const json::object* inner = value.if_object())
            flatten(into, *inner, whole);
        else
            into[whole] = text_of_value(value);
    }
}

void add_members(PlaceholderValues& values, const json::object& members) {
    for (const auto& [name, value] : members)
        if (!value.is_null() && !value.is_structured())
            values.insert_or_assign(std::string(name), text_of_value(value));
}

void add_members(PlaceholderValues& values, const json::object& info, std::string_view member) {
    const json::value* const found = info.if_contains(member);
    if (const json::object* members = found ? found->if_object() : nullptr)
        add_members(values, *members);
}

/// Of a member that is an id: `alarmOriginator` is alarmOriginatorEntityType and
/// alarmOriginatorId, `entityId` is entityType and entityId.
void add_id(PlaceholderValues& values, std::string_view name, const json::object& id) {
    const std::string type(text_in(id, "entityType"));
    std::string base(name);
    if (base.ends_with("Id")) {
        base.resize(base.size() - 2);
        values.insert_or_assign(base == "entity" ? "entityType" : base + "EntityType", type);
    } else {
        values.insert_or_assign(base + "EntityType", type);
    }
    values.insert_or_assign(base + "Id", std::string(text_in(id, "id")));
}

PlaceholderValues values_of_message(const json::object& info) {
    PlaceholderValues values;
    add_members(values, info, "msgData");
    add_members(values, info, "msgMetadata");
    if (const json::value* origin = info.if_contains("msgOriginator");
        origin && origin->is_object()) {
        values["originatorType"] = text_in(origin->get_object(), "entityType");
        values["originatorId"] = text_in(origin->get_object(), "id");
    }
    values["msgType"] = text_in(info, "msgType");
    const std::optional<Uuid> customer = id_in(info, "msgCustomerId");
    values["customerId"] = customer ? customer->to_string() : std::string();
    return values;
}

}  // namespace

std::string info_type(std::string_view kind) {
    return std::string(package) + std::string(kind) + "NotificationInfo";
}

json::object info_of_message(const model::Msg& msg) {
    json::object metadata, data;
    for (const auto& [key, value] : msg.metadata) metadata[key] = value;
    if (const Result<json::value> body = parse_json(msg.data); body && body->is_object())
        flatten(data, body->get_object(), {});
    json::object info;
    info["type"] = info_type(of_message);
    info["msgOriginator"] = to_json(msg.originator);
    info["msgCustomerId"] = msg.customer ? to_json(*msg.customer) : json::value(nullptr);
    info["msgType"] = msg.type;
    info["msgMetadata"] = std::move(metadata);
    info["msgData"] = std::move(data);
    info["stateEntityId"] = to_json(msg.originator);
    return info;
}

PlaceholderValues values_of_info(const json::value& info) {
    const json::object* const members = info.if_object();
    if (!members) return {};
    if (text_in(*members, "type") == info_type(of_message)) return values_of_message(*members);
    PlaceholderValues values;
    add_members(values, *members, "details");
    add_members(values, *members, "data");
    add_members(values, *members);
    for (const auto& [name, value] : *members)
        if (const json::object* id = value.if_object(); id && id->contains("entityType"))
            add_id(values, name, *id);
    values.erase("type");
    return values;
}

Affected affected_by(const json::value& info) {
    Affected out;
    const json::object* const members = info.if_object();
    if (!members) return out;
    if (const auto tenant = id_in(*members, "tenantId")) out.tenant = model::TenantId{*tenant};
    for (const std::string_view name : {"msgCustomerId", "alarmCustomerId", "deviceCustomerId",
                                        "entityCustomerId", "affectedCustomerId"})
        if (const auto customer = id_in(*members, name);
            customer && *customer != null_uuid && *customer != Uuid{})
            out.customer = model::CustomerId{*customer};
    for (const std::string_view name : {"assigneeId", "affectedUserId"})
        if (const auto user = id_in(*members, name)) out.user = model::UserId{*user};
    return out;
}

}  // namespace thingstead::core
