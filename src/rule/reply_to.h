// What nodes that answer a caller read of a message: which server and which call it is for.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/msg.h"

namespace thingstead::rule {

/// Value of the metadata key `configured`, or `usual` if that is empty.
/// Errors: invalid_argument - "`what` is not present in the metadata!"
Result<std::string> reply_address(const model::Metadata& metadata, const std::string& configured,
                                  std::string_view usual, std::string_view what);

/// Errors: invalid_argument - there is nothing to answer with.
Result<std::string> reply_body(const model::Msg& msg);

}  // namespace thingstead::rule
