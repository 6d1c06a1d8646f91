#include "rule/alarm_nodes.h"
#include "rule/pattern.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule::clear_alarm {
namespace {

using Found = std::optional<model::AlarmInfo>;

struct Config : AlarmScriptTexts {
    std::string alarm_type = "General Alarm";
};
constexpr auto describe(const Config*) {
    return joined(
        describe(static_cast<const AlarmScriptTexts*>(nullptr)),
        fields(
            field("alarmType", &Config::alarm_type,
                  "Type of the alarm; a pattern. Of no account if the originator is an alarm.")));
}

class ClearAlarmNode final : public Node {
  public:
    ClearAlarmNode(const Config& config, NodeScript script, const NodeInfo& info,
                   NodeServices& services)
        : type_(config.alarm_type), script_(std::move(script)), info_(info), services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        Result<NodeScript> script = alarm_script(config, info, services);
        if (!script) return script.error();
        return std::unique_ptr<Node>(
            std::make_unique<ClearAlarmNode>(config, *std::move(script), info, services));
    }

    Step on_message(Visit& visit) override {
        Result<std::string> type = type_.fill(visit.msg);
        if (!type) return type.error();
        return clear(visit, *std::move(type));
    }

  private:
    Task<Outcome> clear(Visit& visit, std::string type) {
        const core::Caller caller = tenant_caller(visit.tenant);
        const Result<Found> found = co_await find(caller, visit.msg.originator, std::move(type));
        if (!found) co_return Outcome(found.error());
        if (!*found || (*found)->cleared) co_return Outcome(Relation("False"));
        const model::AlarmInfo& before = **found;
        Result<json::value> details = co_await alarm_details(script_, visit.msg, &before.details);
        if (!details) co_return Outcome(details.error());
        std::optional<json::value> becomes(*std::move(details));
        const auto cleared =
            co_await core::clear_alarm(services_.platform(), caller, before.id, std::move(becomes));
        if (!cleared) co_return Outcome(within_tenant(cleared.error()));
        if (!cleared->changed()) co_return Outcome(Relation("Success"));
        Notice notice = alarm_notice("ALARM_CLEAR", cleared->alarm);
        const Result<> told = co_await notify(services_, info_.rule_node, std::move(notice));
        if (!told) co_return Outcome(told.error());
        become_alarm(visit.msg, cleared->alarm, "isClearedAlarm");
        co_return Outcome(Relation("Cleared"));
    }

    /// The originator itself, or its active alarm of the type.
    Task<Result<Found>> find(core::Caller caller, model::EntityId originator, std::string type) {
        if (originator.type != model::EntityType::alarm)
            co_return co_await core::find_active_alarm(services_.platform(), caller, originator,
                                                       std::move(type));
        auto alarm = co_await core::get_alarm_info(services_.platform(), caller,
                                                   model::AlarmId{originator.uuid});
        if (alarm) co_return Found(*std::move(alarm));
        const ErrorCode why = alarm.error().code;
        if (why == ErrorCode::not_found || why == ErrorCode::forbidden) co_return Found();
        co_return alarm.error();
    }

    Pattern type_;
    NodeScript script_;
    NodeInfo info_;
    NodeServices& services_;
};

constexpr std::string_view relations[] = {"Cleared", "False"};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbClearAlarmNode",
    .name = "clear alarm",
    .kind = NodeKind::action,
    .summary = "Clears the active alarm of the originator.",
    .relations = relations,
    .form = "tbActionNodeClearAlarmConfig",
    .icon = "notifications_off",
    .default_configuration = &new_script_configuration<Config>,
    .make = &make_node<ClearAlarmNode, Config>,
};

}  // namespace thingstead::rule::clear_alarm
