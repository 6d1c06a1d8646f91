// What nodes of the same id count together: every worker has nodes of its own, but tells one
// number.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "model/ids.h"

namespace thingstead::rule {

/// Thread-safe.
class SharedCount {
  public:
    using Time = std::chrono::steady_clock::time_point;
    explicit SharedCount(Time now) : taken_at_(now) {}

    void add(std::int64_t by) { count_ += by; }
    struct Taken {
        std::int64_t count;
        std::chrono::milliseconds elapsed;  ///< Since it was taken last.
    };
    /// Sets it back to 0. Nullopt: it was taken less than `interval` ago.
    std::optional<Taken> take(Time now, std::chrono::milliseconds interval);

  private:
    std::atomic<std::int64_t> count_{0};
    std::mutex mutex_;
    Time taken_at_;
};

/// Of one process. Thread-safe.
class SharedCounts {
  public:
    /// The count of a node; forgotten when the last node that has it is gone.
    std::shared_ptr<SharedCount> of(model::RuleNodeId node, SharedCount::Time now);

  private:
    std::mutex mutex_;
    std::unordered_map<model::RuleNodeId, std::weak_ptr<SharedCount>> counts_;
};

}  // namespace thingstead::rule
