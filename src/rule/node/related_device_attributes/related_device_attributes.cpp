#include <algorithm>

#include "rule/entity_reads.h"
#include "rule/fetch_attributes.h"

namespace thingstead::rule::related_device_attributes {
namespace {

struct DevicesConfig {
    model::SearchDirection direction = model::SearchDirection::from;
    std::int32_t level_max = 1;
    std::string relation_type = std::string(model::contains_type);
    std::vector<std::string> device_types{"default"};
    bool last_level_only = false;
};
constexpr auto describe(const DevicesConfig*) {
    return fields(
        field("direction", &DevicesConfig::direction, "FROM the originator, or TO it."),
        field("maxLevel", &DevicesConfig::level_max, "How deep relations are followed; 0: all."),
        field("relationType", &DevicesConfig::relation_type, "Type of the relation; empty: any."),
        field("deviceTypes", &DevicesConfig::device_types, "Profiles of the device."),
        field("fetchLastLevelOnly", &DevicesConfig::last_level_only,
              "Only what is found at the deepest level."));
}

struct Config : AttributesConfig {
    std::optional<DevicesConfig> devices = DevicesConfig();
};
constexpr auto describe(const Config*) {
    return joined(describe(static_cast<const AttributesConfig*>(nullptr)),
                  fields(field("deviceRelationsQuery", &Config::devices,
                               "How the device is found; the first one counts.")));
}

class RelatedDeviceAttributesNode final : public Node {
  public:
    RelatedDeviceAttributesNode(const DevicesConfig& devices, AttributesFetcher fetcher,
                                NodeServices& services)
        : device_types_(devices.device_types), fetcher_(std::move(fetcher)), services_(services) {
        relations_.direction = devices.direction;
        relations_.level_max = devices.level_max;
        relations_.last_level_only = devices.last_level_only;
        relations_.filters = {
            {devices.relation_type, {model::EntityType::device}}
        };
    }

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        if (!config.devices)
            return Error{ErrorCode::invalid_argument, "deviceRelationsQuery can't be null!"};
        Result<AttributesFetcher> fetcher = AttributesFetcher::make(config);
        if (!fetcher) return fetcher.error();
        return std::unique_ptr<Node>(std::make_unique<RelatedDeviceAttributesNode>(
            *config.devices, *std::move(fetcher), services));
    }

    Step on_message(Visit& visit) override { return enrich(visit); }

  private:
    using Found = std::optional<model::DeviceId>;

    Task<Outcome> enrich(Visit& visit) {
        const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
            return first_device(reader, visit);
        };
        const Result<Found> device = co_await read_entities<Found>(services_, work);
        if (!device) co_return Outcome(device.error());
        if (!*device)
            co_return Outcome(Error{ErrorCode::not_found, "Failed to find a related device!"});
        const Result<> done = co_await fetcher_.enrich(services_, visit, **device);
        if (!done) co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    Result<Found> first_device(store::Reader& reader, const Visit& visit) const {
        const auto related = related_to(reader, visit.msg.originator, relations_, services_.clock);
        if (!related) return related.error();
        for (const model::EntityId each : *related) {
            const auto device = find_own<model::Device>(reader, visit.tenant, each.uuid);
            if (!device) return device.error();
            if (*device && std::find(device_types_.begin(), device_types_.end(), (*device)->type) !=
                               device_types_.end())
                return Found((*device)->id);
        }
        return Found();
    }

    std::vector<std::string> device_types_;
    RelationsConfig relations_;
    AttributesFetcher fetcher_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetDeviceAttrNode",
    .name = "related device attributes",
    .kind = NodeKind::enrichment,
    .summary = "Adds attributes and latest telemetry of a related device to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RelatedDeviceAttributesNode, Config>,
    .upgrade = &upgrade_attributes,
};

}  // namespace thingstead::rule::related_device_attributes
