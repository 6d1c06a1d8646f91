#include "core/installation.h"
#include "model/queue.h"

namespace thingstead::core {
namespace {

using model::ProcessingStrategyType;
using model::Queue;
using model::SubmitStrategyType;

struct SystemQueue {
    const char *name, *topic;
    SubmitStrategyType submit;
    std::int32_t batch_size;
    ProcessingStrategyType processing;
    std::int32_t retries;
    std::int64_t pause_s;
};

constexpr SystemQueue system_queues[] = {
    {"Main",                   "tb_rule_engine.main", SubmitStrategyType::burst,                    1000,
     ProcessingStrategyType::skip_all_failures,                                                                                                               3, 3},
    {"HighPriority",           "tb_rule_engine.hp",   SubmitStrategyType::burst,                    100,
     ProcessingStrategyType::retry_failed_and_timed_out,                                                                                                      0, 5},
    {"SequentialByOriginator", "tb_rule_engine.sq",   SubmitStrategyType::sequential_by_originator,
     100,                                                                                                 ProcessingStrategyType::retry_failed_and_timed_out, 3, 5},
};

Queue queue_of(const SystemQueue& row, EpochMs now_ms) {
    Queue queue;
    queue.id = model::QueueId::make();
    queue.created_time = now_ms;
    queue.name = row.name;
    queue.topic = row.topic;
    queue.poll_interval_ms = 25;
    queue.partitions = 10;
    queue.consumer_per_partition = true;
    queue.pack_processing_timeout_ms = 2000;
    queue.submit_strategy = model::SubmitStrategy{row.submit, row.batch_size};
    queue.processing_strategy =
        model::ProcessingStrategy{row.processing, row.retries, 0, row.pause_s, row.pause_s};
    return queue;
}

}  // namespace

Result<> ensure_system_queues(store::Transaction& transaction, EpochMs now_ms) {
    // Once: what an administrator deleted later stays away.
    const auto count = transaction.count<Queue>({
        {"tenantId", model::system_tenant.uuid}
    });
    if (!count) return count.error();
    if (*count > 0) return {};
    for (const SystemQueue& each : system_queues)
        if (Result<> made = transaction.insert(queue_of(each, now_ms)); !made) return made;
    return {};
}

}  // namespace thingstead::core
