// JSON schemas of answers that a model is asked for.
#pragma once
#include "base/error.h"
#include "base/json.h"

namespace thingstead::rule::ai_request {

/// Whether models can be asked for it: an object with a title, made of strings, integers, numbers,
/// booleans, null, objects, arrays and enumerations of strings. Errors: invalid_argument - the
/// message names the place.
Result<> check_schema(const json::value& schema);

}  // namespace thingstead::rule::ai_request
