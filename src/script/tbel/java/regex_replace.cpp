// Replacement by Java's rules for `$1`, `${name}` and backslashes.
#include "script/tbel/java/regex.h"
#include "script/tbel/java/regex_engine.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

/// A piece of a replacement: text, or the number of a group.
struct Piece {
    std::string text;
    std::optional<std::size_t> group;
};

Error bad_replacement(std::string message) { return {ErrorCode::malformed, std::move(message)}; }

bool is_ascii_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}
bool is_number_letter(char letter) { return letter >= '0' && letter <= '9'; }

/// `{name}` at the place; moves behind it.
Result<std::size_t> named_group(std::string_view replacement, std::size_t& at,
                                const CompiledRegex& regex) {
    const std::size_t begin = ++at;
    while (at < replacement.size() &&
           (is_ascii_letter(replacement[at]) || is_number_letter(replacement[at])))
        ++at;
    const std::string name(replacement.substr(begin, at - begin));
    if (name.empty()) return bad_replacement("named capturing group is missing trailing '}'");
    if (at >= replacement.size() || replacement[at] != '}')
        return bad_replacement("named capturing group is missing trailing '}'");
    ++at;
    if (is_number_letter(name[0]))
        return bad_replacement("capturing group name {" + name + "} starts with digit character");
    if (const std::optional<std::size_t> number = group_number(regex, name)) return *number;
    return bad_replacement("No group with name {" + name + "}");
}

/// As many digits as make the number of a group that exists.
Result<std::size_t> numbered_group(std::string_view replacement, std::size_t& at,
                                   const CompiledRegex& regex) {
    if (!is_number_letter(replacement[at])) return bad_replacement("Illegal group reference");
    std::size_t number = static_cast<std::size_t>(replacement[at++] - '0');
    if (number > group_count(regex)) return bad_replacement("No group " + std::to_string(number));
    while (at < replacement.size() && is_number_letter(replacement[at])) {
        const std::size_t longer = number * 10 + static_cast<std::size_t>(replacement[at] - '0');
        if (longer > group_count(regex)) break;
        number = longer;
        ++at;
    }
    return number;
}

Result<std::vector<Piece>> parse_replacement(std::string_view replacement,
                                             const CompiledRegex& regex) {
    std::vector<Piece> pieces;
    std::string text;
    for (std::size_t at = 0; at < replacement.size();) {
        const char letter = replacement[at++];
        if (letter != '\\' && letter != '$') {
            text += letter;
            continue;
        }
        if (at == replacement.size())
            return bad_replacement(letter == '\\'
                                       ? "character to be escaped is missing"
                                       : "Illegal group reference: group index is missing");
        if (letter == '\\') {
            text += replacement[at++];
            continue;
        }
        const Result<std::size_t> group = replacement[at] == '{'
                                              ? named_group(replacement, at, regex)
                                              : numbered_group(replacement, at, regex);
        if (!group) return group.error();
        pieces.push_back({std::move(text), *group});
        text.clear();
    }
    pieces.push_back({std::move(text), std::nullopt});
    return pieces;
}

Result<std::string> replace_some(std::string_view text, std::string_view pattern,
                                 std::string_view replacement, unsigned flags,
                                 std::size_t bytes_max, bool all) {
    const Result<std::shared_ptr<const CompiledRegex>> regex = compile_regex(pattern, flags);
    if (!regex) return regex.error();
    std::string out;
    std::size_t begin = 0;
    std::optional<Error> failed;
    std::optional<std::vector<Piece>> pieces;  // read at the first match, as Java does
    const Result<> run = for_each_match(*regex, text, [&](const RegexMatch& match) {
        if (!pieces) {
            Result<std::vector<Piece>> read = parse_replacement(replacement, **regex);
            if (!read) {
                failed = read.error();
                return false;
            }
            pieces = *std::move(read);
        }
        const ByteRange whole = *match.groups[0];
        append_text(out, text.substr(begin, whole.begin - begin));
        for (const Piece& piece : *pieces) {
            append_text(out, piece.text);
            if (!piece.group || !match.groups[*piece.group]) continue;
            const ByteRange group = *match.groups[*piece.group];
            append_text(out, text.substr(group.begin, group.end - group.begin));
        }
        begin = whole.end;
        if (out.size() > bytes_max)
            failed = Error{ErrorCode::too_large, "Max string length overflow"};
        return all && !failed;
    });
    if (!run) return run.error();
    if (failed) return *std::move(failed);
    append_text(out, text.substr(begin));
    return out;
}

}  // namespace

Result<std::string> regex_replace_all(std::string_view text, std::string_view pattern,
                                      std::string_view replacement, unsigned flags,
                                      std::size_t bytes_max) {
    return replace_some(text, pattern, replacement, flags, bytes_max, true);
}

Result<std::string> regex_replace_first(std::string_view text, std::string_view pattern,
                                        std::string_view replacement, unsigned flags) {
    return replace_some(text, pattern, replacement, flags, text.max_size(), false);
}

std::string regex_quote(std::string_view text) {
    return "\\Q" + replace(text, "\\E", "\\E\\\\E\\Q") + "\\E";
}

std::string regex_quote_replacement(std::string_view text) {
    return replace(replace(text, "\\", "\\\\"), "$", "\\$");
}

}  // namespace thingstead::script::java
