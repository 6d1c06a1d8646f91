// Time zones by their ids, for whoever reckons with local times: "Europe/Berlin", "+02:00", "UTC".
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace thingstead::script {

/// Never changes; any number of threads may ask.
class TimeZone {
  public:
    virtual ~TimeZone() = default;

    /// Seconds that local time is ahead of UTC at an instant, in seconds since 1970.
    virtual std::int32_t offset_at(std::int64_t epoch_seconds) const = 0;
    /// The instant of a local time, both in seconds since 1970: in an overlap the earlier one, in
    /// a gap moved forward by its length.
    virtual std::int64_t instant_of_local(std::int64_t local_seconds) const = 0;
};

using TimeZoneRef = std::shared_ptr<const TimeZone>;

/// Errors: invalid_argument - there is none of the id.
Result<TimeZoneRef> find_time_zone(std::string_view id);
TimeZoneRef utc_time_zone();

}  // namespace thingstead::script
