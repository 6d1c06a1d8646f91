#include "core/keys.h"

#include <string>

#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::size_t key_chars_max = 255;

Error invalid_field(std::string_view field, std::string_view what) {
    return {ErrorCode::invalid_argument,
            "Validation error: " + std::string(field) + std::string(what)};
}

}  // namespace

Result<> check_key(std::string_view key, std::string_view field) {
    if (key.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return Error{ErrorCode::invalid_argument, "Key cannot be blank"};
    if (key.size() > key_chars_max && model::characters(key) > key_chars_max)
        return invalid_field(field, " length must be equal or less than 255");
    if (key.find('<') != std::string_view::npos || key.find("{{") != std::string_view::npos)
        return invalid_field(field, " is malformed");
    if (key.find('\0') != std::string_view::npos)
        return invalid_field(field, " should not contain 0x00 symbol");
    return {};
}

Result<> check_keys(std::span<const model::KeyValue> values, std::string_view field) {
    for (const model::KeyValue& each : values)
        if (Result<> valid = check_key(each.key, field); !valid) return valid;
    return {};
}

}  // namespace thingstead::core
