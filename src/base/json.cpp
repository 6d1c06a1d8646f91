#include "base/json.h"

#include <algorithm>
#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/parser.hpp>
#include <cmath>

namespace thingstead {
namespace {

/// A number that was too large for a double: it could be kept, but not be written again.
bool has_infinite(const json::value& value) {
    if (const double* number = value.if_double()) return !std::isfinite(*number);
    if (const json::array* list = value.if_array())
        return std::any_of(list->begin(), list->end(), has_infinite);
    if (const json::object* members = value.if_object())
        return std::any_of(members->begin(), members->end(),
                           [](const auto& member) { return has_infinite(member.value()); });
    return false;
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = json_depth_max;
    unsigned char scratch[4096];
    json::parser parser({}, options, scratch);
    boost::system::error_code failed;
    const std::size_t consumed = parser.write(text.data(), text.size(), failed);
    if (failed)
        return Error{ErrorCode::malformed,
                     "Invalid JSON at byte " + std::to_string(consumed) + ": " + failed.message()};
    json::value value = parser.release();
    if (has_infinite(value))
        return Error{ErrorCode::malformed, "Invalid JSON: a number is out of range"};
    return value;
}

Error json_expected(std::string_view what) {
    return {ErrorCode::malformed, "expected " + std::string(what)};
}

Error json_member_error(std::string_view member, const Error& error) {
    // A message that begins with a path, "text: expected …", is lengthened; others are sentences.
    const std::string_view front =
        std::string_view(error.message).substr(0, error.message.find(": "));
    const bool nested =
        front.size() < error.message.size() && front.find(' ') == std::string_view::npos;
    return {error.code, std::string(member) + (nested ? "." : ": ") + error.message, error.detail};
}

}  // namespace thingstead
