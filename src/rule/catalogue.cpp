#include "rule/catalogue.h"

#include <algorithm>

namespace thingstead::rule {
namespace {

core::ComponentType type_of(NodeKind kind) {
    switch (kind) {
        case NodeKind::filter:         return core::ComponentType::filter;
        case NodeKind::enrichment:     return core::ComponentType::enrichment;
        case NodeKind::transformation: return core::ComponentType::transformation;
        case NodeKind::action:         return core::ComponentType::action;
        case NodeKind::external:       return core::ComponentType::external;
        case NodeKind::flow:           return core::ComponentType::flow;
        case NodeKind::analytics:      return core::ComponentType::analytics;
    }
    return core::ComponentType::action;
}

core::ClusteringMode mode_of(Clustering clustering) {
    switch (clustering) {
        case Clustering::everywhere:   return core::ClusteringMode::enabled;
        case Clustering::one_server:   return core::ClusteringMode::singleton;
        case Clustering::as_users_say: return core::ClusteringMode::user_preference;
    }
    return core::ClusteringMode::enabled;
}

/// Every node may fail, also those that do not say so.
json::array relations_of(const NodeDescriptor& descriptor) {
    constexpr std::string_view failure = "Failure";
    json::array names;
    for (const std::string_view each : descriptor.relations) names.emplace_back(each);
    if (std::find(descriptor.relations.begin(), descriptor.relations.end(), failure) ==
        descriptor.relations.end())
        names.emplace_back(failure);
    return names;
}

json::object definition_of(const NodeDescriptor& descriptor) {
    return {
        {"details",              descriptor.details                },
        {"description",          descriptor.summary                },
        {"inEnabled",            descriptor.has_input              },
        {"outEnabled",           descriptor.has_output             },
        {"relationTypes",        relations_of(descriptor)          },
        {"customRelations",      descriptor.custom_relations       },
        {"ruleChainNode",        descriptor.calls_chain            },
        {"defaultConfiguration", descriptor.default_configuration()},
        {"uiResources",          json::array()                     },
        {"configDirective",      descriptor.form                   },
        {"icon",                 descriptor.icon                   },
        {"iconUrl",              ""                                },
        {"docUrl",               ""                                }
    };
}

}  // namespace

std::vector<core::Component> components_of(std::span<const NodeDescriptor* const> descriptors,
                                           EpochMs created_ms) {
    std::vector<core::Component> out;
    out.reserve(descriptors.size());
    for (const NodeDescriptor* each : descriptors) {
        core::Component component;
        component.id.id = core::component_id(each->type);
        component.created_time = created_ms;
        component.type = type_of(each->kind);
        component.clustering_mode = mode_of(each->clustering);
        component.name = each->name;
        component.clazz = each->type;
        component.configuration_descriptor = json::object{
            {"nodeDefinition", definition_of(*each)}
        };
        component.configuration_version = each->configuration_version;
        component.has_queue_name = each->has_queue_name;
        component.in_core_chains = each->chains != ChainKinds::edge_only;
        component.in_edge_chains = each->chains != ChainKinds::core_only;
        out.push_back(std::move(component));
    }
    return out;
}

}  // namespace thingstead::rule
