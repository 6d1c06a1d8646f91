#include <algorithm>

#include "rule/node.h"

namespace thingstead::rule::msg_type_filter {
namespace {

struct Config {
    std::vector<std::string> types{std::string(model::msg_type::post_attributes),
                                   std::string(model::msg_type::post_telemetry),
                                   std::string(model::msg_type::to_server_rpc)};
};
constexpr auto describe(const Config*) {
    return fields(field("messageTypes", &Config::types,
                        "Types of messages that pass, also types of one's own."));
}

constexpr std::string_view relations[] = {"True", "False"};

class MsgTypeFilterNode final : public Node {
  public:
    MsgTypeFilterNode(Config config, const NodeInfo&, NodeServices&)
        : types_(std::move(config.types)) {}

    Step on_message(Visit& visit) override {
        const bool passes = std::find(types_.begin(), types_.end(), visit.msg.type) != types_.end();
        return passes ? "True" : "False";
    }

  private:
    std::vector<std::string> types_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbMsgTypeFilterNode",
    .name = "message type filter",
    .kind = NodeKind::filter,
    .summary = "Looks whether a message is of one of some types.",
    .relations = relations,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<MsgTypeFilterNode, Config>,
};

}  // namespace thingstead::rule::msg_type_filter
