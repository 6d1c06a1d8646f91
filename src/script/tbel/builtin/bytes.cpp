// Helper functions on lists and arrays of bytes.
#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/java/codec.h"
#include "script/tbel/java/text.h"
#include "script/tbel/json_text.h"

namespace thingstead::script::tbel {
namespace bytes {
namespace {

std::uint8_t byte_of(Run& run, const Value& value) {
    std::int64_t number = 0;
    if (value.is(Kind::string)) {
        const auto parsed = take(java::parse_int_text(value.text->view()));
        if (!parsed) fail("NumberFormatException: empty text is no byte");
        number = *parsed;
    } else if (value.is_number() && value.kind <= Kind::long_) {
        number = number_as_long(value);
    } else {
        fail("NumberFormatException: The value '" + text_of(run, value) + "' is no byte");
    }
    constexpr int highest = 255;
    if (number < -128 || number > highest)
        fail("NumberFormatException: The value '" + std::to_string(number) +
             "' could not be correctly converted to a byte. Must be between -128 and " +
             std::to_string(highest));
    return static_cast<std::uint8_t>(number);
}

/// The bytes of a list or array.
std::string bytes_at(Call& call, std::uint32_t i) {
    const Value& value = call.at(i);
    std::string out;
    if (value.is(Kind::array) && value.array->element == Kind::byte_) {
        call.run.tick(value.array->size / 16);
        return {static_cast<const char*>(value.array->data), value.array->size};
    }
    if (value.is_null()) fail("NullPointerException: bytes are null");
    if (!value.is(Kind::list) && !value.is(Kind::array) && !value.is(Kind::set))
        fail("a list of bytes is needed, not " + std::string(class_name(value)));
    const Value elements = elements_at(call, i);
    const Items& items = *elements.list->items;
    call.run.tick(items.size / 4);
    for (std::uint32_t k = 0; k < items.size; ++k)
        out += static_cast<char>(byte_of(call.run, items.data[k]));
    return out;
}

Value byte_list(Run& run, std::string_view raw) {
    const Value out = run.list(static_cast<std::uint32_t>(raw.size()));
    run.tick(raw.size() / 16);
    for (const char c : raw)
        push(run, out.list->own, make_int(static_cast<std::int8_t>(c), Kind::byte_));
    return out;
}

Value byte_array(Run& run, std::string_view raw) {
    const Value out = run.array(Kind::byte_, static_cast<std::int64_t>(raw.size()));
    if (!raw.empty()) std::memcpy(out.array->data, raw.data(), raw.size());
    return out;
}

Value bytes_to_string(Call& call) {
    const std::string_view charset = call.has(1) ? text_at(call, 1) : "UTF-8";
    return call.run.text(take(java::decode_text(bytes_at(call, 0), charset)));
}
Value decode_to_string(Call& call) {
    return call.run.text(take(java::decode_text(bytes_at(call, 0), "UTF-8")));
}
Value decode_to_json(Call& call) {
    if (call.at(0).is(Kind::string)) return parse_json_text(call.run, text_at(call, 0));
    return parse_json_text(call.run, take(java::decode_text(bytes_at(call, 0), "UTF-8")));
}
Value string_to_bytes(Call& call) {
    if (!call.at(0).is(Kind::string))
        fail("Invalid type parameter [" + std::string(class_name(call.at(0))) +
             "]. Expected 'String'");
    const std::string_view charset = call.has(1) ? text_at(call, 1) : "UTF-8";
    return byte_list(call.run, take(java::encode_text(text_at(call, 0), charset)));
}

template <class T>
Value number_value(T value) {
    if constexpr (std::is_same_v<T, std::int32_t>) return make_int(value);
    if constexpr (std::is_same_v<T, std::int64_t>) return make_long(value);
    if constexpr (std::is_same_v<T, float>) return make_float(value);
    if constexpr (std::is_same_v<T, double>) return make_double(value);
}

/// parse…(bytes[, offset[, length[, bigEndian]]])
template <auto parse>
Value parse_bytes(Call& call) {
    const std::string raw = bytes_at(call, 0);
    std::optional<std::int32_t> length;
    if (call.has(2)) length = int_at(call, 2);
    return number_value(take(parse(raw, int_at(call, 1, 0), length, boolean_at(call, 3, true))));
}

Value hex_to_bytes(Call& call) {
    return byte_list(call.run, take(java::hex_to_bytes(text_at(call, 0))));
}
Value hex_to_byte_array(Call& call) {
    return byte_array(call.run, take(java::hex_to_bytes(text_at(call, 0))));
}
Value bytes_to_hex(Call& call) { return call.run.text(java::bytes_to_hex(bytes_at(call, 0))); }
Value bytes_to_base64(Call& call) { return call.run.text(java::base64_encode(bytes_at(call, 0))); }
Value base64_to_hex(Call& call) {
    return call.run.text(java::bytes_to_hex(take(java::base64_decode(text_at(call, 0)))));
}
Value hex_to_base64(Call& call) {
    return call.run.text(java::base64_encode(take(java::hex_to_bytes(text_at(call, 0)))));
}
Value base64_to_bytes(Call& call) {
    return byte_array(call.run, take(java::base64_decode(text_at(call, 0))));
}
Value base64_to_byte_list(Call& call) {
    return byte_list(call.run, take(java::base64_decode(text_at(call, 0))));
}
Value to_list(Call& call) { return byte_list(call.run, bytes_at(call, 0)); }

Value print_unsigned(Call& call) {
    const std::string raw = bytes_at(call, 0);
    const Value out = call.run.list(static_cast<std::uint32_t>(raw.size()));
    for (const char c : raw) push(call.run, out.list->own, make_int(static_cast<std::uint8_t>(c)));
    return out;
}

Value bit_array(Run& run, const std::vector<std::uint8_t>& bits) {
    const Value out = run.array(Kind::byte_, static_cast<std::int64_t>(bits.size()));
    if (!bits.empty()) std::memcpy(out.array->data, bits.data(), bits.size());
    return out;
}

Value byte_to_bits(Call& call) {
    const auto value = static_cast<std::int8_t>(int_at(call, 0));
    return bit_array(
        call.run, take(java::byte_to_bits(value, int_at(call, 1, 8), boolean_at(call, 2, true))));
}
Value bytes_to_bits(Call& call) {
    std::optional<std::int32_t> length;
    if (call.has(1)) length = int_at(call, 1);
    const std::string raw = bytes_at(call, 0);
    if (raw.size() > call.run.memory_max() / 16) fail("Max array length overflow");
    return bit_array(call.run, take(java::bytes_to_bits(raw, length)));
}
Value long_to_bits(Call& call) {
    return bit_array(call.run, take(java::long_to_bits(long_at(call, 0), int_at(call, 1, 64))));
}
Value bits_to_int(Call& call) {
    const std::string raw = bytes_at(call, 0);
    const std::vector<std::uint8_t> bits(raw.begin(), raw.end());
    std::optional<std::int32_t> length;
    if (call.has(2)) length = int_at(call, 2);
    return make_int(take(java::bits_to_int(bits, int_at(call, 1, 0), length)));
}

constexpr StaticType int_type = StaticType::int_, long_type = StaticType::long_,
                     float_type = StaticType::float_, double_type = StaticType::double_,
                     string = StaticType::string, list = StaticType::list,
                     array = StaticType::array;

constexpr Method methods[] = {
    // clang-format off
    {"bytesToString", bytes_to_string, 1, 2, string, "L"},
    {"decodeToString", decode_to_string, 1, 1, string, "L"},
    {"decodeToJson", decode_to_json, 1, 1},
    {"stringToBytes", string_to_bytes, 1, 2, list},
    {"parseBytesToInt", parse_bytes<java::parse_bytes_to_int>, 1, 4, int_type, "L"},
    {"parseBytesToLong", parse_bytes<java::parse_bytes_to_long>, 1, 4, long_type, "L"},
    {"parseBytesToFloat", parse_bytes<java::parse_bytes_to_float>, 1, 4, float_type, "L"},
    {"parseBytesToDouble", parse_bytes<java::parse_bytes_to_double>, 1, 4, double_type, "L"},
    {"parseBytesIntToFloat", parse_bytes<java::parse_bytes_int_to_float>, 1, 4, float_type, "L"},
    {"parseBytesLongToDouble", parse_bytes<java::parse_bytes_long_to_double>, 1, 4, double_type, "L"},
    {"hexToBytes", hex_to_bytes, 1, 1, list},
    {"hexToBytesArray", hex_to_byte_array, 1, 1, array},
    {"bytesToHex", bytes_to_hex, 1, 1, string, "L"},
    {"bytesToBase64", bytes_to_base64, 1, 1, string, "L"},
    {"base64ToHex", base64_to_hex, 1, 1, string},
    {"hexToBase64", hex_to_base64, 1, 1, string},
    {"base64ToBytes", base64_to_bytes, 1, 1, array},
    {"base64ToBytesList", base64_to_byte_list, 1, 1, list},
    {"bytesToExecutionArrayList", to_list, 1, 1, list, "L"},
    {"printUnsignedBytes", print_unsigned, 1, 1, list, "L"},
    {"parseByteToBinaryArray", byte_to_bits, 1, 3, array},
    {"parseBytesToBinaryArray", bytes_to_bits, 1, 2, array, "L"},
    {"parseLongToBinaryArray", long_to_bits, 1, 2, array},
    {"parseBinaryArrayToInt", bits_to_int, 1, 3, int_type, "L"},
    // clang-format on
};

}  // namespace
}  // namespace bytes

std::span<const Method> byte_helpers() { return bytes::methods; }

}  // namespace thingstead::script::tbel
