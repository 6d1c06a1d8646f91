#include "rule/node/kafka/text_encoding.h"

namespace thingstead::rule::kafka {
namespace {

/// The character at the front of `text`, taken away; U+FFFD for what is no UTF-8.
char32_t take_character(std::string_view& text) {
    constexpr char32_t replacement = 0xFFFD;
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (length > text.size() || (first >= 0x80 && first < 0xC0)) {
        text.remove_prefix(1);
        return replacement;
    }
    char32_t character = length == 1 ? first : first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    text.remove_prefix(length);
    return character > 0x10FFFF ? replacement : character;
}

void append_unit(std::string& out, char32_t unit, bool little) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    out += little ? low : high;
    out += little ? high : low;
}

void append_utf_16(std::string& out, char32_t character, bool little) {
    if (character < 0x10000) return append_unit(out, character, little);
    append_unit(out, 0xD800 + ((character - 0x10000) >> 10), little);
    append_unit(out, 0xDC00 + ((character - 0x10000) & 0x3FF), little);
}

}  // namespace

std::string encoded(std::string_view text, Charset charset) {
    if (charset == Charset::utf_8) return std::string(text);
    std::string out = charset == Charset::utf_16 ? "\xFE\xFF" : "";
    const char32_t first_missing = charset == Charset::us_ascii ? 0x80 : 0x100;
    while (!text.empty()) {
        const char32_t character = take_character(text);
        if (charset == Charset::us_ascii || charset == Charset::iso_8859_1)
            out += character < first_missing ? static_cast<char>(character) : '?';
        else
            append_utf_16(out, character, charset == Charset::utf_16le);
    }
    return out;
}

}  // namespace thingstead::rule::kafka
