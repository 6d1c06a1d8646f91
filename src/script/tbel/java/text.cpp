#include "script/tbel/java/text.h"

#include <algorithm>
#include <cstring>

namespace thingstead::script::java {
namespace {

constexpr std::int32_t replacement_character = 0xFFFD;

bool is_high(std::int32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(std::int32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }
std::int32_t joined(std::int32_t high, std::int32_t low) {
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

std::int32_t as_length(std::size_t size) { return static_cast<std::int32_t>(size); }

/// How many bytes a character takes whose first byte is `lead`; 0: none begins like this.
std::size_t sequence_bytes(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/// A high surrogate in its three bytes at the end of a text; 0: none.
std::int32_t high_at_end(std::string_view text) {
    if (text.size() < 3) return 0;
    std::size_t at = text.size() - 3;
    const std::int32_t last = next_code_point(text, at);
    return at == text.size() && is_high(last) ? last : 0;
}

Error out_of_bounds(std::int32_t index, std::int32_t length) {
    return {ErrorCode::invalid_argument, "Index " + std::to_string(index) +
                                             " out of bounds for length " + std::to_string(length)};
}

}  // namespace

bool is_ascii(std::string_view text) {
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, 8);
        if (eight & 0x8080808080808080u) return false;
    }
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

std::int32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = sequence_bytes(lead);
    if (bytes == 1) return text[at++];
    if (bytes == 0 || bytes > text.size() - at) {
        ++at;
        return replacement_character;
    }
    std::int32_t code_point = lead & (0xFF >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto byte = static_cast<unsigned char>(text[at + i]);
        if ((byte & 0xC0) != 0x80) {
            ++at;
            return replacement_character;
        }
        code_point = (code_point << 6) | (byte & 0x3F);
    }
    const bool too_long = (bytes == 3 && code_point < 0x800) ||
                          (bytes == 4 && (code_point < 0x10000 || code_point > 0x10FFFF));
    at += too_long ? 1 : bytes;
    return too_long ? replacement_character : code_point;
}

void append_code_point(std::string& text, std::int32_t code_point) {
    const auto byte = [&](std::int32_t bits) { text += static_cast<char>(bits); };
    if (code_point < 0x80) {
        byte(code_point);
    } else if (code_point < 0x800) {
        byte(0xC0 | (code_point >> 6));
        byte(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        byte(0xE0 | (code_point >> 12));
        byte(0x80 | ((code_point >> 6) & 0x3F));
        byte(0x80 | (code_point & 0x3F));
    } else {
        byte(0xF0 | (code_point >> 18));
        byte(0x80 | ((code_point >> 12) & 0x3F));
        byte(0x80 | ((code_point >> 6) & 0x3F));
        byte(0x80 | (code_point & 0x3F));
    }
}

std::int32_t text_length(std::string_view text) {
    if (is_ascii(text)) return as_length(text.size());
    std::int32_t units = 0;
    for (std::size_t at = 0; at < text.size();) units += next_code_point(text, at) > 0xFFFF ? 2 : 1;
    return units;
}

std::u16string to_utf16(std::string_view text) {
    std::u16string units;
    units.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::int32_t code_point = next_code_point(text, at);
        if (code_point > 0xFFFF) {
            code_point -= 0x10000;
            units += static_cast<char16_t>(0xD800 + (code_point >> 10));
            code_point = 0xDC00 + (code_point & 0x3FF);
        }
        units += static_cast<char16_t>(code_point);
    }
    return units;
}

std::string to_utf8(std::u16string_view units) {
    std::string text;
    text.reserve(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (is_high(units[i]) && i + 1 < units.size() && is_low(units[i + 1])) {
            append_code_point(text, joined(units[i], units[i + 1]));
            ++i;
        } else {
            append_code_point(text, units[i]);
        }
    }
    return text;
}

void append_unit(std::string& text, char16_t unit) {
    const std::int32_t high = is_low(unit) ? high_at_end(text) : 0;
    if (high == 0) return append_code_point(text, unit);
    text.resize(text.size() - 3);
    append_code_point(text, joined(high, unit));
}

std::string unit_text(char16_t unit) {
    std::string text;
    append_code_point(text, unit);
    return text;
}

void append_text(std::string& text, std::string_view more) {
    if (!more.empty() && high_at_end(text) != 0) {
        std::size_t at = 0;
        const std::int32_t first = next_code_point(more, at);
        if (is_low(first)) {
            append_unit(text, static_cast<char16_t>(first));
            more.remove_prefix(at);
        }
    }
    text += more;
}

Result<char16_t> char_at(std::string_view text, std::int32_t index) {
    if (is_ascii(text)) {
        if (index >= 0 && index < as_length(text.size()))
            return static_cast<char16_t>(text[static_cast<std::size_t>(index)]);
        return out_of_bounds(index, as_length(text.size()));
    }
    std::int32_t unit = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::int32_t code_point = next_code_point(text, at);
        if (unit == index && code_point <= 0xFFFF) return static_cast<char16_t>(code_point);
        if (code_point > 0xFFFF) {
            if (unit == index)
                return static_cast<char16_t>(0xD800 + ((code_point - 0x10000) >> 10));
            if (++unit == index) return static_cast<char16_t>(0xDC00 + (code_point & 0x3FF));
        }
        ++unit;
    }
    return out_of_bounds(index, unit);
}

Result<std::int32_t> code_point_at(std::string_view text, std::int32_t index) {
    const Result<char16_t> unit = char_at(text, index);
    if (!unit) return unit.error();
    if (is_high(*unit))
        if (const Result<char16_t> next = char_at(text, index + 1); next && is_low(*next))
            return joined(*unit, *next);
    return std::int32_t{*unit};
}

Result<std::string> substring(std::string_view text, std::int32_t begin) {
    return substring(text, begin, text_length(text));
}

Result<std::string> substring(std::string_view text, std::int32_t begin, std::int32_t end) {
    const bool ascii = is_ascii(text);
    const std::int32_t length = ascii ? as_length(text.size()) : text_length(text);
    if (begin < 0 || begin > end || end > length)
        return Error{ErrorCode::invalid_argument,
                     "Range [" + std::to_string(begin) + ", " + std::to_string(end) +
                         ") out of bounds for length " + std::to_string(length)};
    const auto first = static_cast<std::size_t>(begin);
    const auto count = static_cast<std::size_t>(end - begin);
    if (ascii) return std::string(text.substr(first, count));
    return to_utf8(std::u16string_view(to_utf16(text)).substr(first, count));
}

std::size_t byte_of_unit(std::string_view text, std::int32_t index) {
    if (index <= 0) return 0;
    if (is_ascii(text)) return std::min(static_cast<std::size_t>(index), text.size());
    std::int32_t unit = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = at;
        unit += next_code_point(text, at) > 0xFFFF ? 2 : 1;
        if (unit > index) return begin;
    }
    return at;
}

std::int32_t unit_of_byte(std::string_view text, std::size_t byte) {
    return text_length(text.substr(0, byte));
}

std::int32_t index_of(std::string_view text, std::string_view part, std::int32_t from) {
    from = std::max(from, 0);
    if (is_ascii(text)) {
        const auto start = static_cast<std::size_t>(from);
        if (start > text.size()) return part.empty() ? as_length(text.size()) : -1;
        const std::size_t at = text.find(part, start);
        return at == std::string_view::npos ? -1 : as_length(at);
    }
    const std::u16string units = to_utf16(text);
    const auto start = std::min(static_cast<std::size_t>(from), units.size());
    const std::size_t at = units.find(to_utf16(part), start);
    return at == std::u16string::npos ? -1 : as_length(at);
}

std::int32_t last_index_of(std::string_view text, std::string_view part) {
    return last_index_of(text, part, as_length(text.size()));
}

std::int32_t last_index_of(std::string_view text, std::string_view part, std::int32_t from) {
    if (from < 0) return -1;
    const auto start = static_cast<std::size_t>(from);
    const std::size_t at =
        is_ascii(text) ? text.rfind(part, start) : to_utf16(text).rfind(to_utf16(part), start);
    return at == std::string_view::npos ? -1 : as_length(at);
}

bool starts_with(std::string_view text, std::string_view prefix, std::int32_t from) {
    if (from < 0) return false;
    if (from == 0 && is_ascii(prefix)) return text.starts_with(prefix);
    const std::u16string units = to_utf16(text);
    const auto start = static_cast<std::size_t>(from);
    return start <= units.size() &&
           std::u16string_view(units).substr(start).starts_with(to_utf16(prefix));
}

bool ends_with(std::string_view text, std::string_view suffix) {
    if (is_ascii(suffix)) return text.ends_with(suffix);
    return std::u16string_view(to_utf16(text)).ends_with(to_utf16(suffix));
}

bool contains(std::string_view text, std::string_view part) {
    return is_ascii(part) ? text.find(part) != std::string_view::npos : index_of(text, part) >= 0;
}

std::int32_t compare(std::string_view left, std::string_view right) {
    std::size_t same = 0;
    const std::size_t shorter = std::min(left.size(), right.size());
    while (same < shorter && left[same] == right[same] &&
           static_cast<unsigned char>(left[same]) < 0x80)
        ++same;
    const std::u16string left_units = to_utf16(left.substr(same));
    const std::u16string right_units = to_utf16(right.substr(same));
    const std::size_t common = std::min(left_units.size(), right_units.size());
    for (std::size_t i = 0; i < common; ++i)
        if (left_units[i] != right_units[i]) return left_units[i] - right_units[i];
    return as_length(left_units.size()) - as_length(right_units.size());
}

std::int32_t hash_code(std::string_view text) {
    std::uint32_t hash = 0;
    for (const char16_t unit : to_utf16(text)) hash = hash * 31 + unit;
    return static_cast<std::int32_t>(hash);
}

std::vector<std::string> to_char_texts(std::string_view text) {
    std::vector<std::string> out;
    for (const char16_t unit : to_utf16(text)) out.push_back(unit_text(unit));
    return out;
}

}  // namespace thingstead::script::java
