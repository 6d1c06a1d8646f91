// A user's own notifications: listed, counted, marked as read, thrown away. Nobody sees those of
// another, whatever its rights.
#pragma once
#include <cstdint>

#include "core/caller.h"
#include "core/platform.h"
#include "model/notification.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Newest first unless `link` says otherwise; each with the info of its request.
Task<Result<store::Page<model::Notification>>> page_notifications(
    const Platform& platform, Caller caller, model::NotificationDeliveryMethod method,
    bool unread_only, store::PageLink link);
Task<Result<std::int64_t>> count_unread(const Platform& platform, Caller caller,
                                        model::NotificationDeliveryMethod method);
/// Errors: not_found.
Task<Result<>> mark_read(const Platform& platform, Caller caller, model::NotificationId id);
Task<Result<>> mark_all_read(const Platform& platform, Caller caller,
                             model::NotificationDeliveryMethod method);
/// Errors: not_found.
Task<Result<>> remove_notification(const Platform& platform, Caller caller,
                                   model::NotificationId id);

}  // namespace thingstead::core
