// The tables of built-ins, one per topic.
#pragma once
#include <span>

#include "script/tbel/builtin/class_info.h"
#include "script/tbel/builtin/method.h"

namespace thingstead::script::tbel {

// Methods of values.
std::span<const Method> string_methods();
std::span<const Method> character_methods();
std::span<const Method> boolean_methods();
std::span<const Method> number_methods();
std::span<const Method> list_methods();
std::span<const Method> map_methods();
std::span<const Method> set_methods();
std::span<const Method> array_methods();
std::span<const Method> entry_methods();
std::span<const Method> iterator_methods();
std::span<const Method> stream_methods();
std::span<const Method> date_methods();
std::span<const Method> uuid_methods();
std::span<const Method> random_methods();
std::span<const Method> rolling_methods();

// Static methods.
std::span<const Method> string_statics();
std::span<const Method> math_statics();
std::span<const Constant> math_constants();
std::span<const Method> integer_statics();
std::span<const Constant> integer_constants();
std::span<const Method> long_statics();
std::span<const Constant> long_constants();
std::span<const Method> double_statics();
std::span<const Constant> double_constants();
std::span<const Method> float_statics();
std::span<const Constant> float_constants();
std::span<const Method> byte_statics();
std::span<const Constant> byte_constants();
std::span<const Method> short_statics();
std::span<const Constant> short_constants();
std::span<const Method> boolean_statics();
std::span<const Method> character_statics();
std::span<const Method> date_statics();
std::span<const Method> json_statics();
std::span<const Method> uuid_statics();
std::span<const Method> arrays_statics();
std::span<const Method> collections_statics();

// Helper functions.
std::span<const Method> text_helpers();
std::span<const Method> number_helpers();
std::span<const Method> byte_helpers();
std::span<const Method> collection_helpers();
std::span<const Method> geo_helpers();

// Constructors.
Value new_string(Call& call);
Value new_date(Call& call);
Value new_list(Call& call);
Value new_map(Call& call);
Value new_set(Call& call);
Value new_random(Call& call);
Value new_boxed_integer(Call& call);
Value new_boxed_long(Call& call);
Value new_boxed_double(Call& call);
Value new_boxed_float(Call& call);
Value new_boxed_boolean(Call& call);
Value new_uuid(Call& call);

}  // namespace thingstead::script::tbel
