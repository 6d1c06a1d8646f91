#include "rule/fetch_attributes.h"

namespace thingstead::rule::originator_attributes {
namespace {

class OriginatorAttributesNode final : public Node {
  public:
    OriginatorAttributesNode(AttributesFetcher fetcher, NodeServices& services)
        : fetcher_(std::move(fetcher)), services_(services) {}

    static Result<std::unique_ptr<Node>> make(AttributesConfig config, const NodeInfo&,
                                              NodeServices& services) {
        Result<AttributesFetcher> fetcher = AttributesFetcher::make(config);
        if (!fetcher) return fetcher.error();
        return std::unique_ptr<Node>(
            std::make_unique<OriginatorAttributesNode>(*std::move(fetcher), services));
    }

    Step on_message(Visit& visit) override { return enrich(visit); }

  private:
    Task<Outcome> enrich(Visit& visit) {
        const Result<> done = co_await fetcher_.enrich(services_, visit, visit.msg.originator);
        if (!done) co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    AttributesFetcher fetcher_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetAttributesNode",
    .name = "originator attributes",
    .kind = NodeKind::enrichment,
    .summary = "Adds attributes and latest telemetry of the originator to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<AttributesConfig>,
    .make = &make_node<OriginatorAttributesNode, AttributesConfig>,
    .upgrade = &upgrade_attributes,
};

}  // namespace thingstead::rule::originator_attributes
