// Alarm rules: calculated fields of type ALARM, shown without their type.
#include "api/rest/calculated_field/handlers.h"

namespace thingstead::api::calculated_field {
namespace {

using model::CalculatedField;
using model::CalculatedFieldType;

std::string rule_members(const CalculatedField& rule) {
    std::string out;
    for_each_field<CalculatedField>([&](const auto& field) {
        if (field.name == "type" || field.name == "debugMode") return;
        out += out.empty() ? "\"" : ",\"";
        out += field.name;
        out += "\":";
        append_text(out, rule.*field.member);
    });
    return out;
}

void append_rule(std::string& out, const CalculatedField& rule) {
    out += '{' + rule_members(rule) + '}';
}

Result<CalculatedField> as_rule(Result<CalculatedField> field, model::CalculatedFieldId id) {
    if (field && field->type != CalculatedFieldType::alarm)
        return core::not_found("Alarm rule", id.uuid);
    return field;
}

Task<Result<CalculatedField>> find_rule(Call call, model::CalculatedFieldId id) {
    co_return as_rule(co_await core::get_calculated_field(call.services.platform, call.caller, id),
                      id);
}

/// That of a field whose type is known.
json::object as_rule_schema(json::object schema) {
    if (json::value* properties = schema.if_contains("properties")) {
        properties->as_object().erase("type");
        properties->as_object()["configuration"] = schema_ref("AlarmCalculatedFieldConfiguration");
    }
    return schema;
}

}  // namespace

json::object alarm_rule_schema() { return as_rule_schema(struct_schema<CalculatedField>()); }

json::object alarm_rule_info_schema() {
    return as_rule_schema(struct_schema_with<CalculatedField>({
        {"entityName", string_schema()}
    }));
}

Task<Result<net::Reply>> save_alarm_rule(Call call) {
    Result<json::value> body = call.body();
    if (!body) co_return body.error();
    if (json::object* members = body->if_object()) {
        (*members)["type"] = "ALARM";
        json::value* configuration = members->if_contains("configuration");
        if (configuration && configuration->is_object())
            configuration->get_object()["type"] = "ALARM";
    }
    Result<CalculatedField> rule = from_json<CalculatedField>(*body);
    if (!rule) co_return rule.error();
    if (rule->id.uuid != Uuid{})
        if (const auto before = co_await find_rule(call, rule->id); !before)
            co_return before.error();
    const auto saved = co_await save_and_tell(std::move(call), *std::move(rule));
    if (!saved) co_return saved.error();
    co_return json_reply('{' + rule_members(saved->entity) + '}');
}

Task<Result<net::Reply>> get_alarm_rule(Call call) {
    const auto id = call.id<model::CalculatedFieldId>("alarmRuleId");
    if (!id) co_return id.error();
    const auto rule = co_await find_rule(std::move(call), *id);
    if (!rule) co_return rule.error();
    co_return json_reply('{' + rule_members(*rule) + '}');
}

Task<Result<net::Reply>> delete_alarm_rule(Call call) {
    const auto id = call.id<model::CalculatedFieldId>("alarmRuleId");
    if (!id) co_return id.error();
    co_return co_await delete_field(std::move(call), *id, true);
}

Task<Result<net::Reply>> get_alarm_rule_debug(Call call) {
    const auto id = call.id<model::CalculatedFieldId>("alarmRuleId");
    if (!id) co_return id.error();
    if (const auto rule = co_await find_rule(call, *id); !rule) co_return rule.error();
    co_return co_await latest_debug_event(std::move(call), *id);
}

Task<Result<net::Reply>> list_alarm_rules(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    Result<core::FieldQuery> query = field_query(call);
    if (!query) co_return query.error();
    query->names.clear();
    query->types = {CalculatedFieldType::alarm};
    const auto page = co_await core::page_calculated_fields(call.services.platform, call.caller,
                                                            *std::move(query), *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, [](std::string& out, const core::ShownField& each) {
        out += '{' + rule_members(each.field) + ",\"entityName\":";
        append_text(out, each.owner_name);
        out += '}';
    }));
}

Task<Result<net::Reply>> list_alarm_rules_of(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<model::EntityId> owner = call.entity();
    if (!owner) co_return owner.error();
    const auto page = co_await core::page_calculated_fields_of(
        call.services.platform, call.caller, *owner, CalculatedFieldType::alarm, *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, &append_rule));
}

Task<Result<net::Reply>> list_alarm_rule_names(Call call) {
    auto names = co_await core::calculated_field_names(call.services.platform, call.caller,
                                                       CalculatedFieldType::alarm,
                                                       call.parameter("textSearch").value_or(""));
    if (!names) co_return names.error();
    co_return names_reply(call, *std::move(names));
}

}  // namespace thingstead::api::calculated_field
