// The way of a request from the store to its recipients: in steps of a page of users, or of one
// conversation, each of which writes down how far it came. A server that is lost leaves a request
// that another one takes and goes on with, when its time is over: what was written into inboxes
// is not written twice, mails and messages of the last step may be sent again.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/notification/info.h"
#include "core/notification/outlets.h"
#include "core/notification/template.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Without a sign of life a request is anybody's again.
inline constexpr std::chrono::milliseconds notification_lease{180'000};
/// Of one request.
inline constexpr std::size_t notification_targets_max = 256;
/// Users of one step.
inline constexpr std::int32_t notification_page = 50;

/// Sends a request that this server has taken, and returns its stats when they are stored; what
/// could not be sent is in them. Errors: conflict - it was cancelled, or another server has it
/// now; those of the store.
Task<Result<json::object>> deliver_request(const NotificationOutlets& outlets,
                                           model::NotificationRequest request);

/// A request's template and targets as they are now.
struct NotificationPlan {
    struct Target {
        std::string name;
        TargetConfig config;
    };
    model::NotificationType type = model::NotificationType::general;
    std::string template_name;
    std::vector<MethodTemplate> methods;
    std::vector<Target> targets;
};
/// Errors: invalid_argument - "Template is missing", "No recipients chosen", "No delivery methods
/// to send notification with", "Recipients for web delivery method not chosen"; not_found - a
/// target that the tenant does not have.
Result<NotificationPlan> plan_of(store::Reader& reader, const model::NotificationRequest& request);

/// Users of a target, in the order of their ids, behind `after`; those of targets before it are
/// left out. `last`: of those that were looked at; none: there are no more.
struct RecipientsPage {
    std::vector<model::User> users;
    std::optional<Uuid> last;
};
Result<RecipientsPage> recipients_page(store::Reader& reader, const NotificationPlan& plan,
                                       const model::NotificationRequest& request,
                                       std::size_t target, std::optional<Uuid> after);

/// Where a button of a template leads: its link, or the dashboard it names. Empty: nowhere.
std::string link_of_button(const json::object& button, const std::string& base_url,
                           const json::value& info);

/// "web", "Microsoft Teams": as messages name it.
std::string_view method_words(model::NotificationDeliveryMethod method);

}  // namespace thingstead::core
