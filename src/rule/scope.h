// Scopes of attributes as configurations and metadata name them.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/kv.h"

namespace thingstead::rule {

inline std::string_view scope_name(model::AttributeScope scope) {
    switch (scope) {
        case model::AttributeScope::client: return "CLIENT_SCOPE";
        case model::AttributeScope::server: return "SERVER_SCOPE";
        case model::AttributeScope::shared: return "SHARED_SCOPE";
    }
    return {};
}

/// Errors: invalid_argument - "Unknown attribute scope: X".
inline Result<model::AttributeScope> scope_of(std::string_view name) {
    for (const auto each : {model::AttributeScope::client, model::AttributeScope::server,
                            model::AttributeScope::shared})
        if (name == scope_name(each)) return each;
    return Error{ErrorCode::invalid_argument, "Unknown attribute scope: " + std::string(name)};
}

}  // namespace thingstead::rule
