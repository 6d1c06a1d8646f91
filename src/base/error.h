// Errors of the whole house: one closed list of codes, two texts, and Result.
// Expected failures (bad input, no rights, full queue, closed peer) are a Result; an exception
// means a bug or an exhausted machine and is caught in one place per door.
#pragma once
#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace thingstead {

/// What went wrong, in words that every protocol can translate. Closed on purpose: a new code
/// is a new row in each protocol's status table, and the compiler names the tables.
enum class ErrorCode : std::uint8_t {
    // clang-format off
    malformed, invalid_argument, unauthenticated, expired, forbidden, not_found, conflict,
    too_large, rate_limited, timeout, unavailable, unsupported, internal,
    limit_reached, password_expired, password_violation,
    // clang-format on
};

std::string_view to_string(ErrorCode code);

struct Error {
    ErrorCode code;
    std::string message;   ///< For the caller: no secret, no SQL, no file path.
    std::string detail{};  ///< For the log alone.
    /// What a protocol that answers with documents adds: members as JSON text, without braces.
    std::string members{};
};

/// Called by Result::value() on an error: asking for a value that is not there is our bug.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& where);

/// Boost 1.81 has it; std::expected needs C++23.
template <class T = void>
using Result = boost::system::result<T, Error>;

/// For our own mistakes; stays on in release. Nothing a device, user or peer sends can reach one.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

#define TS_ASSERT(expression) \
    ((expression) ? void(0) : ::thingstead::assertion_failed(#expression, __FILE__, __LINE__))

}  // namespace thingstead
