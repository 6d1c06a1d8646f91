// The handlers of this resource that its table names.
#pragma once
#include "api/rest/call.h"
#include "core/identity/two_factor.h"

namespace thingstead::api::two_factor {

/// Errors: malformed, invalid_argument.
Result<core::TwoFactorProvider> provider_parameter(const Call& call);

// A log-in that waits for its second factor.
Task<Result<net::Reply>> list_factors(Call call);
Task<Result<net::Reply>> send_code(Call call);
Task<Result<net::Reply>> check_code(Call call);
Task<Result<net::Reply>> finish_set_up(Call call);

}  // namespace thingstead::api::two_factor
