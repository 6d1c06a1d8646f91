// How many requests a node may have to answer: fewer after it was overwhelmed, and refilled by many
// at once under load, so that they share system calls and wakes. Of one thread.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>

namespace thingstead::store::cassandra {

class FlowLimit {
  public:
    using Clock = std::chrono::steady_clock;

    /// `most` of 1 and more.
    explicit FlowLimit(std::size_t most) : most_(most), limit_(most) {}

    std::size_t in_flight() const { return in_flight_; }
    std::size_t limit() const { return limit_; }

    /// Once it was full, not before half of the limit is answered.
    bool may_send() const {
        return saturated_ ? in_flight_ <= limit_ / 2 && in_flight_ < limit_ : in_flight_ < limit_;
    }
    void sent() { ++in_flight_; }
    /// After all was sent that could be: `more` waits.
    void filled(bool more) { saturated_ = more; }

    void succeeded() {
        --in_flight_;
        if (limit_ == most_ || ++successes_ < limit_) return;
        ++limit_;
        successes_ = 0;
    }
    void failed() { --in_flight_; }
    /// The node did not manage a request of `sent`: half as many from now on, one more for each
    /// round that succeeds. Requests of the same round count once.
    void overwhelmed(Clock::time_point sent, Clock::time_point now) {
        if (sent < halved_) return;
        halved_ = now;
        limit_ = std::max<std::size_t>(limit_ / 2, 1);
        successes_ = 0;
    }

  private:
    const std::size_t most_;
    std::size_t limit_;
    std::size_t in_flight_ = 0;
    std::size_t successes_ = 0;  ///< Since the limit changed.
    bool saturated_ = false;
    Clock::time_point halved_{};
};

}  // namespace thingstead::store::cassandra
