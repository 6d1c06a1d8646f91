// The classes that scripts may name, and the look-up of all built-ins.
#include <algorithm>
#include <string>
#include <vector>

#include "script/tbel/builtin/tables.h"

namespace thingstead::script::tbel {
namespace {

/// Every class: simple names are for scripts to use as they are, the others by path alone.
const std::vector<ClassInfo>& classes() {
    using enum StaticType;
    static const std::vector<ClassInfo> all = {
        // clang-format off
        {"java.lang.String", "String", Kind::string, string, false, string_statics(), {}, new_string},
        {"java.lang.CharSequence", "CharSequence", Kind::string, unknown, false, {}, {}, nullptr},
        {"java.lang.Integer", "Integer", Kind::integer, boxed_integer, false, integer_statics(), integer_constants(), new_boxed_integer},
        {"int", "int", Kind::integer, int_, true, integer_statics(), integer_constants(), nullptr},
        {"java.lang.Long", "Long", Kind::long_, boxed_long, false, long_statics(), long_constants(), new_boxed_long},
        {"long", "long", Kind::long_, long_, true, long_statics(), long_constants(), nullptr},
        {"java.lang.Boolean", "Boolean", Kind::boolean, boolean, false, boolean_statics(), {}, new_boxed_boolean},
        {"boolean", "boolean", Kind::boolean, boolean, true, {}, {}, nullptr},
        {"java.lang.Short", "Short", Kind::short_, boxed_short, false, short_statics(), short_constants(), nullptr},
        {"short", "short", Kind::short_, short_, true, {}, {}, nullptr},
        {"java.lang.Character", "Character", Kind::character, character, false, character_statics(), {}, nullptr},
        {"char", "char", Kind::character, character, true, {}, {}, nullptr},
        {"java.lang.Double", "Double", Kind::double_, boxed_double, false, double_statics(), double_constants(), new_boxed_double},
        {"double", "double", Kind::double_, double_, true, {}, {}, nullptr},
        {"java.lang.Float", "Float", Kind::float_, boxed_float, false, float_statics(), float_constants(), new_boxed_float},
        {"float", "float", Kind::float_, float_, true, {}, {}, nullptr},
        {"java.lang.Byte", "Byte", Kind::byte_, boxed_byte, false, byte_statics(), byte_constants(), nullptr},
        {"byte", "byte", Kind::byte_, byte_, true, {}, {}, nullptr},
        {"java.lang.Math", "Math", Kind::undefined, unknown, false, math_statics(), math_constants(), nullptr},
        {"java.lang.StrictMath", "StrictMath", Kind::undefined, unknown, false, math_statics(), math_constants(), nullptr},
        {"java.lang.Void", "Void", Kind::null, unknown, false, {}, {}, nullptr},
        {"java.lang.Object", "Object", Kind::undefined, unknown, false, {}, {}, nullptr},
        {"java.lang.Number", "Number", Kind::undefined, unknown, false, {}, {}, nullptr},
        {"java.lang.Exception", "Exception", Kind::null, unknown, false, {}, {}, nullptr},
        {"JSON", "JSON", Kind::undefined, unknown, false, json_statics(), {}, nullptr},
        {"Date", "Date", Kind::date, date, false, date_statics(), {}, new_date},
        {"java.util.Random", "Random", Kind::random, unknown, false, {}, {}, new_random},
        {"TbelCfSingleValueArg", "TbelCfSingleValueArg", Kind::map, unknown, false, {}, {}, nullptr},
        {"TbelCfTsRollingArg", "TbelCfTsRollingArg", Kind::rolling, unknown, false, {}, {}, nullptr},
        {"TbelCfTsRollingData", "TbelCfTsRollingData", Kind::rolling, unknown, false, {}, {}, nullptr},
        {"TbelCfTsDoubleVal", "TbelCfTsDoubleVal", Kind::map, unknown, false, {}, {}, nullptr},
        {"TbTimeWindow", "TbTimeWindow", Kind::map, unknown, false, {}, {}, nullptr},
        {"TbelCfCtx", "TbelCfCtx", Kind::map, unknown, false, {}, {}, nullptr},
        {"java.util.UUID", "", Kind::uuid, unknown, false, uuid_statics(), {}, new_uuid},
        {"java.util.Arrays", "", Kind::undefined, unknown, false, arrays_statics(), {}, nullptr},
        {"java.util.Collections", "", Kind::undefined, unknown, false, collections_statics(), {}, nullptr},
        {"java.util.Collection", "", Kind::list, unknown, false, {}, {}, nullptr},
        {"java.util.List", "", Kind::list, list, false, {}, {}, nullptr},
        {"java.util.ArrayList", "", Kind::list, list, false, {}, {}, new_list},
        {"java.util.LinkedList", "", Kind::list, list, false, {}, {}, new_list},
        {"java.util.Map", "", Kind::map, map, false, {}, {}, nullptr},
        {"java.util.HashMap", "", Kind::map, map, false, {}, {}, new_map},
        {"java.util.LinkedHashMap", "", Kind::map, map, false, {}, {}, new_map},
        {"java.util.Set", "", Kind::set, set, false, {}, {}, nullptr},
        {"java.util.HashSet", "", Kind::set, set, false, {}, {}, new_set},
        {"java.util.LinkedHashSet", "", Kind::set, set, false, {}, {}, new_set},
        // clang-format on
    };
    return all;
}

}  // namespace

const ClassInfo* find_class(std::string_view simple) {
    if (simple.empty()) return nullptr;
    for (const ClassInfo& each : classes())
        if (each.simple == simple) return &each;
    return nullptr;
}

const ClassInfo* find_class_by_path(std::string_view path) {
    for (const ClassInfo& each : classes())
        if (each.name == path && path.find('.') != path.npos) return &each;
    return nullptr;
}

bool is_instance(const Value& value, const ClassInfo& type) {
    if (value.is_null()) return false;
    if (type.simple == "Object") return true;
    if (type.simple == "Number") return value.is_number();
    if (type.name == "java.util.Collection") return value.is(Kind::list) || value.is(Kind::set);
    if (type.name == "java.util.LinkedList") return false;
    return type.kind != Kind::undefined && value.kind == type.kind && !type.primitive;
}

bool is_convertible(const Value& value, const ClassInfo& type) {
    if (value.is_null()) return false;
    if (value.kind == type.kind || type.simple == "Object" || type.kind == Kind::string)
        return true;
    const bool scalar = value.is_number() || value.is(Kind::string) || value.is(Kind::boolean) ||
                        value.is(Kind::character);
    if (type.kind >= Kind::boolean && type.kind <= Kind::character) return scalar;
    const auto is_sequence = [](Kind kind) {
        return kind == Kind::list || kind == Kind::set || kind == Kind::array;
    };
    return is_sequence(value.kind) && is_sequence(type.kind);
}

const Method* find_method(std::span<const Method> table, std::string_view name) {
    const auto it = std::find_if(table.begin(), table.end(),
                                 [&](const Method& each) { return each.name == name; });
    return it == table.end() ? nullptr : &*it;
}

std::span<const Method> methods_of(Kind kind) {
    switch (kind) {
        case Kind::boolean:     return boolean_methods();
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer:
        case Kind::long_:
        case Kind::float_:
        case Kind::double_:
        case Kind::big_decimal:
        case Kind::big_integer: return number_methods();
        case Kind::character:   return character_methods();
        case Kind::string:      return string_methods();
        case Kind::list:        return list_methods();
        case Kind::map:         return map_methods();
        case Kind::set:         return set_methods();
        case Kind::array:       return array_methods();
        case Kind::entry:       return entry_methods();
        case Kind::date:        return date_methods();
        case Kind::uuid:        return uuid_methods();
        case Kind::random:      return random_methods();
        case Kind::rolling:     return rolling_methods();
        case Kind::iterator:    return iterator_methods();
        case Kind::stream:      return stream_methods();
        default:                return {};
    }
}

const Method* find_helper(std::string_view name) {
    for (const auto table :
         {number_helpers(), text_helpers(), byte_helpers(), collection_helpers(), geo_helpers()})
        if (const Method* method = find_method(table, name)) return method;
    return nullptr;
}

namespace {

/// Names that a map keeps for its methods, even if it has such a key.
constexpr std::string_view map_properties[] = {
    "size",       "isEmpty",    "keys",     "keySet",        "values",          "entrySet",
    "clone",      "slice",      "iterator", "toString",      "hashCode",        "memorySize",
    "toInverted", "toReversed", "toSorted", "toSortedByKey", "toSortedByValue", "toUnmodifiable",
    "clear",      "reverse",    "invert",   "sortByKey",     "sortByValue"};

const Method* without_arguments(Kind kind, std::string_view name) {
    const Method* method = find_method(methods_of(kind), name);
    return method && method->arguments_min == 0 ? method : nullptr;
}

}  // namespace

const Method* find_property(Kind kind, std::string_view name) {
    if (kind == Kind::map) {
        if (name == "empty") return without_arguments(kind, "isEmpty");
        const auto known = std::find(std::begin(map_properties), std::end(map_properties), name);
        return known == std::end(map_properties) ? nullptr : without_arguments(kind, name);
    }
    if (name.empty()) return nullptr;
    std::string capital(name);
    if (capital[0] >= 'a' && capital[0] <= 'z') capital[0] = static_cast<char>(capital[0] - 32);
    for (const std::string& each : {"get" + capital, "is" + capital, std::string(name)})
        if (const Method* method = without_arguments(kind, each)) return method;
    return nullptr;
}

}  // namespace thingstead::script::tbel
