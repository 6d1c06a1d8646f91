// The alarms that rules of device profiles raise for the devices whose messages come to a node.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "rule/field_states.h"
#include "rule/node/device_profile/device_values.h"
#include "rule/raised_alarm.h"
#include "rule/turns.h"

namespace thingstead::rule::device_profile {

/// May outlive its node, where work that it began is not done. Belongs to one worker's thread.
class DeviceAlarms {
  public:
    /// Devices that are remembered; more are forgotten, those used least first.
    static constexpr std::size_t devices_max = 20'000;

    /// What is remembered over a restart, or once a device is forgotten.
    struct Memory {
        bool keeps = false;  ///< What rules count is kept (rule/field_states.h),
        bool looks = false;  ///< and looked at before the device's next message.
    };
    DeviceAlarms(const NodeInfo& info, NodeServices& services, Memory memory);

    /// What follows from a message of a device; durable on return. Errors: malformed, unavailable.
    Task<Result<>> take(const Visit& visit);
    /// Looks at every device of which time alone may decide.
    static Task<> look_at_time(std::shared_ptr<DeviceAlarms> alarms);

  private:
    struct One {
        One(model::TenantId tenant, model::EntityId device, const std::string& type)
            : alarm(tenant, device, type) {}
        RaisedAlarm alarm;
        core::AlarmRulesState state;
    };
    struct Device {
        RulesRef rules;
        DeviceValues values;
        std::vector<One> alarms;  ///< As the rules' alarms.
        model::Msg last;          ///< Its metadata and customer are told with alarms.
        KeptState kept;
    };
    using DeviceRef = std::shared_ptr<Device>;
    /// What changed, and when.
    struct Update {
        std::set<std::string> attributes{}, series{};
        EpochMs ts = 0;
        bool time_alone = false;
    };

    RulesRef rules_of(const model::DeviceProfile& profile);
    DeviceRef find(model::EntityId id);
    void forget(model::EntityId id);
    Task<Result<DeviceRef>> device_of(const DevicePlace& place);
    void place_alarms(Device& device, model::EntityId id, const json::value& states) const;
    Task<Result<>> take_values(DeviceRef device, std::vector<ChangedValue> values);
    void take_end(Device& device, const model::Msg& msg) const;
    Task<Result<>> evaluate(DeviceRef device, const Update& update);
    Task<Result<>> evaluate_one(DeviceRef device, std::size_t which, const Update& update);
    Task<Result<>> tell(const Device& device, const AlarmNews& news, model::Metadata flags);
    void keep(Device& device);
    Task<Result<>> written(model::EntityId device);
    Task<Result<>> take_in_turn(const Visit& visit);
    StateKey key_of(model::EntityId device) const {
        return {info_.tenant, device, info_.rule_node};
    }
    /// Of servers that kept it in a server attribute of the device.
    std::string older_memory_key() const { return "alarmRules_" + info_.rule_node.to_string(); }
    Task<Result<std::vector<model::EntityId>>> due_devices() const;
    Task<Result<bool>> is_here(model::EntityId device) const;
    Task<Result<>> look_at(model::EntityId device);

    NodeInfo info_;
    NodeServices& services_;
    Memory memory_;
    FieldStates* states_ = nullptr;  ///< Set if something is kept.
    Turns turns_;
    std::unordered_map<Uuid, RulesRef> rules_;  ///< By profile.
    /// Used since the last change of generations, and before it.
    std::unordered_map<model::EntityId, DeviceRef> devices_, older_devices_;
    LogThrottle failures_{std::chrono::seconds(10)};
};

}  // namespace thingstead::rule::device_profile
