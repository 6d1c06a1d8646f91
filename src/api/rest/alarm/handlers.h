// The handlers of alarms; their table is in alarm.cpp.
#pragma once
#include <string>
#include <string_view>

#include "api/rest/call.h"
#include "core/alarm/alarms.h"
#include "model/audit.h"

namespace thingstead::api::alarm {

Task<Result<net::Reply>> list_alarms(Call call);
Task<Result<net::Reply>> list_alarms_v2(Call call);
Task<Result<net::Reply>> get_highest_severity(Call call);
Task<Result<net::Reply>> list_alarm_types(Call call);

Task<Result<net::Reply>> save_comment(Call call);
Task<Result<net::Reply>> delete_comment(Call call);
Task<Result<net::Reply>> list_comments(Call call);

/// What is done with an alarm: its names in the audit log and for rule chains.
struct AlarmAction {
    model::ActionType action;
    std::string_view message_type;
};

/// Enters the outcome in the audit log, and tells rule chains of a change.
Task<> tell_alarm(const Services& services, core::Caller caller, AlarmAction action,
                  model::AlarmId id, Result<core::AlarmChange> done);

}  // namespace thingstead::api::alarm
