// The kinds of rule nodes as the interface lists them. `app` fills the catalogue from the rule
// engine, so that neither this room nor the doors know it.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/entities.h"
#include "model/ids.h"

namespace thingstead::core {

enum class ComponentType : std::uint8_t {
    enrichment,
    filter,
    transformation,
    action,
    external,
    flow,
    analytics
};
constexpr auto enum_names(ComponentType) {
    using namespace std::literals;
    return std::array{
        std::pair{ComponentType::enrichment,     "ENRICHMENT"sv    },
        std::pair{ComponentType::filter,         "FILTER"sv        },
        std::pair{ComponentType::transformation, "TRANSFORMATION"sv},
        std::pair{ComponentType::action,         "ACTION"sv        },
        std::pair{ComponentType::external,       "EXTERNAL"sv      },
        std::pair{ComponentType::flow,           "FLOW"sv          },
        std::pair{ComponentType::analytics,      "ANALYTICS"sv     }
    };
}

enum class ComponentScope : std::uint8_t { tenant };
constexpr auto enum_names(ComponentScope) {
    using namespace std::literals;
    return std::array{
        std::pair{ComponentScope::tenant, "TENANT"sv}
    };
}

enum class ClusteringMode : std::uint8_t { enabled, user_preference, singleton };
constexpr auto enum_names(ClusteringMode) {
    using namespace std::literals;
    return std::array{
        std::pair{ClusteringMode::enabled,         "ENABLED"sv        },
        std::pair{ClusteringMode::user_preference, "USER_PREFERENCE"sv},
        std::pair{ClusteringMode::singleton,       "SINGLETON"sv      }
    };
}

/// One kind of node.
struct Component {
    model::PlainId id;  ///< The same at every start: made of the class name.
    EpochMs created_time = 0;
    ComponentType type = ComponentType::action;
    ComponentScope scope = ComponentScope::tenant;
    ClusteringMode clustering_mode = ClusteringMode::enabled;
    std::string name;
    std::string clazz;
    json::value configuration_descriptor;  ///< {"nodeDefinition": …}
    std::int32_t configuration_version = 0;
    std::optional<std::string> actions;
    bool has_queue_name = false;
    bool in_core_chains = true;
    bool in_edge_chains = true;
};
constexpr auto describe(const Component*) {
    return fields(
        field("id", &Component::id, "", of_schema("ComponentDescriptorId")),
        field("createdTime", &Component::created_time, "", server_owned),
        field("type", &Component::type, "", server_owned, of_schema("ComponentType")),
        field("scope", &Component::scope, "", server_owned, of_schema("ComponentScope")),
        field("clusteringMode", &Component::clustering_mode, "", server_owned,
              of_schema("ComponentClusteringMode")),
        field("name", &Component::name, "", server_owned),
        field("clazz", &Component::clazz, "", server_owned),
        field("configurationDescriptor", &Component::configuration_descriptor),
        field("configurationVersion", &Component::configuration_version, "", server_owned),
        field("actions", &Component::actions, "", server_owned),
        field("hasQueueName", &Component::has_queue_name, "", server_owned),
        field("inCoreChains", &Component::in_core_chains, "", stored_only),
        field("inEdgeChains", &Component::in_edge_chains, "", stored_only));
}

/// Immutable; thread-safe.
class ComponentCatalogue {
  public:
    ComponentCatalogue() = default;
    explicit ComponentCatalogue(std::vector<Component> components);
    ComponentCatalogue(const ComponentCatalogue&) = delete;
    ComponentCatalogue& operator=(const ComponentCatalogue&) = delete;

    /// Null: an unknown class.
    const Component* find(std::string_view clazz) const;
    /// Those of one of `types` that chains of `chain_type` may have, sorted by name.
    std::vector<Component> list(const std::vector<ComponentType>& types,
                                model::RuleChainType chain_type) const;

  private:
    std::vector<Component> sorted_;
    std::unordered_map<std::string_view, const Component*> by_class_;
};

/// Of a class name, always the same.
Uuid component_id(std::string_view clazz);

}  // namespace thingstead::core
