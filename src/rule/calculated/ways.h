// Entities at the end of a way over relations. To be called within a read; what is another
// tenant's is not there.
#pragma once
#include <cstddef>
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
/// The same way from its end.
RelationWay way_back(const RelationWay& way);

}  // namespace thingstead::rule
