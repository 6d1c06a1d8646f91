// What follows when arguments of a calculated field changed, by its type.
#include <algorithm>
#include <functional>
#include <utility>

#include "core/relation/relation.h"
#include "rule/calculated/alarm_run.h"
#include "rule/calculated/field.h"
#include "rule/calculated/ways.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"

namespace thingstead::rule {

using model::EntityId;

Task<Result<>> CalculatedFields::conclude(FieldRef field, EntityRef entity, const FieldInput& input,
                                          const Change& change, std::vector<FieldInput>& further) {
    const core::FieldConfiguration& configuration = field->configuration;
    if (field->alarm) co_return co_await conclude_alarm(field, entity, input, change);
    if (configuration.geofencing) co_return co_await conclude_zones(field, entity, input, further);
    if (configuration.propagation)
        co_return co_await propagate(field, entity, input, change, further);
    if (configuration.related) co_return co_await aggregate_soon(field, entity, input, further);
    const FieldValues& values = entity->known.at(field->stored.id.uuid).values;
    Result<json::value> result =
        field->program.formula ? evaluate_simple(configuration, *field->program.formula, values)
                               : evaluate_script(configuration, *field->program.script, values,
                                                 services_.clock.now_ms(), services_.scripts);
    if (!result) co_return result.error();
    note(*field, *entity, input, *result);
    const Target own(entity->id, entity->customer);
    co_return co_await emit(*field, own, input, *std::move(result), further);
}

Task<Result<>> CalculatedFields::conclude_alarm(FieldRef field, EntityRef entity,
                                                const FieldInput& input, const Change& change) {
    AlarmRun run(field, entity, input.calculated_by);
    run.moment.is_event = !change.arguments.empty();
    for (const std::size_t argument : change.arguments)
        for (const ChangedValue& each : input.values)
            if (rule::takes(field->configuration.arguments[argument], each))
                run.moment.event_ts = std::max(run.moment.event_ts, each.ts);
    co_return co_await run_alarm(std::move(run));
}

/// Time may have decided.
Task<Result<>> CalculatedFields::look_at_alarm(FieldRef field, EntityRef entity) {
    co_return co_await run_alarm(AlarmRun(field, entity, {}));
}

Task<Result<>> CalculatedFields::conclude_zones(FieldRef field, EntityRef entity,
                                                const FieldInput& input,
                                                std::vector<FieldInput>& further) {
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    const ZonesState before = known.zones;
    Result<ZonesOutcome> outcome = evaluate_zones(field->configuration, known.values, known.zones);
    if (!outcome) co_return outcome.error();
    Result<> done = co_await relate_zones(entity, *outcome);
    if (done) {
        note(*field, *entity, input, json::value(outcome->result));
        const Target own(entity->id, entity->customer);
        done = co_await emit(*field, own, input, json::value(std::move(outcome->result)), further);
    }
    // The message is run again.
    if (!done) known.zones = before;
    co_return done ? keep_zones(field, entity) : done;
}

Task<Result<>> CalculatedFields::relate_zones(EntityRef entity, const ZonesOutcome& outcome) {
    if (outcome.relations.empty()) co_return Result<>();
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        for (const ZoneRelations& each : outcome.relations) {
            model::EntityRelation relation;
            relation.type = each.relation.type;
            const bool outwards = each.relation.direction == model::SearchDirection::from;
            (outwards ? relation.from : relation.to) = entity->id;
            EntityId& zone = outwards ? relation.to : relation.from;
            for (const EntityId made : each.made) {
                zone = made;
                if (const auto put = core::put_relation(transaction, relation); !put)
                    return put.error();
            }
            for (const EntityId ended : each.ended) {
                zone = ended;
                if (const auto gone = core::drop_relation(transaction, relation); !gone)
                    return gone.error();
            }
        }
        return {};
    };
    co_return co_await net::with_deadline(services_.entities.write(work), answer_time_max);
}

/// A relation that was made brings everything to its other end alone.
Task<Result<>> CalculatedFields::propagate(FieldRef field, EntityRef entity,
                                           const FieldInput& input, const Change& change,
                                           std::vector<FieldInput>& further) {
    const core::PropagationPart& part = *field->configuration.propagation;
    const FieldValues& values = entity->known.at(field->stored.id.uuid).values;
    Result<json::value> result = json::value(json::object());
    if (part.by_script) {
        result = evaluate_script(field->configuration, *field->program.script, values,
                                 services_.clock.now_ms(), services_.scripts);
        if (!result) co_return result.error();
    } else {
        const auto& arguments = field->configuration.arguments;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const bool changed = std::find(change.arguments.begin(), change.arguments.end(), i) !=
                                 change.arguments.end();
            if (!changed && !input.relations && !input.reload) continue;
            if (const auto value = values.value(i))
                result->as_object()[arguments[i].name] = json_of(*value);
        }
    }
    const std::optional<EntityId> far = !input.related ? std::optional<EntityId>()
                                        : part.relation.direction == model::SearchDirection::from
                                            ? input.related->to
                                            : input.related->from;
    const std::function<Result<std::vector<Target>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<Target>> {
        auto found =
            at_end_of(reader, input.tenant, entity->id, {part.relation}, field->limits.related_max);
        if (!found) return found.error();
        std::vector<Target> targets;
        for (const EntityId each : *found) {
            if (far && each != *far) continue;
            const auto customer = customer_of(reader, input.tenant, each);
            targets.emplace_back(each, customer ? std::optional(*customer) : std::nullopt);
        }
        return targets;
    };
    const auto targets = co_await net::with_deadline(
        read_entities<std::vector<Target>>(services_, work), calculation_timeout_);
    if (!targets)
        co_return targets.error().code == ErrorCode::timeout ? took_too_long() : targets.error();
    if (targets->empty()) co_return Result<>();
    note(*field, *entity, input, *result);
    for (const Target& each : *targets)
        if (Result<> done = co_await emit(*field, each, input, *result, further); !done)
            co_return done;
    co_return Result<>();
}

}  // namespace thingstead::rule
