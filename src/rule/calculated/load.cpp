// What calculated fields know of their arguments: read from the stores when it is first needed, and
// kept up with what is saved.
#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "rule/calculated/field.h"
#include "rule/calculated/ways.h"
#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

using core::ArgumentType;
using model::EntityId;

/// Attributes and telemetry of another tenant are not there.
Task<Result<bool>> is_own(NodeServices& services, model::TenantId tenant, EntityId entity) {
    if (entity.type == model::EntityType::tenant) co_return entity.uuid == tenant.uuid;
    const std::function<Result<Belongs>(store::Reader&)> work =
        [tenant, entity](store::Reader& reader) { return owner_of(reader, tenant, entity); };
    const auto belongs = co_await read_entities<Belongs>(services, work);
    if (!belongs) co_return belongs.error();
    co_return *belongs == Belongs::to_tenant;
}

Task<Result<ArgumentValue>> read_attribute(NodeServices& services, EntityId of,
                                           core::FieldArgument argument) {
    using Found = std::vector<model::Attribute>;
    const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.attributes(of, argument.scope, {argument.key});
    };
    auto found = co_await read_entities<Found>(services, work);
    if (!found) co_return found.error();
    ArgumentValue value;
    if (found->empty()) co_return value;
    value.ts = found->front().last_update_ms;
    value.value = std::move(found->front().value);
    co_return value;
}

Task<Result<ArgumentValue>> read_latest(NodeServices& services, EntityId of, std::string key) {
    std::vector<std::string> keys{std::move(key)};
    auto found = co_await services.telemetry.latest(of, std::move(keys));
    if (!found) co_return found.error();
    ArgumentValue value;
    if (found->empty()) co_return value;
    value.ts = found->front().ts;
    value.value = std::move(found->front().value);
    co_return value;
}

Task<Result<ArgumentValue>> read_points(NodeServices& services, EntityId of,
                                        core::FieldArgument argument, std::size_t granted,
                                        EpochMs now) {
    core::HistoryQuery query;
    query.key = argument.key;
    query.start_ms = now - argument.window.count();
    query.end_ms = now + 1;
    query.limit = argument.points_max == 0 ? granted : argument.points_max;
    if (granted != 0) query.limit = std::min(query.limit, granted);
    if (query.limit == 0) query.limit = 1000;
    std::vector<core::HistoryQuery> queries{std::move(query)};
    const auto found = co_await services.telemetry.history(of, std::move(queries));
    if (!found) co_return found.error();
    ArgumentValue value;
    for (const core::KeyHistory& each : *found)
        for (const model::TimedValue& point : each.points)
            value.points.emplace_back(point.ts, number_of(point.value).value_or(std::nan("")));
    co_return value;
}

/// Whose value an argument without a way is.
EntityId source_of(const core::FieldArgument& argument, EntityId entity,
                   const std::optional<model::CustomerId>& customer, model::TenantId tenant) {
    if (argument.of) return *argument.of;
    if (!argument.of_owner) return entity;
    return customer ? EntityId(*customer) : EntityId(tenant);
}

/// Whether a changed relation of the entity may change what a field takes, or hands on.
bool follows(const core::FieldConfiguration& configuration, const FieldInput& input) {
    if (!input.relations) return false;
    if (const auto& part = configuration.propagation) {
        if (!input.related || input.related->type != part->relation.type) return false;
        const bool outwards = part->relation.direction == model::SearchDirection::from;
        return (outwards ? input.related->from : input.related->to) == input.entity;
    }
    for (const core::FieldArgument& argument : configuration.arguments)
        for (const core::RelationStep& step : argument.path)
            if (!input.related || input.related->type == step.type) return true;
    return false;
}

bool takes_one_of(const core::FieldArgument& argument, const FieldInput& input) {
    return std::any_of(input.values.begin(), input.values.end(),
                       [&](const ChangedValue& each) { return takes(argument, each); });
}

}  // namespace

Task<Result<CalculatedFields::Change>> CalculatedFields::take_values(FieldRef field,
                                                                     EntityRef entity,
                                                                     const FieldInput& input) {
    const auto& arguments = field->configuration.arguments;
    Change change;
    const bool relations = follows(field->configuration, input);
    bool fresh = relations || input.reload;
    std::vector<std::size_t> concerned;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const core::FieldArgument& argument = arguments[i];
        const bool from_there =
            argument.path.empty()
                ? source_of(argument, entity->id, entity->customer, input.tenant) == input.source
                : input.source != entity->id;
        if (from_there && takes_one_of(argument, input)) concerned.push_back(i);
    }
    if (concerned.empty() && !relations && !input.saved) co_return change;

    const EpochMs now = services_.clock.now_ms();
    begin_to_know(field, *entity);
    if (Result<> recalled = co_await recall(field, entity); !recalled) co_return recalled.error();
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    // It has run as it is now: a value came before the news.
    if (input.saved && known.loaded) co_return change;
    const EpochMs refresh = std::chrono::milliseconds(field->configuration.refresh).count();
    fresh = fresh || !known.loaded || (refresh != 0 && now - known.loaded_at >= refresh);
    for (const std::size_t i : concerned) {
        const auto& related = known.values.related(i);
        // One that came to the related entities unnoticed.
        if (!arguments[i].path.empty() &&
            std::none_of(related.begin(), related.end(),
                         [&](const RelatedValue& each) { return each.entity == input.source; }))
            fresh = true;
    }
    if (fresh) {
        if (Result<> loaded = co_await load(field, entity); !loaded) co_return loaded.error();
        change.any = relations || input.reload;
    }
    for (const std::size_t i : concerned) {
        if (input.reload) break;
        bool any = false;
        for (const ChangedValue& each : input.values) {
            if (!rule::takes(arguments[i], each)) continue;
            any = (arguments[i].many
                       ? known.values.apply_related(i, input.source, each).value_or(false)
                       : known.values.apply(i, each)) ||
                  any;
        }
        if (any) change.arguments.push_back(i);
        change.any = change.any || any;
    }
    known.values.roll(now);
    if (Result<> fits = check_size(field, entity); !fits) co_return fits.error();
    co_return change;
}

Result<> CalculatedFields::check_size(const FieldRef& field, const EntityRef& entity) {
    const auto why = entity->known.at(field->stored.id.uuid).values.over_limit();
    if (!why) return {};
    forget_state(field, entity);
    return Error{ErrorCode::too_large, *why};
}

/// Also what was kept of it.
Task<Result<>> CalculatedFields::load(FieldRef field, EntityRef entity) {
    if (Result<> recalled = co_await recall(field, entity); !recalled) co_return recalled;
    const EpochMs now = services_.clock.now_ms();
    const model::TenantId tenant = field->stored.tenant_id;
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    for (std::size_t i = 0; i < field->configuration.arguments.size(); ++i) {
        const core::FieldArgument& argument = field->configuration.arguments[i];
        if (argument.many) {
            if (Result<> loaded = co_await load_related(field, entity, i); !loaded)
                co_return loaded;
            continue;
        }
        const EntityId of = source_of(argument, entity->id, entity->customer, tenant);
        if (argument.of) {
            const Result<bool> own = co_await is_own(services_, tenant, of);
            if (!own) co_return own.error();
            if (!*own) continue;
        }
        Result<ArgumentValue> value = ArgumentValue();
        if (argument.type == ArgumentType::attribute)
            value = co_await read_attribute(services_, of, argument);
        else if (argument.type == ArgumentType::ts_latest)
            value = co_await read_latest(services_, of, argument.key);
        else
            value = co_await read_points(services_, of, argument, field->limits.rolling_points_max,
                                         now);
        if (!value) co_return value.error();
        known.values.set(i, *std::move(value));
    }
    if (field->configuration.geofencing)
        if (Result<> zones = co_await load_zones(field, entity); !zones) co_return zones;
    known.loaded = true;
    known.loaded_at = now;
    co_return Result<>();
}

Task<Result<>> CalculatedFields::load_related(FieldRef field, EntityRef entity,
                                              std::size_t position) {
    const core::FieldArgument& argument = field->configuration.arguments[position];
    const model::TenantId tenant = field->stored.tenant_id;
    std::vector<EntityId> sources;
    if (argument.path.empty()) {
        const EntityId of = source_of(argument, entity->id, entity->customer, tenant);
        const Result<bool> own = co_await is_own(services_, tenant, of);
        if (!own) co_return own.error();
        if (*own) sources.push_back(of);
    } else {
        const std::function<Result<std::vector<EntityId>>(store::Reader&)> work =
            [&](store::Reader& reader) {
                return at_end_of(reader, tenant, entity->id, argument.path,
                                 field->limits.related_max);
            };
        auto found = co_await read_entities<std::vector<EntityId>>(services_, work);
        if (!found) co_return found.error();
        sources = *std::move(found);
    }
    const auto& related = field->configuration.related;
    if (related && related->relation.direction == model::SearchDirection::to && sources.size() > 1)
        co_return Error{ErrorCode::invalid_argument,
                        "An aggregation over relations TO the entity takes one related entity, " +
                            std::to_string(sources.size()) + " are related!"};
    std::vector<RelatedValue> values;
    for (const EntityId source : sources) {
        Result<ArgumentValue> value = ArgumentValue();
        if (argument.type == ArgumentType::attribute)
            value = co_await read_attribute(services_, source, argument);
        else
            value = co_await read_latest(services_, source, argument.key);
        if (!value) co_return value.error();
        values.push_back({source, *std::move(value)});
    }
    entity->known.at(field->stored.id.uuid).values.set_related(position, std::move(values));
    co_return Result<>();
}

/// Where the entity was when a result was saved last, if nothing was kept: by an older server.
Task<Result<>> CalculatedFields::load_zones(FieldRef field, EntityRef entity) {
    const core::FieldOutput& output = field->configuration.output;
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    for (const core::ZoneGroup& group : field->configuration.geofencing->groups) {
        ZonesState::Group& state = known.zones.groups[group.name];
        if (state.looked || state.inside) continue;
        std::optional<model::Value> saved[2];
        for (std::size_t i = 0; i < 2; ++i) {
            core::FieldArgument asked;
            asked.key = group.name + (i == 0 ? "Event" : "Status");
            asked.scope = output.scope;
            Result<ArgumentValue> value = ArgumentValue();
            if (output.attributes)
                value = co_await read_attribute(services_, entity->id, asked);
            else
                value = co_await read_latest(services_, entity->id, asked.key);
            if (!value) co_return value.error();
            saved[i] = std::move(value->value);
        }
        state.inside = was_inside(saved[0], saved[1]);
    }
    co_return Result<>();
}

}  // namespace thingstead::rule
