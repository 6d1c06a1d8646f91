// The OpenAPI document of a router's routes. Source: OpenAPI Specification 3.1.
#pragma once
#include <string>

#include "api/rest/router.h"

namespace thingstead::api::system {

/// Paths, methods, parameters and summaries of every route; schemas of the described entities.
std::string open_api_text(const Router& router);

}  // namespace thingstead::api::system
