#include <algorithm>

#include "rule/node.h"

namespace thingstead::rule::entity_type_filter {
namespace {

struct Config {
    std::vector<model::EntityType> types{model::EntityType::device};
};
constexpr auto describe(const Config*) {
    return fields(field("originatorTypes", &Config::types, "Kinds of originators that pass."));
}

constexpr std::string_view relations[] = {"True", "False"};

class EntityTypeFilterNode final : public Node {
  public:
    EntityTypeFilterNode(Config config, const NodeInfo&, NodeServices&)
        : types_(std::move(config.types)) {}

    Step on_message(Visit& visit) override {
        const bool passes =
            std::find(types_.begin(), types_.end(), visit.msg.originator.type) != types_.end();
        return passes ? "True" : "False";
    }

  private:
    std::vector<model::EntityType> types_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbOriginatorTypeFilterNode",
    .name = "entity type filter",
    .kind = NodeKind::filter,
    .summary = "Looks whether the originator is of one of some kinds.",
    .relations = relations,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<EntityTypeFilterNode, Config>,
};

}  // namespace thingstead::rule::entity_type_filter
