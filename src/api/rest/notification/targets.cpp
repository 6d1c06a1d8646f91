// Lists of targets, of templates, and of whom they reach.
#include "api/rest/entity_calls.h"
#include "api/rest/notification/handlers.h"
#include "core/notification/outlets.h"
#include "core/notification/requests.h"
#include "core/notification/settings.h"
#include "core/notification/template.h"

namespace thingstead::api::notification {
namespace {

using model::NotificationTarget;
using model::NotificationTemplate;
using model::NotificationType;

Result<NotificationType> type_named(const std::string& name) {
    const auto type = enum_value<NotificationType>(name);
    if (!type) return core::invalid("NotificationType \"" + name + "\" is not supported!");
    return *type;
}

core::OwnerFields without_owner() {
    core::OwnerFields fields;
    fields.owner = {};
    return fields;
}

/// Of the caller's tenant; what a system administrator lists is the installation's.
store::Filter own(const Call& call) {
    return {
        {"tenantId", call.caller.tenant.uuid}
    };
}

Task<Result<net::Reply>> targets_for(Call call, std::string type_name) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<NotificationType> type = type_named(type_name);
    if (!type) co_return type.error();
    store::Filter filter = own(call);
    filter.push_back(core::fits_notification_type(*type));
    const core::OwnerFields fields = without_owner();
    co_return co_await page_of<NotificationTarget>(std::move(call), std::move(filter),
                                                   *std::move(link), fields);
}

Task<Result<std::string>> token_of_tenant(const core::Platform& platform, model::TenantId tenant) {
    const std::function<Result<std::string>(store::Reader&)> work =
        [tenant](store::Reader& reader) { return core::slack_token(reader, tenant); };
    co_return co_await core::read<std::string>(platform, work);
}

void append_conversation(std::string& out, const core::SlackConversation& each) {
    out += '{';
    append_members(out, each);
    out += ",\"title\":";
    append_text(out, each.whole_name.value_or(each.name));
    out += '}';
}

}  // namespace

Task<Result<net::Reply>> list_targets(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter filter = own(call);
    const core::OwnerFields fields = without_owner();
    co_return co_await page_of<NotificationTarget>(std::move(call), std::move(filter),
                                                   *std::move(link), fields);
}

Task<Result<net::Reply>> list_targets_of_type(Call call) {
    std::string type = call.variable("notificationType");
    co_return co_await targets_for(std::move(call), std::move(type));
}

/// They name the type as a parameter.
Task<Result<net::Reply>> list_targets_of_older_clients(Call call) {
    std::string type = call.parameter("notificationType").value_or("");
    co_return co_await targets_for(std::move(call), std::move(type));
}

Task<Result<net::Reply>> list_targets_by_ids(Call call) {
    co_return co_await entities_by_ids<NotificationTarget>(std::move(call), "ids");
}

Task<Result<net::Reply>> list_recipients(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    Result<NotificationTarget> target = call.body_as<NotificationTarget>();
    if (!target) co_return target.error();
    const auto page = co_await core::page_recipients(call.services.platform, call.caller,
                                                     *std::move(target), *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_templates(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter filter = own(call);
    std::vector<store::Cell> types;
    for (const std::string& name : call.list("notificationTypes")) {
        const Result<NotificationType> type = type_named(name);
        if (!type) co_return type.error();
        types.emplace_back(name);
    }
    if (!types.empty())
        filter.emplace_back("notificationType", store::Compare::one_of, std::move(types));
    const core::OwnerFields fields = without_owner();
    co_return co_await page_of<NotificationTemplate>(std::move(call), std::move(filter),
                                                     *std::move(link), fields);
}

Task<Result<net::Reply>> list_slack_conversations(Call call) {
    if (Result<> allowed =
            core::check(call.caller, core::Operation::read, core::Resource::notification);
        !allowed)
        co_return allowed.error();
    const Result<std::string> type = call.required("type");
    if (!type) co_return type.error();
    if (*type != "DIRECT" && *type != "PUBLIC_CHANNEL" && *type != "PRIVATE_CHANNEL")
        co_return core::invalid("SlackConversationType \"" + *type + "\" is not supported!");
    if (!call.services.notifications)
        co_return Error{ErrorCode::unavailable, "Slack is not called by this server!"};
    std::string token = call.parameter("token").value_or("");
    if (token.empty()) {
        Result<std::string> saved =
            co_await token_of_tenant(call.services.platform, call.caller.tenant);
        if (!saved) co_return saved.error();
        token = *std::move(saved);
    }
    if (token.empty()) co_return core::invalid("Slack API token is not configured");
    const auto found =
        co_await core::slack_conversations(*call.services.notifications, std::move(token), *type);
    if (!found) co_return core::invalid(found.error().message);
    std::string body = "[";
    for (const core::SlackConversation& each : *found) {
        if (&each != found->data()) body += ',';
        append_conversation(body, each);
    }
    co_return json_reply(body + "]");
}

}  // namespace thingstead::api::notification
