// What the parts of the translation of regular expressions share: a place in the pattern and the
// reading of escapes. An error is kept and the reader stands at the end from then on.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "script/tbel/java/regex.h"

namespace thingstead::script::java {

class RegexReader {
  public:
    RegexReader(std::string_view pattern, unsigned flags) : pattern_(pattern), flags_(flags) {}

    bool at_end() const { return at_ >= pattern_.size(); }
    std::size_t at() const { return at_; }
    std::string_view rest() const { return pattern_.substr(at_); }
    /// The next byte; 0 at the end.
    char peek() const { return at_end() ? '\0' : pattern_[at_]; }
    bool take(std::string_view text);
    void skip(std::size_t bytes) { at_ += bytes; }
    std::int32_t take_code_point();

    bool has(unsigned flag) const { return (flags_ & flag) != 0; }
    unsigned flags() const { return flags_; }
    void set_flags(unsigned flags) { flags_ = flags; }
    /// With the flag x: passes blanks and comments.
    void skip_comments();

    /// What stands behind a backslash, where that is one character: \t, \x41, \u0041, \., …;
    /// nullopt and nothing taken: it is something else (\d, \p, \b, …).
    std::optional<std::int32_t> take_escaped_character();
    /// \p or \P, which has been taken: what stands in a class of PCRE2 for it.
    std::string take_property(bool negated);

    void fail(std::string_view what);
    void fail(std::string_view what, std::size_t byte);
    const std::optional<Error>& error() const { return error_; }

  private:
    std::int32_t take_hex(std::size_t digits_min, std::size_t digits_max);
    std::int32_t take_octal();
    std::int32_t take_hex_escape();
    std::int32_t take_unicode_escape();

    std::string_view pattern_;
    std::size_t at_ = 0;
    unsigned flags_;
    std::optional<Error> error_;
};

/// A character by itself, in and outside of classes.
void append_literal(std::string& out, std::int32_t code_point);

/// A class behind its `[`, as an expression for one character.
std::string translate_class(RegexReader& reader, int depth = 0);

}  // namespace thingstead::script::java
