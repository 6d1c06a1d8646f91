#include "rule/entity_reads.h"
#include "rule/fetch_data.h"

namespace thingstead::rule::related_entity_data {
namespace {

struct Config : FetchConfig {
    Config() {
        data_mapping = json::object{
            {"serialNumber", "sn"}
        };
    }
    RelationsConfig relations;
};
constexpr auto describe(const Config*) {
    return joined(describe(static_cast<const FetchConfig*>(nullptr)),
                  fields(field("relationsQuery", &Config::relations,
                               "How the entity is found; the first one counts.")));
}

Result<std::unique_ptr<Node>> make(const json::value& configuration, const NodeInfo&,
                                   NodeServices& services) {
    Result<Config> config = from_json<Config>(configuration, Binding::stored);
    if (!config) return config.error();
    EntityFinder find = [query = config->relations, &clock = services.clock](
                            store::Reader& reader, const Visit& visit) -> Result<model::EntityId> {
        const auto found = first_related(reader, visit.tenant, visit.msg.originator, query, clock);
        if (!found) return found.error();
        if (!*found) return Error{ErrorCode::not_found, "Failed to find a related entity!"};
        return **found;
    };
    return fetching_node(*config, true, std::move(find), services);
}

/// 0 → 1: see upgrade_fetch().
Result<> upgrade(std::int32_t, json::object& configuration) { return upgrade_fetch(configuration); }

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetRelatedAttributeNode",
    .name = "related entity data",
    .kind = NodeKind::enrichment,
    .summary = "Adds attributes, latest telemetry or fields of a related entity to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<Config>,
    .make = &make,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::related_entity_data
