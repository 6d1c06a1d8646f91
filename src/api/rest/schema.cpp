#include "api/rest/schema.h"

namespace thingstead::api {

json::object schema_ref(std::string_view name) {
    return {
        {"$ref", "#/components/schemas/" + std::string(name)}
    };
}

std::string id_schema_name(model::EntityType type) {
    if (type == model::EntityType::oauth2_client) return "OAuth2ClientId";
    std::string out;
    bool upper = true;
    for (const char c : wire_name(type)) {
        if (c == '_') {
            upper = true;
            continue;
        }
        out += upper || c < 'A' ? c : static_cast<char>(c - 'A' + 'a');
        upper = false;
    }
    return out + "Id";
}

}  // namespace thingstead::api
