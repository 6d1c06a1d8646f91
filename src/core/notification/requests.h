// Requests to notify: made by users and rule nodes, carried out by the process that takes them
// (worker.h), at once or after a delay.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/caller.h"
#include "core/notification/delivery.h"
#include "model/notification.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Stores a request of the caller's; it is sent in the background. Errors: those of plan_of();
/// invalid_argument - a delay that is too long, a request that has an id already; forbidden.
Task<Result<model::NotificationRequest>> request_notifications(const Platform& platform,
                                                               Caller caller,
                                                               model::NotificationRequest request);

/// Stores a request of the tenant's that nobody is asked for, and carries it out here and now.
/// Returns its stats. Errors: those of plan_of(); of the store.
Task<Result<json::object>> notify_now(const NotificationOutlets& outlets,
                                      model::NotificationRequest request);

/// A request as lists show it.
struct ShownRequest {
    model::NotificationRequest request;
    std::optional<std::string> template_name;
    std::vector<model::NotificationDeliveryMethod> methods;
};
/// Errors: not_found, forbidden.
Task<Result<ShownRequest>> get_request(const Platform& platform, Caller caller,
                                       model::NotificationRequestId id);
/// Those that users made, of the caller's tenant.
Task<Result<store::Page<ShownRequest>>> page_requests(const Platform& platform, Caller caller,
                                                      store::PageLink link);
/// Cancels one that waits; of one that was sent, the notifications go too. Errors: not_found,
/// forbidden.
Task<Result<model::NotificationRequest>> remove_request(const Platform& platform, Caller caller,
                                                        model::NotificationRequestId id);

/// What a request would come to.
struct RequestPreview {
    std::vector<MethodTemplate> templates;  ///< Filled in for the caller.
    std::int64_t recipients_total = 0;      ///< Users of several targets count in each.
    std::map<std::string, std::int64_t> recipients_by_target;
    std::vector<std::string> recipients;  ///< The first ones, each once, by their titles.
};
/// Errors: as request_notifications().
Task<Result<RequestPreview>> preview_request(const Platform& platform, Caller caller,
                                             model::NotificationRequest request,
                                             std::size_t recipients_max);

/// A page of the users that a target would mean. Errors: invalid_argument, forbidden; the page.
Task<Result<store::Page<model::User>>> page_recipients(const Platform& platform, Caller caller,
                                                       model::NotificationTarget target,
                                                       store::PageLink link);

/// Asks the administrators of the installation for a higher limit of entities. Errors: not_found -
/// nobody is there to be asked.
Task<Result<>> request_higher_limit(const Platform& platform, Caller caller, model::EntityType type,
                                    std::string base_url);

}  // namespace thingstead::core
