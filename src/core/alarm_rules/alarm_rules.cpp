#include "core/alarm_rules/alarm_rules.h"

#include <algorithm>
#include <utility>

#include "base/describe.h"

namespace thingstead::core {
namespace {

using model::AlarmSeverity;

Error wrong_rules(std::string what) { return {ErrorCode::invalid_argument, std::move(what)}; }

const json::value* member_if(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

Result<bool> flag_in(const json::object& document, std::string_view name) {
    const json::value* value = member_if(document, name);
    if (!value) return false;
    if (!value->is_bool()) return wrong_rules(std::string(name) + " should be true or false!");
    return value->get_bool();
}

Result<AlarmRule> read_rule(std::string_view name, const json::value& document,
                            const FindZone& zones, Waits waits) {
    Result<AlarmRule> rule = AlarmRule::read(document, zones, waits);
    if (!rule) return wrong_rules(std::string(name) + ": " + rule.error().message);
    return rule;
}

Result<> read_create_rules(const json::object& document, const FindZone& zones, Waits waits,
                           AlarmRules& into) {
    const json::value* given = member_if(document, "createRules");
    const json::object* by_severity = given ? given->if_object() : nullptr;
    if (!by_severity || by_severity->empty())
        return wrong_rules("createRules should have at least one rule!");
    for (const auto& [name, value] : *by_severity) {
        const auto severity = enum_value<AlarmSeverity>(std::string_view(name));
        if (!severity)
            return wrong_rules("createRules: unknown severity '" + std::string(name) + "'!");
        auto rule = read_rule("createRules." + std::string(name), value, zones, waits);
        if (!rule) return rule.error();
        into.create.push_back({*severity, *std::move(rule)});
    }
    std::sort(into.create.begin(), into.create.end(),
              [](const auto& a, const auto& b) { return a.severity < b.severity; });
    return {};
}

Result<> read_relation_types(const json::object& document, AlarmRules& into) {
    const json::value* given = member_if(document, "propagateRelationTypes");
    if (!given) return {};
    auto types = from_json<std::vector<std::string>>(*given);
    if (!types) return wrong_rules("propagateRelationTypes: " + types.error().message);
    into.propagate_relation_types = *std::move(types);
    return {};
}

/// Since when the condition holds is told as an event then, with no duration before it.
json::object state_document(const RuleState& state) {
    return {
        {"lastEventTs", state.since_ms.value_or(0)},
        {"duration",    0                         },
        {"eventCount",  state.events              }
    };
}

RuleState read_state(const json::value* document) {
    RuleState state;
    const json::object* object = document ? document->if_object() : nullptr;
    if (!object) return state;
    const auto number = [&](std::string_view name) -> std::int64_t {
        const json::value* value = object->if_contains(name);
        constexpr std::int64_t most = std::int64_t{1} << 53;
        return value && value->is_int64() ? std::clamp<std::int64_t>(value->get_int64(), 0, most)
                                          : 0;
    };
    state.events = number("eventCount");
    if (const std::int64_t last = number("lastEventTs"); last > 0)
        state.since_ms = last - std::min(number("duration"), last);
    return state;
}

}  // namespace

Result<AlarmRules> AlarmRules::read(const json::object& document, const FindZone& zones,
                                    Waits waits) {
    AlarmRules rules;
    if (Result<> read = read_create_rules(document, zones, waits, rules); !read)
        return read.error();
    if (const json::value* clear = member_if(document, "clearRule")) {
        auto rule = read_rule("clearRule", *clear, zones, waits);
        if (!rule) return rule.error();
        rules.clear = *std::move(rule);
    }
    const std::pair<std::string_view, bool*> flags[] = {
        {"propagate",         &rules.propagate          },
        {"propagateToOwner",  &rules.propagate_to_owner },
        {"propagateToTenant", &rules.propagate_to_tenant}
    };
    for (const auto& [name, flag] : flags) {
        const Result<bool> given = flag_in(document, name);
        if (!given) return given.error();
        *flag = *given;
    }
    if (Result<> read = read_relation_types(document, rules); !read) return read.error();
    return rules;
}

std::set<std::string> AlarmRules::arguments() const {
    std::set<std::string> names;
    for (const Create& each : create) each.rule.name_arguments(names);
    if (clear) clear->name_arguments(names);
    return names;
}

bool AlarmRules::depends_on_time() const {
    const auto does = [](const Create& each) { return each.rule.depends_on_time(); };
    return std::any_of(create.begin(), create.end(), does) || (clear && clear->depends_on_time());
}

bool AlarmRulesState::empty() const {
    const auto is_empty = [](const RuleState& each) { return each == RuleState(); };
    return std::all_of(create.begin(), create.end(), is_empty) && is_empty(clear);
}

AlarmRulesState remembered(const AlarmRules& rules, const AlarmRulesState& state) {
    const auto part = [](const AlarmRule& rule, const RuleState& of) {
        RuleState kept;
        if (rule.kind() == AlarmRule::Kind::repeating) kept.events = of.events;
        if (rule.kind() == AlarmRule::Kind::duration) kept.since_ms = of.since_ms;
        return kept;
    };
    AlarmRulesState kept;
    for (std::size_t i = 0; i < rules.create.size(); ++i)
        kept.create.push_back(i < state.create.size() ? part(rules.create[i].rule, state.create[i])
                                                      : RuleState());
    if (rules.clear) kept.clear = part(*rules.clear, state.clear);
    return kept;
}

Result<AlarmDecision> decide(const AlarmRules& rules, AlarmRulesState& state, bool active,
                             const JudgeRule& judge) {
    state.create.resize(rules.create.size());
    AlarmDecision decision;
    for (std::size_t i = 0; i < rules.create.size(); ++i) {
        const auto verdict = judge(rules.create[i].rule, state.create[i]);
        if (!verdict) return verdict.error();
        if (*verdict != RuleVerdict::yes) continue;
        decision.kind = AlarmDecision::Kind::raise;
        decision.rule = i;
        decision.met = state.create[i];
        state.clear = {};
        return decision;
    }
    if (!active || !rules.clear) return decision;
    const auto verdict = judge(*rules.clear, state.clear);
    if (!verdict) return verdict.error();
    if (*verdict != RuleVerdict::yes) return decision;
    decision.kind = AlarmDecision::Kind::clear;
    decision.met = state.clear;
    state = {};
    return decision;
}

std::optional<EpochMs> due_ms(const AlarmRules& rules, const AlarmRulesState& state,
                              const Operands& operands, EpochMs now) {
    std::optional<EpochMs> first;
    const auto ask = [&](const AlarmRule& rule, const RuleState& of) {
        const auto due = rule.due_ms(operands, of);
        // One that is over was met and stays so.
        if (due && *due > now && (!first || *due < *first)) first = due;
    };
    for (std::size_t i = 0; i < std::min(rules.create.size(), state.create.size()); ++i)
        ask(rules.create[i].rule, state.create[i]);
    if (rules.clear) ask(*rules.clear, state.clear);
    return first;
}

json::object to_document(const AlarmRules& rules, const AlarmRulesState& state) {
    json::object create;
    for (std::size_t i = 0; i < std::min(rules.create.size(), state.create.size()); ++i)
        if (state.create[i] != RuleState())
            create[enum_name(rules.create[i].severity)] = state_document(state.create[i]);
    json::object document{
        {"createRuleStates", std::move(create)}
    };
    document["clearRuleState"] =
        state.clear == RuleState() ? json::value() : json::value(state_document(state.clear));
    return document;
}

AlarmRulesState state_of(const AlarmRules& rules, const json::value& document) {
    AlarmRulesState state;
    const json::object* object = document.if_object();
    if (!object) return state;
    const json::value* create = object->if_contains("createRuleStates");
    const json::object* by_severity = create ? create->if_object() : nullptr;
    for (const AlarmRules::Create& each : rules.create)
        state.create.push_back(
            read_state(by_severity ? by_severity->if_contains(enum_name(each.severity)) : nullptr));
    state.clear = read_state(object->if_contains("clearRuleState"));
    return state;
}

}  // namespace thingstead::core
