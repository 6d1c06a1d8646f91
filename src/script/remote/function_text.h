// A script as the function that executors evaluate: texts in, a text out; and back from what they
// answer to what who wrote the script is to read. No I/O.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "script/remote/protocol.h"
#include "script/script.h"

namespace thingstead::script::remote {

struct FunctionText {
    std::string name;  ///< Made of the hash.
    std::string hash;  ///< SHA-256 of the code, in hexadecimal.
    std::string code;  ///< An expression whose value is the function.
};

/// The body's first line is the code's second: places in errors are told one line too low.
FunctionText function_text(std::string_view body, std::span<const std::string> argument_names);

/// Each input as JSON.
std::vector<std::string> argument_texts(std::span<const Input> inputs);

/// "… [Line: 3, Column: 5]" of the code, as a place in the body.
std::string with_place_in_body(std::string details);
/// What a failed call is to its caller.
Error error_of(const Failure& failure);
/// Errors: malformed - the text is no JSON.
Result<json::value> result_of(const std::optional<std::string>& text, json::storage_ptr storage);

}  // namespace thingstead::script::remote
