#include "model/oauth2.h"

namespace thingstead::model {

OAuth2ClientInfo info_of(const OAuth2Client& client) {
    OAuth2ClientInfo info{client.id, client.created_time, client.title, {}, client.platforms};
    const json::object* more = client.additional_info.if_object();
    const json::value* provider = more ? more->if_contains("providerName") : nullptr;
    if (provider && provider->is_string()) info.provider_name = std::string(provider->get_string());
    return info;
}

}  // namespace thingstead::model
