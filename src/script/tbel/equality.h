// Java's equals, hashCode and compareTo of values.
#pragma once
#include <cstdint>

#include "script/tbel/run.h"

namespace thingstead::script::tbel {

/// equals: types count (1 is not 1.0), collections deep. Throws beyond data_depth_max.
bool java_equals(Run& run, const Value& left, const Value& right, std::uint32_t depth = 0);

/// Of keys and elements; equal values have equal ones. As Java's for scalars and texts.
std::uint32_t java_hash(Run& run, const Value& value, std::uint32_t depth = 0);

/// A number as a double, whatever its type.
double number_as_double(const Value& value);
/// A number as Java's longValue() and intValue().
std::int64_t number_as_long(const Value& value);
std::int32_t number_as_int(const Value& value);

}  // namespace thingstead::script::tbel
