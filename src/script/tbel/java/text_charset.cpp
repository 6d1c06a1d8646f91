// Texts as bytes of the charsets that every Java has.
#include <array>

#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

enum class Charset : std::uint8_t { utf8, ascii, latin1, utf16, utf16be, utf16le };

struct CharsetName {
    std::string_view name;
    Charset charset;
};

constexpr CharsetName charset_names[] = {
    {"utf-8",                 Charset::utf8   },
    {"utf8",                  Charset::utf8   },
    {"us-ascii",              Charset::ascii  },
    {"ascii",                 Charset::ascii  },
    {"iso646-us",             Charset::ascii  },
    {"iso-8859-1",            Charset::latin1 },
    {"iso8859-1",             Charset::latin1 },
    {"iso8859_1",             Charset::latin1 },
    {"latin1",                Charset::latin1 },
    {"l1",                    Charset::latin1 },
    {"utf-16",                Charset::utf16  },
    {"utf16",                 Charset::utf16  },
    {"utf_16",                Charset::utf16  },
    {"utf-16be",              Charset::utf16be},
    {"unicodebigunmarked",    Charset::utf16be},
    {"utf-16le",              Charset::utf16le},
    {"unicodelittleunmarked", Charset::utf16le},
};

Result<Charset> find_charset(std::string_view name) {
    const std::string wanted = to_lower_case(name);
    for (const CharsetName& row : charset_names)
        if (row.name == wanted) return row.charset;
    return Error{ErrorCode::invalid_argument, std::string(name)};
}

void append_pair(std::string& out, char16_t unit, bool big_endian) {
    const auto high = static_cast<char>(unit >> 8);
    const auto low = static_cast<char>(unit & 0xFF);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
}

std::string pairs_to_text(std::string_view bytes, bool big_endian) {
    std::u16string units;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        const auto first = static_cast<unsigned char>(bytes[at]);
        const auto second = static_cast<unsigned char>(bytes[at + 1]);
        units += static_cast<char16_t>(big_endian ? first << 8 | second : second << 8 | first);
    }
    if (bytes.size() % 2 != 0) units += u'\uFFFD';
    return to_utf8(units);
}

/// A text where surrogates alone have become `mark`.
std::string without_lone_surrogates(std::string_view text, std::int32_t mark) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::int32_t code_point = next_code_point(text, at);
        append_code_point(out, code_point >= 0xD800 && code_point < 0xE000 ? mark : code_point);
    }
    return out;
}

}  // namespace

Result<std::string> encode_text(std::string_view text, std::string_view charset) {
    const Result<Charset> found = find_charset(charset);
    if (!found) return found.error();
    if (*found == Charset::utf8)
        return is_ascii(text) ? std::string(text) : without_lone_surrogates(text, '?');
    std::string out;
    if (*found == Charset::ascii || *found == Charset::latin1) {
        const std::int32_t limit = *found == Charset::ascii ? 0x80 : 0x100;
        for (std::size_t at = 0; at < text.size();) {
            const std::int32_t code_point = next_code_point(text, at);
            out += code_point < limit ? static_cast<char>(code_point) : '?';
        }
        return out;
    }
    if (*found == Charset::utf16 && !text.empty()) append_pair(out, 0xFEFF, true);
    for (const char16_t unit : to_utf16(without_lone_surrogates(text, 0xFFFD)))
        append_pair(out, unit, *found != Charset::utf16le);
    return out;
}

Result<std::string> decode_text(std::string_view bytes, std::string_view charset) {
    const Result<Charset> found = find_charset(charset);
    if (!found) return found.error();
    switch (*found) {
        case Charset::utf8:
            if (is_ascii(bytes)) return std::string(bytes);
            return without_lone_surrogates(bytes, 0xFFFD);
        case Charset::ascii:
        case Charset::latin1: {
            std::string out;
            for (const char byte : bytes) {
                const auto code_point = static_cast<unsigned char>(byte);
                const bool known = *found == Charset::latin1 || code_point < 0x80;
                append_code_point(out, known ? code_point : 0xFFFD);
            }
            return out;
        }
        case Charset::utf16: {
            const bool marked = bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE");
            return pairs_to_text(bytes.substr(marked ? 2 : 0), !bytes.starts_with("\xFF\xFE"));
        }
        case Charset::utf16be: return pairs_to_text(bytes, true);
        case Charset::utf16le: return pairs_to_text(bytes, false);
    }
    return std::string(bytes);
}

}  // namespace thingstead::script::java
