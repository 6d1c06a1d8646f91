#include "rule/testing/nodes.h"

#include <stdexcept>

namespace thingstead::rule::testing {
namespace {

struct Config {
    std::string relation;
    std::vector<std::string> relations;
    std::string text;
};
constexpr auto describe(const Config*) {
    return fields(field("relation", &Config::relation), field("relations", &Config::relations),
                  field("text", &Config::text));
}

/// A node made of a function.
template <Step (*Function)(const Config&, NodeServices&, Visit&)>
class TestNode final : public Node {
  public:
    TestNode(Config config, const NodeInfo&, NodeServices& services)
        : config_(std::move(config)), services_(services) {}
    Step on_message(Visit& visit) override { return Function(config_, services_, visit); }

  private:
    Config config_;
    NodeServices& services_;
};

Step answer(const Config& config, NodeServices&, Visit&) {
    return Relation::owned(config.relation);
}

Step fork(const Config& config, NodeServices&, Visit&) {
    std::vector<Relation> relations;
    for (const std::string& each : config.relations) relations.push_back(Relation::owned(each));
    return Outcome(std::move(relations));
}

Step fail(const Config& config, NodeServices&, Visit&) {
    return Error{ErrorCode::internal, config.text};
}

Step throw_it(const Config&, NodeServices&, Visit&) { throw std::runtime_error("thrown"); }

Step limit(const Config&, NodeServices&, Visit&) {
    return Error{ErrorCode::rate_limited, "too many"};
}

Step mark(const Config& config, NodeServices&, Visit& visit) {
    visit.msg.metadata.put("marks", std::string(visit.msg.metadata.get("marks")) + config.text);
    return "Success";
}

Task<Outcome> save_marks(NodeServices& services, Visit& visit) {
    core::RuleSave save;
    save.entity = visit.msg.originator;
    save.ts = visit.msg.ts;
    save.values.push_back({std::string(visit.msg.metadata.get("marks")), visit.msg.id.to_string()});
    save.source = visit.source;
    co_await services.telemetry.save(std::move(save));
    co_return Outcome(Relation("Success"));
}

Step save(const Config&, NodeServices& services, Visit& visit) {
    return save_marks(services, visit);
}

Result<std::unique_ptr<Node>> refuse(const json::value&, const NodeInfo&, NodeServices&) {
    return Error{ErrorCode::invalid_argument, "never"};
}

template <Step (*Function)(const Config&, NodeServices&, Visit&)>
constexpr NodeDescriptor described(std::string_view type) {
    return {.type = type,
            .name = type,
            .summary = "For tests.",
            .default_configuration = &default_configuration<Config>,
            .make = &make_node<TestNode<Function>, Config>};
}

constexpr NodeDescriptor table[] = {
    described<answer>("test.Answer"),
    described<fork>("test.Fork"),
    described<fail>("test.Fail"),
    described<throw_it>("test.Throw"),
    described<limit>("test.Limit"),
    described<mark>("test.Mark"),
    described<save>("test.Save"),
    {.type = "test.Refuse",
                         .name = "test.Refuse",
                         .summary = "For tests.",
                         .default_configuration = &default_configuration<Config>,
                         .make = &refuse},
};

}  // namespace

std::vector<const NodeDescriptor*> test_nodes() {
    std::vector<const NodeDescriptor*> nodes;
    for (const NodeDescriptor& each : table) nodes.push_back(&each);
    return nodes;
}

}  // namespace thingstead::rule::testing
