// What saving and deleting a queue asks for, and the rows of statistics. The queues of a new
// installation are core/installation.h.
#pragma once
#include <string>
#include <vector>

#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "core/platform.h"
#include "model/queue.h"
#include "net/task.h"

namespace thingstead::core {

template <>
struct EntityRules<model::Queue> {
    static Result<> prepare(Save<model::Queue>& save);
    /// Refuses queues that device profiles name.
    static Result<> removing(Removal<model::Queue>& removal);
};

/// What a queue may be, apart from other queues: names, numbers, strategies. Errors:
/// invalid_argument - the interface's words.
Result<> check_queue(const model::Queue& queue);

/// Whose queues a tenant's messages go through: its own if its profile isolates it, else the
/// installation's.
Result<model::TenantId> queue_owner(store::Reader& reader, model::TenantId tenant);

/// The row of a server's statistics of a tenant in a queue; made if it is missing.
Task<Result<model::QueueStats>> queue_stats_of(const Platform& platform, model::TenantId tenant,
                                               std::string queue_name, std::string service_id);

}  // namespace thingstead::core
