// JSONPath as the interface's rule nodes know it: `$.a.b`, `['a']`, `[0]`, `[-1]`, `[1:3]`,
// `[0,2]`,
// `[*]`, `..name`, `[?(@.a > 1 && @.b == 'x')]`, and functions at the end such as `length()`.
// Source: the semantics of the Jayway library: a path that can only lead to one place is definite
// and answers the value there; any other answers an array, which may be empty.
#pragma once
#include <memory>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace thingstead::rule {

/// Immutable.
class JsonPath {
  public:
    /// A path without `$` begins at the root too. Errors: invalid_argument - "Invalid path at N:
    /// …".
    static Result<JsonPath> parse(std::string_view text);

    /// Errors: not_found - a definite path, or the definite beginning of another, leads nowhere;
    /// too_large - over json_path_steps_max.
    Result<json::value> evaluate(const json::value& document) const;

    struct Program;
    explicit JsonPath(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  private:
    std::shared_ptr<const Program> program_;
};

/// Most values that one evaluation looks at.
inline constexpr std::size_t json_path_steps_max = 1'000'000;

}  // namespace thingstead::rule
