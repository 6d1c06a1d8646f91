#include "script/tbel/java/date_pattern.h"

#include <algorithm>

#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

constexpr std::int32_t digits_max = 19;  // of a long

Error bad_pattern(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

bool is_letter_of_pattern(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Most letters that may stand together; 0: no letter of a pattern.
std::int32_t count_max(char letter) {
    switch (letter) {
        case 'u':
        case 'y':
        case 'Y':
        case 'A':
        case 'n':
        case 'N': return digits_max;
        case 'S': return 9;
        case 'M':
        case 'L':
        case 'E':
        case 'e':
        case 'c':
        case 'G':
        case 'X':
        case 'x':
        case 'Z': return 5;
        case 'z':
        case 'v':
        case 'O': return 4;
        case 'D': return 3;
        case 'd':
        case 'H':
        case 'h':
        case 'K':
        case 'k':
        case 'm':
        case 's':
        case 'w':
        case 'Q':
        case 'q':
        case 'V': return 2;
        case 'a':
        case 'F':
        case 'W': return 1;
        default:  return 0;
    }
}

std::optional<Error> check_letters(char letter, std::int32_t count) {
    const std::string text(1, letter);
    const std::int32_t most = count_max(letter);
    if (letter == 'B' || ((letter == 'Q' || letter == 'q') && count > most))
        return Error{ErrorCode::unsupported, "Pattern letter is not supported: " + text};
    if (most == 0) return bad_pattern("Unknown pattern letter: " + text);
    if (letter == 'V' && count != 2) return bad_pattern("Pattern letter count must be 2: V");
    if ((letter == 'v' || letter == 'O') && count != 1 && count != 4)
        return bad_pattern("Pattern letter count must be 1 or 4: " + text);
    if (count > most || (letter == 'c' && count == 2))
        return bad_pattern((letter == 'c' && count == 2 ? "Invalid pattern \"cc\""
                                                        : "Too many pattern letters: " + text));
    return std::nullopt;
}

std::int32_t take_same(std::string_view pattern, std::size_t& at) {
    const std::size_t begin = at;
    while (at < pattern.size() && pattern[at] == pattern[begin]) ++at;
    return static_cast<std::int32_t>(at - begin);
}

/// Letters, perhaps behind a padding.
Result<DateElement> take_letters(std::string_view pattern, std::size_t& at) {
    DateElement element{DateElement::Kind::letters};
    element.letter = pattern[at];
    element.count = take_same(pattern, at);
    if (element.letter == 'p') {
        element.pad = element.count;
        if (at >= pattern.size() || !is_letter_of_pattern(pattern[at]) || pattern[at] == 'p')
            return bad_pattern("Pad letter 'p' must be followed by valid pad pattern: " +
                               std::string(pattern));
        element.letter = pattern[at];
        element.count = take_same(pattern, at);
    }
    if (std::optional<Error> wrong = check_letters(element.letter, element.count))
        return *std::move(wrong);
    return element;
}

/// The text behind a quote up to the next; two quotes are one.
Result<std::string> take_quoted(std::string_view pattern, std::size_t& at) {
    std::string text;
    while (at < pattern.size()) {
        const char letter = pattern[at++];
        if (letter != '\'') {
            text += letter;
        } else if (at < pattern.size() && pattern[at] == '\'') {
            text += '\'';
            ++at;
        } else {
            return text.empty() ? "'" : text;
        }
    }
    return bad_pattern("Pattern ends with an incomplete string literal: " + std::string(pattern));
}

}  // namespace

Result<std::vector<DateElement>> parse_date_pattern(std::string_view pattern) {
    if (pattern.size() > date_pattern_bytes_max)
        return Error{ErrorCode::too_large, "Pattern is too long"};
    std::vector<DateElement> elements;
    int depth = 0;
    for (std::size_t at = 0; at < pattern.size();) {
        const char letter = pattern[at];
        if (is_letter_of_pattern(letter)) {
            Result<DateElement> element = take_letters(pattern, at);
            if (!element) return element.error();
            elements.push_back(*std::move(element));
            continue;
        }
        ++at;
        if (letter == '\'') {
            Result<std::string> text = take_quoted(pattern, at);
            if (!text) return text.error();
            elements.push_back({DateElement::Kind::literal, *std::move(text)});
        } else if (letter == '[') {
            ++depth;
            elements.push_back({DateElement::Kind::optional_begin});
        } else if (letter == ']') {
            if (--depth < 0)
                return bad_pattern("Pattern invalid as it contains ] without previous [");
            elements.push_back({DateElement::Kind::optional_end});
        } else if (letter == '{' || letter == '}' || letter == '#') {
            return bad_pattern("Pattern includes reserved character: '" + std::string(1, letter) +
                               "'");
        } else {
            elements.push_back({DateElement::Kind::literal, std::string(1, letter)});
        }
    }
    while (depth-- > 0) elements.push_back({DateElement::Kind::optional_end});
    return elements;
}

NumberWidth number_width(const DateElement& element) {
    const std::int32_t count = element.count;
    switch (element.letter) {
        case 'u':
        case 'y':
        case 'Y': return count == 2 ? NumberWidth{2, 2} : NumberWidth{count, digits_max};
        case 'M':
        case 'L':
            if (count > 2) return {};
            [[fallthrough]];
        case 'd':
        case 'H':
        case 'h':
        case 'K':
        case 'k':
        case 'm':
        case 's':
        case 'Q':
        case 'q': return count == 1 ? NumberWidth{1, digits_max} : NumberWidth{2, 2};
        case 'w': return {count, 2};
        case 'e':
        case 'c': return count > 2 ? NumberWidth{} : NumberWidth{count, 2};
        case 'F':
        case 'W': return {1, 1};
        case 'D': return {count, count == 1 ? digits_max : 3};
        case 'S': return {count, count};
        case 'A':
        case 'n':
        case 'N': return {count, digits_max};
        default:  return {};
    }
}

WeekRule week_rule(std::string_view locale) {
    constexpr std::string_view monday_first[] = {"DE", "AT", "CH", "FR", "BE", "ES", "IT",
                                                 "NL", "PL", "SE", "FI", "NO", "DK", "CZ",
                                                 "GB", "IE", "LU", "SK", "HU", "GR", "BG"};
    const std::size_t dash = locale.find_last_of("-_");
    const std::string region =
        dash == std::string_view::npos ? "" : to_upper_case(locale.substr(dash + 1));
    if (std::find(std::begin(monday_first), std::end(monday_first), region) !=
        std::end(monday_first))
        return {1, 4};
    if (region == "UA") return {1, 1};
    return {7, 1};
}

}  // namespace thingstead::script::java
