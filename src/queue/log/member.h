// Who holds a partition for a group: one consumer, or the only member of the group.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "queue/log/core.h"
#include "queue/log/topic.h"

namespace thingstead::queue::log {

/// The right of one consumer to commit for (group, partition). Ends with it, or earlier by end().
/// Thread-safe.
class Lease {
  public:
    /// The partition was joined for the group.
    Lease(std::shared_ptr<Topic> topic, std::string group, PartitionIndex partition)
        : topic_(std::move(topic)), group_(std::move(group)), partition_(partition) {}
    ~Lease() { end(); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    void commit(Offset next);
    Offset committed() const { return topic_->groups.committed(group_, partition_); }
    /// Leaves the partition to others: no commit afterwards.
    void end();
    bool ended() const;

  private:
    const std::shared_ptr<Topic> topic_;
    const std::string group_;
    const PartitionIndex partition_;
    mutable std::mutex mutex_;
    bool ended_ = false;
};

/// Membership of the embedded queue: the member holds every partition from join() to leave().
class Membership {
  public:
    /// Calls on_assigned for every partition. Errors: conflict - the group has consumers.
    static Result<std::shared_ptr<Membership>> join(const std::shared_ptr<Core>& core,
                                                    const std::shared_ptr<Topic>& topic,
                                                    const std::string& group, GroupEvents events);
    explicit Membership(GroupEvents events) : events_(std::move(events)) {}
    /// Calls on_revoked for every partition, once; a second call waits for the first.
    void leave();

  private:
    GroupEvents events_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<Lease>> leases_;  ///< By partition; empty when it left.
};

class LogMember final : public GroupMember {
  public:
    explicit LogMember(std::shared_ptr<Membership> membership)
        : membership_(std::move(membership)) {}
    ~LogMember() override { membership_->leave(); }

  private:
    const std::shared_ptr<Membership> membership_;
};

}  // namespace thingstead::queue::log
