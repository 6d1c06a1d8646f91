// The shortest decimal digits of a binary floating-point number: what Double.toString, toFixed and
// String.format start from. Source: the contract of Double.toString since Java 19. Pure.
#pragma once
#include <cstdint>
#include <string>

namespace thingstead::script::java {

/// digits[0].digits[1]… times 10^exponent; zero is "0" with exponent 0. No zero at the end.
struct DecimalDigits {
    bool negative = false;
    std::string digits;
    std::int32_t exponent = 0;
};

/// Of a finite number: as few digits as read back as the same one, and the nearest of those; where
/// one digit is enough, the nearest of two (4.9E-324, not 5E-324).
DecimalDigits shortest_digits(double value);
DecimalDigits shortest_digits(float value);

/// Rounds half away from zero to `places` digits after the point; zero loses its sign.
void round_half_up(DecimalDigits& number, std::int32_t places);

}  // namespace thingstead::script::java
