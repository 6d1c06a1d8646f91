#include "model/entities.h"
#include "rule/profile_switch.h"

namespace thingstead::rule::device_profile_switch {
namespace {

using DeviceProfileSwitchNode =
    ProfileSwitchNode<model::Device, model::DeviceProfile, &model::Device::device_profile_id>;

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbDeviceTypeSwitchNode",
    .name = "device profile switch",
    .kind = NodeKind::filter,
    .summary = "Routes a message by the profile of its device.",
    .relations = profile_switch_relations,
    .custom_relations = true,
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<DeviceProfileSwitchNode, EmptyConfig>,
};

}  // namespace thingstead::rule::device_profile_switch
