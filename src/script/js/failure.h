// Errors of scripts, in words: what went wrong, and where in the script.
#pragma once
#include <js/TypeDecls.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::script::js {

/// Where the library counts the first line of a body, minus one.
inline constexpr unsigned lines_before_body = 1;
/// What it calls the text of a body.
inline constexpr char body_name[] = "script";

/// A place in the text of a script, from one; line 0: not known.
struct Place {
    unsigned line = 0, column = 0;
};

/// Where the script is that now runs; inside an eval: where that was called.
Place current_place(JSContext* cx);

/// Takes the exception that is pending; runs nothing of the script. `otherwise` is its code unless
/// it tells that memory was out.
Error take_exception(JSContext* cx, ErrorCode otherwise);

/// "text\n[Line: 2, Column: 5]".
std::string with_place(std::string_view text, Place place);

}  // namespace thingstead::script::js
