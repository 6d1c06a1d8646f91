// One hexadecimal digit; whole texts: bytes.h.
#pragma once

namespace thingstead {

/// 0 to 15; -1: not a hexadecimal digit, upper or lower case.
int hex_digit_value(char c);

}  // namespace thingstead
