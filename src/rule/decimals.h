// Rounding as the interface does it.
#pragma once
#include <cstdint>

namespace thingstead::rule {

/// To so many decimals (at least 0), the half away from zero: of the decimal digits that the number
/// is written with, so that 1.005 becomes 1.01. `value` is finite.
double rounded(double value, std::int32_t decimals);

}  // namespace thingstead::rule
