// How built-in methods and functions are declared: one table per topic, name → function.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "script/tbel/run.h"
#include "script/tbel/static_type.h"

namespace thingstead::script::tbel {

struct Call {
    Run& run;
    Value self{};  ///< Receiver; null for functions and static methods.
    const Value* arguments;
    std::uint32_t count;

    const Value& at(std::uint32_t i) const { return arguments[i]; }
    bool has(std::uint32_t i) const { return i < count; }
};

using NativeFunction = Value (*)(Call& call);

inline constexpr std::uint32_t arguments_max = 10;

/// `returns` is what the compiler may claim for a call. `takes` says what the claim depends on: one
/// letter per parameter, L for a list or array, which must then be known; an unknown type fits all
/// others. N as the only letter: the overload by the number types of all arguments decides.
struct Method {
    std::string_view name;
    NativeFunction function;
    std::uint8_t arguments_min;
    std::uint8_t arguments_max;
    StaticType returns = StaticType::unknown;
    std::string_view takes = {};
};

/// Null if there is none.
const Method* find_method(std::span<const Method> table, std::string_view name);

/// Methods of values of a kind.
std::span<const Method> methods_of(Kind kind);
/// Helper functions, by name.
const Method* find_helper(std::string_view name);

/// The method that `value.name` without parentheses calls, or null: for maps a closed list, else a
/// method without arguments of that name, getName() or isName().
const Method* find_property(Kind kind, std::string_view name);

}  // namespace thingstead::script::tbel
