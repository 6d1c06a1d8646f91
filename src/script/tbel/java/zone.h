// Time zones as java.time knows them: the regions of the system's tz database and fixed offsets.
// Source: RFC 8536 (TZif version 2 and later, with its footer rule), the contract of
// java.time.ZoneId. A zone is read from /usr/share/zoneinfo once per process and then shared; it
// never changes.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::script::java {

class Zone {
  public:
    virtual ~Zone() = default;

    /// As Java prints it: "Europe/Berlin", "+03:00", "UTC", "GMT+02:00", "Z".
    const std::string& id() const { return id_; }
    /// Whether it is a plain offset ("+03:00", "Z") and no region: java.time.ZoneOffset.
    virtual bool is_offset() const = 0;
    /// Offset from UTC in seconds, east positive, of an instant in seconds since 1970.
    virtual std::int32_t offset_at(std::int64_t epoch_seconds) const = 0;
    /// Whether daylight saving time rules then.
    virtual bool is_daylight_at(std::int64_t epoch_seconds) const = 0;
    /// The short name of the tz database then: "CET", "EST", "+03".
    virtual std::string_view abbreviation_at(std::int64_t epoch_seconds) const = 0;
    /// The instant of a local time, both in seconds since 1970: in an overlap the earlier one; a
    /// time in a gap moves forward by the length of the gap, as java.time resolves it.
    virtual std::int64_t instant_of_local(std::int64_t local_seconds) const = 0;

  protected:
    explicit Zone(std::string id) : id_(std::move(id)) {}

  private:
    std::string id_;
};

using ZoneRef = std::shared_ptr<const Zone>;

/// Largest offset, in seconds: 18 hours.
inline constexpr std::int32_t zone_offset_seconds_max = 18 * 3600;

/// ZoneId.of(id): "Z", "+h", "+hh", "+hh:mm", "+hhmm", "+hh:mm:ss", the prefixes UTC, GMT and UT
/// alone or with an offset, and regions. Errors: invalid_argument with Java's message: `Unknown
/// time-zone ID: X`, `Invalid ID for region-based ZoneId, invalid format: X`, ….
Result<ZoneRef> find_zone(std::string_view id);

/// "Z".
ZoneRef utc_zone();

/// The zone of an offset of at most zone_offset_seconds_max seconds.
ZoneRef offset_zone(std::int32_t seconds);

/// The text of an offset as java.time prints it: "Z", "+03:00", "-00:00:30".
std::string offset_text(std::int32_t seconds);

}  // namespace thingstead::script::java
