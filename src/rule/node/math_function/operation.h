// The operations of the math function node but CUSTOM, by their names on the wire.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::rule::math_function {

struct Operation {
    std::string_view name;
    std::size_t arguments;
    bool makes_integer;
    double (*of_one)(double);
    Result<double> (*of_two)(double, double);
};

/// Null: there is none of this name.
const Operation* find_operation(std::string_view name);

/// `arguments.size()` is the operation's. Errors: invalid_argument - "/ by zero".
Result<double> apply(const Operation& operation, const std::vector<double>& arguments);

}  // namespace thingstead::rule::math_function
