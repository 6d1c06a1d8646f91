#include "core/notification/placeholders.h"

#include <algorithm>
#include <optional>

#include "core/identity/mail_texts.h"

namespace thingstead::core {
namespace {

/// Letters of ASCII alone change.
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Nothing: there is no such way of writing.
std::optional<std::string> written(std::string value, std::string_view way) {
    if (way.empty()) return value;
    if (way == "upperCase")
        std::transform(value.begin(), value.end(), value.begin(), upper);
    else if (way == "lowerCase")
        std::transform(value.begin(), value.end(), value.begin(), lower);
    else if (way == "capitalize") {
        if (!value.empty()) value[0] = upper(value[0]);
    } else
        return std::nullopt;
    return value;
}

std::optional<std::string> value_of(std::string_view placeholder, const PlaceholderValues& values) {
    if (const auto whole = values.find(placeholder); whole != values.end()) return whole->second;
    const std::size_t colon = placeholder.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto found = values.find(placeholder.substr(0, colon));
    if (found == values.end()) return std::nullopt;
    return written(found->second, placeholder.substr(colon + 1));
}

}  // namespace

std::string fill_placeholders(std::string_view text, const PlaceholderValues& values,
                              PlaceholderTarget target) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t open = text.find("${");
        out += text.substr(0, open);
        if (open == std::string_view::npos) break;
        text.remove_prefix(open);
        const std::size_t close = text.find('}');
        if (close == std::string_view::npos) {
            out += text;
            break;
        }
        const std::optional<std::string> value = value_of(text.substr(2, close - 2), values);
        if (value) {
            out += target == PlaceholderTarget::html ? html_escaped(*value) : *value;
            text.remove_prefix(close + 1);
        } else {
            out += "${";
            text.remove_prefix(2);
        }
    }
    return out;
}

}  // namespace thingstead::core
