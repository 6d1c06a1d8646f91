#include "rule/json_path/json_path.h"
#include "rule/message_body.h"
#include "rule/node.h"

namespace thingstead::rule::json_path_node {
namespace {

constexpr const char* whole_document = "$";

struct Config {
    std::string path = whole_document;
};
constexpr auto describe(const Config*) {
    return fields(field("jsonPath", &Config::path, "Path to what the data becomes."));
}

class JsonPathNode final : public Node {
  public:
    explicit JsonPathNode(std::optional<JsonPath> path) : path_(std::move(path)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&, NodeServices&) {
        if (config.path == whole_document)
            return std::unique_ptr<Node>(std::make_unique<JsonPathNode>(std::nullopt));
        Result<JsonPath> path = JsonPath::parse(config.path);
        if (!path) return path.error();
        return std::unique_ptr<Node>(std::make_unique<JsonPathNode>(*std::move(path)));
    }

    Step on_message(Visit& visit) override {
        if (!path_) return "Success";
        const Result<json::value> data = body(visit.msg);
        if (!data) return data.error();
        const Result<json::value> found = path_->evaluate(*data);
        if (!found) return found.error();
        set_body(visit.msg, *found);
        return "Success";
    }

  private:
    std::optional<JsonPath> path_;  ///< None: the data stays as it is.
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbJsonPathNode",
    .name = "json path",
    .kind = NodeKind::transformation,
    .summary = "Makes a part of a message's data, found by a path, its data.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<JsonPathNode, Config>,
};

}  // namespace thingstead::rule::json_path_node
