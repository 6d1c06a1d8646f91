// Who is needed by calculated fields of others, and so may not go.
#pragma once
#include "model/ids.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Whether a calculated field of another entity of the tenant takes values of `entity`.
Result<bool> is_in_calculated_fields(store::Reader& reader, model::TenantId tenant,
                                     model::EntityId entity);

}  // namespace thingstead::core
