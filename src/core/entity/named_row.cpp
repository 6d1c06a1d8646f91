#include "core/entity/named_row.h"

#include "core/entity/kind.h"
#include "model/entity_group.h"
#include "model/relation.h"
#include "store/row_mapping.h"

namespace thingstead::core {
namespace {

using model::EntityType;

Error unknown_kind(EntityType type) {
    return invalid("Unknown EntityType: " + std::string(wire_name(type)));
}

/// The customers that a dashboard is assigned to.
Result<> add_assigned(store::Reader& reader, const Uuid& dashboard, Subject& subject) {
    const auto customers = reader.distinct<model::Relation>(
        "fromId",
        {
            {"toId",              dashboard                                                  },
            {"relationTypeGroup", std::string(enum_name(model::RelationTypeGroup::dashboard))},
            {"fromType",          std::string(wire_name(EntityType::customer))               }
    });
    if (!customers) return customers.error();
    for (const store::Cell& each : *customers) {
        const auto id = store::ColumnCodec<model::CustomerId>::read(each);
        if (!id) return id.error();
        subject.shared_with.push_back(*id);
    }
    return {};
}

template <EntityType Kind>
Result<std::optional<EntitySummary>> summary(store::Reader& reader, const Uuid& id) {
    auto row = reader.find<NamedRow<Kind>>({
        {"id", id}
    });
    if (!row) return row.error();
    if (!*row) return std::optional<EntitySummary>();
    EntitySummary out;
    out.subject = {Resource::profile,
                   (*row)->id,
                   (*row)->tenant,
                   (*row)->owner.value_or(model::no_customer),
                   {}};
    if (const auto resource = resource_of(Kind)) out.subject.resource = *resource;
    out.owner = out.subject.owner;
    if constexpr (Kind == EntityType::tenant) out.subject.tenant = (*row)->id;
    if constexpr (Kind == EntityType::customer) out.subject.owner = (*row)->id;
    if constexpr (Kind == EntityType::dashboard)
        if (Result<> done = add_assigned(reader, id, out.subject); !done) return done.error();
    out.name = std::move((*row)->name);
    return std::optional(std::move(out));
}

/// Its rights are those on groups of the kind of its members.
Result<std::optional<EntitySummary>> group_summary(store::Reader& reader, const Uuid& id) {
    auto out = summary<EntityType::entity_group>(reader, id);
    if (!out || !*out) return out;
    const auto group = reader.find<model::EntityGroup>({
        {"id", id}
    });
    if (!group) return group.error();
    const auto resource = *group ? group_resource_of((*group)->type) : std::nullopt;
    if (!resource) return std::optional<EntitySummary>();
    (*out)->subject.resource = *resource;
    return out;
}

}  // namespace

Result<std::optional<EntitySummary>> summary_of(store::Reader& reader, model::EntityId entity) {
    using enum EntityType;
    switch (entity.type) {
        case tenant:         return summary<tenant>(reader, entity.uuid);
        case customer:       return summary<customer>(reader, entity.uuid);
        case user:           return summary<user>(reader, entity.uuid);
        case dashboard:      return summary<dashboard>(reader, entity.uuid);
        case asset:          return summary<asset>(reader, entity.uuid);
        case device:         return summary<device>(reader, entity.uuid);
        case rule_chain:     return summary<rule_chain>(reader, entity.uuid);
        case entity_view:    return summary<entity_view>(reader, entity.uuid);
        case widgets_bundle: return summary<widgets_bundle>(reader, entity.uuid);
        case widget_type:    return summary<widget_type>(reader, entity.uuid);
        case tenant_profile: return summary<tenant_profile>(reader, entity.uuid);
        case device_profile: return summary<device_profile>(reader, entity.uuid);
        case asset_profile:  return summary<asset_profile>(reader, entity.uuid);
        case tb_resource:    return summary<tb_resource>(reader, entity.uuid);
        case ota_package:    return summary<ota_package>(reader, entity.uuid);
        case role:           return summary<role>(reader, entity.uuid);
        case entity_group:   return group_summary(reader, entity.uuid);
        default:
            if (!resource_of(entity.type)) return unknown_kind(entity.type);
            return std::optional<EntitySummary>();
    }
}

Result<EntitySummary> load_summary(store::Reader& reader, const Caller& caller, Operation operation,
                                   model::EntityId entity) {
    Result<std::optional<EntitySummary>> found = summary_of(reader, entity);
    if (!found) return found.error();
    const bool hidden =
        *found && entity.type == EntityType::device && (*found)->subject.tenant != caller.tenant;
    if (!*found || hidden) return not_found(normal_name(entity.type), entity.uuid);
    if (Result<> allowed = check(reader, caller, operation, (*found)->subject); !allowed)
        return allowed.error();
    return **std::move(found);
}

}  // namespace thingstead::core

namespace thingstead::store {

TS_MAP_ROWS(core::NamedRow<model::EntityType::tenant>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::customer>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::user>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::dashboard>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::asset>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::device>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::rule_chain>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::entity_view>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::widgets_bundle>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::widget_type>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::tenant_profile>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::device_profile>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::asset_profile>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::tb_resource>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::ota_package>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::entity_group>)
TS_MAP_ROWS(core::NamedRow<model::EntityType::role>)

}  // namespace thingstead::store
