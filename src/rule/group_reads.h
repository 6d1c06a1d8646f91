// Groups of entities as nodes ask for them: within the tenant of the message.
#pragma once
#include <optional>
#include <string>

#include "core/group/groups.h"
#include "rule/entity_reads.h"
#include "rule/node.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule {

/// The tenant or customer that owns an entity of which there are groups. Errors: unsupported - of
/// its kind there are none; not_found - "Originator not found".
Task<Result<model::EntityId>> group_owner_of(NodeServices& services, model::TenantId tenant,
                                             model::EntityId entity);

/// By owner, kind and name; nullopt: there is none.
Task<Result<std::optional<model::EntityGroup>>> find_group(NodeServices& services,
                                                           model::TenantId tenant,
                                                           model::EntityId owner,
                                                           model::EntityType type,
                                                           std::string name);

Error no_such_group(model::EntityType type, const std::string& name);

}  // namespace thingstead::rule
