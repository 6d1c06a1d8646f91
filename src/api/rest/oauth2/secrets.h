// Secrets of clients are answered to whoever may read the client, and told to nobody else.
#pragma once
#include "api/rest/entity_calls.h"
#include "model/oauth2.h"

namespace thingstead::api {

inline model::OAuth2Client without_secrets(model::OAuth2Client client) {
    client.client_secret.clear();
    if (client.mapper && client.mapper->custom) client.mapper->custom->password.reset();
    return client;
}

template <>
inline json::value audited(const model::OAuth2Client& client) {
    return to_json(without_secrets(client));
}

template <>
inline RuleEvent entity_event(std::string_view type, const model::OAuth2Client& client) {
    RuleEvent event{type, model::EntityId(client.id), text_of(without_secrets(client))};
    event.metadata = {
        {"entityName", client.title                                            },
        {"entityType", std::string(wire_name(model::EntityType::oauth2_client))}
    };
    return event;
}

}  // namespace thingstead::api
