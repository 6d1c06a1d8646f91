// What a request comes to: template, targets, users.
#include <algorithm>
#include <unordered_set>

#include "core/crypto.h"
#include "core/identity/settings.h"
#include "core/notification/delivery.h"
#include "model/entities.h"
#include "net/url.h"

namespace thingstead::core {
namespace {

using model::NotificationDeliveryMethod;
using model::NotificationRequest;

Result<model::NotificationTemplate> template_of(store::Reader& reader,
                                                const NotificationRequest& request) {
    const Error missing = invalid("Template is missing");
    if (!request.template_id || request.template_id->uuid == Uuid{})
        return request.own_template ? Result<model::NotificationTemplate>(*request.own_template)
                                    : Result<model::NotificationTemplate>(missing);
    auto found = reader.find<model::NotificationTemplate>({
        {"id",       request.template_id->uuid},
        {"tenantId", request.tenant_id.uuid   }
    });
    if (!found) return found.error();
    if (!*found) return missing;
    return **std::move(found);
}

Result<NotificationPlan::Target> target_of(store::Reader& reader, model::TenantId tenant,
                                           const Uuid& id) {
    const auto found = reader.find<model::NotificationTarget>({
        {"id",       id         },
        {"tenantId", tenant.uuid}
    });
    if (!found) return found.error();
    if (!*found) return not_found("Notification target", id);
    Result<TargetConfig> config = TargetConfig::of((*found)->configuration);
    if (!config) return config.error();
    return NotificationPlan::Target{(*found)->name, *std::move(config)};
}

Result<> check_plan(const NotificationPlan& plan) {
    if (plan.targets.empty()) return invalid("No recipients chosen");
    if (plan.methods.empty()) return invalid("No delivery methods to send notification with");
    for (const MethodTemplate& each : plan.methods) {
        const bool goes =
            std::any_of(plan.targets.begin(), plan.targets.end(),
                        [&](const auto& target) { return target.config.takes(each.method); });
        if (!goes)
            return invalid("Recipients for " + std::string(method_words(each.method)) +
                           " delivery method not chosen");
    }
    return {};
}

/// The ids among `users` that an earlier target has too.
Result<std::unordered_set<Uuid>> met_before(store::Reader& reader, const NotificationPlan& plan,
                                            const NotificationRequest& request, std::size_t target,
                                            const std::vector<model::User>& users) {
    std::unordered_set<Uuid> met;
    std::vector<model::UserId> ids;
    for (const model::User& each : users) ids.push_back(each.id);
    for (std::size_t i = 0; i < target; ++i) {
        if (!plan.targets[i].config.users) continue;
        store::Filter filter = recipients_of(*plan.targets[i].config.users, request.tenant_id,
                                             affected_by(request.info));
        filter.push_back(store::one_of("id", ids));
        const auto again = reader.all<model::User>(filter);
        if (!again) return again.error();
        for (const model::User& each : *again) met.insert(each.id.uuid);
    }
    return met;
}

/// As the web application reads the states of dashboards from links.
std::string state_of(const json::object& button, const json::value& info) {
    json::object parameters;
    const json::object* const members = info.if_object();
    const json::value* const entity = members ? members->if_contains("stateEntityId") : nullptr;
    if (entity && entity->is_object() && flag_member(button, "setEntityIdInState"))
        parameters["entityId"] = *entity;
    const std::string name = text_member(button, "dashboardState");
    if (name.empty() && parameters.empty()) return {};
    json::object state;
    if (!name.empty()) state["id"] = name;
    state["params"] = std::move(parameters);
    return net::percent_encode(base64(json::serialize(json::array{std::move(state)})));
}

}  // namespace

Result<NotificationPlan> plan_of(store::Reader& reader, const NotificationRequest& request) {
    const auto source = template_of(reader, request);
    if (!source) return source.error();
    if (!source->type) return invalid("Validation error: notificationType must not be null");
    if (Result<> good = check_template(source->configuration); !good) return good.error();
    NotificationPlan plan;
    plan.type = *source->type;
    plan.template_name = source->name;
    plan.methods = enabled_methods(source->configuration);
    if (request.targets.size() > notification_targets_max)
        return invalid("Validation error: a request has at most " +
                       std::to_string(notification_targets_max) + " targets");
    for (const Uuid& id : request.targets) {
        Result<NotificationPlan::Target> target = target_of(reader, request.tenant_id, id);
        if (!target) return target.error();
        plan.targets.push_back(*std::move(target));
    }
    if (Result<> good = check_plan(plan); !good) return good.error();
    return plan;
}

Result<RecipientsPage> recipients_page(store::Reader& reader, const NotificationPlan& plan,
                                       const NotificationRequest& request, std::size_t target,
                                       std::optional<Uuid> after) {
    RecipientsPage page;
    store::Filter filter = recipients_of(*plan.targets[target].config.users, request.tenant_id,
                                         affected_by(request.info));
    if (after) filter.emplace_back("id", store::Compare::at_least, *after);
    auto users = reader.all<model::User>(filter, notification_page + 1);
    if (!users) return users.error();
    std::erase_if(*users, [&](const model::User& each) { return after && each.id.uuid == *after; });
    if (users->size() > static_cast<std::size_t>(notification_page)) users->pop_back();
    if (users->empty()) return page;
    page.last = users->back().id.uuid;
    const auto met = met_before(reader, plan, request, target, *users);
    if (!met) return met.error();
    for (model::User& each : *users)
        if (!met->contains(each.id.uuid)) page.users.push_back(std::move(each));
    return page;
}

std::string link_of_button(const json::object& button, const std::string& base_url,
                           const json::value& info) {
    if (!flag_member(button, "enabled")) return {};
    if (text_member(button, "linkType") != "DASHBOARD") {
        std::string link = text_member(button, "link");
        return link.starts_with('/') ? base_url + link : link;
    }
    const std::string dashboard = text_member(button, "dashboardId");
    if (dashboard.empty()) return {};
    const std::string state = state_of(button, info);
    return base_url + "/dashboards/" + dashboard + (state.empty() ? "" : "?state=" + state);
}

std::string_view method_words(NotificationDeliveryMethod method) {
    using enum NotificationDeliveryMethod;
    switch (method) {
        case web:             return "web";
        case email:           return "email";
        case sms:             return "SMS";
        case slack:           return "Slack";
        case microsoft_teams: return "Microsoft Teams";
        case mobile_app:      return "mobile app";
    }
    return {};
}

}  // namespace thingstead::core
