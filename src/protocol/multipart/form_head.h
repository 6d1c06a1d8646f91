// The head of a part, and headers with parameters. For form.cpp.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "protocol/multipart/form.h"

namespace thingstead::multipart {

/// `form-data; name="a"; filename="b"`.
struct HeaderValue {
    std::string value;                                            ///< In lower case.
    std::vector<std::pair<std::string, std::string>> parameters;  ///< Names in lower case.

    const std::string* find(std::string_view name) const;
};

/// Errors: malformed - a quoted text does not end.
Result<HeaderValue> parse_header_value(std::string_view text);

/// Name, name of the file and media type from a part's headers, which end without an empty line.
/// Errors: malformed - no disposition `form-data` with a name.
Result<Part> parse_head(std::string_view head);

}  // namespace thingstead::multipart
