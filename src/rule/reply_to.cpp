#include "rule/reply_to.h"

namespace thingstead::rule {

Result<std::string> reply_address(const model::Metadata& metadata, const std::string& configured,
                                  std::string_view usual, std::string_view what) {
    std::string value(metadata.get(configured.empty() ? usual : std::string_view(configured)));
    if (value.empty())
        return Error{ErrorCode::invalid_argument,
                     std::string(what) + " is not present in the metadata!"};
    return value;
}

Result<std::string> reply_body(const model::Msg& msg) {
    if (msg.data.empty())
        return Error{ErrorCode::invalid_argument, "The message has no data to answer with!"};
    return msg.data;
}

}  // namespace thingstead::rule
