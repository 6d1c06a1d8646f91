#include "core/entity/remove.h"

#include "core/entity/field_states.h"
#include "model/calculated_field.h"
#include "model/entity_group.h"
#include "model/field_state.h"
#include "model/relation.h"

namespace thingstead::core {
namespace {

store::Cell cell_of(model::EntityId id) { return store::ColumnCodec<model::EntityId>::write(id); }

Result<> forget_calculated(store::Transaction& transaction, model::EntityId entity) {
    const store::Filter of_entity{
        {"entityId", cell_of(entity)}
    };
    const auto fields = transaction.all<model::CalculatedField>(of_entity);
    if (!fields) return fields.error();
    for (const model::CalculatedField& each : *fields)
        if (Result<> gone = forget_states_of(transaction, each.id); !gone) return gone;
    if (const auto gone = transaction.remove<model::CalculatedField>(of_entity); !gone)
        return gone.error();
    const auto gone = transaction.remove<model::FieldState>(of_entity);
    return gone ? Result<>() : Result<>(gone.error());
}

/// Kinds that calculated fields can belong to.
bool may_have_calculated(model::EntityType type) {
    using enum model::EntityType;
    return type == device || type == asset || type == device_profile || type == asset_profile ||
           type == customer;
}

/// Kinds that remember something of other entities.
bool keeps_states(model::EntityType type) {
    return type == model::EntityType::calculated_field || type == model::EntityType::rule_node;
}

}  // namespace

Result<> forget_states_of(store::Transaction& transaction, model::EntityId owner) {
    const auto gone = transaction.remove<model::FieldState>({
        {"ownerId", cell_of(owner)}
    });
    return gone ? Result<>() : Result<>(gone.error());
}

Result<> forget_entity(store::Transaction& transaction, model::TenantId tenant,
                       model::EntityId entity, EpochMs now_ms, bool leaves_data) {
    const store::Cell type(std::string(wire_name(entity.type)));
    if (auto gone = transaction.remove<model::Relation>({
            {"fromId",   entity.uuid},
            {"fromType", type       }
    });
        !gone)
        return gone.error();
    if (auto gone = transaction.remove<model::Relation>({
            {"toId",   entity.uuid},
            {"toType", type       }
    });
        !gone)
        return gone.error();
    if (auto gone = transaction.remove<model::EntityGroupMember>({
            {"entityId", entity.uuid}
    });
        !gone)
        return gone.error();
    if (Result<> gone = transaction.remove_entity_attributes(entity); !gone) return gone;
    if (may_have_calculated(entity.type))
        if (Result<> gone = forget_calculated(transaction, entity); !gone) return gone;
    if (keeps_states(entity.type))
        if (Result<> gone = forget_states_of(transaction, entity); !gone) return gone;
    if (!leaves_data) return {};
    model::CleanupTask task;
    task.id = new_time_uuid();
    task.created_time = now_ms;
    task.tenant_id = tenant;
    task.entity_id = entity.uuid;
    task.entity_type = entity.type;
    return transaction.insert(task);
}

}  // namespace thingstead::core
