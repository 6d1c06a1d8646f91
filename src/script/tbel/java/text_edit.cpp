// Trimming, repeating, replacing, padding and likeness of texts.
#include <algorithm>
#include <limits>

#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

/// The first byte of the character that ends before `end`.
std::size_t start_of_last(std::string_view text, std::size_t end) {
    std::size_t at = end - 1;
    while (at > 0 && end - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return at;
}

std::string_view strip_end(std::string_view text) {
    while (!text.empty()) {
        const std::size_t begin = start_of_last(text, text.size());
        std::size_t at = begin;
        if (!is_whitespace(next_code_point(text, at))) break;
        text = text.substr(0, begin);
    }
    return text;
}

Error overflow(std::int64_t units, std::int64_t units_max) {
    return {ErrorCode::too_large, "Max string length overflow (" + std::to_string(units) + " > " +
                                      std::to_string(units_max) + ")!"};
}

/// The first character of `pad` repeated until the text has `length` units.
Result<std::string> padding(std::string_view text, std::int32_t length, std::string_view pad) {
    if (pad.empty())
        return Error{ErrorCode::invalid_argument, "Index 0 out of bounds for length 0"};
    const std::string unit = unit_text(to_utf16(pad).front());
    if (length > text_units_max) return overflow(length, text_units_max);
    std::string out;
    for (std::int32_t have = text_length(text); have < length; ++have) out += unit;
    return out;
}

/// The digit of a letter A..Z; '0' for those that make no sound of their own.
char sound_of(char letter) { return "01230120022455012623010202"[letter - 'A']; }

}  // namespace

std::string_view trim(std::string_view text) {
    const auto blank = [](char byte) { return static_cast<unsigned char>(byte) <= ' '; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string_view strip_leading(std::string_view text) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size() && is_whitespace(next_code_point(text, at));)
        begin = at;
    return text.substr(begin);
}
std::string_view strip_trailing(std::string_view text) { return strip_end(text); }
std::string_view strip(std::string_view text) { return strip_end(strip_leading(text)); }
bool is_blank(std::string_view text) { return strip_leading(text).empty(); }

Result<std::string> repeat(std::string_view text, std::int32_t count, std::int64_t units_max) {
    if (count < 0)
        return Error{ErrorCode::invalid_argument, "count is negative: " + std::to_string(count)};
    const std::int64_t units = std::int64_t{text_length(text)} * count;
    if (units > units_max) return overflow(units, units_max);
    std::string out;
    out.reserve(text.size() * static_cast<std::size_t>(count));
    for (std::int32_t i = 0; i < count; ++i) append_text(out, text);
    return out;
}

std::string replace(std::string_view text, std::string_view target, std::string_view replacement) {
    std::string out;
    if (target.empty()) {
        out = replacement;
        for (const char16_t unit : to_utf16(text)) {
            append_unit(out, unit);
            append_text(out, replacement);
        }
        return out;
    }
    std::size_t from = 0;
    for (std::size_t at = text.find(target); at != std::string_view::npos;
         at = text.find(target, from)) {
        append_text(out, text.substr(from, at - from));
        append_text(out, replacement);
        from = at + target.size();
    }
    append_text(out, text.substr(from));
    return out;
}

std::vector<std::string> lines(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
        if (text.starts_with("\r\n")) text.remove_prefix(1);
        if (!text.empty()) text.remove_prefix(1);
    }
    return out;
}

Result<std::string> pad_start(std::string_view text, std::int32_t length, std::string_view pad) {
    Result<std::string> out = padding(text, length, pad);
    if (out) append_text(*out, text);
    return out;
}

Result<std::string> pad_end(std::string_view text, std::int32_t length, std::string_view pad) {
    const Result<std::string> tail = padding(text, length, pad);
    if (!tail) return tail.error();
    std::string out(text);
    append_text(out, *tail);
    return out;
}

std::optional<std::string> soundex(std::string_view text) {
    const std::string upper = to_upper_case(text);
    std::string code;
    char previous = '?';
    for (std::size_t i = 0; i < upper.size() && code.size() < 4 && upper[i] != ','; ++i) {
        const char letter = upper[i];
        if (letter < 'A' || letter > 'Z' || letter == previous) continue;
        previous = letter;
        if (i == 0)
            code += letter;
        else if (const char sound = sound_of(letter); sound != '0')
            code += sound;
    }
    if (code.empty()) return std::nullopt;
    code.resize(4, '0');
    return code;
}

float similarity(std::string_view left, std::string_view right) {
    const std::u16string left_units = to_utf16(left);
    const std::u16string right_units = to_utf16(right);
    const std::size_t common = std::min(left_units.size(), right_units.size());
    const std::size_t longer = std::max(left_units.size(), right_units.size());
    if (longer == 0) return std::numeric_limits<float>::quiet_NaN();
    std::size_t same = 0;
    for (std::size_t i = 0; i < common; ++i) same += left_units[i] == right_units[i] ? 1 : 0;
    return static_cast<float>(same) / static_cast<float>(longer);
}

}  // namespace thingstead::script::java
