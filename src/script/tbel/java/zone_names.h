// What people call a time zone.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "script/tbel/java/zone.h"

namespace thingstead::script::java {

/// "Central European Summer Time", short "CEST". Offsets are their id; a zone without a name in the
/// language is "GMT+03:00".
std::string zone_name(const Zone& zone, std::int64_t epoch_seconds, std::string_view language,
                      bool full);

/// "CET", "EST", "CEST": a zone of which it is the English short name, with its daylight time when
/// it has one. Errors: invalid_argument - none.
Result<ZoneRef> find_zone_by_short_name(std::string_view name);

}  // namespace thingstead::script::java
