// When an alarm rule is looked at: always, on some days of the week between two times, or between
// times of each day's own. Source: the interface's rule engine, device profile node.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

namespace thingstead::core {

/// Seconds that a time zone is ahead of UTC at an instant, in seconds since 1970.
using ZoneOffset = std::function<std::int32_t(std::int64_t epoch_seconds)>;
/// The time zone of an id: "Europe/Berlin", "+02:00". Errors: invalid_argument - there is none.
using FindZone = std::function<Result<ZoneOffset>(std::string_view id)>;

class Schedule {
  public:
    /// At any time.
    Schedule() = default;
    /// {"type": ANY_TIME | SPECIFIC_TIME | CUSTOM, …}; without a type `daysOfWeek` or `items` tell
    /// which it is, and {} is any time. Null is any time. Without a time zone it is UTC. Errors:
    /// invalid_argument - an unknown type or time zone, a day or time out of range.
    static Result<Schedule> read(const json::value& document, const FindZone& zones);

    bool is_active(EpochMs now) const;
    bool is_always() const { return always_; }

  private:
    /// Milliseconds of a day, until 24 hours. It begins after its end if it goes over midnight:
    /// then both ends of the day belong to it.
    struct Span {
        std::int32_t day = 1;  ///< 1: Monday.
        std::int64_t from_ms = 0;
        std::int64_t to_ms = 0;
    };
    static Result<Span> read_span(const json::object& times, std::int64_t day);

    ZoneOffset zone_;
    std::vector<Span> spans_;
    bool always_ = true;
};

}  // namespace thingstead::core
