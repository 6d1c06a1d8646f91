// What the engine keeps of queues in the entity store: which there are, by which number the
// time-series store knows each topic, and statistics.
#pragma once
#include <string>
#include <vector>

#include "core/platform.h"
#include "net/task.h"
#include "rule/queue_counts.h"
#include "rule/queue_plan.h"

namespace thingstead::rule {

/// All queues that there are, each topic once. Gives new topics a number of their own, for ever.
/// Errors: unavailable; limit_reached - there are no more numbers.
Task<Result<std::vector<QueuePlan>>> read_queue_plans(store::EntityStore& store, Settings base,
                                                      EpochMs now_ms);

/// Saves the counts of a tenant as time series of the server's statistics of the queue.
/// Errors: unavailable.
Task<Result<bool>> save_queue_counts(core::Platform platform, model::TenantId tenant,
                                     std::string queue, std::string service_id,
                                     TenantCounts counts);

}  // namespace thingstead::rule
