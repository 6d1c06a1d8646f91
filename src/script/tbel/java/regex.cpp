#include "script/tbel/java/regex.h"

#include "script/tbel/java/regex_engine.h"

namespace thingstead::script::java {
namespace {

Result<std::optional<RegexMatch>> match_once(std::string_view text, std::string_view pattern,
                                             unsigned flags, std::size_t from, RegexAnchor anchor) {
    Result<std::shared_ptr<const CompiledRegex>> regex = compile_regex(pattern, flags);
    if (!regex) return regex.error();
    if (from > text.size()) return std::optional<RegexMatch>();
    return RegexRun(*std::move(regex), text).match(from, anchor);
}

}  // namespace

Result<bool> regex_matches(std::string_view text, std::string_view pattern, unsigned flags) {
    const Result<std::optional<RegexMatch>> found = regex_match(text, pattern, flags);
    if (!found) return found.error();
    return found->has_value();
}

Result<std::optional<RegexMatch>> regex_match(std::string_view text, std::string_view pattern,
                                              unsigned flags) {
    return match_once(text, pattern, flags, 0, RegexAnchor::whole);
}

Result<std::optional<RegexMatch>> regex_looking_at(std::string_view text, std::string_view pattern,
                                                   unsigned flags) {
    return match_once(text, pattern, flags, 0, RegexAnchor::start);
}

Result<std::optional<RegexMatch>> regex_find(std::string_view text, std::string_view pattern,
                                             std::size_t from, unsigned flags) {
    return match_once(text, pattern, flags, from, RegexAnchor::none);
}

Result<std::size_t> regex_group_number(std::string_view pattern, std::string_view name,
                                       unsigned flags) {
    const Result<std::shared_ptr<const CompiledRegex>> regex = compile_regex(pattern, flags);
    if (!regex) return regex.error();
    if (const std::optional<std::size_t> number = group_number(**regex, name)) return *number;
    return Error{ErrorCode::invalid_argument, "No group with name <" + std::string(name) + ">"};
}

Result<std::size_t> regex_group_count(std::string_view pattern, unsigned flags) {
    const Result<std::shared_ptr<const CompiledRegex>> regex = compile_regex(pattern, flags);
    if (!regex) return regex.error();
    return group_count(**regex);
}

Result<std::vector<std::string>> regex_split(std::string_view text, std::string_view pattern,
                                             std::int32_t limit, unsigned flags) {
    Result<std::shared_ptr<const CompiledRegex>> regex = compile_regex(pattern, flags);
    if (!regex) return regex.error();
    std::vector<std::string> parts;
    std::size_t begin = 0;
    bool cut = false;
    const Result<> run = for_each_match(*std::move(regex), text, [&](const RegexMatch& match) {
        if (limit > 0 && parts.size() + 1 >= static_cast<std::size_t>(limit)) return false;
        const ByteRange whole = *match.groups[0];
        if (whole.end == 0) return true;  // an empty match at the front is no cut
        parts.emplace_back(text.substr(begin, whole.begin - begin));
        begin = whole.end;
        cut = true;
        return true;
    });
    if (!run) return run.error();
    parts.emplace_back(text.substr(begin));
    if (limit == 0 && cut)
        while (!parts.empty() && parts.back().empty()) parts.pop_back();
    return parts;
}

}  // namespace thingstead::script::java
