#include "rule/decimals.h"

#include <charconv>
#include <cmath>
#include <string>

namespace thingstead::rule {

double rounded(double value, std::int32_t decimals) {
    char text[400];
    const auto written =
        std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::fixed);
    std::string digits(text, written.ptr);
    const std::size_t point = digits.find('.');
    const std::size_t kept = point + 1 + static_cast<std::size_t>(decimals);
    if (point == std::string::npos || kept >= digits.size()) return value;
    const bool up = digits[kept] >= '5';
    digits.resize(kept);
    for (std::size_t i = digits.size(); up && i-- > 0;) {
        if (digits[i] == '.') continue;
        if (digits[i] != '9') {
            ++digits[i];
            break;
        }
        digits[i] = '0';
        if (i == 0) digits.insert(0, "1");
    }
    if (digits.back() == '.') digits.pop_back();
    double out = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return std::signbit(value) ? -out : out;
}

}  // namespace thingstead::rule
