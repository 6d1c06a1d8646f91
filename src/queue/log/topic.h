// A topic of the embedded queue: its directory, partitions and groups.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "queue/log/groups.h"
#include "queue/log/partition.h"

namespace thingstead::queue::log {

struct Topic {
    explicit Topic(Context& context, TopicSettings s, const std::string& directory)
        : settings(std::move(s)), groups(context, directory + "/groups", partitions) {}

    /// Creates or opens it below `directory`. Errors: invalid_argument; unavailable.
    static Result<std::shared_ptr<Topic>> open(Context& context, TopicSettings settings,
                                               const std::string& directory);
    PartitionIndex count() const { return static_cast<PartitionIndex>(partitions.size()); }

    const TopicSettings settings;
    std::vector<std::unique_ptr<Partition>> partitions;
    Groups groups;
};

}  // namespace thingstead::queue::log
