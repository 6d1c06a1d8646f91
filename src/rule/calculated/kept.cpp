// What calculated fields remember of an entity over a restart: which fields do, and as what.
#include <algorithm>
#include <string>
#include <utility>

#include "rule/calculated/field.h"
#include "rule/field_states.h"

namespace thingstead::rule {
namespace {

using model::EntityId;

/// Of servers that kept it in a server attribute of the entity.
std::string older_memory_key(const model::CalculatedField& stored) {
    const bool had_one = stored.type == model::CalculatedFieldType::alarm;
    return had_one ? "alarmRule_" + stored.id.to_string() : std::string();
}

/// What is kept says nothing of another version of the field.
bool is_of_version(const json::object& document, const model::CalculatedField& stored) {
    const json::value* version = document.if_contains("version");
    return version && *version == json::value(stored.version.value_or(0));
}

/// In ms since the epoch; 0: it is not there.
EpochMs time_in(const json::object& document, std::string_view name) {
    const json::value* value = document.if_contains(name);
    return value && value->is_int64() ? value->get_int64() : 0;
}

void restore_zones(const json::object& document, ZonesState& zones) {
    const json::value* groups = document.if_contains("groups");
    if (!groups || !groups->is_object()) return;
    for (const auto& [name, inside] : groups->get_object())
        if (inside.is_bool()) zones.groups[std::string(name)].inside = inside.get_bool();
}

json::object zones_document(const ZonesState& zones) {
    json::object groups;
    for (const auto& [name, group] : zones.groups)
        if (group.inside) groups[name] = *group.inside;
    return {
        {"groups", std::move(groups)}
    };
}

}  // namespace

/// Has a place for what is known of the entity for the field as it is now.
void CalculatedFields::begin_to_know(const FieldRef& field, Entity& entity) {
    const Uuid id = field->stored.id.uuid;
    const auto at = entity.known.find(id);
    if (at != entity.known.end() && at->second.field == field) return;
    entity.known.erase(id);
    entity.known.emplace(id, Entity::Known(field));
}

/// Has what was kept, or nothing, in memory.
Task<Result<>> CalculatedFields::recall(FieldRef field, EntityRef entity) {
    const model::CalculatedField& stored = field->stored;
    Entity::Known& known = entity->known.at(stored.id.uuid);
    if (known.recalled) co_return Result<>();
    if (states_ && field->keeps_state()) {
        const StateKey key(stored.tenant_id, entity->id, stored.id);
        auto kept = co_await states_->recall(key, older_memory_key(stored));
        if (!kept) co_return kept.error();
        known.kept = *std::move(kept);
    }
    const json::object* document = known.kept.document.if_object();
    if (document && !is_of_version(*document, stored)) document = nullptr;
    if (field->alarm) {
        const core::AlarmRules& rules = field->alarm->rules;
        known.alarm = std::make_unique<AlarmFieldState>(stored.tenant_id, entity->id, stored.name);
        if (document) known.alarm->rules = core::state_of(rules, known.kept.document);
        known.alarm->kept = core::remembered(rules, known.alarm->rules);
    } else if (document && field->configuration.aggregation) {
        known.plan =
            IntervalPlan::restored(*field->configuration.aggregation, field->limits, *document);
    } else if (document && field->configuration.related) {
        known.made_at = time_in(*document, "madeAt");
        if (known.kept.due) wake_at(*known.kept.due, *field, entity->id);
    } else if (document && field->configuration.geofencing) {
        restore_zones(*document, known.zones);
    }
    known.recalled = true;
    co_return Result<>();
}

/// `state` without the field's version; a null document: nothing is to be kept any more.
/// Errors: too_large - over the limit of the tenant; then nothing is kept.
Result<> CalculatedFields::keep(const FieldRef& field, const EntityRef& entity, KeptState state,
                                bool lazy) {
    if (!states_) return {};
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    const StateKey key(field->stored.tenant_id, entity->id, field->stored.id);
    if (json::object* document = state.document.if_object())
        (*document)["version"] = field->stored.version.value_or(0);
    if (state == known.kept) return {};
    const std::size_t most = field->limits.state_bytes_max;
    if (most != 0 && json::serialize(state.document).size() > most) {
        forget_state(field, entity);
        return Error{ErrorCode::too_large,
                     "State is larger than " + std::to_string(most) + " bytes!"};
    }
    known.kept = state;
    states_->keep(key, std::move(state), lazy);
    return {};
}

/// In memory and in the store: the field begins anew for the entity.
void CalculatedFields::forget_state(const FieldRef& field, const EntityRef& entity) {
    entity->known.erase(field->stored.id.uuid);
    if (!states_ || !field->keeps_state()) return;
    const StateKey key(field->stored.tenant_id, entity->id, field->stored.id);
    states_->keep(key, KeptState());
}

// --- by type ---

Result<> CalculatedFields::keep_alarm(const FieldRef& field, const EntityRef& entity) {
    if (!field->keeps_state()) return {};
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    AlarmFieldState& state = *known.alarm;
    const core::AlarmRules& rules = field->alarm->rules;
    const bool looks = rules.depends_on_time();
    core::AlarmRulesState now = core::remembered(rules, state.rules);
    const bool any = looks || !now.empty();
    KeptState kept;
    if (looks)
        kept.due = 0;
    else if (any)
        kept.due = core::due_ms(rules, state.rules, operands_of(field->configuration, known.values),
                                services_.clock.now_ms());
    const bool same =
        any == !known.kept.document.is_null() && now == state.kept && kept.due == known.kept.due;
    if (same) return {};
    if (any) kept.document = core::to_document(rules, now);
    state.kept = std::move(now);
    return keep(field, entity, std::move(kept));
}

Result<> CalculatedFields::keep_plan(const FieldRef& field, const EntityRef& entity, bool lazy) {
    const Entity::Known& known = entity->known.at(field->stored.id.uuid);
    KeptState kept;
    kept.document = known.plan->document();
    kept.due = known.plan->next();
    return keep(field, entity, std::move(kept), lazy);
}

/// A result that waits: due at `at`. None: it was made.
Result<> CalculatedFields::keep_waiting(const FieldRef& field, const EntityRef& entity,
                                        std::optional<EpochMs> at) {
    const Entity::Known& known = entity->known.at(field->stored.id.uuid);
    KeptState kept;
    kept.due = at;
    if (at)
        kept.document = json::object{
            {"madeAt", known.made_at}
        };
    // One that is made twice after a crash is the same.
    return keep(field, entity, std::move(kept), !at.has_value());
}

Result<> CalculatedFields::keep_zones(const FieldRef& field, const EntityRef& entity) {
    KeptState kept;
    kept.document = zones_document(entity->known.at(field->stored.id.uuid).zones);
    return keep(field, entity, std::move(kept));
}

}  // namespace thingstead::rule
