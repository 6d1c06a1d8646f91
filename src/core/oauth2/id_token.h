// The ID token of OpenID Connect, as it comes from the token endpoint itself: over that connection
// its signature need not be checked (OpenID Connect Core 1.0 section 3.1.3.7, item 6), the rest is.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

namespace thingstead::core {

struct IdTokenExpected {
    std::string_view client_id;
    std::string_view nonce;
    EpochMs now_ms = 0;
};

/// The claims. Errors: unauthenticated - not a token, or for another client, another log-in or
/// another time.
Result<json::object> id_token_claims(std::string_view token, const IdTokenExpected& expected);

}  // namespace thingstead::core
