#include "model/kv.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace thingstead::model {
namespace {

void append_long(std::string& out, std::int64_t value) {
    char text[20];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
}

/// Bytes of the UTF-8 sequence at the front of `text`, which is not ASCII; 0 if it is not valid.
/// Source: RFC 3629 section 4.
std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i) { return i < text.size() && (at(i) & 0xC0) == 0x80; };
    const unsigned first = at(0);
    if (first < 0xC2 || first > 0xF4 || !tail(1)) return 0;
    if (first < 0xE0) return 2;
    const unsigned second = at(1);
    if (!tail(2)) return 0;
    if (first < 0xF0) {
        const bool overlong = first == 0xE0 && second < 0xA0;
        const bool surrogate = first == 0xED && second > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return !tail(3) || overlong || beyond ? 0 : 4;
}

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"':  out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default:   break;
    }
    constexpr char digits[] = "0123456789ABCDEF";
    out += "\\u00";
    out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(digits[static_cast<unsigned char>(c) & 0xF]);
}

/// With more than 16 digits after the point a number of a payload is no double.
constexpr double smallest_read_as_double = 1e-16;

/// The shortest digits of a finite positive number and the place of its point: digits d1 d2 … and
/// `exponent` mean d1.d2… × 10^exponent.
struct Digits {
    char digits[20];
    std::size_t count = 0;
    int exponent = 0;
};

Digits shortest_digits(double value) {
    char text[32];
    const char* const end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    Digits out;
    const char* at = text;
    for (; *at != 'e'; ++at)
        if (*at != '.') out.digits[out.count++] = *at;
    ++at;
    if (*at == '+') ++at;  // from_chars knows no plus sign
    std::from_chars(at, end, out.exponent);
    return out;
}

/// Digits [from, count), or a zero if there are none: what stands behind a point.
void append_fraction(std::string& out, const Digits& d, std::size_t from) {
    if (from < d.count)
        out.append(d.digits + from, d.count - from);
    else
        out.push_back('0');
}

void append_plain(std::string& out, const Digits& d) {
    if (d.exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-d.exponent - 1), '0');
        append_fraction(out, d, 0);
        return;
    }
    const auto whole = static_cast<std::size_t>(d.exponent) + 1;
    for (std::size_t i = 0; i < whole; ++i) out.push_back(i < d.count ? d.digits[i] : '0');
    out.push_back('.');
    append_fraction(out, d, whole);
}

}  // namespace

void append_double(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::signbit(value)) out.push_back('-');
    const double size = std::fabs(value);
    if (std::isinf(size)) {
        out += "Infinity";
        return;
    }
    if (size == 0) {
        out += "0.0";
        return;
    }
    const Digits digits = shortest_digits(size);
    if (size >= 1e-3 && size < 1e7) {
        append_plain(out, digits);
        return;
    }
    out.push_back(digits.digits[0]);
    out.push_back('.');
    append_fraction(out, digits, 1);
    out.push_back('E');
    append_long(out, digits.exponent);
}

void append_plain_double(std::string& out, double value) {
    const double size = std::fabs(value);
    if (size < smallest_read_as_double) {
        append_double(out, value);
        return;
    }
    if (std::signbit(value)) out.push_back('-');
    append_plain(out, shortest_digits(size));
}

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t copied = 0;  // text before it is in `out`
    std::size_t at = 0;
    const auto copy_run = [&] { out.append(text.substr(copied, at - copied)); };
    while (at < text.size()) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c >= 0x80) {
            if (const std::size_t length = utf8_length(text.substr(at)); length > 0) {
                at += length;
                continue;
            }
            copy_run();
            out += "\xEF\xBF\xBD";  // U+FFFD: a broken byte must not break the document around it
            copied = ++at;
        } else if (c < 0x20 || c == '"' || c == '\\') {
            copy_run();
            append_escaped(out, text[at]);
            copied = ++at;
        } else {
            ++at;
        }
    }
    copy_run();
    out.push_back('"');
}

void append_json(std::string& out, const Value& value) {
    std::visit(
        [&](const auto& v) {
            using T = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<T, bool>) {
                out += v ? "true" : "false";
            } else if constexpr (std::is_same_v<T, std::int64_t>) {
                append_long(out, v);
            } else if constexpr (std::is_same_v<T, double>) {
                if (std::isfinite(v))
                    append_double(out, v);
                else
                    out += "null";
            } else if constexpr (std::is_same_v<T, std::string>) {
                append_json_string(out, v);
            } else {
                out += v.text;
            }
        },
        value);
}

std::string to_text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    std::string out;
    if (const auto* number = std::get_if<double>(&value))
        append_double(out, *number);
    else
        append_json(out, value);
    return out;
}

}  // namespace thingstead::model
