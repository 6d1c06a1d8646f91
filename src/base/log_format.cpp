#include <cstdio>
#include <ctime>

#include "base/log_sink.h"

namespace thingstead {
namespace {

/// Longest value of one field, in bytes before escaping; the rest is cut and its length told.
constexpr std::size_t value_bytes_max = 4096;

struct CodePoint {
    std::uint32_t value;
    std::size_t bytes;  ///< 0: not UTF-8.
};

CodePoint decode_utf8(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = at(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return {0, 0};
    std::uint32_t value = first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0) != 0x80) return {0, 0};
        value = (value << 6) | (at(i) & 0x3Fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return {0, 0};
    return {value, length};
}

/// Characters that move the cursor, break the line or turn the reading direction of a terminal.
bool forges(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200E && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_hex(std::string& out, const char* format, unsigned value) {
    char text[12];
    std::snprintf(text, sizeof text, format, value);
    out += text;
}

// The escapes of JSON, in both formats; a byte that is not UTF-8 is \xNN in a text line and the
// replacement character in a JSON one, which has no bytes.
void append_quoted(std::string& out, std::string_view value, LogFormat format) {
    out += '"';
    const std::size_t whole = value.size();
    value = value.substr(0, value_bytes_max);
    while (whole > value.size() && !value.empty() &&
           (static_cast<unsigned char>(value.back()) & 0x80) != 0)
        value.remove_suffix(1);  // do not cut inside a character
    const std::size_t kept = value.size();
    while (!value.empty()) {
        const CodePoint c = decode_utf8(value);
        if (c.bytes == 0) {
            if (format == LogFormat::json)
                out += "\xEF\xBF\xBD";
            else
                append_hex(out, "\\x%02x", static_cast<unsigned char>(value[0]));
        } else if (c.value == '"' || c.value == '\\') {
            out += {'\\', static_cast<char>(c.value)};
        } else if (c.value == '\n') {
            out += "\\n";
        } else if (c.value == '\r') {
            out += "\\r";
        } else if (c.value == '\t') {
            out += "\\t";
        } else if (forges(c.value)) {
            append_hex(out, "\\u%04x", c.value);
        } else {
            out += value.substr(0, c.bytes);
        }
        value.remove_prefix(c.bytes == 0 ? 1 : c.bytes);
    }
    if (whole > kept) out += "... of " + std::to_string(whole) + " bytes";
    out += '"';
}

bool plain(std::string_view text) {
    if (text.empty() || text.size() > 128) return false;
    for (const char c : text) {
        const bool word =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!word && std::string_view("._:/@+-#$*").find(c) == std::string_view::npos) return false;
    }
    return true;
}

void append_word(std::string& out, std::string_view text) {
    if (plain(text))
        out += text;
    else
        append_quoted(out, text, LogFormat::text);
}

// NaN and the infinities are not numbers in JSON.
bool json_bare(const LogField& field) {
    return field.bare && field.value.find_first_of("0123456789tf") != std::string::npos &&
           field.value.find("inf") == std::string::npos;
}

void append_time(std::string& out, EpochMs now_ms) {
    const std::time_t seconds = now_ms / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[48];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    out.append(text, length);
    std::snprintf(text, sizeof text, ".%03dZ", static_cast<int>(now_ms % 1000));
    out += text;
}

std::string text_line(EpochMs now_ms, LogLevel level, std::string_view event,
                      std::span<const LogField> fields) {
    constexpr std::string_view names[] = {" DEBUG ", " INFO  ", " WARN  ", " ERROR "};
    std::string line;
    line.reserve(64 + event.size() + 32 * fields.size());
    append_time(line, now_ms);
    line += names[static_cast<std::size_t>(level)];
    append_word(line, event);
    for (const LogField& field : fields) {
        line += ' ';
        append_word(line, field.name);
        line += '=';
        append_word(line, field.value);
    }
    line += '\n';
    return line;
}

std::string json_line(EpochMs now_ms, LogLevel level, std::string_view event,
                      std::span<const LogField> fields) {
    constexpr std::string_view names[] = {"debug", "info", "warn", "error"};
    std::string line;
    line.reserve(96 + event.size() + 32 * fields.size());
    line += R"({"ts":")";
    append_time(line, now_ms);
    line += R"(","level":")";
    line += names[static_cast<std::size_t>(level)];
    line += R"(","event":)";
    append_quoted(line, event, LogFormat::json);
    line += R"(,"fields":{)";
    const char* comma = "";
    for (const LogField& field : fields) {
        line += comma;
        comma = ",";
        append_quoted(line, field.name, LogFormat::json);
        line += ':';
        if (json_bare(field))
            line += field.value;
        else
            append_quoted(line, field.value, LogFormat::json);
    }
    line += "}}\n";
    return line;
}

}  // namespace

std::string format_log_line(LogFormat format, EpochMs now_ms, LogLevel level,
                            std::string_view event, std::span<const LogField> fields) {
    return format == LogFormat::json ? json_line(now_ms, level, event, fields)
                                     : text_line(now_ms, level, event, fields);
}

}  // namespace thingstead
