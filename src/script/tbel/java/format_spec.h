// One specifier of a format, as it is written.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::script::java {

struct FormatSpec {
    std::string_view text;               ///< All of it, from its `%`.
    std::optional<std::size_t> index{};  ///< From 1.
    bool previous = false;               ///< `<`: the argument of the specifier before.
    std::string flags{};
    std::optional<std::size_t> width{};
    std::optional<std::size_t> precision{};
    char conversion = '\0';  ///< In lower case; `upper` says what it was.
    bool upper = false;

    bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

/// Reads the specifier whose `%` is at `at`, which moves behind it, and checks that its parts go
/// together. Errors: as java.util.Formatter words them; too_large.
Result<FormatSpec> read_format_spec(std::string_view format, std::size_t& at);

}  // namespace thingstead::script::java
