// What a notification is about: the document `info` of a request, the values that it has for
// templates, and whom it concerns. Source: the interface's NotificationInfo; its kinds are named by
// class, as clients expect.
#pragma once
#include <optional>
#include <string>

#include "base/json.h"
#include "core/notification/placeholders.h"
#include "core/notification/target.h"
#include "model/msg.h"

namespace thingstead::core {

/// "org.thingsboard.server.common.data.notification.info.<kind>NotificationInfo"
std::string info_type(std::string_view kind);

/// Of a message that reached a rule node: its data as a flat map of texts, `{"a":{"b":1}}` as
/// `{"a.b":"1"}`; data that is no object has no values.
json::object info_of_message(const model::Msg& msg);

/// What templates may say of it: of a message its metadata and data, of others their members, by
/// the names of the interface's placeholders.
PlaceholderValues values_of_info(const json::value& info);

Affected affected_by(const json::value& info);

}  // namespace thingstead::core
