// Syntax tree → nodes: resolves variables, functions, classes and methods, and infers the static
// types that choose the arithmetic.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "script/tbel/code.h"

namespace thingstead::script::tbel {

/// Errors: malformed - the message says where.
Result<std::shared_ptr<const Code>> compile(std::string_view body,
                                            std::span<const std::string> argument_names,
                                            const Environment& environment);

}  // namespace thingstead::script::tbel
