#include "net/url.h"

#include <simdjson.h>

#include <algorithm>

namespace thingstead::net {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The byte that the three characters at `at` stand for, or -1.
int percent_byte(std::string_view text, std::size_t at) {
    if (at + 2 >= text.size()) return -1;
    const int high = hex_digit(text[at + 1]);
    const int low = hex_digit(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string decode_form(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int byte = text[i] == '%' ? percent_byte(text, i) : -1;
        if (byte >= 0) {
            out.push_back(static_cast<char>(byte));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

bool unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const int byte = percent_byte(text, i);
        if (byte < 0) return std::nullopt;
        out.push_back(static_cast<char>(byte));
        i += 2;
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (unreserved(c)) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

Query Query::parse(std::string_view raw) {
    Query query;
    while (!raw.empty()) {
        const std::size_t end = std::min(raw.find('&'), raw.size());
        const std::string_view part = raw.substr(0, end);
        raw.remove_prefix(std::min(end + 1, raw.size()));
        if (part.empty()) continue;
        const std::size_t equals = std::min(part.find('='), part.size());
        query.add(decode_form(part.substr(0, equals)),
                  decode_form(part.substr(std::min(equals + 1, part.size()))));
    }
    return query;
}

std::optional<std::string_view> Query::find(std::string_view key) const {
    for (const Parameter& parameter : parameters_)
        if (parameter.first == key) return parameter.second;
    return std::nullopt;
}

std::vector<std::string_view> Query::all(std::string_view key) const {
    std::vector<std::string_view> values;
    for (const Parameter& parameter : parameters_)
        if (parameter.first == key) values.push_back(parameter.second);
    return values;
}

void Query::add(std::string key, std::string value) {
    parameters_.emplace_back(std::move(key), std::move(value));
}

std::string Query::encode() const {
    std::string out;
    for (const Parameter& parameter : parameters_) {
        if (!out.empty()) out.push_back('&');
        // The '=' stays even before an empty value: an empty key alone would be an empty part.
        out += percent_encode(parameter.first) + '=' + percent_encode(parameter.second);
    }
    return out;
}

Result<> check_text(std::string_view path, const Query& query) {
    if (!simdjson::validate_utf8(path)) return Error{ErrorCode::malformed, "The path is not UTF-8"};
    for (const auto& [key, value] : query.parameters()) {
        if (!simdjson::validate_utf8(key))
            return Error{ErrorCode::malformed, "The name of a query parameter is not UTF-8"};
        if (!simdjson::validate_utf8(value))
            return Error{ErrorCode::malformed, "Query parameter '" + key + "' is not UTF-8"};
    }
    return {};
}

}  // namespace thingstead::net
