// Appends MQTT's data types to the bytes of a packet. Source: OASIS MQTT 5.0 section 1.5.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace thingstead::mqtt {

/// Longest text or binary field, in bytes: its length is two bytes.
inline constexpr std::size_t text_bytes_max = 65'535;

template <std::unsigned_integral T>
void append_number(std::string& out, T number) {
    std::byte bytes[sizeof(T)];
    store_big(bytes, number);
    out.append(as_text(bytes));
}

/// REQUIRES text.size() <= text_bytes_max.
inline void append_text(std::string& out, std::string_view text) {
    append_number(out, static_cast<std::uint16_t>(text.size()));
    out.append(text);
}

}  // namespace thingstead::mqtt
