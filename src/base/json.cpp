#include "base/json.h"

#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/parser.hpp>

namespace thingstead {

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
    return parser.release();
}

Error json_expected(std::string_view what) {
    return {ErrorCode::malformed, "expected " + std::string(what)};
}

Error json_member_error(std::string_view member, const Error& error) {
    const bool nested =
        error.message.find(": ") != std::string::npos && !error.message.starts_with("expected");
    return {error.code, std::string(member) + (nested ? "." : ": ") + error.message, error.detail};
}

}  // namespace thingstead
