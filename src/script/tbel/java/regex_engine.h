// Compiled expressions and the budget of a call: what regex.cpp and regex_replace.cpp share.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "script/tbel/java/regex.h"

namespace thingstead::script::java {

class CompiledRegex;

/// From the cache of this thread, or compiled now.
Result<std::shared_ptr<const CompiledRegex>> compile_regex(std::string_view pattern,
                                                           unsigned flags);

enum class RegexAnchor : std::uint8_t { none, start, whole };

/// Runs one expression over one text; its limits hold for all matches together.
class RegexRun {
  public:
    /// `text` must outlive it.
    RegexRun(std::shared_ptr<const CompiledRegex> regex, std::string_view text);
    ~RegexRun();
    RegexRun(const RegexRun&) = delete;
    RegexRun& operator=(const RegexRun&) = delete;

    Result<std::optional<RegexMatch>> match(std::size_t from, RegexAnchor anchor);

  private:
    class State;
    std::unique_ptr<State> state_;
};

std::size_t group_count(const CompiledRegex& regex);
/// nullopt: there is none.
std::optional<std::size_t> group_number(const CompiledRegex& regex, std::string_view name);

/// Calls `each` with the matches from the front as Matcher.find gives them, until it returns false.
/// `regex` and `text` must outlive the call.
template <class Each>
Result<> for_each_match(std::shared_ptr<const CompiledRegex> regex, std::string_view text,
                        Each each) {
    RegexRun run(std::move(regex), text);
    std::size_t from = 0;
    while (from <= text.size()) {
        Result<std::optional<RegexMatch>> found = run.match(from, RegexAnchor::none);
        if (!found) return found.error();
        if (!*found) break;
        const ByteRange whole = *(*found)->groups[0];
        if (!each(**found)) break;
        from = whole.end;
        if (whole.begin != whole.end) continue;
        ++from;
        while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80)
            ++from;
    }
    return {};
}

}  // namespace thingstead::script::java
