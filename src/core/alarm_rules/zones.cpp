#include "core/alarm_rules/zones.h"

#include "script/time_zone.h"

namespace thingstead::core {

Result<ZoneOffset> schedule_zone(std::string_view id) {
    const Result<script::TimeZoneRef> zone = script::find_time_zone(id);
    if (!zone) return zone.error();
    return ZoneOffset([zone = *zone](std::int64_t seconds) { return zone->offset_at(seconds); });
}

}  // namespace thingstead::core
