// Aggregates over the attributes and latest values of an entity's children: what both versions of
// the node "aggregate latest" are. Source: the interface's rule engine, analytics nodes.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "rule/aggregate.h"
#include "rule/node.h"
#include "rule/parent_rounds.h"

namespace thingstead::rule {

/// Where a value comes from.
enum class LatestSource : std::uint8_t { telemetry, client, shared, server };
constexpr auto enum_names(LatestSource) {
    using namespace std::literals;
    return std::array{
        std::pair{LatestSource::telemetry, "LATEST_TELEMETRY"sv},
        std::pair{LatestSource::client,    "CLIENT_SCOPE"sv    },
        std::pair{LatestSource::shared,    "SHARED_SCOPE"sv    },
        std::pair{LatestSource::server,    "SERVER_SCOPE"sv    }
    };
}

/// Which children are meant: those for which the script answers true. It gets the map `attributes`
/// with what of the keys is stored: cs_…, shared_…, ss_…, and telemetry without a prefix.
struct ChildFilterConfig {
    std::vector<std::string> client, shared, server, latest;
    std::optional<std::string> language{};  ///< None: JS.
    std::string js_script{};
    std::string tbel_script{};
};
constexpr auto describe(const ChildFilterConfig*) {
    using C = ChildFilterConfig;
    return fields(
        field("clientAttributeNames", &C::client, "Keys that the script gets as cs_…."),
        field("sharedAttributeNames", &C::shared, "Keys that the script gets as shared_…."),
        field("serverAttributeNames", &C::server, "Keys that the script gets as ss_…."),
        field("latestTsKeyNames", &C::latest, "Keys of telemetry that the script gets."),
        field("scriptLang", &C::language, "TBEL or JS."),
        field("filterFunction", &C::js_script, "The script, if it is in JS."),
        field("tbelFilterFunction", &C::tbel_script, "The script, if it is in TBEL."));
}

struct LatestMapping {
    std::string source;
    std::optional<std::string> scope;  ///< None or empty: telemetry.
    std::optional<double> default_value;
    std::string target;
    AggregateFunction function = AggregateFunction::avg;
    std::optional<ChildFilterConfig> filter;
};
constexpr auto describe(const LatestMapping*) {
    using C = LatestMapping;
    return fields(field("source", &C::source, "Key of the children's values."),
                  field("sourceScope", &C::scope,
                        "LATEST_TELEMETRY, CLIENT_SCOPE, SHARED_SCOPE or SERVER_SCOPE."),
                  field("defaultValue", &C::default_value,
                        "Value of a child that has none; none: such a child does not count."),
                  field("target", &C::target, "Key of the parent's result."),
                  field("aggFunction", &C::function, "MIN, MAX, SUM, AVG, COUNT or COUNT_UNIQUE."),
                  field("filter", &C::filter, "Which children count; none: all."));
}

struct LatestConfig : RoundsConfig {
    std::vector<LatestMapping> mappings{};
};
constexpr auto describe(const LatestConfig*) {
    using C = LatestConfig;
    return fields(
        field("parentEntitiesQuery", &C::parents, "The entities whose children are aggregated."),
        field("periodValue", &C::period, "Time between two rounds.", between(1, 2'147'483'647)),
        field("periodTimeUnit", &C::period_unit, "Its unit."),
        field("aggMappings", &C::mappings, "What is aggregated, under which key."),
        field("queueName", &C::queue_name,
              "Queue that results go to, unless the node names one; none: Main."));
}

/// Of each parent and mapping one message. Minimum, maximum and average of no value are not told.
class LatestAggregatesNode final : public RoundsNode {
  public:
    /// Errors: invalid_argument - the parents, a mapping; as NodeScript::make().
    static Result<std::unique_ptr<Node>> make(LatestConfig config, const NodeInfo& info,
                                              NodeServices& services);
    using RoundsNode::RoundsNode;
};

/// What the versions of the node differ in.
struct LatestVersion {
    std::string_view type, name;
};
constexpr NodeDescriptor latest_descriptor(const LatestVersion& version) {
    return {
        .type = version.type,
        .name = version.name,
        .kind = NodeKind::analytics,
        .summary =
            "Aggregates attributes or latest values of entities' children, once in a period.",
        .has_input = false,
        .has_queue_name = true,
        .icon = "functions",
        .default_configuration = &default_configuration<LatestConfig>,
        .make = &make_node<LatestAggregatesNode, LatestConfig>,
    };
}

}  // namespace thingstead::rule
