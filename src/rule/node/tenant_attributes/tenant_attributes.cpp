#include "rule/fetch_data.h"

namespace thingstead::rule::tenant_attributes {
namespace {

Result<std::unique_ptr<Node>> make(const json::value& configuration, const NodeInfo&,
                                   NodeServices& services) {
    const auto config = from_json<FetchConfig>(configuration, Binding::stored);
    if (!config) return config.error();
    return fetching_node(*config, false, {}, services);
}

/// 0 → 1: see upgrade_fetch().
Result<> upgrade(std::int32_t, json::object& configuration) { return upgrade_fetch(configuration); }

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetTenantAttributeNode",
    .name = "tenant attributes",
    .kind = NodeKind::enrichment,
    .summary = "Adds attributes or latest telemetry of the tenant to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<FetchConfig>,
    .make = &make,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::tenant_attributes
