// What a calculated field is configured with, read once from its document: arguments, formula or
// script, output. Source: the interface's rule engine, calculated fields.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/alarm_rules/alarm_rules.h"
#include "core/calculated_field/aggregation.h"
#include "core/calculated_field/geofencing.h"
#include "core/calculated_field/propagation.h"
#include "core/calculated_field/relation_step.h"
#include "model/calculated_field.h"
#include "model/kv.h"

namespace thingstead::core {

enum class ArgumentType : std::uint8_t { ts_latest, attribute, ts_rolling };
constexpr auto enum_names(ArgumentType) {
    using namespace std::literals;
    return std::array{
        std::pair{ArgumentType::ts_latest,  "TS_LATEST"sv },
        std::pair{ArgumentType::attribute,  "ATTRIBUTE"sv },
        std::pair{ArgumentType::ts_rolling, "TS_ROLLING"sv}
    };
}

struct FieldArgument {
    std::string name;
    ArgumentType type = ArgumentType::ts_latest;
    std::string key;
    model::AttributeScope scope = model::AttributeScope::server;  ///< Of an attribute.
    std::optional<model::EntityId> of;                            ///< Of this entity,
    bool of_owner = false;             ///< or of the entity's customer, or the tenant,
    std::vector<RelationStep> path{};  ///< or of each entity at the end of this way; else its own.
    bool many = false;  ///< A value of each of any number of entities; none is needed.
    std::optional<std::string> otherwise;  ///< What counts while there is no value.
    /// Of a rolling one: how many points at most, and from how far back.
    std::size_t points_max = 0;
    std::chrono::milliseconds window{0};

    bool is_own() const { return !of && !of_owner && path.empty(); }
};

struct FieldOutput {
    bool attributes = false;  ///< Else time series.
    model::AttributeScope scope = model::AttributeScope::server;
    std::string name;
    std::optional<std::int32_t> decimals;
    /// Saved at once; else a message goes through the entity's rule chain.
    bool immediate = false;
    std::chrono::seconds ttl{0};
    bool history = true;  ///< Of attributes: save them.
    bool latest = true;
    bool subscribers = true;
    bool calculates = true;  ///< Further fields are made of it.
    bool tell_chain = false;
    bool only_on_change = true;
};

struct FieldConfiguration {
    model::CalculatedFieldType type = model::CalculatedFieldType::simple;
    std::vector<FieldArgument> arguments;  ///< Sorted by name.
    std::string expression;
    bool use_latest_ts = false;
    FieldOutput output;
    /// After which the entities at the end of ways are looked for again; 0: when they change.
    std::chrono::seconds refresh{0};

    /// What the type of the field alone has.
    std::optional<GeofencingPart> geofencing{};
    std::optional<PropagationPart> propagation{};
    std::optional<RelatedAggregation> related{};
    std::optional<EntityAggregation> aggregation{};
    std::optional<AlarmRules> alarm{};

    /// Null: there is none of the name.
    const FieldArgument* argument(std::string_view name) const;
    std::optional<std::size_t> position_of(std::string_view name) const;
};

/// A script of a field, for whoever compiles it.
struct FieldScript {
    std::string of;  ///< What it is: "expression".
    std::string text;
    std::vector<std::string> argument_names;
};
std::vector<FieldScript> field_scripts(const FieldConfiguration& configuration);

/// Errors: invalid_argument - what is wrong, in words for who configures it.
Result<FieldConfiguration> field_configuration(model::CalculatedFieldType type,
                                               const json::value& document);

// --- what the types of fields have in common; Errors: invalid_argument ---

/// At least one, sorted.
Result<> read_arguments(const json::object& document, FieldConfiguration& into);
void sort_by_name(std::vector<FieldArgument>& arguments);
/// Of which entity an argument is; ways over relations only if `ways` is set.
Result<> read_source(const json::object& object, bool ways, FieldArgument& into);

std::optional<model::AttributeScope> scope_named(std::string_view name);
std::string_view scope_name(model::AttributeScope scope);

}  // namespace thingstead::core
