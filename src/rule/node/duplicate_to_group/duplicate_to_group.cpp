#include <optional>

#include "rule/duplicate.h"
#include "rule/node.h"

namespace thingstead::rule::duplicate_to_group {
namespace {

struct Config {
    bool group_is_originator = true;
    std::optional<model::EntityId> group;
};
constexpr auto describe(const Config*) {
    return fields(field("entityGroupIsMessageOriginator", &Config::group_is_originator,
                        "The originator is the group."),
                  field("entityGroupId", &Config::group, "Else this one."));
}

class DuplicateToGroupNode final : public Node {
  public:
    DuplicateToGroupNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)), info_(info), services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (!config.group_is_originator) {
            if (!config.group)
                return Error{ErrorCode::invalid_argument, "Entity group should be specified!"};
            if (config.group->type != model::EntityType::entity_group)
                return Error{ErrorCode::invalid_argument, "entityGroupId is no entity group!"};
        }
        return std::unique_ptr<Node>(
            std::make_unique<DuplicateToGroupNode>(std::move(config), info, services));
    }

    Step on_message(Visit& visit) override {
        const model::EntityId group =
            config_.group_is_originator ? visit.msg.originator : *config_.group;
        if (group.type != model::EntityType::entity_group)
            return Error{ErrorCode::unsupported, "Message originator is not an entity group!"};
        return duplicate_for_group(services_, info_, visit, model::EntityGroupId{group.uuid});
    }

  private:
    Config config_;
    NodeInfo info_;
    NodeServices& services_;
};

/// 0 → 1: the group's owner follows from the group.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from < 1) configuration.erase("groupOwnerId");
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbDuplicateMsgToGroupNode",
    .name = "duplicate to group",
    .kind = NodeKind::transformation,
    .summary = "Makes a copy of a message for each entity of a group.",
    .configuration_version = 1,
    .form = "tbTransformationNodeDuplicateToGroupConfig",
    .icon = "call_split",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DuplicateToGroupNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::duplicate_to_group
