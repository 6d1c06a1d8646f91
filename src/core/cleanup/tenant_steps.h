// What a deleted tenant leaves behind, kind by kind: each step removes some rows of one kind.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/entity_events.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// A transaction's part of a step.
struct CleanupPart {
    std::int64_t rows = 0;              ///< Entities that were removed; 0: the step is done.
    std::vector<EntityChange> changes;  ///< To be told.
};

struct TenantStep {
    std::string_view name;  ///< Of the table.
    /// Removes at most `rows_max` entities with their relations, attributes and rows of their own.
    Result<CleanupPart> (*run)(store::Transaction& transaction, model::TenantId tenant,
                               std::int32_t rows_max, EpochMs now_ms);
};

/// In the order they are run; the place of a step is kept in the store, so new ones go to the end.
std::span<const TenantStep> tenant_steps();

}  // namespace thingstead::core
