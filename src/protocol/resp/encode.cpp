#include "protocol/resp/encode.h"

#include <array>
#include <charconv>
#include <cmath>

namespace thingstead::resp {
namespace {

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_head(std::string& out, char mark, std::size_t length) {
    out += mark;
    append_number(out, length);
    out += "\r\n";
}

void append_bulk(std::string& out, char mark, std::string_view text) {
    append_head(out, mark, text.size());
    out += text;
    out += "\r\n";
}

void append_line(std::string& out, char mark, std::string_view text) {
    out += mark;
    out += text;
    out += "\r\n";
}

void append_real(std::string& out, double real) {
    out += ',';
    if (std::isnan(real))
        out += "nan";
    else if (std::isinf(real))
        out += real < 0 ? "-inf" : "inf";
    else
        append_number(out, real);
    out += "\r\n";
}

void append_list(std::string& out, char mark, const std::vector<Value>& items) {
    append_head(out, mark, mark == '%' || mark == '|' ? items.size() / 2 : items.size());
    for (const Value& item : items) append_value(out, item);
}

}  // namespace

void append_command(std::string& out, std::span<const std::string_view> words) {
    append_head(out, '*', words.size());
    for (const std::string_view word : words) append_bulk(out, '$', word);
}

void append_value(std::string& out, const Value& value) {
    if (!value.attributes.empty()) append_list(out, '|', value.attributes);
    switch (value.type) {
        case Type::null:    out += "_\r\n"; return;
        case Type::boolean: append_line(out, '#', value.number ? "t" : "f"); return;
        case Type::number:
            out += ':';
            append_number(out, value.number);
            out += "\r\n";
            return;
        case Type::real:          append_real(out, value.real); return;
        case Type::big_number:    append_line(out, '(', value.text); return;
        case Type::simple_string: append_line(out, '+', value.text); return;
        case Type::simple_error:  append_line(out, '-', value.text); return;
        case Type::bulk_string:   append_bulk(out, '$', value.text); return;
        case Type::verbatim:      append_bulk(out, '=', value.text); return;
        case Type::bulk_error:    append_bulk(out, '!', value.text); return;
        case Type::array:         append_list(out, '*', value.items); return;
        case Type::set:           append_list(out, '~', value.items); return;
        case Type::map:           append_list(out, '%', value.items); return;
        case Type::push:          append_list(out, '>', value.items); return;
    }
}

}  // namespace thingstead::resp
