#include "rule/fetch_data.h"
#include "rule/key_patterns.h"

namespace thingstead::rule::rename_keys {
namespace {

struct Config {
    std::optional<MsgPart> rename_in = MsgPart::data;
    json::value mapping = json::object{
        {"temperatureCelsius", "temperature"}
    };
};
constexpr auto describe(const Config*) {
    return fields(
        field("renameIn", &Config::rename_in, "DATA or METADATA."),
        field("renameKeysMapping", &Config::mapping, "From old keys to new ones, in this order."));
}

class RenameKeysNode final : public Node {
  public:
    RenameKeysNode(MsgPart part, KeyMapping mapping) : part_(part), mapping_(std::move(mapping)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&, NodeServices&) {
        if (!config.rename_in) return part_missing("renameIn");
        Result<KeyMapping> mapping = mapping_of(config.mapping, "renameKeysMapping");
        if (!mapping) return mapping.error();
        return std::unique_ptr<Node>(
            std::make_unique<RenameKeysNode>(*config.rename_in, *std::move(mapping)));
    }

    Step on_message(Visit& visit) override {
        Result<MessageKeys> keys = MessageKeys::open(part_, visit.msg);
        if (!keys) return keys.error();
        for (const auto& [old_key, new_key] : mapping_) {
            if (old_key == new_key) continue;
            if (auto value = keys->take(old_key)) keys->put(new_key, *std::move(value));
        }
        keys->apply(visit.msg);
        return "Success";
    }

  private:
    MsgPart part_;
    KeyMapping mapping_;
};

/// 0 → 2: `fromMetadata` became `renameIn`.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    return upgrade_part(from, configuration, "renameIn", "fromMetadata");
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbRenameKeysNode",
    .name = "rename keys",
    .kind = NodeKind::transformation,
    .summary = "Gives keys in the data or the metadata of a message other names.",
    .configuration_version = 2,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RenameKeysNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::rename_keys
