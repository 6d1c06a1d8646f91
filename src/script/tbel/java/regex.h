// Regular expressions of Java (java.util.regex.Pattern) over PCRE2.
// Text is UTF-8 (surrogates alone allowed); results are byte ranges of it. What PCRE2 spells
// otherwise is translated: line ends, \p{Alpha}, \p{javaLowerCase}, \p{IsLatin}, \p{InGreek}, \0n,
// \Z, unions [a[b]] and intersections [a&&[^b]] of classes, \Q...\E, flags (?idmsuxU). Not as Java:
// a look-behind of variable length within one alternative is malformed, of the blocks
// \p{InX} the common ones are known, (?i) without u ignores case beyond ASCII within classes too.
// Compiled patterns are kept in a cache of the thread.
// Errors: malformed - no valid pattern or replacement, message as Java's PatternSyntaxException, or
// the text is no UTF-8; timeout - the expression explodes (see the limits); too_large - pattern or
// result is too long.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::script::java {

/// The flags of Pattern.compile, with Java's values; a set of them is their sum.
enum RegexFlag : unsigned {
    regex_unix_lines = 1,
    regex_case_insensitive = 2,
    regex_comments = 4,
    regex_multiline = 8,
    regex_literal = 16,
    regex_dotall = 32,
    regex_unicode_case = 64,
    regex_unicode_character_class = 256,
};

/// Longest pattern, in bytes, and how many compiled ones a thread keeps.
inline constexpr std::size_t regex_pattern_bytes_max = 64 * 1024;
inline constexpr std::size_t regex_cache_size = 128;

/// What a call may cost; beyond it it ends with `timeout`.
inline constexpr std::uint32_t regex_match_steps_max = 2'000'000;  ///< Backtracking, one attempt.
inline constexpr std::uint32_t regex_depth_max = 100'000;          ///< Nested backtracking points.
inline constexpr std::uint32_t regex_heap_kib_max = 16 * 1024;     ///< Memory of the matcher.
inline constexpr std::chrono::milliseconds regex_time_max{1000};   ///< All attempts of a call.

/// Part of a text, in bytes.
struct ByteRange {
    std::size_t begin;
    std::size_t end;
};

/// One match: groups[0] is the whole; a group that took no part is nullopt.
struct RegexMatch {
    std::vector<std::optional<ByteRange>> groups;
};

/// String.matches, Pattern.matches and the operator ~=: the whole text matches.
Result<bool> regex_matches(std::string_view text, std::string_view pattern, unsigned flags = 0);

/// Matcher.matches with its groups; nullopt where the whole text does not match.
Result<std::optional<RegexMatch>> regex_match(std::string_view text, std::string_view pattern,
                                              unsigned flags = 0);

/// Matcher.lookingAt: a match at the start of the text.
Result<std::optional<RegexMatch>> regex_looking_at(std::string_view text, std::string_view pattern,
                                                   unsigned flags = 0);

/// Matcher.find(from): the first match at or after byte `from`. To go on, give the end of the last
/// match, or one character more where that was empty.
Result<std::optional<RegexMatch>> regex_find(std::string_view text, std::string_view pattern,
                                             std::size_t from = 0, unsigned flags = 0);

/// The number of the group `(?<name>…)`. Errors: `No group with name <x>`.
Result<std::size_t> regex_group_number(std::string_view pattern, std::string_view name,
                                       unsigned flags = 0);

/// How many groups a pattern has, without the whole: Matcher.groupCount.
Result<std::size_t> regex_group_count(std::string_view pattern, unsigned flags = 0);

/// String.split: `limit` > 0 gives at most that many parts, 0 drops empty parts at the end, below 0
/// keeps them. An empty match at the front gives no part; a text without a match is its own part.
Result<std::vector<std::string>> regex_split(std::string_view text, std::string_view pattern,
                                             std::int32_t limit = 0, unsigned flags = 0);

/// String.replaceAll and replaceFirst. In the replacement `$1` and `${name}` are groups, `\x` is x.
/// Errors also: `No group 3`, `Illegal group reference`, `character to be escaped is missing`, …;
/// too_large when the result is longer than `bytes_max`.
Result<std::string> regex_replace_all(std::string_view text, std::string_view pattern,
                                      std::string_view replacement, unsigned flags = 0,
                                      std::size_t bytes_max = 64 * 1024 * 1024);
Result<std::string> regex_replace_first(std::string_view text, std::string_view pattern,
                                        std::string_view replacement, unsigned flags = 0);

/// Pattern.quote and Matcher.quoteReplacement.
std::string regex_quote(std::string_view text);
std::string regex_quote_replacement(std::string_view text);

}  // namespace thingstead::script::java
