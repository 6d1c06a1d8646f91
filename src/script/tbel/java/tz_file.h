// Compiled files of the tz database. Source: RFC 8536 (TZif), version 2 and later. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "script/tbel/java/tz_rule.h"

namespace thingstead::script::java {

struct TzType {
    std::int32_t offset;  ///< Seconds, east positive.
    bool daylight;
    std::string name;
};

struct TzFile {
    std::vector<std::int64_t> changes;      ///< Instants, ascending.
    std::vector<std::uint8_t> types_after;  ///< By change: an index of `types`.
    std::vector<TzType> types;              ///< At least one; the first rules before all changes.
    std::optional<TzRule> rule;             ///< From the last change on.
};

/// Errors: malformed - no TZif of version 2 or later, or cut short.
Result<TzFile> parse_tz_file(std::string_view bytes);

}  // namespace thingstead::script::java
