#include <algorithm>

#include "rule/alarm_nodes.h"
#include "rule/pattern.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule::create_alarm {
namespace {

using core::AlarmOutcome;
using model::Alarm;
using model::AlarmSeverity;

struct Config : AlarmScriptTexts {
    std::string alarm_type = "General Alarm";
    std::string severity = "CRITICAL";
    bool dynamic_severity = false;
    bool propagate = false;
    bool propagate_to_owner = false;
    bool propagate_to_tenant = false;
    std::vector<std::string> relation_types{};
    bool use_message_data = false;
    /// Of a configuration that was stored without it; a new one says false.
    bool overwrite_details = true;
};
constexpr auto describe(const Config*) {
    return joined(
        describe(static_cast<const AlarmScriptTexts*>(nullptr)),
        fields(field("alarmType", &Config::alarm_type, "Type of the alarm; a pattern."),
               field("severity", &Config::severity, "Severity; a pattern if it is dynamic."),
               field("dynamicSeverity", &Config::dynamic_severity,
                     "The severity is taken from the message."),
               field("propagate", &Config::propagate,
                     "Show the alarm on what leads to the originator by relations."),
               field("propagateToOwner", &Config::propagate_to_owner,
                     "Show the alarm on the originator's owner."),
               field("propagateToTenant", &Config::propagate_to_tenant,
                     "Show the alarm on the tenant."),
               field("relationTypes", &Config::relation_types,
                     "Types of the relations that are followed; none: all."),
               field("useMessageAlarmData", &Config::use_message_data,
                     "The message's data is the alarm."),
               field("overwriteAlarmDetails", &Config::overwrite_details,
                     "The script makes the details even so.")));
}

json::value new_configuration() {
    Config config;
    config.language = "TBEL";
    config.overwrite_details = false;
    return to_json(config);
}

Result<AlarmSeverity> severity_named(const std::string& name) {
    if (const auto severity = enum_value<AlarmSeverity>(std::string_view(name))) return *severity;
    return Error{ErrorCode::invalid_argument, "Unknown alarm severity: \"" + name + "\""};
}

class CreateAlarmNode final : public Node {
  public:
    CreateAlarmNode(Config config, AlarmSeverity severity, NodeScript script, const NodeInfo& info,
                    NodeServices& services)
        : config_(std::move(config)),
          type_(config_.alarm_type),
          severity_pattern_(config_.severity),
          severity_(severity),
          script_(std::move(script)),
          info_(info),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        AlarmSeverity severity = AlarmSeverity::critical;
        if (!config.dynamic_severity) {
            const Result<AlarmSeverity> named = severity_named(config.severity);
            if (!named) return named.error();
            severity = *named;
        }
        Result<NodeScript> script = alarm_script(config, info, services);
        if (!script) return script.error();
        return std::unique_ptr<Node>(std::make_unique<CreateAlarmNode>(
            std::move(config), severity, *std::move(script), info, services));
    }

    Step on_message(Visit& visit) override {
        Result<Alarm> asked = config_.use_message_data ? alarm_of(visit) : configured(visit);
        if (!asked) return asked.error();
        return save(visit, *std::move(asked));
    }

  private:
    /// The message's data.
    static Result<Alarm> alarm_of(const Visit& visit) {
        const Result<json::object> data = body_object(visit.msg);
        if (!data) return data.error();
        const json::value* severity = data->if_contains("severity");
        Result<Alarm> alarm = from_json<Alarm>(json::value(*data));
        if (!alarm) return alarm;
        if (!severity || severity->is_null())
            return Error{ErrorCode::invalid_argument, "Alarm severity should be specified!"};
        // Another alarm than the one that is looked for must not be meant.
        alarm->id = {};
        alarm->customer_id.reset();
        if (alarm->originator.uuid == Uuid{}) alarm->originator = visit.msg.originator;
        return alarm;
    }

    Result<Alarm> configured(const Visit& visit) const {
        Alarm alarm;
        const Result<std::string> type = type_.fill(visit.msg);
        if (!type) return type.error();
        alarm.type = *type;
        alarm.severity = severity_;
        if (config_.dynamic_severity) {
            const Result<std::string> name = severity_pattern_.fill(visit.msg);
            if (!name) return name.error();
            const Result<AlarmSeverity> severity = severity_named(*name);
            if (!severity) return severity.error();
            alarm.severity = *severity;
        }
        alarm.originator = visit.msg.originator;
        alarm.start_ts = alarm.end_ts = visit.msg.metadata_ts();
        alarm.propagate = config_.propagate;
        alarm.propagate_to_owner = config_.propagate_to_owner;
        alarm.propagate_to_tenant = config_.propagate_to_tenant;
        alarm.propagate_relation_types = config_.relation_types;
        return alarm;
    }

    Task<Outcome> save(Visit& visit, Alarm asked) {
        const core::Caller caller = tenant_caller(visit.tenant);
        const auto active = co_await core::find_active_alarm(services_.platform(), caller,
                                                             asked.originator, asked.type);
        if (!active) co_return Outcome(active.error());
        const model::AlarmInfo* before = *active ? &**active : nullptr;
        if (before) {
            asked.start_ts = before->start_ts;
            asked.end_ts = std::max(before->start_ts, services_.clock.now_ms());
        }
        if (!config_.use_message_data || config_.overwrite_details) {
            Result<json::value> details =
                co_await alarm_details(script_, visit.msg, before ? &before->details : nullptr);
            if (!details) co_return Outcome(details.error());
            asked.details = *std::move(details);
        }
        const auto saved =
            co_await core::save_alarm(services_.platform(), caller, std::move(asked));
        if (!saved) co_return Outcome(within_tenant(saved.error()));
        if (!saved->changed()) co_return Outcome(Relation("Success"));
        const bool fresh = saved->outcome == AlarmOutcome::created;
        Notice notice =
            alarm_notice(fresh ? model::msg_type::entity_created : model::msg_type::entity_updated,
                         saved->alarm);
        const Result<> told = co_await notify(services_, info_.rule_node, std::move(notice));
        if (!told) co_return Outcome(told.error());
        become_alarm(visit.msg, saved->alarm, fresh ? "isNewAlarm" : "isExistingAlarm");
        co_return Outcome(Relation(fresh ? "Created" : "Updated"));
    }

    Config config_;
    Pattern type_;
    Pattern severity_pattern_;
    AlarmSeverity severity_;
    NodeScript script_;
    NodeInfo info_;
    NodeServices& services_;
};

constexpr std::string_view relations[] = {"Created", "Updated", "False"};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbCreateAlarmNode",
    .name = "create alarm",
    .kind = NodeKind::action,
    .summary = "Creates an alarm, or updates the one of the originator that is active.",
    .relations = relations,
    .form = "tbActionNodeCreateAlarmConfig",
    .icon = "notifications_active",
    .default_configuration = &new_configuration,
    .make = &make_node<CreateAlarmNode, Config>,
};

}  // namespace thingstead::rule::create_alarm
