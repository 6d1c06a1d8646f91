// Case mappings of single characters; the properties of characters are in text.h. Pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace thingstead::script::java {

/// Character.toUpperCase and toLowerCase of a code point.
std::int32_t simple_upper(std::int32_t code_point);
std::int32_t simple_lower(std::int32_t code_point);

/// What String.toUpperCase makes of a character where that is more than one, as UTF-8; else empty.
std::string_view special_upper(std::int32_t code_point);

}  // namespace thingstead::script::java
