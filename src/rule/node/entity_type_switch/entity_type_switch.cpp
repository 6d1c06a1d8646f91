#include "rule/node.h"

namespace thingstead::rule::entity_type_switch {
namespace {

constexpr std::size_t types_count = static_cast<std::size_t>(model::entity_type_last) + 1;

std::array<std::string_view, types_count> all_relations() {
    std::array<std::string_view, types_count> out;
    for (std::size_t i = 0; i < types_count; ++i)
        out[i] = model::normal_name(static_cast<model::EntityType>(i));
    return out;
}
const std::array<std::string_view, types_count> relations = all_relations();

class EntityTypeSwitchNode final : public Node {
  public:
    EntityTypeSwitchNode(EmptyConfig, const NodeInfo&, NodeServices&) {}

    Step on_message(Visit& visit) override {
        return Relation(model::normal_name(visit.msg.originator.type));
    }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbOriginatorTypeSwitchNode",
    .name = "entity type switch",
    .kind = NodeKind::filter,
    .summary = "Routes a message by the kind of its originator.",
    .relations = relations,
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<EntityTypeSwitchNode, EmptyConfig>,
};

}  // namespace thingstead::rule::entity_type_switch
