#include "rule/shared_counts.h"

namespace thingstead::rule {

std::optional<SharedCount::Taken> SharedCount::take(Time now, std::chrono::milliseconds interval) {
    const std::lock_guard lock(mutex_);
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - taken_at_);
    if (elapsed < interval) return std::nullopt;
    taken_at_ = now;
    return Taken{count_.exchange(0), elapsed};
}

std::shared_ptr<SharedCount> SharedCounts::of(model::RuleNodeId node, SharedCount::Time now) {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<SharedCount>& known = counts_[node];
    std::shared_ptr<SharedCount> count = known.lock();
    if (!count) {
        std::erase_if(counts_, [&](const auto& each) {
            return each.second.expired() && !(each.first == node);
        });
        count = std::make_shared<SharedCount>(now);
        counts_[node] = count;
    }
    return count;
}

}  // namespace thingstead::rule
