// A partition that this process reads for a group, from its assignment until it is given up.
#pragma once
#include <atomic>
#include <mutex>
#include <string>

#include "queue/kafka/client.h"
#include "queue/queue.h"

namespace thingstead::queue::kafka {

class GroupClient;

/// Shared by the consumer, its batches and the client; keeps the client alive. Thread-safe.
class Holding {
  public:
    static constexpr Offset unknown = -1;

    Holding(std::shared_ptr<GroupClient> c, std::string name, PartitionIndex i, Offset committed);
    ~Holding();
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;

    /// Does nothing once it ended.
    void commit(Offset next);
    /// What commit() said last, or what is durable; unknown: the broker was not asked.
    Offset committed() const;
    /// From now on commits do nothing.
    void end();
    /// And those that were made are not to be sent.
    void lose();
    bool ended() const { return ended_.load(); }

    /// The position to be made durable, if it is not.
    std::optional<Offset> uncommitted() const;
    void made_durable(Offset next);

    /// Makes a wait for records return.
    void wake();
    bool take_woken() { return woken_.exchange(false); }
    rd_kafka_queue_t* queue() const { return queue_.get(); }

    const std::shared_ptr<GroupClient> client;
    const std::string broker_name;
    const PartitionIndex index;

  private:
    /// Its records alone: they do not wait behind those of other partitions.
    const Owned<rd_kafka_queue_t> queue_;
    mutable std::mutex mutex_;
    Offset wanted_;
    Offset durable_;
    bool lost_ = false;
    std::atomic<bool> ended_{false};
    std::atomic<bool> woken_{false};
};

}  // namespace thingstead::queue::kafka
