// How a script ends before its end: thrown by operators and built-ins, caught by the context.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::script::tbel {

/// Where in the source nothing is known yet.
inline constexpr std::uint32_t nowhere = ~std::uint32_t{0};

struct Failure {
    ErrorCode code;
    std::string text;
    std::uint32_t at = nowhere;  ///< Byte of the source.
};

/// A failure of the script itself.
[[noreturn]] void fail(std::string text);
[[noreturn]] void fail_at(std::uint32_t at, std::string text);
/// A failure of a library function: passes its code on where it is a limit.
[[noreturn]] void fail(const Error& error);

/// "[Error: text]", "[Near : {... source ....}]" with a caret below, "[Line: n, Column: m]";
/// without a place the text alone.
std::string describe_failure(const Failure& failure, std::string_view source);

}  // namespace thingstead::script::tbel
