// Upper and lower case of whole texts.
#include <algorithm>

#include "script/tbel/java/text.h"
#include "script/tbel/java/unicode.h"

namespace thingstead::script::java {
namespace {

constexpr std::int32_t capital_sigma = 0x3A3;
constexpr std::int32_t small_sigma = 0x3C3;
constexpr std::int32_t final_sigma = 0x3C2;
constexpr std::int32_t capital_i_with_dot = 0x130;
constexpr std::int32_t dot_above = 0x307;

char ascii_upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
}
char ascii_lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
}

bool is_cased(std::int32_t code_point) {
    return is_upper_case(code_point) || is_lower_case(code_point) ||
           simple_lower(code_point) != code_point;
}

/// Signs between letters of one word: apostrophes, middle dots, accents.
bool is_case_ignorable(std::int32_t code_point) {
    constexpr std::int32_t signs[] = {'\'', '.',  ':',   '^',    '`',    0xA8,   0xAD,  0xAF,
                                      0xB4, 0xB7, 0x387, 0x2018, 0x2019, 0x2024, 0x2027};
    return std::find(std::begin(signs), std::end(signs), code_point) != std::end(signs) ||
           (code_point >= 0x300 && code_point < 0x370);
}

/// Unicode's Final_Sigma: a letter before, none after, signs within words skipped.
bool is_final(const std::vector<std::int32_t>& text, std::size_t at) {
    std::size_t before = at;
    while (before > 0 && is_case_ignorable(text[before - 1])) --before;
    if (before == 0 || !is_cased(text[before - 1])) return false;
    std::size_t after = at + 1;
    while (after < text.size() && is_case_ignorable(text[after])) ++after;
    return after == text.size() || !is_cased(text[after]);
}

/// As equalsIgnoreCase folds: each unit for itself, upper and then lower.
char16_t folded(char16_t unit) {
    const std::int32_t upper = simple_upper(unit);
    return static_cast<char16_t>(simple_lower(upper));
}

}  // namespace

std::string to_upper_case(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    if (is_ascii(text)) {
        for (const char letter : text) out += ascii_upper(letter);
        return out;
    }
    for (std::size_t at = 0; at < text.size();) {
        const std::int32_t code_point = next_code_point(text, at);
        const std::string_view special = special_upper(code_point);
        if (special.empty())
            append_code_point(out, simple_upper(code_point));
        else
            out += special;
    }
    return out;
}

std::string to_lower_case(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    if (is_ascii(text)) {
        for (const char letter : text) out += ascii_lower(letter);
        return out;
    }
    std::vector<std::int32_t> all;
    for (std::size_t at = 0; at < text.size();) all.push_back(next_code_point(text, at));
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i] == capital_sigma) {
            append_code_point(out, is_final(all, i) ? final_sigma : small_sigma);
        } else if (all[i] == capital_i_with_dot) {
            out += 'i';
            append_code_point(out, dot_above);
        } else {
            append_code_point(out, simple_lower(all[i]));
        }
    }
    return out;
}

std::int32_t compare_ignore_case(std::string_view left, std::string_view right) {
    const std::u16string left_units = to_utf16(left);
    const std::u16string right_units = to_utf16(right);
    const std::size_t common = std::min(left_units.size(), right_units.size());
    for (std::size_t i = 0; i < common; ++i)
        if (const int difference = folded(left_units[i]) - folded(right_units[i]))
            return difference;
    return static_cast<std::int32_t>(left_units.size()) -
           static_cast<std::int32_t>(right_units.size());
}

bool equals_ignore_case(std::string_view left, std::string_view right) {
    return compare_ignore_case(left, right) == 0;
}

}  // namespace thingstead::script::java
