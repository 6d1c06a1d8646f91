// What a key of telemetry or of an attribute may be.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "base/error.h"
#include "model/kv.h"

namespace thingstead::core {

/// Not blank, at most 255 characters, no markup (pages list keys as they are).
/// Errors: invalid_argument - in the interface's words; `field` is its name for the key.
Result<> check_key(std::string_view key, std::string_view field = "key");
Result<> check_keys(std::span<const model::KeyValue> values, std::string_view field = "key");

}  // namespace thingstead::core
