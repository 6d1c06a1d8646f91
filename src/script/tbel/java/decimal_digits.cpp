#include "script/tbel/java/decimal_digits.h"

#include <array>
#include <charconv>
#include <cmath>

namespace thingstead::script::java {
namespace {

using DigitBuffer = std::array<char, 64>;

/// "-d.ddde-dd" as to_chars writes it.
DecimalDigits read_scientific(const char* begin, const char* end) {
    DecimalDigits number;
    number.negative = *begin == '-';
    const char* at = number.negative ? begin + 1 : begin;
    for (; at != end && *at != 'e'; ++at)
        if (*at != '.') number.digits += *at;
    if (at != end) {
        ++at;
        if (at != end && *at == '+') ++at;
        std::from_chars(at, end, number.exponent);
    }
    number.digits.erase(number.digits.find_last_not_of('0') + 1);
    return number;
}

template <class T>
DecimalDigits shortest(T value) {
    if (value == 0) return {std::signbit(value), "0", 0};
    DigitBuffer buffer;
    char* const begin = buffer.data();
    char* const limit = begin + buffer.size();
    const char* end = std::to_chars(begin, limit, value, std::chars_format::scientific).ptr;
    DecimalDigits number = read_scientific(begin, end);
    if (number.digits.size() > 1) return number;
    end = std::to_chars(begin, limit, value, std::chars_format::scientific, 1).ptr;
    T back = 0;
    const std::from_chars_result read = std::from_chars(begin, end, back);
    if (read.ec == std::errc() && back == value) return read_scientific(begin, end);
    return number;
}

}  // namespace

DecimalDigits shortest_digits(double value) { return shortest(value); }
DecimalDigits shortest_digits(float value) { return shortest(value); }

void round_half_up(DecimalDigits& number, std::int32_t places) {
    const std::int64_t kept = std::int64_t{number.exponent} + 1 + places;
    if (kept >= static_cast<std::int64_t>(number.digits.size())) {
        if (number.digits == "0") number.negative = false;
        return;
    }
    const bool up = kept >= 0 && number.digits[static_cast<std::size_t>(kept)] >= '5';
    number.digits.resize(kept > 0 ? static_cast<std::size_t>(kept) : 0);
    if (up) {
        while (!number.digits.empty() && number.digits.back() == '9') number.digits.pop_back();
        if (number.digits.empty()) {
            number.digits = "1";
            ++number.exponent;
            if (kept <= 0) number.exponent = -places;
        } else {
            ++number.digits.back();
        }
    }
    number.digits.erase(number.digits.find_last_not_of('0') + 1);
    if (number.digits.empty()) number = {false, "0", 0};
}

}  // namespace thingstead::script::java
