#include "rule/key_patterns.h"
#include "rule/node.h"

namespace thingstead::rule::copy_keys {
namespace {

struct Config {
    std::optional<MsgPart> copy_from = MsgPart::data;
    std::vector<std::string> keys;
};
constexpr auto describe(const Config*) {
    return fields(
        field("copyFrom", &Config::copy_from, "DATA or METADATA; the other one gets them."),
        field("keys", &Config::keys, "Regular expressions for whole keys."));
}

class CopyKeysNode final : public Node {
  public:
    CopyKeysNode(MsgPart from, KeyPatterns keys) : from_(from), keys_(std::move(keys)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&, NodeServices&) {
        if (!config.copy_from) return part_missing("copyFrom");
        Result<KeyPatterns> keys = KeyPatterns::make(config.keys);
        if (!keys) return keys.error();
        return std::unique_ptr<Node>(
            std::make_unique<CopyKeysNode>(*config.copy_from, *std::move(keys)));
    }

    Step on_message(Visit& visit) override {
        const bool from_data = from_ == MsgPart::data;
        const Result<MessageKeys> from = MessageKeys::open(from_, visit.msg);
        if (!from) return from.error();
        Result<MessageKeys> to =
            MessageKeys::open(from_data ? MsgPart::metadata : MsgPart::data, visit.msg);
        if (!to) return to.error();
        for (auto& [key, value] : from->matching(keys_)) to->put(key, std::move(value));
        to->apply(visit.msg);
        return "Success";
    }

  private:
    MsgPart from_;
    KeyPatterns keys_;
};

/// 0 → 2: `fromMetadata` became `copyFrom`.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    return upgrade_part(from, configuration, "copyFrom", "fromMetadata");
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbCopyKeysNode",
    .name = "copy key-value pairs",
    .kind = NodeKind::transformation,
    .summary = "Copies keys from the data of a message to its metadata, or the other way.",
    .configuration_version = 2,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<CopyKeysNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::copy_keys
