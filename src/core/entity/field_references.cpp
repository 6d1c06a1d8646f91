#include "core/entity/field_references.h"

#include "model/calculated_field.h"

namespace thingstead::core {

Result<bool> is_in_calculated_fields(store::Reader& reader, model::TenantId tenant,
                                     model::EntityId entity) {
    const store::Cell owner = store::ColumnCodec<model::EntityId>::write(entity);
    const auto found = reader.all<model::CalculatedField>(
        {
            {"tenantId", tenant.uuid},
            {"entityId", store::Compare::not_equal, owner},
            {"configuration", store::Compare::contains, entity.uuid.to_string()},
    },
        1);
    if (!found) return found.error();
    return !found->empty();
}

}  // namespace thingstead::core
