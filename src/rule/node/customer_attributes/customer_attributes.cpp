#include "rule/entity_reads.h"
#include "rule/fetch_data.h"

namespace thingstead::rule::customer_attributes {
namespace {

Result<model::EntityId> customer(store::Reader& reader, const Visit& visit) {
    const auto found = customer_of(reader, visit.tenant, visit.msg.originator);
    if (!found) return found.error();
    return model::EntityId(*found);
}

Result<std::unique_ptr<Node>> make(const json::value& configuration, const NodeInfo&,
                                   NodeServices& services) {
    const auto config = from_json<FetchConfig>(configuration, Binding::stored);
    if (!config) return config.error();
    return fetching_node(*config, false, &customer, services);
}

/// 0 → 1: see upgrade_fetch().
Result<> upgrade(std::int32_t, json::object& configuration) { return upgrade_fetch(configuration); }

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetCustomerAttributeNode",
    .name = "customer attributes",
    .kind = NodeKind::enrichment,
    .summary = "Adds attributes or latest telemetry of the originator's customer to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<FetchConfig>,
    .make = &make,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::customer_attributes
