// Helper functions on texts, numbers and collections, and JSON.
#include <cmath>

#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/java/codec.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"
#include "script/tbel/json_text.h"

namespace thingstead::script::tbel {
namespace helpers {
namespace {

Value number(std::int32_t value) { return make_int(value); }
Value number(std::int64_t value) { return make_long(value); }
Value number(float value) { return make_float(value); }
Value number(double value) { return make_double(value); }

/// null for blank text.
template <class T>
Value maybe(Result<std::optional<T>> result) {
    const std::optional<T> value = take(std::move(result));
    return value ? number(*value) : null_value();
}

std::string_view number_text_at(Call& call) { return optional_text_at(call, 0).value_or(""); }

Value parse_int(Call& call) {
    return maybe(java::parse_int_text(number_text_at(call), int_at(call, 1, 0)));
}
Value parse_long(Call& call) {
    return maybe(java::parse_long_text(number_text_at(call), int_at(call, 1, 0)));
}
Value parse_float(Call& call) {
    return maybe(java::parse_float_text(number_text_at(call), int_at(call, 1, 0)));
}
Value parse_double(Call& call) {
    return make_double(take(java::parse_double_text(number_text_at(call))));
}
Value parse_hex_int_long_to_float(Call& call) {
    return maybe(
        java::parse_hex_int_long_to_float(number_text_at(call), boolean_at(call, 1, true)));
}

template <auto parse, bool big_endian>
Value parse_hex(Call& call) {
    return maybe(parse(number_text_at(call), boolean_at(call, 1, big_endian)));
}

double real_at(Call& call, std::uint32_t i) { return double_at(call, i); }

/// The overload for floats is the first in the reference's order.
bool takes_float(const Value& value) {
    return value.is_number() && value.kind != Kind::double_ && value.kind < Kind::big_decimal;
}

Value to_fixed(Call& call) {
    const std::int32_t digits = int_at(call, 1);
    if (takes_float(call.at(0)))
        return make_float(
            take(java::to_fixed(convert_to(call.run, call.at(0), Kind::float_).float_, digits)));
    return make_double(take(java::to_fixed(real_at(call, 0), digits)));
}
Value to_int(Call& call) { return make_int(take(java::to_int_half_up(real_at(call, 0)))); }
Value is_nan(Call& call) { return make_boolean(std::isnan(real_at(call, 0))); }

std::optional<std::int32_t> digits_at(Call& call, std::uint32_t i) {
    return call.has(i) ? std::optional(int_at(call, i)) : std::nullopt;
}

Value int_to_hex(Call& call) {
    return call.run.text(take(java::int_to_hex(int_at(call, 0), boolean_at(call, 1, true),
                                               boolean_at(call, 2, false), digits_at(call, 3))));
}
Value long_to_hex(Call& call) {
    return call.run.text(take(java::long_to_hex(long_at(call, 0), boolean_at(call, 1, true),
                                                boolean_at(call, 2, false), digits_at(call, 3))));
}
Value radix_string(Call& call) {
    return call.run.text(take(java::int_long_to_radix_string(long_at(call, 0), int_at(call, 1, 10),
                                                             boolean_at(call, 2, true),
                                                             boolean_at(call, 3, false))));
}
Value float_to_hex(Call& call) {
    return call.run.text(java::float_to_hex(convert_to(call.run, call.at(0), Kind::float_).float_,
                                            boolean_at(call, 1, true)));
}
Value double_to_hex(Call& call) {
    return call.run.text(java::double_to_hex(real_at(call, 0), boolean_at(call, 1, true)));
}

template <auto radix_of>
Value radix(Call& call) {
    return make_int(radix_of(number_text_at(call)));
}

constexpr StaticType int_type = StaticType::int_, boxed_int = StaticType::boxed_integer,
                     boxed_long = StaticType::boxed_long, long_type = StaticType::long_,
                     boxed_float = StaticType::boxed_float, float_type = StaticType::float_,
                     double_type = StaticType::double_, string = StaticType::string,
                     boolean = StaticType::boolean;

constexpr Method of_numbers[] = {
    // clang-format off
    {"parseInt", parse_int, 1, 2, boxed_int},
    {"parseLong", parse_long, 1, 2, boxed_long},
    {"parseFloat", parse_float, 1, 2, boxed_float},
    {"parseDouble", parse_double, 1, 1, StaticType::boxed_double},
    {"parseHexIntLongToFloat", parse_hex_int_long_to_float, 2, 2, boxed_float},
    {"parseHexToInt", parse_hex<java::parse_hex_to_int, true>, 1, 2, int_type},
    {"parseBigEndianHexToInt", parse_hex<java::parse_hex_to_int, true>, 1, 1, int_type},
    {"parseLittleEndianHexToInt", parse_hex<java::parse_hex_to_int, false>, 1, 1, int_type},
    {"parseHexToLong", parse_hex<java::parse_hex_to_long, true>, 1, 2, long_type},
    {"parseBigEndianHexToLong", parse_hex<java::parse_hex_to_long, true>, 1, 1, long_type},
    {"parseLittleEndianHexToLong", parse_hex<java::parse_hex_to_long, false>, 1, 1, long_type},
    {"parseHexToFloat", parse_hex<java::parse_hex_to_float, true>, 1, 2, float_type},
    {"parseBigEndianHexToFloat", parse_hex<java::parse_hex_to_float, true>, 1, 1, float_type},
    {"parseLittleEndianHexToFloat", parse_hex<java::parse_hex_to_float, false>, 1, 1, float_type},
    {"parseHexToDouble", parse_hex<java::parse_hex_to_double, true>, 1, 2, double_type},
    {"parseBigEndianHexToDouble", parse_hex<java::parse_hex_to_double, true>, 1, 1, double_type},
    {"parseLittleEndianHexToDouble", parse_hex<java::parse_hex_to_double, false>, 1, 1, double_type},
    {"toFixed", to_fixed, 2, 2},
    {"toInt", to_int, 1, 1, int_type},
    {"isNaN", is_nan, 1, 1, boolean},
    {"intToHex", int_to_hex, 1, 4, string},
    {"longToHex", long_to_hex, 1, 4, string},
    {"intLongToRadixString", radix_string, 1, 4, string},
    {"floatToHex", float_to_hex, 1, 2, string},
    {"doubleToHex", double_to_hex, 1, 2, string},
    {"isBinary", radix<java::is_binary>, 1, 1, int_type},
    {"isOctal", radix<java::is_octal>, 1, 1, int_type},
    {"isDecimal", radix<java::is_decimal>, 1, 1, int_type},
    {"isHexadecimal", radix<java::is_hexadecimal>, 1, 1, int_type},
    // clang-format on
};

// --- texts

Value btoa(Call& call) { return call.run.text(java::base64_encode(text_at(call, 0))); }
Value atob(Call& call) {
    return call.run.text(
        take(java::decode_text(take(java::base64_decode(text_at(call, 0))), "UTF-8")));
}
Value encode_uri(Call& call) { return call.run.text(java::encode_uri(text_at(call, 0))); }
Value decode_uri(Call& call) { return call.run.text(take(java::decode_uri(text_at(call, 0)))); }

std::int32_t padded_length(Call& call) {
    const std::int32_t length = int_at(call, 1);
    if (length > static_cast<std::int64_t>(call.run.text_max()))
        fail("Max string length overflow (" + std::to_string(length) + " > " +
             std::to_string(call.run.text_max()) + ")!");
    return length;
}
Value pad_start(Call& call) {
    return call.run.text(
        take(java::pad_start(text_at(call, 0), padded_length(call), text_at(call, 2))));
}
Value pad_end(Call& call) {
    return call.run.text(
        take(java::pad_end(text_at(call, 0), padded_length(call), text_at(call, 2))));
}

Value raise_error(Call& call) { fail(std::string(optional_text_at(call, 0).value_or("null"))); }

constexpr Method of_texts[] = {
    // clang-format off
    {"btoa", btoa, 1, 1, string},
    {"atob", atob, 1, 1, string},
    {"encodeURI", encode_uri, 1, 1, string},
    {"decodeURI", decode_uri, 1, 1, string},
    {"padStart", pad_start, 3, 3, string},
    {"padEnd", pad_end, 3, 3, string},
    {"raiseError", raise_error, 1, 1},
    // clang-format on
};

// --- collections

Value is_map(Call& call) { return make_boolean(call.at(0).is(Kind::map)); }
Value is_list(Call& call) { return make_boolean(call.at(0).is(Kind::list)); }
Value is_set(Call& call) { return make_boolean(call.at(0).is(Kind::set)); }
Value is_array(Call& call) { return make_boolean(call.at(0).is(Kind::array)); }
Value empty_set(Call& call) { return call.run.set(); }

/// toFlatMap.
struct Flattening {
    Run& run;
    Value out;
    Value excluded;
    bool path_in_key;

    bool is_excluded(std::string_view key) const {
        if (excluded.is_null()) return false;
        const Items& keys = *excluded.list->items;
        for (std::uint32_t i = 0; i < keys.size; ++i)
            if (view_of(run, keys.data[i]) == key) return true;
        return false;
    }
    void add(const std::string& key, const std::string& path, const Value& value,
             std::uint32_t depth) const {
        if (depth > data_depth_max) fail("StackOverflowError");
        run.tick();
        if (value.is(Kind::map)) return add_members(path, value, depth);
        if (value.is(Kind::list) || value.is(Kind::set))
            return add_elements(key, path, elements_of(run, value, ""), depth);
        if (!value.is_null()) put(run, *out.map, run.text(path_in_key ? path : key), value);
    }
    void add_members(const std::string& path, const Value& map, std::uint32_t depth) const {
        const Table& table = *map.map->table;
        for (std::uint32_t i = 0; i < table.size; ++i) {
            const std::string key = text_of(run, table.data[i].key);
            if (is_excluded(key)) continue;
            add(key, path.empty() ? key : path + "." + key, table.data[i].value, depth + 1);
        }
    }
    void add_elements(const std::string& key, const std::string& path, const Value& elements,
                      std::uint32_t depth) const {
        const Items& items = *elements.list->items;
        for (std::uint32_t i = 0; i < items.size; ++i) {
            const std::string position = std::to_string(i);
            add(key + "." + position, path + "." + position, items.data[i], depth + 1);
        }
    }
};

Value to_flat_map(Call& call) {
    if (!call.at(0).is(Kind::map)) fail("toFlatMap needs a map");
    const bool has_excluded = call.has(1) && !call.at(1).is(Kind::boolean);
    const Value excluded = has_excluded ? elements_at(call, 1) : null_value();
    const bool path_in_key = boolean_at(call, has_excluded ? 2 : 1, true);
    const Flattening flattening{call.run, call.run.map(), excluded, path_in_key};
    flattening.add_members("", call.at(0), 0);
    return flattening.out;
}

constexpr Method of_collections[] = {
    // clang-format off
    {"isMap", is_map, 1, 1, boolean},
    {"isList", is_list, 1, 1, boolean},
    {"isSet", is_set, 1, 1, boolean},
    {"isArray", is_array, 1, 1, boolean},
    {"newSet", empty_set, 0, 0, StaticType::set},
    {"toSet", new_set, 1, 1, StaticType::set, "L"},
    {"toFlatMap", to_flat_map, 1, 3, StaticType::map},
    // clang-format on
};

// --- JSON

Value stringify(Call& call) { return call.run.text(json_text(call.run, call.at(0))); }
Value parse(Call& call) {
    const auto text = optional_text_at(call, 0);
    return text ? parse_json_text(call.run, *text) : null_value();
}

constexpr Method of_json[] = {
    {"stringify", stringify, 1, 1, string},
    {"parse", parse, 1, 1}
};

}  // namespace
}  // namespace helpers

std::span<const Method> number_helpers() { return helpers::of_numbers; }
std::span<const Method> text_helpers() { return helpers::of_texts; }
std::span<const Method> collection_helpers() { return helpers::of_collections; }
std::span<const Method> json_statics() { return helpers::of_json; }

}  // namespace thingstead::script::tbel
