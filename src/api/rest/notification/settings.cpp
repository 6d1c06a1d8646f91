// Over what is notified, and what a user wants to hear.
#include "core/notification/settings.h"

#include "api/rest/json_text.h"
#include "api/rest/notification/handlers.h"

namespace thingstead::api::notification {

Task<Result<net::Reply>> get_settings(Call call) {
    const auto found = co_await core::notification_settings(call.services.platform, call.caller);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> save_settings(Call call) {
    Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const auto saved = co_await core::save_notification_settings(call.services.platform,
                                                                 call.caller, *std::move(body));
    if (!saved) co_return saved.error();
    co_return json_reply_of(*saved);
}

Task<Result<net::Reply>> get_own_settings(Call call) {
    const auto found =
        co_await core::user_notification_settings(call.services.platform, call.caller);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> save_own_settings(Call call) {
    Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const auto saved = co_await core::save_user_notification_settings(
        call.services.platform, call.caller, *std::move(body));
    if (!saved) co_return saved.error();
    co_return json_reply_of(*saved);
}

Task<Result<net::Reply>> list_delivery_methods(Call call) {
    if (!call.services.notifications)
        co_return json_reply_of(std::vector{model::NotificationDeliveryMethod::web});
    const auto methods = co_await core::delivery_methods(*call.services.notifications, call.caller);
    if (!methods) co_return methods.error();
    co_return json_reply_of(*methods);
}

}  // namespace thingstead::api::notification
