// Attributes as devices ask for them and get them, the same for every transport with JSON payloads.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "core/device_services.h"
#include "model/kv.h"

namespace thingstead::transport {

/// Which attributes a device asks for; nullopt: not that scope, empty: all of it.
struct AttributeRequest {
    std::optional<std::vector<std::string>> client_keys;
    std::optional<std::vector<std::string>> shared_keys;
};

/// No list given: everything of both scopes; one list: only that scope. Keys are split at commas,
/// not trimmed.
AttributeRequest attribute_request(const std::optional<std::string>& client_keys,
                                   const std::optional<std::string>& shared_keys);

/// {"clientKeys":"a,b","sharedKeys":"c"}. Errors: malformed, invalid_argument - not an object, or a
/// key list that is not a text.
Result<AttributeRequest> parse_attribute_request(std::string_view payload);

/// {"client":{…},"shared":{…}}; a scope without hits is left out.
std::string attribute_response(const core::DeviceView& view);
/// {"key":value,…}
std::string attribute_update(const std::vector<model::KeyValue>& updated);
/// {"deleted":["key",…]}
std::string attribute_removal(const std::vector<std::string>& keys);

}  // namespace thingstead::transport
