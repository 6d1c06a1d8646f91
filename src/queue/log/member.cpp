#include "queue/log/member.h"

#include "queue/log/consumer.h"

namespace thingstead::queue::log {

void Lease::commit(Offset next) {
    const std::lock_guard lock(mutex_);
    if (!ended_) topic_->groups.commit(group_, partition_, next);
}

void Lease::end() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(ended_, true)) topic_->groups.leave(group_, partition_);
}

bool Lease::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

Result<std::shared_ptr<Membership>> Membership::join(const std::shared_ptr<Core>& core,
                                                     const std::shared_ptr<Topic>& topic,
                                                     const std::string& group, GroupEvents events) {
    auto membership = std::make_shared<Membership>(std::move(events));
    std::vector<Offset> starts;
    for (PartitionIndex p = 0; p < topic->count(); ++p) {
        const Result<Offset> start = topic->groups.join(group, p);
        if (!start) return start.error();  // what was joined is left by the leases
        starts.push_back(*start);
        membership->leases_.push_back(std::make_shared<Lease>(topic, group, p));
    }
    for (PartitionIndex p = 0; p < topic->count(); ++p) {
        const auto at = static_cast<std::size_t>(p);
        membership->events_.on_assigned(
            std::make_unique<LogConsumer>(core, topic, membership->leases_[at], p, starts[at]));
    }
    return membership;
}

void Membership::leave() {
    const std::lock_guard lock(mutex_);
    for (std::size_t p = 0; p < leases_.size(); ++p) {
        events_.on_revoked(static_cast<PartitionIndex>(p), Revocation::orderly);
        leases_[p]->end();
    }
    leases_.clear();
}

}  // namespace thingstead::queue::log
