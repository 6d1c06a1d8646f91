// Errors of the house as the REST interface answers them.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "net/http.h"

namespace thingstead::api {

/// The interface's own numbers, by which clients tell errors apart.
enum class RestCode : int {
    general = 2,
    authentication = 10,
    token_expired = 11,
    credentials_expired = 15,
    permission_denied = 20,
    bad_request = 31,
    not_found = 32,
    too_many_requests = 33,
    version_conflict = 35,
    entities_limit = 41,
    password_violation = 45,
};

struct RestStatus {
    int http;
    RestCode code;
};

/// The one place where our words become HTTP statuses.
RestStatus rest_status(ErrorCode code);

/// {"status","message","errorCode","timestamp"} and `members`, JSON text without braces.
net::Reply error_document(RestStatus status, std::string_view message, EpochMs now_ms,
                          std::string_view members = {});
net::Reply error_document(const Error& error, EpochMs now_ms);
/// The message alone; nothing at all for our own failures.
net::Reply error_text(const Error& error);

}  // namespace thingstead::api
