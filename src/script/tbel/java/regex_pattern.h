// Java's regular expressions rewritten in the spelling of PCRE2.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::script::java {

struct Pcre2Pattern {
    std::string text;
    bool unicode_classes = false;  ///< \w, \d, \s, \b know more than ASCII.
    bool caseless = false;         ///< From the start.
};

/// `flags` is a sum of RegexFlag. Errors: malformed, worded as PatternSyntaxException.
Result<Pcre2Pattern> to_pcre2(std::string_view pattern, unsigned flags);

/// "<what> near index 3\n<pattern>\n   ^"; `byte` is where it happened.
Error pattern_error(std::string_view what, std::string_view pattern, std::size_t byte);

}  // namespace thingstead::script::java
