// Numbers of payloads: which type a literal is stored as, decided by its text.
#pragma once
#include <string_view>

#include "base/error.h"
#include "model/kv.h"

namespace thingstead::model {

/// `text` is a JSON number literal, or a castable string. Integral without a bare fraction → LONG
/// if it fits int64; with at most 16 digits after the point → DOUBLE; the rest → STRING of its
/// plain digits. `cast` false: what would become a STRING is refused. Errors: invalid_argument -
/// refused, or its plain digits would be over 400 characters.
Result<Value> number_value(std::string_view text, bool cast);

/// Whether a string is stored as a number when the cast is on: optional '-', digits, at most one
/// '.', not at the end.
bool looks_like_number(std::string_view text);

/// JSON's grammar of a number (RFC 8259 section 6).
bool is_json_number(std::string_view text);

}  // namespace thingstead::model
