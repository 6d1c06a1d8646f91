// A parsed JSONPath: steps from the root, and what is asked of the values at the end.
#pragma once
#include <boost/regex.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rule/json_path/json_path.h"

namespace thingstead::rule::json_path {

struct Filter;

struct Names {
    std::vector<std::string> names;  ///< At least one.
};
struct Indexes {
    std::vector<std::int64_t> indexes;  ///< At least one; below 0: from the end.
};
struct Slice {
    std::optional<std::int64_t> from, to;
};
struct Wildcard {};

using Selector = std::variant<Names, Indexes, Slice, Wildcard, std::shared_ptr<const Filter>>;

/// From a value to others.
struct Step {
    Selector selector;
    bool deep = false;  ///< Also from every value below.
};

enum class Function : std::uint8_t { none, length, keys, first, last, min, max, sum, avg };

struct Path {
    std::vector<Step> steps;
    Function function = Function::none;
    bool from_root = true;  ///< Of a filter: `$` instead of `@`.
};

enum class Compare : std::uint8_t {
    // clang-format off
    exists, equal, not_equal, less, at_most, greater, at_least, matches, one_of, none_of, size, empty,
    // clang-format on
};

/// What stands on a side of a comparison.
using Operand = std::variant<json::value, Path, boost::regex>;

/// A condition of a filter: a comparison, or others joined.
struct Filter {
    enum class Kind : std::uint8_t { comparison, all, any, negation };
    Kind kind = Kind::comparison;
    std::vector<Filter> parts;  ///< Of the joined kinds.
    Compare compare = Compare::exists;
    Operand left;
    Operand right;
};

/// Counts what an evaluation looks at.
struct Budget {
    std::size_t steps_left = json_path_steps_max;
    bool take(std::size_t steps = 1) {
        if (steps > steps_left) return false;
        steps_left -= steps;
        return true;
    }
};

Error too_many_steps();
/// Values at the end of `path`; errors as JsonPath::evaluate().
Result<json::value> evaluate(const Path& path, const json::value& from, const json::value& root,
                             Budget& budget);
/// Whether `value` fits. Errors: too_large.
Result<bool> fits(const Filter& filter, const json::value& value, const json::value& root,
                  Budget& budget);

}  // namespace thingstead::rule::json_path

namespace thingstead::rule {
struct JsonPath::Program {
    json_path::Path path;
};
}  // namespace thingstead::rule
