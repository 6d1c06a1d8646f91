// What was pushed to devices a moment ago, for services that turn out to hold them: a device's
// first report and what is pushed to it come by different ways, and either may be first.
#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "core/cluster/messages.h"

namespace thingstead::core::cluster {

struct RecentPushesSettings {
    std::chrono::milliseconds life{5'000};  ///< A report that is later than this finds nothing.
    std::size_t pushes_max = 10'000;        ///< Beyond it the eldest go.
};

/// Not thread-safe.
class RecentPushes {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit RecentPushes(RecentPushesSettings settings = {});

    /// A push that comes `now`, at `at_ms` of the wall clock.
    void keep(model::DeviceId device, Notification what, Time now, EpochMs at_ms);
    /// The device's pushes that came at `from_ms` of the wall clock or later, in their order.
    std::vector<Notification> since(model::DeviceId device, Time now, EpochMs from_ms);

  private:
    struct Push {
        Notification what;
        EpochMs at_ms;
    };
    struct Kept {
        model::DeviceId device;
        Time at;
    };
    void drop_eldest();
    void expire(Time now);

    RecentPushesSettings settings_;
    std::unordered_map<model::DeviceId, std::deque<Push>> by_device_;
    std::deque<Kept> order_;  ///< Of all pushes, eldest first.
};

}  // namespace thingstead::core::cluster
