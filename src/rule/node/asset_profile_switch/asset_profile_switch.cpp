#include "model/asset.h"
#include "rule/profile_switch.h"

namespace thingstead::rule::asset_profile_switch {
namespace {

using AssetProfileSwitchNode =
    ProfileSwitchNode<model::Asset, model::AssetProfile, &model::Asset::asset_profile_id>;

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbAssetTypeSwitchNode",
    .name = "asset profile switch",
    .kind = NodeKind::filter,
    .summary = "Routes a message by the profile of its asset.",
    .relations = profile_switch_relations,
    .custom_relations = true,
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<AssetProfileSwitchNode, EmptyConfig>,
};

}  // namespace thingstead::rule::asset_profile_switch
