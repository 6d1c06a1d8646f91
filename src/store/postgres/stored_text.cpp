#include "store/postgres/stored_text.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace thingstead::store::postgres {
namespace {

/// Neither NUL nor beyond ASCII: most texts.
bool plain(std::string_view text) {
    constexpr std::uint64_t high = 0x8080'8080'8080'8080u;
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101u;
    while (text.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        if (((word | (word - ones)) & high) != 0) return false;
        text.remove_prefix(8);
    }
    for (const char c : text)
        if (c <= 0) return false;
    return true;
}

/// Bytes of the sequence at the front, or 0 if it is none.
/// Source: Unicode 15, table 3-7, "Well-Formed UTF-8 Byte Sequences".
std::size_t sequence_bytes(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const auto within = [&](std::size_t at, unsigned least, unsigned most) {
        return byte(at) >= least && byte(at) <= most;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool second = within(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
        return second && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool second = within(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
        return second && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

}  // namespace

void append_stored(std::string& out, std::string_view text) {
    if (plain(text)) {
        out += text;
        return;
    }
    while (!text.empty()) {
        const std::size_t bytes = sequence_bytes(text);
        if (bytes == 0)
            out += "\xEF\xBF\xBD";
        else if (text[0] != '\0')
            out += text.substr(0, bytes);
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
}

std::string stored_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_stored(out, text);
    return out;
}

}  // namespace thingstead::store::postgres
