// A queue of the rule engine as it is run: from the entity that administrators see.
// Source: the interface's rule engine, queues.
#pragma once
#include <cstdint>
#include <string>

#include "core/rule_queues.h"
#include "model/queue.h"
#include "queue/queue.h"
#include "rule/settings.h"

namespace thingstead::rule {

struct QueuePlan {
    model::TenantId tenant = model::system_tenant;
    std::string name{core::main_queue};
    std::string topic{core::main_topic};
    queue::PartitionIndex partitions = 0;  ///< Of a topic that is not there yet.
    /// Tells topics apart for a store that remembers how far each partition is stored: the same
    /// for ever. Main has 0.
    std::int32_t slot = 0;
    Settings settings{};

    bool is_main() const { return topic == core::main_topic; }
    /// Of its consumers.
    std::string group() const;
    /// By which the store knows a partition.
    std::int32_t source(queue::PartitionIndex partition) const { return slot << 10 | partition; }
    friend bool operator==(const QueuePlan&, const QueuePlan&) = default;
};

inline constexpr std::int32_t slots_max = 1 << 20;

/// `base`: what the entity does not say.
QueuePlan plan_of(const model::Queue& queue, const Settings& base);

}  // namespace thingstead::rule
