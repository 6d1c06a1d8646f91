// The port to the rule engine's flight recorder: where messages went last, for people who look for
// the cause of something.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "model/ids.h"

namespace thingstead::core {

/// How a message's visit of a rule node ended. At most 16: it is recorded in four bits.
enum class HopOutcome : std::uint8_t {
    went_on,  ///< To another node of the chain.
    ended,    ///< Nothing is connected there.
    failed,   ///< With an error, wherever that led.
    consumed,
    entered_chain,
    left_chain,
};
constexpr auto enum_names(HopOutcome) {
    using namespace std::literals;
    return std::array{
        std::pair{HopOutcome::went_on,       "WENT_ON"sv      },
        std::pair{HopOutcome::ended,         "ENDED"sv        },
        std::pair{HopOutcome::failed,        "FAILED"sv       },
        std::pair{HopOutcome::consumed,      "CONSUMED"sv     },
        std::pair{HopOutcome::entered_chain, "ENTERED_CHAIN"sv},
        std::pair{HopOutcome::left_chain,    "LEFT_CHAIN"sv   }
    };
}

/// One visit of a rule node by a message.
struct TracedHop {
    EpochMs ts = 0;  ///< When it ended.
    model::RuleChainId rule_chain_id;
    model::RuleNodeId rule_node_id;
    std::string rule_chain_name;
    std::string rule_node_name;
    std::string rule_node_type;
    std::string relation;  ///< By which it left; empty: by none, or by several.
    HopOutcome outcome = HopOutcome::went_on;
    std::int64_t duration_us = 0;
    std::string trace;  ///< The same for all hops of one message.
};
constexpr auto describe(const TracedHop*) {
    return fields(field("ts", &TracedHop::ts), field("ruleChainId", &TracedHop::rule_chain_id),
                  field("ruleNodeId", &TracedHop::rule_node_id),
                  field("ruleChainName", &TracedHop::rule_chain_name),
                  field("ruleNodeName", &TracedHop::rule_node_name),
                  field("ruleNodeType", &TracedHop::rule_node_type),
                  field("relation", &TracedHop::relation),
                  field("outcome", &TracedHop::outcome, "", of_schema("HopOutcome")),
                  field("durationUs", &TracedHop::duration_us), field("trace", &TracedHop::trace));
}

struct TraceQuery {
    model::TenantId tenant{};
    std::optional<Uuid> message{};
    std::optional<Uuid> originator{};
    std::optional<EpochMs> since_ms{};
    bool slowest_first = false;  ///< Else in the order of their ends.
    std::size_t limit = 1000;    ///< The latest, or the slowest.
};

class RuleTrace {
  public:
    virtual ~RuleTrace() = default;
    /// What is remembered by this process; takes milliseconds. Thread-safe.
    virtual std::vector<TracedHop> find(const TraceQuery& query) const = 0;
};

}  // namespace thingstead::core
