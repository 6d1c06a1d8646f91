// What is doubtful about a drawing of a rule chain, though it may be saved: people are told where.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "core/caller.h"
#include "core/component_catalogue.h"
#include "core/platform.h"
#include "core/rule_replay.h"
#include "model/rule_chain.h"

namespace thingstead::core {

enum class ChainWarningKind : std::uint8_t {
    no_first_node,
    no_input,
    circle,
    circle_of_chains,
    unreachable_node,
    unknown_class,
    bad_configuration,
    unknown_chain,
    unknown_relation,
    missing_node
};
constexpr auto enum_names(ChainWarningKind) {
    using namespace std::literals;
    return std::array{
        std::pair{ChainWarningKind::no_first_node,     "NO_FIRST_NODE"sv    },
        std::pair{ChainWarningKind::no_input,          "NO_INPUT"sv         },
        std::pair{ChainWarningKind::circle,            "CIRCLE"sv           },
        std::pair{ChainWarningKind::circle_of_chains,  "CIRCLE_OF_CHAINS"sv },
        std::pair{ChainWarningKind::unreachable_node,  "UNREACHABLE_NODE"sv },
        std::pair{ChainWarningKind::unknown_class,     "UNKNOWN_CLASS"sv    },
        std::pair{ChainWarningKind::bad_configuration, "BAD_CONFIGURATION"sv},
        std::pair{ChainWarningKind::unknown_chain,     "UNKNOWN_CHAIN"sv    },
        std::pair{ChainWarningKind::unknown_relation,  "UNKNOWN_RELATION"sv },
        std::pair{ChainWarningKind::missing_node,      "MISSING_NODE"sv     }
    };
}

struct ChainWarning {
    ChainWarningKind kind = ChainWarningKind::no_first_node;
    std::string message;  ///< Names nodes and relations.
    std::optional<std::int32_t> node_index{};
    std::optional<std::int32_t> connection_index{};
};
constexpr auto describe(const ChainWarning*) {
    using W = ChainWarning;
    return fields(field("type", &W::kind, "", of_schema("RuleChainWarningType")),
                  field("message", &W::message), field("nodeIndex", &W::node_index),
                  field("connectionIndex", &W::connection_index));
}

struct ChainWarnings {
    std::optional<std::string> refused{};  ///< Why a save would be refused.
    std::vector<ChainWarning> warnings{};
};
constexpr auto describe(const ChainWarnings*) {
    return fields(field("refused", &ChainWarnings::refused),
                  field("warnings", &ChainWarnings::warnings, "", of_schema("RuleChainWarning")));
}

/// A chain as it is stored.
struct KnownChain {
    std::string name;
    model::RuleChainMetaData metadata{};
};

/// Those that follow from the drawing alone. `known` has the chain itself, and all that it calls,
/// directly or through others; one that is not there cannot be called.
std::vector<ChainWarning> warnings_of(const model::RuleChainMetaData& drawing,
                                      const ComponentCatalogue& components,
                                      const std::map<model::RuleChainId, KnownChain>& known);

/// Of a drawing that is not saved yet, or just was. `platform` and `components` outlive the task;
/// `sandbox` null: configurations are not tried. Errors: not_found, forbidden; invalid_argument -
/// no chain is named.
Task<Result<ChainWarnings>> chain_warnings(const Platform& platform,
                                           const ComponentCatalogue& components,
                                           const RuleReplays* sandbox, Caller caller,
                                           model::RuleChainMetaData drawing);

}  // namespace thingstead::core
