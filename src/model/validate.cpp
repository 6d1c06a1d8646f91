#include "model/validate.h"

#include <algorithm>
#include <cctype>

#include "model/document.h"

namespace thingstead::model {
namespace {

bool starts_markup(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '!' || c == '?';
}

}  // namespace

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

bool has_markup(std::string_view text) {
    if (const std::size_t open = text.find("{{");
        open != std::string_view::npos && text.find("}}", open) != std::string_view::npos)
        return true;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1))
        if (at + 1 < text.size() && starts_markup(text[at + 1])) return true;
    return false;
}

void TextChecks::check(std::string_view label, std::string_view text, const FieldFacts& facts) {
    const std::string name(label);
    if (facts.length_max != 0 && text.size() > facts.length_max &&
        characters(text) > facts.length_max)
        items_.push_back(name + " length must be equal or less than " +
                         std::to_string(facts.length_max));
    if (facts.no_markup && has_markup(text)) items_.push_back(name + " is malformed");
    if (text.find('\0') != std::string_view::npos)
        items_.push_back(name + " should not contain 0x00 symbol");
}

void TextChecks::check(std::string_view label, const json::value& document,
                       const FieldFacts& facts) {
    if (facts.length_max != 0 && !document.is_null() &&
        json::serialize(document).size() > facts.length_max)
        items_.push_back(std::string(label) + " length must be equal or less than " +
                         std::to_string(facts.length_max));
    if (facts.schema.empty() || document.is_null()) return;
    if (const Result<> fits = check_document(facts.schema, document); !fits)
        items_.push_back(std::string(label) + "." + fits.error().message);
}

Result<> TextChecks::result() const {
    if (items_.empty()) return {};
    std::vector<std::string> items = items_;
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    std::string message = "Validation error: ";
    for (const std::string& item : items) message += (&item == items.data() ? "" : ", ") + item;
    return Error{ErrorCode::invalid_argument, std::move(message)};
}

}  // namespace thingstead::model
