#include "rule/calculated/field_input.h"

#include <algorithm>

#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

using model::AttributeScope;

Error no_values(std::string_view what) {
    return {ErrorCode::malformed, "values of calculated fields: " + std::string(what)};
}

/// Metadata of a message that is wrapped.
constexpr std::string_view wrapped_type = "calculatedFieldMsgType";

std::optional<AttributeScope> scope_of_msg(const model::Msg& msg) {
    return core::scope_named(msg.metadata.get("scope"));
}

Result<> read_removed(const json::object& data, std::string_view list, bool attribute,
                      AttributeScope scope, EpochMs now, FieldInput& into) {
    const json::value* names = data.if_contains(list);
    const json::array* keys = names ? names->if_array() : nullptr;
    if (!keys) return no_values("no list of keys");
    for (const json::value& each : *keys) {
        if (!each.is_string()) return no_values("a key is no string");
        into.values.push_back(
            {attribute, scope, std::string(each.get_string()), now, std::nullopt});
    }
    return {};
}

Result<> read_series(std::string_view text, EpochMs now, model::PayloadParser& parser,
                     FieldInput& into) {
    const auto entries = parser.telemetry(text, now, model::NullValue::skip);
    if (!entries) return entries.error();
    for (const model::TelemetryEntry& each : *entries) add_values(into, each.ts, each.values);
    return {};
}

Result<> read_updated(const model::Msg& msg, const json::object& data, EpochMs now,
                      model::PayloadParser& parser, FieldInput& into) {
    if (msg.type == model::msg_type::timeseries_updated) {
        const json::value* series = data.if_contains("timeseries");
        if (!series) return no_values("no time series");
        return read_series(json_text(*series), now, parser, into);
    }
    if (msg.type == model::msg_type::timeseries_deleted) {
        into.reload = true;
        return read_removed(data, "timeseries", false, AttributeScope::server, now, into);
    }
    const auto scope = scope_of_msg(msg);
    if (!scope) return no_values("no scope of the attributes");
    if (msg.type == model::msg_type::attributes_deleted)
        return read_removed(data, "attributes", true, *scope, now, into);
    const auto values = parser.attributes(msg.data, model::NullValue::skip);
    if (!values) return values.error();
    add_attributes(into, *scope, now, *values);
    return {};
}

json::object linked_value(const ChangedValue& change) {
    json::object out{
        {"key", change.key},
        {"ts",  change.ts }
    };
    if (change.attribute) out["scope"] = core::scope_name(change.scope);
    // Kept as the text that the parser reads the same value from.
    if (change.value)
        out["value"] = model::to_json_object({
            {"v", *change.value}
        });
    return out;
}

Result<ChangedValue> read_linked_value(const json::value& document, model::PayloadParser& parser) {
    const json::object* object = document.if_object();
    const json::value* key = object ? object->if_contains("key") : nullptr;
    const json::value* ts = object ? object->if_contains("ts") : nullptr;
    if (!key || !key->is_string() || !ts || !ts->is_int64()) return no_values("no key or time");
    ChangedValue change;
    change.key = key->get_string();
    change.ts = ts->get_int64();
    if (const json::value* scope = object->if_contains("scope")) {
        const auto known = scope->is_string() ? core::scope_named(scope->get_string())
                                              : std::optional<AttributeScope>();
        if (!known) return no_values("an unknown scope");
        change.attribute = true;
        change.scope = *known;
    }
    const json::value* value = object->if_contains("value");
    if (!value) return change;
    if (!value->is_string()) return no_values("a value is no text");
    auto parsed = parser.attributes(std::string_view(value->get_string()));
    if (!parsed) return parsed.error();
    if (parsed->size() != 1) return no_values("not one value");
    change.value = std::move(parsed->front().value);
    return change;
}

Result<> read_linked(const json::object& data, model::PayloadParser& parser, FieldInput& into) {
    const json::value* source = data.if_contains("source");
    const json::value* values = data.if_contains("values");
    if (!source || !values || !values->is_array()) return no_values("no source or values");
    const auto entity = from_json<model::EntityId>(*source);
    if (!entity) return entity.error();
    into.source = *entity;
    if (const json::value* reload = data.if_contains("reload"))
        into.reload = reload->is_bool() && reload->get_bool();
    if (const json::value* saved = data.if_contains("saved")) {
        auto field = from_json<core::SavedField>(*saved);
        if (!field) return field.error();
        into.saved = *std::move(field);
    }
    for (const json::value& each : values->get_array()) {
        Result<ChangedValue> change = read_linked_value(each, parser);
        if (!change) return change.error();
        into.values.push_back(*std::move(change));
    }
    return {};
}

Result<> read_relation(const model::Msg& msg, const json::object& data, FieldInput& into) {
    into.relations = true;
    if (msg.type != model::msg_type::relation_add_or_update) return {};
    auto relation = from_json<model::EntityRelation>(json::value(data));
    if (!relation) return relation.error();
    into.related = *std::move(relation);
    return {};
}

}  // namespace

bool FieldInput::has_run(model::CalculatedFieldId field) const {
    return std::find(calculated_by.begin(), calculated_by.end(), field) != calculated_by.end();
}

FieldInput FieldInput::without_values(model::EntityId of) const {
    FieldInput next{tenant, of, of};
    next.calculated_by = calculated_by;
    next.msg_id = msg_id;
    next.msg_type = msg_type;
    return next;
}

FieldInput input_of(model::TenantId tenant, const model::Msg& msg) {
    FieldInput input{tenant, msg.originator, msg.originator};
    input.calculated_by = msg.calculated_by;
    input.msg_id = msg.id;
    input.msg_type = msg.type;
    return input;
}

void add_values(FieldInput& input, EpochMs ts, const std::vector<model::KeyValue>& values) {
    for (const model::KeyValue& each : values)
        input.values.push_back({false, AttributeScope::server, each.key, ts, each.value});
}

void add_attributes(FieldInput& input, AttributeScope scope, EpochMs now,
                    const std::vector<model::KeyValue>& values) {
    for (const model::KeyValue& each : values)
        input.values.push_back({true, scope, each.key, now, each.value});
}

void wrap(model::QueuedMsg& queued) {
    queued.msg.metadata.put(wrapped_type, queued.msg.type);
    queued.msg.id = new_random_uuid();
    queued.msg.type = linked_values_type;
    queued.msg.rule_chain.reset();
    queued.msg.rule_node.reset();
    queued.msg.correlation.reset();
    queued.relations.clear();
}

void unwrap(model::QueuedMsg& queued) {
    if (queued.msg.type != linked_values_type) return;
    const std::string type(queued.msg.metadata.get(wrapped_type));
    if (!type.empty()) queued.msg.type = type;
}

bool brings_values(const model::Msg& msg) {
    using namespace model::msg_type;
    if (msg.type == linked_values_type) return true;
    // What a node wrote it has told of itself.
    if (msg.metadata.find("ruleNodeId")) return false;
    return msg.type == attributes_updated || msg.type == attributes_deleted ||
           msg.type == timeseries_updated || msg.type == timeseries_deleted;
}

bool is_for_fields_alone(const model::Msg& msg) {
    return msg.type == linked_values_type || msg.type == core::field_saved_type;
}

bool tells_of_relations(const model::Msg& msg) {
    using namespace model::msg_type;
    return msg.type == relation_add_or_update || msg.type == relation_deleted ||
           msg.type == relations_deleted;
}

Result<FieldInput> values_of(const model::QueuedMsg& queued, model::PayloadParser& parser,
                             EpochMs now) {
    const model::Msg& msg = queued.msg;
    FieldInput input = input_of(queued.tenant, msg);
    if (msg.type == model::msg_type::relations_deleted) {
        input.relations = true;
        return input;
    }
    const Result<json::object> data = body_object(msg);
    if (!data) return data.error();
    Result<> read;
    if (msg.type == linked_values_type)
        read = read_linked(*data, parser, input);
    else if (tells_of_relations(msg))
        read = read_relation(msg, *data, input);
    else
        read = read_updated(msg, *data, now, parser, input);
    if (!read) return read.error();
    return input;
}

model::QueuedMsg linked_message(const FieldInput& input, model::EntityId target, EpochMs now) {
    json::array values;
    for (const ChangedValue& each : input.values) values.push_back(linked_value(each));
    json::object data{
        {"source", to_json(input.source)},
        {"reload", input.reload         },
        {"values", std::move(values)    }
    };
    if (input.saved) data["saved"] = to_json(*input.saved);
    model::QueuedMsg queued;
    queued.tenant = input.tenant;
    queued.msg.id = new_random_uuid();
    queued.msg.ts = now;
    queued.msg.type = linked_values_type;
    queued.msg.originator = target;
    queued.msg.calculated_by = input.calculated_by;
    queued.msg.data = json::serialize(data);
    return queued;
}

}  // namespace thingstead::rule
