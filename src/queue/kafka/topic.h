// A topic of ours: N topics of one partition each at the broker, as the reference platform has
// them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "queue/kafka/client.h"
#include "queue/queue.h"

namespace thingstead::queue::kafka {

struct Topic {
    std::string name;                ///< As the port's callers know it.
    std::vector<std::string> names;  ///< As the broker knows its partitions.

    PartitionIndex count() const { return static_cast<PartitionIndex>(names.size()); }
    /// The partition that the broker's topic is; -1: none.
    PartitionIndex index_of(std::string_view broker_name) const;
};

/// Finds the topic at the broker, or makes it. `admin` is any client.
/// Errors: invalid_argument - what the broker does not grant; unavailable.
Result<Topic> open_topic(const Context& context, rd_kafka_t* admin, const TopicSettings& settings);

/// Forgets the positions of a group in the topic. Errors: not_found - there are none; conflict -
/// the group has members; unavailable.
Result<> remove_group(const Context& context, rd_kafka_t* admin, const Topic& topic,
                      const std::string& group);

}  // namespace thingstead::queue::kafka
