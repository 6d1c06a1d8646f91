// What a tenant's profile grants to a calculated field.
#pragma once
#include "base/error.h"
#include "base/json.h"
#include "core/calculated_field/configuration.h"

namespace thingstead::core {

/// A number of a profile's configuration; 0: missing, or no number.
std::int64_t limit_in(const json::object& limits, std::string_view name);

/// Counts, levels and intervals; `limits` is the configuration of the profile. Errors:
/// invalid_argument - which one is over.
Result<> check_field_limits(const FieldConfiguration& configuration, const json::object& limits);

}  // namespace thingstead::core
