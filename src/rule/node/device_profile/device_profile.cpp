// The alarm rules of device profiles are not evaluated here: messages pass.
#include "rule/node.h"

namespace thingstead::rule::device_profile {
namespace {

struct Config {
    bool persist_state = false;
    bool fetch_state_on_start = false;
};
constexpr auto describe(const Config*) {
    return fields(field("persistAlarmRulesState", &Config::persist_state,
                        "Keep the state of alarm rules over a restart."),
                  field("fetchAlarmRulesStateOnStart", &Config::fetch_state_on_start,
                        "Read it when the node starts."));
}

constexpr std::string_view relations[] = {
    "Alarm Created", "Alarm Updated", "Alarm Severity Updated",
    "Alarm Cleared", "Success",       "Failure",
};

class DeviceProfileNode final : public Node {
  public:
    DeviceProfileNode(Config, const NodeInfo&, NodeServices&) {}
    Step on_message(Visit&) override { return "Success"; }
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
    .summary = "Passes every message on; alarm rules of device profiles are not evaluated.",
    .configuration_version = 1,
    .relations = relations,
    .custom_relations = true,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeviceProfileNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::device_profile
