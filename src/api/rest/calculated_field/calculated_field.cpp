// Calculated fields: read, save, delete, lists. And the table of all routes of fields and alarm
// rules.
#include <algorithm>

#include "api/rest/calculated_field/handlers.h"
#include "api/rest/script_trial.h"
#include "core/calculated_field/configuration.h"
#include "core/calculated_field/saved_field.h"
#include "core/event_log.h"

namespace thingstead::api::calculated_field {
namespace {

using model::CalculatedField;
using model::CalculatedFieldType;

Result<CalculatedFieldType> type_named(const std::string& name) {
    const auto type = enum_value<CalculatedFieldType>(name);
    if (!type) return core::invalid("CalculatedFieldType \"" + name + "\" is not supported!");
    return *type;
}

Task<Result<net::Reply>> save_field(Call call) {
    Result<CalculatedField> field = call.body_as<CalculatedField>();
    if (!field) co_return field.error();
    const auto saved = co_await save_and_tell(std::move(call), *std::move(field));
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> get_field(Call call) {
    const auto id = call.id<model::CalculatedFieldId>("calculatedFieldId");
    if (!id) co_return id.error();
    const auto field =
        co_await core::get_calculated_field(call.services.platform, call.caller, *id);
    if (!field) co_return field.error();
    co_return json_reply_of(*field);
}

Task<Result<net::Reply>> delete_field_by_id(Call call) {
    const auto id = call.id<model::CalculatedFieldId>("calculatedFieldId");
    if (!id) co_return id.error();
    co_return co_await delete_field(std::move(call), *id, false);
}

Task<Result<net::Reply>> get_field_debug(Call call) {
    const auto id = call.id<model::CalculatedFieldId>("calculatedFieldId");
    if (!id) co_return id.error();
    co_return co_await latest_debug_event(std::move(call), *id);
}

Task<Result<net::Reply>> list_fields(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    Result<core::FieldQuery> query = field_query(call);
    if (!query) co_return query.error();
    for (const std::string& each : call.list("types")) {
        const Result<CalculatedFieldType> type = type_named(each);
        if (!type) co_return type.error();
        query->types.push_back(*type);
    }
    const auto page = co_await core::page_calculated_fields(call.services.platform, call.caller,
                                                            *std::move(query), *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, [](std::string& out, const core::ShownField& each) {
        out += '{';
        append_members(out, each.field);
        out += ",\"entityName\":";
        append_text(out, each.owner_name);
        out += '}';
    }));
}

Task<Result<net::Reply>> list_fields_of(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<model::EntityId> owner = call.entity();
    if (!owner) co_return owner.error();
    std::optional<CalculatedFieldType> type;
    if (const auto name = call.parameter("type")) {
        const Result<CalculatedFieldType> known = type_named(*name);
        if (!known) co_return known.error();
        type = *known;
    }
    const auto page = co_await core::page_calculated_fields_of(call.services.platform, call.caller,
                                                               *owner, type, *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_field_names(Call call) {
    const Result<std::string> name = call.required("type");
    if (!name) co_return name.error();
    const Result<CalculatedFieldType> type = type_named(*name);
    if (!type) co_return type.error();
    auto names = co_await core::calculated_field_names(call.services.platform, call.caller, *type,
                                                       call.parameter("textSearch").value_or(""));
    if (!names) co_return names.error();
    co_return names_reply(call, *std::move(names));
}

store::EventQuery latest_query() {
    store::EventQuery query;
    query.kind = model::EventKind::calculated_field_debug;
    query.link.page_size = 1;
    query.link.sort_property = "createdTime";
    query.link.descending = true;
    return query;
}

}  // namespace

namespace {

/// What is wrong with the rest of the document is told when it is saved.
Task<Result<>> check_scripts(const Services& services, const CalculatedField& field) {
    const auto configuration = core::field_configuration(field.type, field.configuration);
    if (!configuration) co_return Result<>();
    for (core::FieldScript& each : core::field_scripts(*configuration)) {
        const Result<> compiles =
            co_await check_script(services, std::move(each.text), std::move(each.argument_names));
        if (!compiles && compiles.error().code == ErrorCode::unavailable) co_return compiles;
        if (!compiles)
            co_return core::invalid("The " + each.of +
                                    " of the calculated field: " + compiles.error().message);
    }
    co_return Result<>();
}

/// Whether its results may be others than before the save.
bool makes_other_results(const core::Saved<CalculatedField>& saved) {
    if (!saved.before) return true;
    const CalculatedField &now = saved.entity, &before = *saved.before;
    return now.type != before.type || now.name != before.name ||
           now.entity_id != before.entity_id || now.configuration != before.configuration;
}

}  // namespace

Task<Result<core::Saved<CalculatedField>>> save_and_tell(Call call, CalculatedField field) {
    Result<core::Saved<CalculatedField>> saved = Error{};
    if (Result<> fits = co_await check_scripts(call.services, field); !fits)
        saved = fits.error();
    else
        saved = co_await core::save_calculated_field(call.services.platform, call.caller, field);
    co_await tell_saved<CalculatedField>(call.services, call.caller, std::move(field), saved);
    if (saved && makes_other_results(*saved)) {
        const core::SavedField news = core::saved_field(saved->entity);
        RuleEvent event{core::field_saved_type, model::EntityId(news.id), text_of(news)};
        co_await tell_rules(call.services, call.caller, std::move(event));
    }
    co_return saved;
}

Task<Result<net::Reply>> delete_field(Call call, model::CalculatedFieldId id, bool alarm_rule) {
    if (alarm_rule) {
        const auto field =
            co_await core::get_calculated_field(call.services.platform, call.caller, id);
        if (!field) co_return field.error();
        if (field->type != CalculatedFieldType::alarm)
            co_return core::not_found("Alarm rule", id.uuid);
    }
    const auto removed =
        co_await core::remove_calculated_field(call.services.platform, call.caller, id);
    core::AuditNote note = removed ? entity_note(model::ActionType::deleted, *removed)
                                   : note_of(model::ActionType::deleted, model::EntityId(id));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    RuleEvent event = entity_event(model::msg_type::entity_deleted, *removed);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

Task<Result<net::Reply>> latest_debug_event(Call call, model::CalculatedFieldId id) {
    const auto field = co_await core::get_calculated_field(call.services.platform, call.caller, id);
    if (!field) co_return field.error();
    const auto found =
        co_await call.services.events.find(call.caller, model::EntityId(id), latest_query());
    if (!found) co_return found.error();
    if (found->data.empty()) co_return net::Reply{};
    const model::Event& event = found->data.front();
    std::string text = text_of(std::get<model::CalculatedFieldDebugEvent>(event.body));
    text.pop_back();
    text += ",\"server\":";
    append_text(text, event.service_id);
    text += '}';
    co_return json_reply(std::move(text));
}

Result<core::FieldQuery> field_query(const Call& call) {
    core::FieldQuery query;
    if (const auto name = call.parameter("entityType")) {
        query.owner_type = model::entity_type_of(*name);
        if (!query.owner_type)
            return core::invalid("EntityType \"" + *name + "\" is not supported!");
    }
    for (const std::string& each : call.list("entities")) {
        const Result<Uuid> id = parse_uuid(each);
        if (!id) return id.error();
        query.owners.push_back(*id);
    }
    query.names = call.list({}, "name");
    return query;
}

Result<net::Reply> names_reply(const Call& call, std::vector<std::string> names) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) return link.error();
    if (link->page < 0 || link->page_size < 1)
        return core::invalid("Incorrect page link page size or page!");
    if (link->descending) std::reverse(names.begin(), names.end());
    store::Page<std::string> page;
    const auto size = static_cast<std::size_t>(link->page_size);
    page.total_elements = static_cast<std::int64_t>(names.size());
    page.total_pages = static_cast<std::int64_t>((names.size() + size - 1) / size);
    const std::size_t from = std::min(names.size(), size * static_cast<std::size_t>(link->page));
    const std::size_t to = std::min(names.size(), from + size);
    page.has_next = to < names.size();
    for (std::size_t i = from; i < to; ++i) page.data.push_back(std::move(names[i]));
    return json_reply(page_text(page));
}

namespace {

using enum net::Method;

constexpr std::string_view list_parameters =
    "pageSize!,page!,types,entityType,entities,textSearch,sortProperty,sortOrder,name";
constexpr std::string_view rule_list_parameters =
    "pageSize!,page!,entityType,entities,textSearch,sortProperty,sortOrder";
constexpr std::string_view of_entity_parameters =
    "pageSize!,page!,type,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/calculatedField",
     .allowed = allow::tenant,
     .handler = &save_field,
     .summary = "Creates or updates a calculated field",
     .body = BodyKind::json,
     .answer = "CalculatedField",
     .takes = "CalculatedField"},
    {.method = post,
     .pattern = "/api/calculatedField/testScript",
     .allowed = allow::tenant,
     .handler = &test_field_script,
     .summary = "Runs a script of a calculated field with arguments that are made up",
     .body = BodyKind::json,
     .answer = "JsonNode",
     .takes = "JsonNode"},
    {.method = get,
     .pattern = "/api/calculatedField/{calculatedFieldId}",
     .allowed = allow::tenant,
     .handler = &get_field,
     .summary = "One calculated field by its id",
     .answer = "CalculatedField"},
    {.method = del,
     .pattern = "/api/calculatedField/{calculatedFieldId}",
     .allowed = allow::tenant,
     .handler = &delete_field_by_id,
     .summary = "Deletes a calculated field and what it remembers"},
    {.method = get,
     .pattern = "/api/calculatedField/{calculatedFieldId}/debug",
     .allowed = allow::tenant,
     .handler = &get_field_debug,
     .summary = "The last debug event of a calculated field",
     .answer = "JsonNode"},
    {.method = get,
     .pattern = "/api/calculatedField/{entityType}/{entityId}",
     .allowed = allow::tenant,
     .handler = &list_fields_of,
     .summary = "A page of the calculated fields of an entity",
     .parameters = of_entity_parameters,
     .answer = "PageData<CalculatedField>"},
    {.method = get,
     .pattern = "/api/{entityType}/{entityId}/calculatedFields",
     .allowed = allow::tenant,
     .handler = &list_fields_of,
     .summary = "A page of the calculated fields of an entity",
     .parameters = of_entity_parameters,
     .answer = "PageData<CalculatedField>",
     .hidden = true},
    {.method = get,
     .pattern = "/api/calculatedFields",
     .allowed = allow::tenant,
     .handler = &list_fields,
     .summary = "A page of the tenant's calculated fields",
     .parameters = list_parameters,
     .answer = "PageData<CalculatedFieldInfo>"},
    {.method = get,
     .pattern = "/api/calculatedFields/names",
     .allowed = allow::tenant,
     .handler = &list_field_names,
     .summary = "A page of the names that calculated fields of a type have",
     .parameters = "type!,pageSize!,page!,textSearch,sortOrder",
     .answer = "PageData<string>"},
    {.method = post,
     .pattern = "/api/alarm/rule",
     .allowed = allow::tenant,
     .handler = &save_alarm_rule,
     .summary = "Creates or updates an alarm rule",
     .body = BodyKind::json,
     .answer = "AlarmRuleDefinition",
     .takes = "AlarmRuleDefinition"},
    {.method = post,
     .pattern = "/api/alarm/rule/testScript",
     .allowed = allow::tenant,
     .handler = &test_field_script,
     .summary = "Runs a condition of an alarm rule with arguments that are made up",
     .body = BodyKind::json,
     .answer = "JsonNode",
     .takes = "JsonNode"},
    {.method = get,
     .pattern = "/api/alarm/rule/{alarmRuleId}",
     .allowed = allow::tenant,
     .handler = &get_alarm_rule,
     .summary = "One alarm rule by its id",
     .answer = "AlarmRuleDefinition"},
    {.method = del,
     .pattern = "/api/alarm/rule/{alarmRuleId}",
     .allowed = allow::tenant,
     .handler = &delete_alarm_rule,
     .summary = "Deletes an alarm rule and what it remembers"},
    {.method = get,
     .pattern = "/api/alarm/rule/{alarmRuleId}/debug",
     .allowed = allow::tenant,
     .handler = &get_alarm_rule_debug,
     .summary = "The last debug event of an alarm rule",
     .answer = "JsonNode"},
    {.method = get,
     .pattern = "/api/alarm/rules",
     .allowed = allow::tenant,
     .handler = &list_alarm_rules,
     .summary = "A page of the tenant's alarm rules",
     .parameters = rule_list_parameters,
     .answer = "PageData<AlarmRuleDefinitionInfo>"},
    {.method = get,
     .pattern = "/api/alarm/rules/names",
     .allowed = allow::tenant,
     .handler = &list_alarm_rule_names,
     .summary = "A page of the names that alarm rules have",
     .parameters = "pageSize!,page!,textSearch,sortOrder",
     .answer = "PageData<string>"},
    {.method = get,
     .pattern = "/api/alarm/rules/{entityType}/{entityId}",
     .allowed = allow::tenant,
     .handler = &list_alarm_rules_of,
     .summary = "A page of the alarm rules of an entity",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<AlarmRuleDefinition>"},
};

json::object info_schema() {
    return struct_schema_with<CalculatedField>({
        {"entityName", string_schema()}
    });
}

constexpr SchemaEntry schemas[] = {
    {"CalculatedField",         &struct_schema<CalculatedField>  },
    {"CalculatedFieldInfo",     &info_schema                     },
    {"CalculatedFieldType",     &enum_schema<CalculatedFieldType>},
    {"AlarmRuleDefinition",     &alarm_rule_schema               },
    {"AlarmRuleDefinitionInfo", &alarm_rule_info_schema          },
};

}  // namespace

extern const Resource descriptor{"calculated_field", "Calculated fields and alarm rules.", routes,
                                 schemas};

}  // namespace thingstead::api::calculated_field
