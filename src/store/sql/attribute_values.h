// What the relational drivers do alike with attributes before they reach SQL.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/kv.h"

namespace thingstead::store::sql {

/// As the column attribute_type has it.
inline std::int64_t number_of(model::AttributeScope scope) {
    return static_cast<std::int64_t>(scope);
}

/// Without NUL characters, sorted, each once.
std::vector<std::string> sorted_keys(const std::vector<std::string>& keys);

/// JSON cannot carry NaN and the infinities. Errors: invalid_argument - `value` is one.
Result<> require_finite(const model::KeyValue& value);

}  // namespace thingstead::store::sql
