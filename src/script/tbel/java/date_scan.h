// Reading of numbers, names, offsets and zones at the front of a text: what the parsers of dates
// share.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "script/tbel/java/zone.h"

namespace thingstead::script::java {

/// Cuts digits off the front, at least `width_min` and at most `width_max`; nullopt: fewer are
/// there.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t width_min,
                                        std::size_t width_max);

bool take_prefix(std::string_view& text, std::string_view prefix);

/// The index of the longest of `names` that the text begins with; it is cut off.
template <class Names>
std::optional<std::size_t> take_name_of(std::string_view& text, const Names& names) {
    std::optional<std::size_t> longest;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (text.starts_with(names[i]) && (!longest || names[i].size() > names[*longest].size()))
            longest = i;
    if (longest) text.remove_prefix(names[*longest].size());
    return longest;
}

/// +h, +hh, +hhmm, +hh:mm, with seconds, or Z: cut off.
std::optional<ZoneRef> take_offset(std::string_view& text);

/// An offset, a zone id or an abbreviation ("CET"), perhaps after GMT, UTC or UT: cut off.
std::optional<ZoneRef> take_zone(std::string_view& text);

}  // namespace thingstead::script::java
