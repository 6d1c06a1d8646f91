// The handlers of notifications; the table is in notification.cpp.
#pragma once
#include <string>

#include "api/rest/call.h"
#include "core/notification/target.h"
#include "model/notification.h"

namespace thingstead::api::notification {

// targets.cpp
Task<Result<net::Reply>> list_targets(Call call);
Task<Result<net::Reply>> list_targets_of_type(Call call);
Task<Result<net::Reply>> list_targets_of_older_clients(Call call);
Task<Result<net::Reply>> list_targets_by_ids(Call call);
Task<Result<net::Reply>> list_recipients(Call call);
Task<Result<net::Reply>> list_templates(Call call);
Task<Result<net::Reply>> list_slack_conversations(Call call);

// requests.cpp
Task<Result<net::Reply>> send_request(Call call);
Task<Result<net::Reply>> preview(Call call);
Task<Result<net::Reply>> get_request(Call call);
Task<Result<net::Reply>> list_requests(Call call);
Task<Result<net::Reply>> delete_request(Call call);
Task<Result<net::Reply>> ask_higher_limit(Call call);

// inbox.cpp
Task<Result<net::Reply>> list_notifications(Call call);
Task<Result<net::Reply>> count_unread(Call call);
Task<Result<net::Reply>> read_one(Call call);
Task<Result<net::Reply>> read_all(Call call);
Task<Result<net::Reply>> delete_notification(Call call);

// settings.cpp
Task<Result<net::Reply>> get_settings(Call call);
Task<Result<net::Reply>> save_settings(Call call);
Task<Result<net::Reply>> get_own_settings(Call call);
Task<Result<net::Reply>> save_own_settings(Call call);
Task<Result<net::Reply>> list_delivery_methods(Call call);

}  // namespace thingstead::api::notification
