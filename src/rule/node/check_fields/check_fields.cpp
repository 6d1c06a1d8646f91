#include <algorithm>

#include "rule/message_body.h"
#include "rule/node.h"

namespace thingstead::rule::check_fields {
namespace {

struct Config {
    std::vector<std::string> data_keys;
    std::vector<std::string> metadata_keys;
    bool check_all = true;
};
constexpr auto describe(const Config*) {
    return fields(field("messageNames", &Config::data_keys, "Keys of the data."),
                  field("metadataNames", &Config::metadata_keys, "Keys of the metadata."),
                  field("checkAllKeys", &Config::check_all,
                        "All of them must be there; else one is enough."));
}

constexpr std::string_view relations[] = {"True", "False"};

class CheckFieldsNode final : public Node {
  public:
    CheckFieldsNode(Config config, const NodeInfo&, NodeServices&) : config_(std::move(config)) {}

    Step on_message(Visit& visit) override {
        json::object data;
        if (!config_.data_keys.empty()) {
            Result<json::object> parsed = body_object(visit.msg);
            if (!parsed) return parsed.error();
            data = *std::move(parsed);
        }
        const auto in_data = [&](const std::string& key) { return data.contains(key); };
        const auto in_metadata = [&](const std::string& key) {
            return visit.msg.metadata.find(key) != nullptr;
        };
        const auto& [data_keys, metadata_keys, check_all] = config_;
        const bool there =
            check_all ? std::all_of(data_keys.begin(), data_keys.end(), in_data) &&
                            std::all_of(metadata_keys.begin(), metadata_keys.end(), in_metadata)
                      : std::any_of(data_keys.begin(), data_keys.end(), in_data) ||
                            std::any_of(metadata_keys.begin(), metadata_keys.end(), in_metadata);
        return there ? "True" : "False";
    }

  private:
    Config config_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbCheckMessageNode",
    .name = "check fields presence",
    .kind = NodeKind::filter,
    .summary = "Looks whether a message has keys in its data and metadata.",
    .relations = relations,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<CheckFieldsNode, Config>,
};

}  // namespace thingstead::rule::check_fields
