// Values of one entity that fields of others take: of an entity that they name, of their owner, of
// one that is related to them. They are brought to where the other one's messages go.
#include <algorithm>
#include <functional>
#include <utility>

#include "core/entity/kind.h"
#include "model/asset.h"
#include "rule/calculated/field.h"
#include "rule/calculated/ways.h"
#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

using model::EntityId;
using model::EntityType;

/// Whether the field runs for the entity, which may have it from its profile.
Result<bool> runs_for(store::Reader& reader, model::TenantId tenant, EntityId owner,
                      EntityId entity) {
    if (owner == entity) return true;
    if (owner.type == EntityType::device_profile && entity.type == EntityType::device) {
        const auto device = find_own<model::Device>(reader, tenant, entity.uuid);
        if (!device) return device.error();
        return *device && EntityId((*device)->device_profile_id) == owner;
    }
    if (owner.type == EntityType::asset_profile && entity.type == EntityType::asset) {
        const auto asset = find_own<model::Asset>(reader, tenant, entity.uuid);
        if (!asset) return asset.error();
        return *asset && EntityId((*asset)->asset_profile_id) == owner;
    }
    return false;
}

template <class Wanted>
bool takes_any(const core::FieldConfiguration& configuration, const FieldInput& input,
               const Wanted& wanted) {
    return std::any_of(
        configuration.arguments.begin(), configuration.arguments.end(),
        [&](const core::FieldArgument& argument) {
            return wanted(argument) &&
                   std::any_of(input.values.begin(), input.values.end(),
                               [&](const ChangedValue& each) { return takes(argument, each); });
        });
}

}  // namespace

// --- to the worker that has the entity ---

bool CalculatedFields::is_here(model::TenantId tenant, EntityId entity) const {
    if (!services_.has_place) return true;
    NodeInfo main;
    main.tenant = tenant;
    return services_.has_place(main, entity.uuid);
}

/// Its values, if some field may take them.
Task<Result<>> CalculatedFields::hand_over(const FieldInput& input) {
    const bool wanted =
        input.reload ||
        std::any_of(input.values.begin(), input.values.end(), [&](const ChangedValue& each) {
            return wants(input.tenant, each.attribute, each.key);
        });
    if (!wanted) co_return Result<>();
    std::vector<model::QueuedMsg> messages;
    messages.push_back(linked_message(input, input.entity, services_.clock.now_ms()));
    co_return co_await way_of(input.tenant).push(std::move(messages));
}

/// A whole message, which enters no chain there.
Task<Result<>> CalculatedFields::hand_over(model::QueuedMsg queued) {
    wrap(queued);
    std::vector<model::QueuedMsg> messages;
    messages.push_back(std::move(queued));
    co_return co_await way_of(messages.front().tenant).push(std::move(messages));
}

// --- to other entities ---

Task<Result<>> CalculatedFields::tell_linked(const FieldInput& input) {
    const auto it = tenants_.find(input.tenant);
    if (it == tenants_.end()) co_return Result<>();
    const std::shared_ptr<const Tenant> tenant = it->second;
    std::set<std::pair<EntityType, Uuid>> owners;
    const auto add = [&](const std::vector<FieldRef>& fields, const auto& wanted) {
        for (const FieldRef& field : fields) {
            const EntityId owner = field->stored.entity_id;
            if (owner != input.source && !input.has_run(field->stored.id) &&
                takes_any(field->configuration, input, wanted))
                owners.emplace(owner.type, owner.uuid);
        }
    };
    if (const auto linked = tenant->by_source.find(input.source); linked != tenant->by_source.end())
        add(linked->second,
            [&](const core::FieldArgument& each) { return each.of == input.source; });
    if (input.source.type == EntityType::customer || input.source.type == EntityType::tenant)
        add(tenant->of_owners, [](const core::FieldArgument& each) { return each.of_owner; });
    for (const auto& [type, uuid] : owners)
        if (Result<> told = co_await tell_owners(input, EntityId(type, uuid)); !told)
            co_return told;
    for (const FieldRef& field : tenant->of_ways) {
        if (input.has_run(field->stored.id)) continue;
        const auto by_way = [](const core::FieldArgument& each) { return !each.path.empty(); };
        if (!takes_any(field->configuration, input, by_way)) continue;
        if (Result<> told = co_await tell_related(input, *field); !told) co_return told;
    }
    co_return Result<>();
}

/// Every entity that fields of `owner` run for.
Task<Result<>> CalculatedFields::tell_owners(const FieldInput& input, EntityId owner) {
    for (std::int32_t page = 0;; ++page) {
        const model::TenantId of = input.tenant;
        const std::function<Result<std::vector<EntityId>>(store::Reader&)> work =
            [of, owner, page](store::Reader& reader) {
                return owned_entities(reader, of, owner, page);
            };
        const auto entities = co_await read_entities<std::vector<EntityId>>(services_, work);
        if (!entities) co_return entities.error();
        if (entities->empty()) co_return Result<>();
        std::vector<model::QueuedMsg> messages;
        for (const EntityId each : *entities)
            if (each != input.source)
                messages.push_back(linked_message(input, each, services_.clock.now_ms()));
        if (messages.empty()) continue;
        if (Result<> pushed = co_await way_of(input.tenant).push(std::move(messages)); !pushed)
            co_return pushed;
    }
}

/// Entities that the field runs for and from which a way of it leads to the source.
Task<Result<>> CalculatedFields::tell_related(const FieldInput& input, const Field& field) {
    const std::function<Result<std::vector<EntityId>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<EntityId>> {
        std::vector<EntityId> found;
        for (const core::FieldArgument& argument : field.configuration.arguments) {
            if (argument.path.empty()) continue;
            const auto starts =
                at_end_of(reader, input.tenant, input.source, way_back(argument.path), 0);
            if (!starts) return starts.error();
            for (const EntityId each : *starts) {
                if (each == input.source ||
                    std::find(found.begin(), found.end(), each) != found.end())
                    continue;
                const Result<bool> runs =
                    runs_for(reader, input.tenant, field.stored.entity_id, each);
                if (!runs) return runs.error();
                if (*runs) found.push_back(each);
            }
        }
        return found;
    };
    const auto entities = co_await read_entities<std::vector<EntityId>>(services_, work);
    if (!entities) co_return entities.error();
    std::vector<model::QueuedMsg> messages;
    for (const EntityId each : *entities)
        messages.push_back(linked_message(input, each, services_.clock.now_ms()));
    if (messages.empty()) co_return Result<>();
    co_return co_await way_of(input.tenant).push(std::move(messages));
}

}  // namespace thingstead::rule
