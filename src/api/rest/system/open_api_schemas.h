// The schemas of the interface's description: what resources list, the documents of
// model/document.h, ids, pages. Source: OpenAPI Specification 3.1, "Schema Object".
#pragma once
#include <span>
#include <string_view>

#include "api/rest/route.h"
#include "base/json.h"

namespace thingstead::api::system {

/// Every schema by its name, sorted.
json::object open_api_schemas(std::span<const Resource* const> resources);

/// The schema of a type as rows name it: "Device", "Device[]", "[string]", "PageData<Device>",
/// "string", "boolean". What has no schema of its own is described by its words.
json::object type_named(std::string_view words, const json::object& schemas);

}  // namespace thingstead::api::system
