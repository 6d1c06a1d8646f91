// Appends CQL's data types to a text. Sizes are the caller's to check: a [string] holds 65,535
// bytes, everything else 2^31 - 1.
// Source: native_protocol_v4.spec section 3.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace thingstead::cql {

template <std::unsigned_integral T>
void append_number(std::string& out, T value) {
    std::byte bytes[sizeof(T)];
    store_big(bytes, value);
    out.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
}
inline void append_byte(std::string& out, std::uint8_t value) {
    out.push_back(static_cast<char>(value));
}
inline void append_short(std::string& out, std::size_t value) {
    TS_ASSERT(value <= 0xFFFF);
    append_number(out, static_cast<std::uint16_t>(value));
}
inline void append_int(std::string& out, std::int32_t value) {
    append_number(out, static_cast<std::uint32_t>(value));
}
inline void append_long(std::string& out, std::int64_t value) {
    append_number(out, static_cast<std::uint64_t>(value));
}
/// [string], and [short bytes].
inline void append_text(std::string& out, std::string_view text) {
    append_short(out, text.size());
    out.append(text);
}
inline void append_long_text(std::string& out, std::string_view text) {
    TS_ASSERT(text.size() <= 0x7FFF'FFFF);
    append_int(out, static_cast<std::int32_t>(text.size()));
    out.append(text);
}
inline void append_bytes(std::string& out, std::optional<std::string_view> bytes) {
    if (bytes)
        append_long_text(out, *bytes);
    else
        append_int(out, -1);
}

}  // namespace thingstead::cql
