// What was pushed to devices a moment ago, for services that turn out to hold them: a device's
// first report and what is pushed to it come by different ways, and either may be first.
#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace thingstead::core::cluster {

struct RecentPushesSettings {
    std::chrono::milliseconds life{5'000};  ///< A report that is later than this finds nothing.
    std::size_t bytes_max = 4u << 20;       ///< Beyond it the eldest go.
};

/// Not thread-safe.
class RecentPushes {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit RecentPushes(RecentPushesSettings settings = {});

    /// A push, as an encoded Notification, that comes `now`, at `at_ms` of the wall clock.
    void keep(model::DeviceId device, std::string push, Time now, EpochMs at_ms);
    /// The device's pushes that came at `from_ms` of the wall clock or later, in their order.
    std::vector<std::string> since(model::DeviceId device, Time now, EpochMs from_ms);

  private:
    struct Push {
        std::string bytes;
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
    std::size_t bytes_ = 0;   ///< Of all pushes, with what keeping them takes.
};

}  // namespace thingstead::core::cluster
