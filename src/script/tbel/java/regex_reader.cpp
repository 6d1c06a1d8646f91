#include "script/tbel/java/regex_reader.h"

#include <algorithm>
#include <array>

#include "script/tbel/java/number_text.h"
#include "script/tbel/java/regex_pattern.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

bool is_word_letter(std::int32_t letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

struct PropertyName {
    std::string_view java;
    std::string_view items;    ///< In a class of PCRE2.
    std::string_view negated;  ///< Of its complement.
};

// clang-format off
constexpr PropertyName property_names[] = {
    {"Lower",             "[:lower:]",               "[:^lower:]"},
    {"Upper",             "[:upper:]",               "[:^upper:]"},
    {"ASCII",             "[:ascii:]",               "[:^ascii:]"},
    {"Alpha",             "[:alpha:]",               "[:^alpha:]"},
    {"Digit",             "[:digit:]",               "[:^digit:]"},
    {"Alnum",             "[:alnum:]",               "[:^alnum:]"},
    {"Punct",             "[:punct:]",               "[:^punct:]"},
    {"Graph",             "[:graph:]",               "[:^graph:]"},
    {"Print",             "[:print:]",               "[:^print:]"},
    {"Blank",             "[:blank:]",               "[:^blank:]"},
    {"Cntrl",             "[:cntrl:]",               "[:^cntrl:]"},
    {"XDigit",            "[:xdigit:]",              "[:^xdigit:]"},
    {"Space",             "[:space:]",               "[:^space:]"},
    {"javaLowerCase",     "\\p{Lowercase}",          "\\P{Lowercase}"},
    {"javaUpperCase",     "\\p{Uppercase}",          "\\P{Uppercase}"},
    {"javaTitleCase",     "\\p{Lt}",                 "\\P{Lt}"},
    {"javaAlphabetic",    "\\p{Alphabetic}",         "\\P{Alphabetic}"},
    {"javaLetter",        "\\p{L}",                  "\\P{L}"},
    {"javaDigit",         "\\p{Nd}",                 "\\P{Nd}"},
    {"javaIdeographic",   "\\p{Ideographic}",        "\\P{Ideographic}"},
    {"javaSpaceChar",     "\\p{Z}",                  "\\P{Z}"},
    {"javaISOControl",    "\\p{Cc}",                 "\\P{Cc}"},
    {"javaMirrored",      "\\p{Bidi_Mirrored}",      "\\P{Bidi_Mirrored}"},
    {"javaDefined",       "\\P{Cn}",                 "\\p{Cn}"},
    {"javaWhitespace",    "\\t-\\r\\x{1c}-\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}"
                          "\\x{2028}\\x{2029}\\x{205f}\\x{3000}",
                          "\\x{0}-\\x{8}\\x{e}-\\x{1b}\\x{21}-\\x{167f}\\x{1681}-\\x{1fff}\\x{2007}"
                          "\\x{200b}-\\x{2027}\\x{202a}-\\x{205e}\\x{2060}-\\x{2fff}"
                          "\\x{3001}-\\x{10ffff}"},
    {"all",               "\\p{Any}",                "\\P{Any}"},
    {"L1",                "\\x{0}-\\x{ff}",          "\\x{100}-\\x{10ffff}"},
    {"LC",                "\\p{L&}",                 "\\P{L&}"},
    {"IsLetter",          "\\p{L}",                  "\\P{L}"},
    {"IsDigit",           "\\p{Nd}",                 "\\P{Nd}"},
    {"IsPunctuation",     "\\p{P}",                  "\\P{P}"},
    {"IsControl",         "\\p{Cc}",                 "\\P{Cc}"},
    {"IsTitlecase",       "\\p{Lt}",                 "\\P{Lt}"},
    {"IsAssigned",        "\\P{Cn}",                 "\\p{Cn}"},
    {"InBasicLatin",      "\\x{0}-\\x{7f}",          "\\x{80}-\\x{10ffff}"},
    {"InLatin-1Supplement", "\\x{80}-\\x{ff}",       "\\x{0}-\\x{7f}\\x{100}-\\x{10ffff}"},
    {"InGreek",           "\\x{370}-\\x{3ff}",       "\\x{0}-\\x{36f}\\x{400}-\\x{10ffff}"},
    {"InCyrillic",        "\\x{400}-\\x{4ff}",       "\\x{0}-\\x{3ff}\\x{500}-\\x{10ffff}"},
    {"InArmenian",        "\\x{530}-\\x{58f}",       "\\x{0}-\\x{52f}\\x{590}-\\x{10ffff}"},
    {"InHebrew",          "\\x{590}-\\x{5ff}",       "\\x{0}-\\x{58f}\\x{600}-\\x{10ffff}"},
    {"InArabic",          "\\x{600}-\\x{6ff}",       "\\x{0}-\\x{5ff}\\x{700}-\\x{10ffff}"},
    {"InThai",            "\\x{e00}-\\x{e7f}",       "\\x{0}-\\x{dff}\\x{e80}-\\x{10ffff}"},
    {"InHiragana",        "\\x{3040}-\\x{309f}",     "\\x{0}-\\x{303f}\\x{30a0}-\\x{10ffff}"},
    {"InKatakana",        "\\x{30a0}-\\x{30ff}",     "\\x{0}-\\x{309f}\\x{3100}-\\x{10ffff}"},
    {"InCJKUnifiedIdeographs", "\\x{4e00}-\\x{9fff}", "\\x{0}-\\x{4dff}\\x{a000}-\\x{10ffff}"},
};
// clang-format on

/// A name of a category, script or binary property: letters, digits and underscores.
bool is_property_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
        return is_word_letter(letter) || letter == '_' || (letter >= '0' && letter <= '9');
    });
}

}  // namespace

bool RegexReader::take(std::string_view text) {
    if (!rest().starts_with(text)) return false;
    at_ += text.size();
    return true;
}

std::int32_t RegexReader::take_code_point() { return next_code_point(pattern_, at_); }

void RegexReader::skip_comments() {
    while (has(regex_comments) && !at_end()) {
        const char letter = peek();
        if (letter == '#')
            at_ = std::min(pattern_.find_first_of("\n\r", at_), pattern_.size());
        else if (letter != ' ' && (letter < '\t' || letter > '\r'))
            return;
        else
            ++at_;
    }
}

void RegexReader::fail(std::string_view what) { fail(what, at_); }
void RegexReader::fail(std::string_view what, std::size_t byte) {
    if (!error_) error_ = pattern_error(what, pattern_, byte);
    at_ = pattern_.size();
}

std::int32_t RegexReader::take_hex(std::size_t digits_min, std::size_t digits_max) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    const std::size_t count =
        std::min(rest().find_first_not_of(digits), std::min(rest().size(), digits_max));
    const Result<std::uint32_t> value = parse_unsigned_int(rest().substr(0, count), 16);
    if (count < digits_min || !value || *value > 0x10FFFF) return -1;
    at_ += count;
    return static_cast<std::int32_t>(*value);
}

std::int32_t RegexReader::take_hex_escape() {
    const bool braces = take("{");
    const std::int32_t value = braces ? take_hex(1, 8) : take_hex(2, 2);
    if (value < 0 || (braces && !take("}"))) fail("Illegal hexadecimal escape sequence");
    return std::max(value, 0);
}

std::int32_t RegexReader::take_unicode_escape() {
    const std::int32_t value = take_hex(4, 4);
    if (value < 0) fail("Illegal Unicode escape sequence");
    const std::size_t after = at_;
    if (value >= 0xD800 && value < 0xDC00 && take("\\u")) {
        const std::int32_t low = take_hex(4, 4);
        if (low >= 0xDC00 && low < 0xE000)
            return 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        at_ = after;
    }
    return std::max(value, 0);
}

std::int32_t RegexReader::take_octal() {
    std::int32_t value = 0;
    std::size_t digits = 0;
    while (digits < 3 && peek() >= '0' && peek() <= '7' && value * 8 + (peek() - '0') < 0400) {
        value = value * 8 + (peek() - '0');
        ++at_;
        ++digits;
    }
    if (digits == 0) fail("Illegal octal escape sequence");
    return value;
}

std::optional<std::int32_t> RegexReader::take_escaped_character() {
    if (at_end()) {
        fail("Unescaped trailing backslash");
        return std::nullopt;
    }
    const char letter = peek();
    if (!is_word_letter(letter) && (letter < '1' || letter > '9')) {
        if (letter != '0') return take_code_point();
        ++at_;
        return take_octal();
    }
    ++at_;
    switch (letter) {
        case 't': return '\t';
        case 'n': return '\n';
        case 'r': return '\r';
        case 'f': return '\f';
        case 'a': return '\a';
        case 'e': return 033;
        case 'x': return take_hex_escape();
        case 'u': return take_unicode_escape();
        case 'c':
            if (!at_end()) return take_code_point() ^ 64;
            fail("Illegal control escape sequence");
            return std::nullopt;
        default: --at_; return std::nullopt;
    }
}

std::string RegexReader::take_property(bool negated) {
    std::string name;
    if (take("{")) {
        const std::size_t end = rest().find('}');
        if (end == std::string_view::npos) {
            fail("Unclosed character family");
            return {};
        }
        name = rest().substr(0, end);
        at_ += end + 1;
        if (name.empty()) fail("Empty character family");
    } else if (!at_end()) {
        append_code_point(name, take_code_point());
    }
    for (const PropertyName& row : property_names)
        if (row.java == name) return std::string(negated ? row.negated : row.items);
    for (const std::string_view prefix :
         {"Is", "script=", "sc=", "general_category=", "gc=", "IsScript="})
        if (name.starts_with(prefix)) {
            name.erase(0, prefix.size());
            break;
        }
    if (!is_property_name(name)) {
        fail("Unknown character property name {" + name + "}", at_ - 1);
        return {};
    }
    return (negated ? "\\P{" : "\\p{") + name + "}";
}

void append_literal(std::string& out, std::int32_t code_point) {
    if (is_word_letter(code_point) || (code_point >= '0' && code_point <= '9')) {
        out += static_cast<char>(code_point);
        return;
    }
    out += "\\x{" + radix_text(code_point, 16) + "}";
}

}  // namespace thingstead::script::java
