// What CalculatedFields keeps; for its own files alone.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rule/calculated/alarm_field.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/calculated/intervals.h"
#include "rule/calculated/zones.h"
#include "rule/field_states.h"
#include "rule/node_events.h"

namespace thingstead::rule {

/// As it was stored, ready to run.
struct CalculatedFields::Field {
    model::CalculatedField stored;
    core::FieldConfiguration configuration;
    FieldLimits limits;
    FieldProgram program;
    std::shared_ptr<const AlarmField> alarm{};  ///< Of an alarm rule, in place of the program.

    /// Whether something of an entity is remembered that its values do not tell.
    bool keeps_state() const {
        if (alarm) return alarm->remembers || alarm->rules.depends_on_time();
        return configuration.aggregation || configuration.related || configuration.geofencing;
    }
};

struct CalculatedFields::Tenant {
    std::vector<FieldRef> fields;
    std::unordered_map<model::EntityId, std::vector<FieldRef>> by_owner;
    /// By an entity that arguments name.
    std::unordered_map<model::EntityId, std::vector<FieldRef>> by_source;
    std::vector<FieldRef> of_owners;  ///< With arguments of the owner of their entity,
    std::vector<FieldRef> of_ways;    ///< and with those of related entities.
    bool follows_relations = false;
    std::set<std::string, std::less<>> series, attributes;  ///< Keys that some field takes.
    std::unordered_map<model::CalculatedFieldId, DebugMode> debug;
};

struct CalculatedFields::Entity {
    model::EntityId id;
    std::optional<model::EntityId> profile{};
    std::optional<model::CustomerId> customer{};
    bool stale = false;  ///< It changed: profile and customer are read again.

    /// Whether fields of `owner` run for it.
    bool has(model::EntityId owner) const { return owner == id || owner == profile; }

    struct Known {
        explicit Known(FieldRef of)
            : field(std::move(of)), values(field->configuration, field->limits) {}
        FieldRef field;
        FieldValues values;
        std::unique_ptr<AlarmFieldState> alarm{};  ///< Of an alarm rule that has run.
        bool loaded = false;
        EpochMs loaded_at = 0;
        ZonesState zones{};
        std::optional<IntervalPlan> plan{};
        EpochMs made_at = 0;  ///< The last result of an aggregation of related entities.
        FieldInput cause{};   ///< What follows later follows from it.
        bool recalled = false;
        KeptState kept{};  ///< As FieldStates has it.
    };
    std::map<Uuid, Known> known{};  ///< By field.
};

/// What an input changed of what a field knows.
struct CalculatedFields::Change {
    bool any = false;
    std::vector<std::size_t> arguments{};
};

/// Whom a result is for.
struct CalculatedFields::Target {
    Target(model::EntityId of, std::optional<model::CustomerId> its) : id(of), customer(its) {}
    model::EntityId id;
    std::optional<model::CustomerId> customer;
};

}  // namespace thingstead::rule
