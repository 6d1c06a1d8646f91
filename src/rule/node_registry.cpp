#include "rule/node_registry.h"

namespace thingstead::rule {

NodeRegistry::NodeRegistry(std::span<const NodeDescriptor* const> descriptors) {
    for (const NodeDescriptor* each : descriptors) {
        const bool fresh = by_type_.emplace(each->type, each).second;
        TS_ASSERT(fresh);
    }
}

const NodeDescriptor* NodeRegistry::find(std::string_view type) const {
    const auto it = by_type_.find(type);
    return it == by_type_.end() ? nullptr : it->second;
}

json::value current_configuration(const NodeDescriptor& descriptor, std::int32_t version,
                                  json::value configuration, const NodeInfo& info,
                                  NodeServices& services) {
    if (configuration.is_null()) return descriptor.default_configuration();
    if (version >= descriptor.configuration_version) return configuration;
    if (!configuration.is_object()) return descriptor.default_configuration();
    json::value upgraded = configuration;
    if (descriptor.upgrade && descriptor.upgrade(version, upgraded.as_object())) return upgraded;
    if (!descriptor.make(configuration, info, services)) return descriptor.default_configuration();
    return configuration;
}

}  // namespace thingstead::rule
