// Classes that scripts may name: what they create, their static methods and constants.
#pragma once
#include <span>
#include <string_view>

#include "script/tbel/builtin/method.h"
#include "script/tbel/static_type.h"
#include "script/tbel/value.h"

namespace thingstead::script::tbel {

struct Constant {
    std::string_view name;
    Value value;
};

struct ClassInfo {
    std::string_view name;        ///< "java.lang.Integer"; of registered classes the simple one.
    std::string_view simple;      ///< As scripts write it.
    Kind kind = Kind::undefined;  ///< Of its instances; undefined: others than values of one kind.
    StaticType type = StaticType::unknown;  ///< That a cast to it and a declaration claim.
    bool primitive = false;
    std::span<const Method> methods{};  ///< Static ones.
    std::span<const Constant> constants{};
    NativeFunction construct = nullptr;  ///< `new`; null: cannot.
};

/// By simple name ("Math", "int"), or null.
const ClassInfo* find_class(std::string_view simple);
/// By full name ("java.util.UUID"), or null for what is forbidden or unknown.
const ClassInfo* find_class_by_path(std::string_view path);

bool is_instance(const Value& value, const ClassInfo& type);
/// Whether there is a conversion from the value's class, whatever the value.
bool is_convertible(const Value& value, const ClassInfo& type);

}  // namespace thingstead::script::tbel
