#include "core/calculated_field/configuration.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/calculated_field/alarm_configuration.h"
#include "core/calculated_field/expression.h"
#include "core/calculated_field/members.h"
#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::CalculatedFieldType;

Error in_argument(std::string_view name, std::string_view what) {
    return invalid("Argument '" + std::string(name) + "' " + std::string(what));
}

Result<> read_key(const json::object& object, FieldArgument& into) {
    const json::value* reference = member_of(object, "refEntityKey");
    const json::object* key = reference ? reference->if_object() : nullptr;
    if (!key) return in_argument(into.name, "should have refEntityKey!");
    into.key = text_of_member(*key, "key");
    if (into.key.empty()) return in_argument(into.name, "should have a key!");
    const auto type = enum_value<ArgumentType>(text_of_member(*key, "type"));
    if (!type) return in_argument(into.name, "should have a type of its key!");
    into.type = *type;
    if (into.type != ArgumentType::attribute) return {};
    const auto scope = scope_named(text_of_member(*key, "scope"));
    if (!scope) return in_argument(into.name, "should have a scope of its attribute!");
    into.scope = *scope;
    return {};
}

Result<> read_window(const json::object& object, FieldArgument& into) {
    if (into.type != ArgumentType::ts_rolling) return {};
    const Result<std::int64_t> points = count_of(object, "limit", 0);
    if (!points) return in_argument(into.name, points.error().message);
    const Result<std::int64_t> window = count_of(object, "timeWindow", 0);
    if (!window) return in_argument(into.name, window.error().message);
    if (*window == 0) return in_argument(into.name, "should have a time window!");
    constexpr std::int64_t window_ms_max = std::int64_t{1000} * 60 * 60 * 24 * 366 * 100;
    into.points_max = static_cast<std::size_t>(*points);
    into.window = std::chrono::milliseconds(std::min(*window, window_ms_max));
    return {};
}

Result<FieldArgument> read_argument(std::string_view name, const json::value& document) {
    FieldArgument argument;
    argument.name = name;
    if (name == "ctx") return invalid("Argument name 'ctx' is reserved and cannot be used.");
    if (!is_variable_name(name))
        return in_argument(name, "should be named by letters, digits and '_'!");
    const json::object* object = document.if_object();
    if (!object) return in_argument(name, "should be an object!");
    if (Result<> done = read_source(*object, false, argument); !done) return done.error();
    if (Result<> done = read_key(*object, argument); !done) return done.error();
    if (Result<> done = read_window(*object, argument); !done) return done.error();
    if (const json::value* value = member_of(*object, "defaultValue"); value && value->is_string())
        argument.otherwise = std::string(value->get_string());
    return argument;
}

Result<> read_strategy(const json::object& document, FieldOutput& into) {
    const json::value* given = member_of(document, "strategy");
    const json::object* strategy = given ? given->if_object() : nullptr;
    if (!strategy) return {};
    into.immediate = text_of_member(*strategy, "type") == "IMMEDIATE";
    if (!into.immediate) return {};
    const Result<std::int64_t> ttl = count_of(*strategy, "ttl", 0);
    if (!ttl) return invalid("Output: " + ttl.error().message);
    constexpr std::int64_t ttl_s_max = std::numeric_limits<std::int64_t>::max() / 1'000'000;
    into.ttl = std::chrono::seconds(std::min(*ttl, ttl_s_max));
    into.history = flag_of(*strategy, into.attributes ? "saveAttribute" : "saveTimeSeries", true);
    into.latest = flag_of(*strategy, "saveLatest", true);
    into.subscribers = flag_of(*strategy, "sendWsUpdate", true);
    into.calculates = flag_of(*strategy, "processCfs", true);
    into.tell_chain = flag_of(*strategy, "sendAttributesUpdatedNotification", false);
    into.only_on_change = flag_of(*strategy, "updateAttributesOnlyOnValueChange", true);
    return {};
}

Result<> read_output(const json::object& document, FieldOutput& into) {
    const json::value* given = member_of(document, "output");
    const json::object* output = given ? given->if_object() : nullptr;
    if (!output) return invalid("Calculated field should have an output!");
    const std::string type = text_of_member(*output, "type");
    if (type != "TIME_SERIES" && type != "ATTRIBUTES")
        return invalid("Calculated field output type should be TIME_SERIES or ATTRIBUTES!");
    into.attributes = type == "ATTRIBUTES";
    into.name = text_of_member(*output, "name");
    if (into.attributes) {
        const std::string name = text_of_member(*output, "scope");
        const auto scope = scope_named(name.empty() ? "SERVER_SCOPE" : name);
        if (!scope) return invalid("Unknown attribute scope of the output: " + name);
        into.scope = *scope;
    }
    if (member_of(*output, "decimalsByDefault")) {
        const Result<std::int64_t> decimals = count_of(*output, "decimalsByDefault", 0);
        if (!decimals) return invalid("Output: " + decimals.error().message);
        into.decimals = static_cast<std::int32_t>(std::min<std::int64_t>(*decimals, 15));
    }
    return read_strategy(*output, into);
}

Result<> read_path(const json::object& source, FieldArgument& into) {
    const json::value* given = member_of(source, "levels");
    const json::array* levels = given ? given->if_array() : nullptr;
    if (!levels || levels->empty()) return in_argument(into.name, "should have levels of its way!");
    for (const json::value& each : *levels) {
        Result<RelationStep> step = read_step(each, "Level of '" + into.name + "'");
        if (!step) return step.error();
        into.path.push_back(*std::move(step));
    }
    return {};
}

Result<> read_alarm(const json::object& document, FieldConfiguration& into) {
    if (Result<> read = read_arguments(document, into); !read) return read;
    Result<AlarmRules> rules = alarm_configuration(document, into.arguments);
    if (!rules) return rules.error();
    into.alarm = *std::move(rules);
    return {};
}

/// What the field is made of, for each type.
Result<> read_of_type(const json::object& document, FieldConfiguration& into) {
    using enum CalculatedFieldType;
    switch (into.type) {
        case geofencing:                   return read_geofencing(document, into);
        case propagation:                  return read_propagation(document, into);
        case related_entities_aggregation: return read_related_aggregation(document, into);
        case entity_aggregation:           return read_entity_aggregation(document, into);
        case alarm:                        return read_alarm(document, into);
        case simple:
        case script:                       break;
    }
    if (Result<> read = read_arguments(document, into); !read) return read;
    if (model::is_blank(into.expression))
        return invalid("Calculated field should have an expression!");
    return {};
}

Result<> check_simple(const FieldConfiguration& configuration) {
    if (configuration.output.name.empty())
        return invalid("Calculated field of type SIMPLE should have a name of its output!");
    for (const FieldArgument& each : configuration.arguments)
        if (each.type == ArgumentType::ts_rolling)
            return in_argument(each.name, "of type TS_ROLLING is not supported by type SIMPLE!");
    std::vector<std::string> names;
    for (const FieldArgument& each : configuration.arguments) names.push_back(each.name);
    if (const auto formula = Expression::parse(configuration.expression, names); !formula)
        return invalid("Expression of the calculated field: " + formula.error().message);
    return {};
}

}  // namespace

const FieldArgument* FieldConfiguration::argument(std::string_view name) const {
    for (const FieldArgument& each : arguments)
        if (each.name == name) return &each;
    return nullptr;
}

std::optional<std::size_t> FieldConfiguration::position_of(std::string_view name) const {
    for (std::size_t i = 0; i < arguments.size(); ++i)
        if (arguments[i].name == name) return i;
    return std::nullopt;
}

Result<FieldConfiguration> field_configuration(CalculatedFieldType type,
                                               const json::value& document) {
    const std::string name(enum_name(type));
    const json::object* object = document.if_object();
    if (!object) return invalid("Calculated field configuration should be specified!");
    if (const std::string own = text_of_member(*object, "type"); own != name)
        return invalid("Calculated field of type " + name + " has a configuration of type " + own +
                       "!");
    FieldConfiguration configuration;
    configuration.type = type;
    configuration.expression = text_of_member(*object, "expression");
    configuration.use_latest_ts = flag_of(*object, "useLatestTs", false);
    if (Result<> read = read_of_type(*object, configuration); !read) return read.error();
    if (type == CalculatedFieldType::alarm) return configuration;
    if (Result<> done = read_output(*object, configuration.output); !done) return done.error();
    if (type == CalculatedFieldType::simple)
        if (Result<> done = check_simple(configuration); !done) return done.error();
    return configuration;
}

std::vector<FieldScript> field_scripts(const FieldConfiguration& configuration) {
    std::vector<std::string> names{"ctx"};
    for (const FieldArgument& each : configuration.arguments) names.push_back(each.name);
    std::vector<FieldScript> scripts;
    const bool by_script = configuration.type == CalculatedFieldType::script ||
                           (configuration.propagation && configuration.propagation->by_script);
    if (by_script) scripts.push_back({"expression", configuration.expression, names});
    if (const std::optional<AlarmRules>& alarm = configuration.alarm) {
        for (const AlarmRules::Create& each : alarm->create)
            if (!each.rule.script().empty())
                scripts.push_back({"expression of rule " + std::string(enum_name(each.severity)),
                                   each.rule.script(), names});
        if (alarm->clear && !alarm->clear->script().empty())
            scripts.push_back({"expression of the clear rule", alarm->clear->script(), names});
    }
    if (!configuration.related) return scripts;
    for (const Metric& each : configuration.related->metrics) {
        if (!each.filter.empty())
            scripts.push_back({"filter of metric '" + each.name + "'", each.filter, names});
        if (!each.input_script.empty())
            scripts.push_back({"function of metric '" + each.name + "'", each.input_script, names});
    }
    return scripts;
}

void sort_by_name(std::vector<FieldArgument>& arguments) {
    std::sort(arguments.begin(), arguments.end(),
              [](const FieldArgument& a, const FieldArgument& b) { return a.name < b.name; });
}

Result<> read_arguments(const json::object& document, FieldConfiguration& into) {
    const json::value* arguments = member_of(document, "arguments");
    const json::object* each_by_name = arguments ? arguments->if_object() : nullptr;
    if (!each_by_name || each_by_name->empty())
        return invalid("Calculated field should have at least one argument!");
    for (const auto& [name, value] : *each_by_name) {
        Result<FieldArgument> one = read_argument(name, value);
        if (!one) return one.error();
        into.arguments.push_back(*std::move(one));
    }
    sort_by_name(into.arguments);
    return {};
}

Result<> read_source(const json::object& object, bool ways, FieldArgument& into) {
    if (const json::value* dynamic = member_of(object, "refDynamicSourceConfiguration")) {
        const json::object* source = dynamic->if_object();
        const std::string kind = source ? text_of_member(*source, "type") : std::string();
        if (kind == "CURRENT_OWNER") {
            into.of_owner = true;
            return {};
        }
        if (kind == "RELATION_PATH_QUERY" && ways) return read_path(*source, into);
        return in_argument(into.name,
                           "has a dynamic source of type '" + kind + "', which is not supported!");
    }
    const json::value* entity = member_of(object, "refEntityId");
    if (!entity) return {};
    const Result<model::EntityId> id = from_json<model::EntityId>(*entity);
    if (!id) return in_argument(into.name, "refEntityId: " + id.error().message);
    using enum model::EntityType;
    if (id->type != device && id->type != asset && id->type != customer && id->type != tenant)
        return invalid("Unsupported referenced entity type: '" +
                       std::string(model::wire_name(id->type)) + "'.");
    into.of = *id;
    return {};
}

std::optional<model::AttributeScope> scope_named(std::string_view name) {
    if (name == "CLIENT_SCOPE") return model::AttributeScope::client;
    if (name == "SERVER_SCOPE") return model::AttributeScope::server;
    if (name == "SHARED_SCOPE") return model::AttributeScope::shared;
    return std::nullopt;
}

std::string_view scope_name(model::AttributeScope scope) {
    switch (scope) {
        case model::AttributeScope::client: return "CLIENT_SCOPE";
        case model::AttributeScope::server: return "SERVER_SCOPE";
        case model::AttributeScope::shared: return "SHARED_SCOPE";
    }
    return {};
}

}  // namespace thingstead::core
