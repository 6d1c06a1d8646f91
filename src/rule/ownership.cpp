#include "rule/ownership.h"

#include <string>

namespace thingstead::rule {

Ownership::Ownership(queue::PartitionIndex partitions, MetricsRegistry& registry)
    : owned_(static_cast<std::size_t>(partitions)) {
    for (queue::PartitionIndex i = 0; i < partitions; ++i)
        gauges_.emplace_back(registry, "thingstead_rule_partition_owned",
                             "1: this process runs the messages of the partition.",
                             MetricLabels{
                                 {"partition", std::to_string(i)}
        });
}

void Ownership::set(queue::PartitionIndex partition, bool owned) {
    const auto at = static_cast<std::size_t>(partition);
    owned_[at] = owned;
    gauges_[at].set(owned ? 1 : 0);
    for (const Listener& each : listeners_) each(partition, owned);
}

bool Ownership::owns(queue::PartitionIndex partition) const {
    const auto at = static_cast<std::size_t>(partition);
    return partition >= 0 && at < owned_.size() && owned_[at];
}

}  // namespace thingstead::rule
