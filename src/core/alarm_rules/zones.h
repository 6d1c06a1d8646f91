// The time zones that schedules of alarm rules name.
#pragma once
#include "core/alarm_rules/schedule.h"

namespace thingstead::core {

/// Regions of the system's tz database, and offsets: "Europe/Berlin", "UTC", "+02:00". Errors:
/// invalid_argument - there is none of the id.
Result<ZoneOffset> schedule_zone(std::string_view id);

}  // namespace thingstead::core
