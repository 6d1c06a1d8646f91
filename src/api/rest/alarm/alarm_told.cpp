// Who hears of what users do with alarms.
#include "api/rest/alarm/handlers.h"
#include "api/rest/audit_note.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_events.h"

namespace thingstead::api::alarm {
namespace {

core::AuditNote note_of_alarm(AlarmAction action, const core::AlarmChange& change) {
    const model::AlarmInfo& alarm = change.alarm;
    core::AuditNote note = note_of(action.action, alarm.originator);
    note.entity_name = alarm.originator_name;
    if (alarm.customer_id) note.entity_customer = *alarm.customer_id;
    if (action.action == model::ActionType::alarm_delete)
        note.data = json::object{
            {"alarmId",      alarm.id.to_string()             },
            {"originatorId", alarm.originator.uuid.to_string()}
        };
    else
        note.data = json::object{
            {"entity", to_json(alarm)}
        };
    return note;
}

}  // namespace

Task<> tell_alarm(const Services& services, core::Caller caller, AlarmAction action,
                  model::AlarmId id, Result<core::AlarmChange> done) {
    if (!done) {
        core::AuditNote note = note_of(action.action, model::EntityId(id));
        co_await audit(services, caller, std::move(note), done);
        co_return;
    }
    core::AuditNote note = note_of_alarm(action, *done);
    co_await audit(services, caller, std::move(note), done);
    const model::AlarmInfo& alarm = done->alarm;
    RuleEvent event{action.message_type, alarm.originator, text_of(alarm)};
    event.customer = alarm.customer_id;
    event.metadata = {
        {"entityName", alarm.type                                      },
        {"entityType", std::string(wire_name(model::EntityType::alarm))}
    };
    co_await tell_rules(services, std::move(caller), std::move(event));
}

}  // namespace thingstead::api::alarm
