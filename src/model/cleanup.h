// What is left to remove of an entity that is gone; rows survive a restart.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

struct CleanupTask {
    Uuid id{};
    EpochMs created_time = 0;
    TenantId tenant_id;
    Uuid entity_id{};
    EntityType entity_type = EntityType::device;
    std::int64_t step = 0;         ///< Of the kind's steps; those before it are done.
    std::int64_t done = 0;         ///< Rows removed so far, for whoever waits.
    std::optional<Uuid> worker{};  ///< Who works on it, until `taken_until`.
    EpochMs taken_until = 0;       ///< Nobody takes it before; 0: it waits.
};
constexpr auto describe(const CleanupTask*) {
    return fields(field("id", &CleanupTask::id), field("createdTime", &CleanupTask::created_time),
                  field("tenantId", &CleanupTask::tenant_id),
                  field("entityId", &CleanupTask::entity_id),
                  field("entityType", &CleanupTask::entity_type), field("step", &CleanupTask::step),
                  field("done", &CleanupTask::done), field("worker", &CleanupTask::worker),
                  field("takenUntil", &CleanupTask::taken_until));
}
constexpr std::string_view table_name(const CleanupTask*) { return "cleanup_task"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::CleanupTask)
}  // namespace thingstead
