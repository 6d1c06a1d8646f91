// Raises and clears the alarms that rules of device profiles say.
#include "rule/node/device_profile/device_alarms.h"

namespace thingstead::rule::device_profile {
namespace {

struct Config {
    bool persist_state = false;
    bool fetch_state_on_start = false;
};
constexpr auto describe(const Config*) {
    return fields(field("persistAlarmRulesState", &Config::persist_state,
                        "Remember over a restart what alarm rules have counted."),
                  field("fetchAlarmRulesStateOnStart", &Config::fetch_state_on_start,
                        "Look at rules that wait before the device's next message comes."));
}

constexpr std::string_view relations[] = {
    "Alarm Created", "Alarm Updated", "Alarm Severity Updated",
    "Alarm Cleared", "Success",       "Failure",
};

/// How often time alone is looked at.
constexpr std::chrono::minutes check_interval{1};

class DeviceProfileNode final : public Node {
  public:
    DeviceProfileNode(Config config, const NodeInfo& info, NodeServices& services)
        : services_(services),
          alarms_(std::make_shared<DeviceAlarms>(
              info, services,
              DeviceAlarms::Memory{config.persist_state, config.fetch_state_on_start})) {
        schedule_check();
    }

    Step on_message(Visit& visit) override {
        const model::Msg& msg = visit.msg;
        if (msg.originator.type != model::EntityType::device) return "Success";
        using namespace model::msg_type;
        const bool tells = has_values(msg) || msg.type == "ALARM_CLEAR" ||
                           msg.type == "ALARM_DELETE" || msg.type == entity_updated ||
                           msg.type == entity_deleted;
        if (!tells) return "Success";
        return take(visit, alarms_);
    }

  private:
    static Task<Outcome> take(Visit& visit, std::shared_ptr<DeviceAlarms> alarms) {
        const Result<> done = co_await alarms->take(visit);
        if (!done) co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    void schedule_check() {
        check_ = services_.timers.after(check_interval, [this] {
            schedule_check();
            services_.spawn("device profile alarms", DeviceAlarms::look_at_time(alarms_));
        });
    }

    NodeServices& services_;
    std::shared_ptr<DeviceAlarms> alarms_;
    Timer check_;
};

/// 0 → 1: what is not kept is not read either.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from > 0) return {};
    const json::value* persist = configuration.if_contains("persistAlarmRulesState");
    if (persist && persist->is_bool() && !persist->get_bool())
        configuration["fetchAlarmRulesStateOnStart"] = false;
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.profile.TbDeviceProfileNode",
    .name = "device profile (deprecated)",
    .kind = NodeKind::action,
    .summary = "Raises and clears the alarms of the device's profile; passes every message on.",
    .configuration_version = 1,
    .relations = relations,
    .custom_relations = true,
    .form = "tbDeviceProfileConfig",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeviceProfileNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::device_profile
