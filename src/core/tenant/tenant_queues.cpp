#include "core/tenant/tenant_queues.h"

#include <string>
#include <vector>

#include "core/entity/kind.h"
#include "core/entity/remove.h"
#include "model/queue.h"

namespace thingstead::core {
namespace {

using model::Queue;

/// The profile was checked when it was saved.
Result<std::vector<Queue>> queues_of(const model::TenantProfile& profile) {
    std::vector<Queue> queues;
    if (!profile.isolated_rule_engine) return queues;
    const json::object* const data = profile.profile_data.if_object();
    const json::value* const member = data ? data->if_contains("queueConfiguration") : nullptr;
    if (!member || !member->is_array()) return queues;
    return from_json<std::vector<Queue>>(*member);
}

const Queue* find_queue(const std::vector<Queue>& queues, const std::string& name) {
    for (const Queue& each : queues)
        if (each.name == name) return &each;
    return nullptr;
}

Result<> remove_queue(store::Transaction& transaction, const Queue& queue, EpochMs now_ms) {
    if (Result<> gone = forget_entity(transaction, queue.tenant_id, queue.id, now_ms, false); !gone)
        return gone;
    const auto gone = transaction.remove<Queue>({
        {"id", queue.id.uuid}
    });
    if (!gone) return gone.error();
    return {};
}

}  // namespace

Result<> sync_queues(store::Transaction& transaction, model::TenantId tenant,
                     const model::TenantProfile& profile, EpochMs now_ms) {
    const Result<std::vector<Queue>> wanted = queues_of(profile);
    if (!wanted) return wanted.error();
    const auto present = transaction.all<Queue>({
        {"tenantId", tenant.uuid}
    });
    if (!present) return present.error();
    for (const Queue& each : *present)
        if (!find_queue(*wanted, each.name))
            if (Result<> gone = remove_queue(transaction, each, now_ms); !gone) return gone;
    for (Queue each : *wanted) {
        const Queue* const before = find_queue(*present, each.name);
        each.id = before ? before->id : model::QueueId::make();
        each.created_time = before ? before->created_time : now_ms;
        each.tenant_id = tenant;
        Result<> done = before ? transaction.update(each) : transaction.insert(each);
        if (!done) return in_words(done.error());
    }
    return {};
}

}  // namespace thingstead::core
