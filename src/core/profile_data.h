// The document of a tenant profile: what is missing in it, and what it must not say.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "model/entities.h"

namespace thingstead::core {

/// `profileData` with every limit at its default: 0 is no limit.
json::value default_profile_data();
/// The queue of a tenant that has a rule engine of its own.
json::value main_queue_configuration();

/// Adds the limits that are missing. Errors: invalid_argument - the text of a rate limit, the
/// queues of an isolated rule engine.
Result<> complete_profile_data(model::TenantProfile& profile);

/// "count:seconds[,count:seconds…]"; an empty text passes. Errors: invalid_argument - what is
/// wrong, as part of a validation error.
Result<> check_rate_limit(std::string_view label, std::string_view text);

}  // namespace thingstead::core
