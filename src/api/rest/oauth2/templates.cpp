// Templates of clients.
#include "api/rest/json_text.h"
#include "api/rest/oauth2/handlers.h"
#include "core/oauth2/oauth2_rules.h"

namespace thingstead::api::oauth2 {

Task<Result<net::Reply>> list_templates(Call call) {
    const auto found = co_await core::templates(call.services.platform, call.caller);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> save_template(Call call) {
    auto asked = call.body_as<model::OAuth2Template>();
    if (!asked) co_return asked.error();
    const auto saved =
        co_await core::save_template(call.services.platform, call.caller, *std::move(asked));
    if (!saved) co_return saved.error();
    co_return json_reply_of(*saved);
}

Task<Result<net::Reply>> delete_template(Call call) {
    const Result<Uuid> id = call.uuid("clientRegistrationTemplateId");
    if (!id) co_return id.error();
    const Result<> gone = co_await core::remove_template(call.services.platform, call.caller, *id);
    if (!gone) co_return gone.error();
    co_return net::Reply{};
}

}  // namespace thingstead::api::oauth2
