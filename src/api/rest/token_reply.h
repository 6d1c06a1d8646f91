// The answer to a log-in: {"token","refreshToken"}, with a scope if a second factor is asked for.
#pragma once
#include <string>
#include <string_view>

#include "api/rest/call.h"
#include "core/identity/token_signer.h"
#include "net/http.h"

namespace thingstead::api {

Result<net::Reply> token_reply(const Result<core::TokenPair>& pair);

/// A text member of the body; empty if there is none, or the body is of another shape.
std::string body_text(const Call& call, std::string_view name);

}  // namespace thingstead::api
