// What users were told.
#include "core/notification/inbox.h"

#include "api/rest/json_text.h"
#include "api/rest/notification/handlers.h"
#include "core/entity/kind.h"

namespace thingstead::api::notification {
namespace {

using model::NotificationDeliveryMethod;

Result<NotificationDeliveryMethod> method_of(const Call& call,
                                             NotificationDeliveryMethod otherwise) {
    const auto name = call.parameter("deliveryMethod");
    if (!name) return otherwise;
    const auto method = enum_value<NotificationDeliveryMethod>(*name);
    if (!method)
        return core::invalid("NotificationDeliveryMethod \"" + *name + "\" is not supported!");
    return *method;
}

}  // namespace

Task<Result<net::Reply>> list_notifications(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto method = method_of(call, NotificationDeliveryMethod::web);
    if (!method) co_return method.error();
    const Result<bool> unread = call.flag("unreadOnly", false);
    if (!unread) co_return unread.error();
    const auto page = co_await core::page_notifications(call.services.platform, call.caller,
                                                        *method, *unread, *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> count_unread(Call call) {
    const auto method = method_of(call, NotificationDeliveryMethod::mobile_app);
    if (!method) co_return method.error();
    const auto count = co_await core::count_unread(call.services.platform, call.caller, *method);
    if (!count) co_return count.error();
    co_return json_reply(std::to_string(*count));
}

Task<Result<net::Reply>> read_one(Call call) {
    const auto id = call.id<model::NotificationId>("id");
    if (!id) co_return id.error();
    const Result<> done = co_await core::mark_read(call.services.platform, call.caller, *id);
    if (!done) co_return done.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> read_all(Call call) {
    const auto method = method_of(call, NotificationDeliveryMethod::web);
    if (!method) co_return method.error();
    const Result<> done =
        co_await core::mark_all_read(call.services.platform, call.caller, *method);
    if (!done) co_return done.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> delete_notification(Call call) {
    const auto id = call.id<model::NotificationId>("id");
    if (!id) co_return id.error();
    const Result<> done =
        co_await core::remove_notification(call.services.platform, call.caller, *id);
    if (!done) co_return done.error();
    co_return net::Reply{};
}

}  // namespace thingstead::api::notification
