// Requests to notify.
#include "core/notification/requests.h"

#include "api/rest/entity_calls.h"
#include "api/rest/notification/handlers.h"
#include "api/rest/origin.h"
#include "core/identity/settings.h"

namespace thingstead::api::notification {
namespace {

using model::NotificationRequest;

constexpr std::int64_t recipients_shown = 20, recipients_shown_max = 1'000;

void append_request(std::string& out, const core::ShownRequest& shown) {
    out += '{';
    append_members(out, shown.request);
    out += ",\"templateName\":";
    append_text(out, shown.template_name);
    out += ",\"deliveryMethods\":";
    append_text(out, shown.methods);
    out += '}';
}

std::string preview_text(const core::RequestPreview& preview) {
    json::object templates, counts;
    for (const core::MethodTemplate& each : preview.templates)
        templates[enum_name(each.method)] = each.document;
    for (const auto& [name, count] : preview.recipients_by_target) counts[name] = count;
    json::object out;
    out["processedTemplates"] = std::move(templates);
    out["totalRecipientsCount"] = preview.recipients_total;
    out["recipientsCountByTarget"] = std::move(counts);
    out["recipientsPreview"] = array_of(preview.recipients);
    return json::serialize(out);
}

}  // namespace

Task<Result<net::Reply>> send_request(Call call) {
    Result<NotificationRequest> request = call.body_as<NotificationRequest>();
    if (!request) co_return request.error();
    const auto stored = co_await core::request_notifications(call.services.platform, call.caller,
                                                             *std::move(request));
    if (!stored) co_return stored.error();
    co_return json_reply_of(*stored);
}

Task<Result<net::Reply>> preview(Call call) {
    const Result<std::int64_t> size = call.integer("recipientsPreviewSize", recipients_shown);
    if (!size) co_return size.error();
    if (*size < 0 || *size > recipients_shown_max)
        co_return core::invalid("recipientsPreviewSize should be between 0 and " +
                                std::to_string(recipients_shown_max));
    Result<NotificationRequest> request = call.body_as<NotificationRequest>();
    if (!request) co_return request.error();
    const auto found = co_await core::preview_request(
        call.services.platform, call.caller, *std::move(request), static_cast<std::size_t>(*size));
    if (!found) co_return found.error();
    co_return json_reply(preview_text(*found));
}

Task<Result<net::Reply>> get_request(Call call) {
    const auto id = call.id<model::NotificationRequestId>("id");
    if (!id) co_return id.error();
    const auto found = co_await core::get_request(call.services.platform, call.caller, *id);
    if (!found) co_return found.error();
    std::string body;
    append_request(body, *found);
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> list_requests(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await core::page_requests(call.services.platform, call.caller, *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_request));
}

Task<Result<net::Reply>> delete_request(Call call) {
    const auto id = call.id<model::NotificationRequestId>("id");
    if (!id) co_return id.error();
    const auto gone = co_await core::remove_request(call.services.platform, call.caller, *id);
    if (!gone) co_return gone.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> ask_higher_limit(Call call) {
    const auto type = model::entity_type_of(call.variable("entityType"));
    if (!type)
        co_return core::invalid("EntityType \"" + call.variable("entityType") +
                                "\" is not supported!");
    const auto base =
        co_await core::base_url(call.services.platform, origin_of(call.request).url());
    if (!base) co_return base.error();
    const Result<> asked =
        co_await core::request_higher_limit(call.services.platform, call.caller, *type, *base);
    if (!asked) co_return asked.error();
    co_return net::Reply{};
}

}  // namespace thingstead::api::notification
