// The queue of a sandbox: what nodes put into it is handed back to the same run.
#pragma once
#include <deque>
#include <string>

#include "queue/queue.h"

namespace thingstead::rule {

/// Belongs to the sandbox's thread. Has one partition of any topic, and no consumers.
class SandboxQueue final : public queue::Queue {
  public:
    Result<> open_topic(const queue::TopicSettings&) override { return {}; }
    Result<std::unique_ptr<queue::Producer>> open_producer(std::string_view topic,
                                                           queue::ProducerEvents events) override;
    Result<std::unique_ptr<queue::Consumer>> open_consumer(std::string_view, std::string_view,
                                                           queue::PartitionIndex) override {
        return no_consumers();
    }
    Result<std::unique_ptr<queue::Consumer>> open_reader(std::string_view,
                                                         queue::PartitionIndex) override {
        return no_consumers();
    }
    Result<std::unique_ptr<queue::GroupMember>> join(std::string_view, std::string_view,
                                                     queue::GroupEvents) override {
        return no_consumers();
    }
    Result<queue::PartitionIndex> partitions(std::string_view) const override { return 1; }
    Result<> remove_group(std::string_view, std::string_view) override { return {}; }
    Result<> flush_commits() override { return {}; }
    void stop() override {}

    /// Records that were appended and not taken out yet.
    std::deque<std::string> records;

  private:
    static Error no_consumers() {
        return {ErrorCode::unsupported, "the queue of a replay has no consumers"};
    }
};

}  // namespace thingstead::rule
