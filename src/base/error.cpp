#include "base/error.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace thingstead {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::malformed:          return "malformed";
        case ErrorCode::invalid_argument:   return "invalid_argument";
        case ErrorCode::unauthenticated:    return "unauthenticated";
        case ErrorCode::expired:            return "expired";
        case ErrorCode::forbidden:          return "forbidden";
        case ErrorCode::not_found:          return "not_found";
        case ErrorCode::conflict:           return "conflict";
        case ErrorCode::too_large:          return "too_large";
        case ErrorCode::rate_limited:       return "rate_limited";
        case ErrorCode::timeout:            return "timeout";
        case ErrorCode::unavailable:        return "unavailable";
        case ErrorCode::unsupported:        return "unsupported";
        case ErrorCode::internal:           return "internal";
        case ErrorCode::limit_reached:      return "limit_reached";
        case ErrorCode::password_expired:   return "password_expired";
        case ErrorCode::password_violation: return "password_violation";
    }
    return "internal";
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::logic_error("value() of an error: " + error.message + " " + error.detail);
}

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
    std::abort();
}

}  // namespace thingstead
