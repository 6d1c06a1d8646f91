#include <algorithm>

#include "core/alarm/alarms.h"
#include "rule/message_body.h"
#include "rule/node.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule::alarm_status_filter {
namespace {

using model::AlarmStatus;

struct Config {
    std::vector<AlarmStatus> statuses{AlarmStatus::active_ack, AlarmStatus::active_unack};
};
constexpr auto describe(const Config*) {
    return fields(field("alarmStatusList", &Config::statuses, "Statuses that let a message pass."));
}

class AlarmStatusFilterNode final : public Node {
  public:
    AlarmStatusFilterNode(Config config, const NodeInfo&, NodeServices& services)
        : statuses_(std::move(config.statuses)), services_(services) {}

    Step on_message(Visit& visit) override {
        const Result<json::object> data = body_object(visit.msg);
        if (!data) return data.error();
        const Result<model::Alarm> alarm = from_json<model::Alarm>(json::value(*data));
        if (!alarm) return alarm.error();
        if (alarm->id.uuid == Uuid{})
            return Error{ErrorCode::invalid_argument,
                         "The message's data is no alarm: it has no id!"};
        return ask(visit, alarm->id);
    }

  private:
    /// What the store says, whatever the message does.
    Task<Outcome> ask(Visit& visit, model::AlarmId id) {
        const auto alarm =
            co_await core::get_alarm(services_.platform(), tenant_caller(visit.tenant), id);
        if (!alarm) {
            const ErrorCode why = alarm.error().code;
            if (why == ErrorCode::not_found || why == ErrorCode::forbidden)
                co_return Outcome(Error{ErrorCode::not_found, "No such alarm found."});
            co_return Outcome(alarm.error());
        }
        const bool passes =
            std::find(statuses_.begin(), statuses_.end(), alarm->status) != statuses_.end();
        co_return Outcome(Relation(passes ? "True" : "False"));
    }

    std::vector<AlarmStatus> statuses_;
    NodeServices& services_;
};

constexpr std::string_view relations[] = {"True", "False"};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbCheckAlarmStatusNode",
    .name = "alarm status filter",
    .kind = NodeKind::filter,
    .summary = "Lets messages of alarms pass by the status that the alarm has now.",
    .relations = relations,
    .form = "tbFilterNodeCheckAlarmStatusConfig",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AlarmStatusFilterNode, Config>,
};

}  // namespace thingstead::rule::alarm_status_filter
