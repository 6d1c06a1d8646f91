// Entities at the end of a way over relations. To be called within a read; what is another
// tenant's is not there.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/calculated_field/relation_step.h"
#include "model/ids.h"
#include "store/entity_store.h"

namespace thingstead::rule {

using RelationWay = std::vector<core::RelationStep>;

/// Each once, `most` at most, in the order in which they are met. Errors: those of the reader;
/// too_large - as core::relations_of().
Result<std::vector<model::EntityId>> at_end_of(store::Reader& reader, model::TenantId tenant,
                                               model::EntityId from, const RelationWay& way,
                                               std::size_t most);
/// The entities that fields of `owner` run for, `owned_of_page` at a time, in the order of their
/// ids: those of a profile, or the owner itself. Errors: those of the reader.
inline constexpr std::int32_t owned_of_page = 1000;
Result<std::vector<model::EntityId>> owned_entities(store::Reader& reader, model::TenantId tenant,
                                                    model::EntityId owner, std::int32_t page);
/// The same way from its end.
RelationWay way_back(const RelationWay& way);

}  // namespace thingstead::rule
