#include "core/alarm_rules/profile_alarm.h"

#include <utility>

#include "base/describe.h"

namespace thingstead::core {
namespace {

using Keys = std::map<std::string, ProfileKey, std::less<>>;

Error wrong_alarm(std::string what) { return {ErrorCode::invalid_argument, std::move(what)}; }

const json::value* member_in(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

const json::object* object_in(const json::object& object, std::string_view name) {
    const json::value* value = member_in(object, name);
    return value ? value->if_object() : nullptr;
}

std::string text_in(const json::object& object, std::string_view name) {
    const json::value* value = member_in(object, name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// The name by which the rules know the dynamic value; empty: there is none.
Result<std::string> dynamic_argument(const json::object& of, Keys& keys) {
    const json::object* dynamic = object_in(of, "dynamicValue");
    if (!dynamic) return std::string();
    ProfileKey key;
    key.from = ProfileKey::From::dynamic;
    key.key = text_in(*dynamic, "sourceAttribute");
    const std::string source = text_in(*dynamic, "sourceType");
    if (key.key.empty() || source.empty()) return std::string();
    if (source == "CURRENT_CUSTOMER")
        key.source = ProfileKey::Source::customer;
    else if (source == "CURRENT_TENANT")
        key.source = ProfileKey::Source::tenant;
    else if (source != "CURRENT_DEVICE")
        return wrong_alarm("unknown source of a dynamic value '" + source + "'!");
    const json::value* inherit = member_in(*dynamic, "inherit");
    key.inherit = inherit && inherit->is_bool() && inherit->get_bool();
    std::string name = source + (key.inherit ? "+:" : ":") + key.key;
    keys.emplace(name, std::move(key));
    return name;
}

/// {"defaultValue","userValue","dynamicValue"} as {"staticValue","dynamicValueArgument"}.
Result<json::value> value_of(const json::value* given, Keys& keys) {
    const json::object* object = given ? given->if_object() : nullptr;
    if (!object) return wrong_alarm("a value should be an object!");
    auto argument = dynamic_argument(*object, keys);
    if (!argument) return argument.error();
    json::object out;
    const json::value* fixed = member_in(*object, "userValue");
    if (!fixed) fixed = member_in(*object, "defaultValue");
    if (fixed) out["staticValue"] = *fixed;
    if (!argument->empty()) out["dynamicValueArgument"] = *argument;
    return json::value(std::move(out));
}

Result<json::value> predicate_of(const json::value* given, Keys& keys) {
    const json::object* object = given ? given->if_object() : nullptr;
    if (!object) return wrong_alarm("a predicate should be an object!");
    json::object out;
    for (const char* name : {"type", "operation", "ignoreCase"})
        if (const json::value* value = member_in(*object, name)) out[name] = *value;
    if (text_in(*object, "type") != "COMPLEX") {
        auto value = value_of(member_in(*object, "value"), keys);
        if (!value) return value;
        out["value"] = *std::move(value);
        return json::value(std::move(out));
    }
    const json::value* list = member_in(*object, "predicates");
    if (!list || !list->is_array()) return wrong_alarm("predicates are missing!");
    json::array parts;
    for (const json::value& each : list->get_array()) {
        auto part = predicate_of(&each, keys);
        if (!part) return part;
        parts.push_back(*std::move(part));
    }
    out["predicates"] = std::move(parts);
    return json::value(std::move(out));
}

Result<model::Value> constant_of(const json::value* value) {
    if (value && value->is_bool()) return model::Value(value->get_bool());
    if (value && value->is_int64()) return model::Value(value->get_int64());
    if (value && value->is_double()) return model::Value(value->get_double());
    if (value && value->is_string()) return model::Value(std::string(value->get_string()));
    return wrong_alarm("a constant should be a boolean, a number or a string!");
}

/// The name by which the rules know the filter's key.
Result<std::string> key_argument(const json::object& filter, Keys& keys) {
    const json::object* given = object_in(filter, "key");
    if (!given) return wrong_alarm("a filter should have a key!");
    ProfileKey key;
    key.key = text_in(*given, "key");
    const std::string type = text_in(*given, "type");
    std::string name = type + ':' + key.key;
    if (type == "TIME_SERIES") {
        key.from = ProfileKey::From::time_series;
    } else if (type == "ENTITY_FIELD") {
        key.from = ProfileKey::From::field;
    } else if (type == "CONSTANT") {
        key.from = ProfileKey::From::constant;
        auto constant = constant_of(member_in(filter, "value"));
        if (!constant) return constant.error();
        key.constant = *std::move(constant);
        name += '=' + model::to_text(key.constant);
    } else if (type != "ATTRIBUTE") {
        return wrong_alarm("unknown type of key '" + type + "'!");
    }
    if (key.key.empty() && key.from != ProfileKey::From::constant)
        return wrong_alarm("a key is missing!");
    keys.emplace(name, std::move(key));
    return name;
}

Result<json::value> filter_of(const json::value& document, Keys& keys) {
    const json::object* object = document.if_object();
    if (!object) return wrong_alarm("a filter should be an object!");
    auto argument = key_argument(*object, keys);
    if (!argument) return argument.error();
    auto predicate = predicate_of(member_in(*object, "predicate"), keys);
    if (!predicate) return predicate;
    json::array predicates;
    predicates.push_back(*std::move(predicate));
    return json::value(json::object{
        {"argument",   *argument            },
        {"predicates", std::move(predicates)}
    });
}

Result<> read_spec(const json::object* spec, json::object& condition, Keys& keys) {
    const std::string type = spec ? text_in(*spec, "type") : std::string();
    condition["type"] = type.empty() ? "SIMPLE" : type;
    if (type != "DURATION" && type != "REPEATING") return {};
    const bool lasts = type == "DURATION";
    const json::value* unit = member_in(*spec, "unit");
    if (unit) condition["unit"] = *unit;
    const std::string_view name = lasts ? "value" : "count";
    if (const json::value* predicate = member_in(*spec, "predicate")) {
        auto value = value_of(predicate, keys);
        if (!value) return value.error();
        condition[name] = *std::move(value);
    } else if (const json::value* plain = member_in(*spec, name)) {
        // As it was stored before values could be dynamic.
        condition[name] = json::object{
            {"staticValue", *plain}
        };
    }
    return {};
}

Result<json::value> rule_of(std::string_view name, const json::value& document, Keys& keys) {
    const json::object* object = document.if_object();
    const json::object* given = object ? object_in(*object, "condition") : nullptr;
    const json::value* list = given ? member_in(*given, "condition") : nullptr;
    if (!list || !list->is_array())
        return wrong_alarm(std::string(name) + ": a condition is missing!");
    const auto within = [&](const Error& error) {
        return wrong_alarm(std::string(name) + ": " + error.message);
    };
    json::array filters;
    for (const json::value& each : list->get_array()) {
        auto filter = filter_of(each, keys);
        if (!filter) return within(filter.error());
        filters.push_back(*std::move(filter));
    }
    json::object condition;
    if (Result<> read = read_spec(object_in(*given, "spec"), condition, keys); !read)
        return within(read.error());
    condition["expression"] = json::object{
        {"type",    "SIMPLE"          },
        {"filters", std::move(filters)}
    };
    if (const json::object* schedule = object_in(*object, "schedule")) {
        auto argument = dynamic_argument(*schedule, keys);
        if (!argument) return within(argument.error());
        condition["schedule"] = json::object{
            {"staticValue",          *schedule},
            {"dynamicValueArgument", *argument}
        };
    }
    json::object rule{
        {"condition", std::move(condition)}
    };
    for (const char* part : {"alarmDetails", "dashboardId"})
        if (const json::value* value = member_in(*object, part)) rule[part] = *value;
    return json::value(std::move(rule));
}

}  // namespace

Result<ProfileAlarm> ProfileAlarm::read(const json::value& document, const FindZone& zones) {
    const json::object* object = document.if_object();
    ProfileAlarm alarm;
    if (object) {
        alarm.id = text_in(*object, "id");
        alarm.type = text_in(*object, "alarmType");
    }
    if (alarm.type.empty()) return wrong_alarm("Alarm rule type should be specified!");
    const auto within = [&](const Error& error) {
        return wrong_alarm("Alarm '" + alarm.type + "': " + error.message);
    };
    json::object converted = *object;
    if (const json::object* create = object_in(*object, "createRules")) {
        json::object rules;
        for (const auto& [severity, rule] : *create) {
            auto one = rule_of("createRules." + std::string(severity), rule, alarm.keys);
            if (!one) return within(one.error());
            rules[severity] = *std::move(one);
        }
        converted["createRules"] = std::move(rules);
    }
    if (const json::value* clear = member_in(*object, "clearRule")) {
        auto one = rule_of("clearRule", *clear, alarm.keys);
        if (!one) return within(one.error());
        converted["clearRule"] = *std::move(one);
    }
    auto rules = AlarmRules::read(converted, zones, Waits::longer);
    if (!rules) return within(rules.error());
    alarm.rules = *std::move(rules);
    return alarm;
}

}  // namespace thingstead::core
