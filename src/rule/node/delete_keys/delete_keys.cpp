#include "rule/key_patterns.h"
#include "rule/node.h"

namespace thingstead::rule::delete_keys {
namespace {

struct Config {
    std::optional<MsgPart> delete_from = MsgPart::data;
    std::vector<std::string> keys;
};
constexpr auto describe(const Config*) {
    return fields(field("deleteFrom", &Config::delete_from, "DATA or METADATA."),
                  field("keys", &Config::keys, "Regular expressions for whole keys."));
}

class DeleteKeysNode final : public Node {
  public:
    DeleteKeysNode(MsgPart from, KeyPatterns keys) : from_(from), keys_(std::move(keys)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&, NodeServices&) {
        if (!config.delete_from) return part_missing("deleteFrom");
        Result<KeyPatterns> keys = KeyPatterns::make(config.keys);
        if (!keys) return keys.error();
        return std::unique_ptr<Node>(
            std::make_unique<DeleteKeysNode>(*config.delete_from, *std::move(keys)));
    }

    Step on_message(Visit& visit) override {
        Result<MessageKeys> keys = MessageKeys::open(from_, visit.msg);
        if (!keys) return keys.error();
        for (const auto& [key, value] : keys->matching(keys_)) keys->take(key);
        keys->apply(visit.msg);
        return "Success";
    }

  private:
    MsgPart from_;
    KeyPatterns keys_;
};

/// 0 → 2: `fromMetadata`, later `dataToFetch`, became `deleteFrom`.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    return upgrade_part(from, configuration, "deleteFrom", "dataToFetch");
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbDeleteKeysNode",
    .name = "delete key-value pairs",
    .kind = NodeKind::transformation,
    .summary = "Deletes keys from the data or the metadata of a message.",
    .configuration_version = 2,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeleteKeysNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::delete_keys
