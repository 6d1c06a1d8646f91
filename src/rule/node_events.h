// What one worker notes of its messages' visits of rule nodes: debug events where they are asked
// for, and for all of them counts and a line of the flight recorder.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rule/event_keeper.h"
#include "rule/flight_recorder.h"
#include "rule/node.h"
#include "rule/node_counts.h"

namespace thingstead::rule {

/// What of a node's messages is kept as events.
struct DebugMode {
    bool failures = false;
    EpochMs all_until_ms = 0;
    bool any() const { return failures || all_until_ms != 0; }
};

/// What the workers of a process share; outlives them.
struct NodeRecords {
    EventKeeper& events;
    FlightRecorder& flights;
    NodeCounts& counts;
};

/// Belongs to one worker's thread.
class NodeEvents {
  public:
    using Time = std::chrono::steady_clock::time_point;

    NodeEvents(const NodeRecords& records, const Clock& clock);

    NodeRecords& records() { return records_; }

    bool keeps_all(const DebugMode& mode) const {
        return mode.all_until_ms != 0 && mode.all_until_ms > clock_.now_ms();
    }
    /// A message comes to the node by `relation`; empty: from the queue or another chain.
    void in(const NodeInfo& node, const model::Msg& msg, std::string_view relation);
    void out(const NodeInfo& node, const model::Msg& msg, std::string_view relation,
             std::string_view error = {});

    /// A calculated field ran; the event is one of the field. Texts are cut here.
    void calculated(model::TenantId tenant, model::CalculatedFieldDebugEvent body);

    /// For nodes that act between messages, and note their events themselves.
    void watch(model::RuleNodeId node, const DebugMode& mode);
    DebugMode watched(model::RuleNodeId node) const;

    std::shared_ptr<NodeTally> tally(const NodeInfo& node, const std::string& type);
    std::uint16_t number_of(std::string_view relation) {
        return records_.flights.number_of(relation);
    }
    /// The visit ended now. Returns the time: of the next one's beginning, if it begins at once.
    Time visited(const std::shared_ptr<NodeTally>& tally, const model::Msg& msg, Time began,
                 core::HopOutcome outcome, std::uint16_t relation);

    /// Hands over what was gathered. To be called after a pack.
    void flush();

  private:
    void add(const NodeInfo& node, model::RuleNodeDebugEvent body, const model::Msg& msg);

    NodeRecords records_;
    const Clock& clock_;
    const std::shared_ptr<HopRing> ring_;
    Time steady_at_;  ///< At the same moment as epoch_ms_.
    EpochMs epoch_ms_;
    std::vector<model::Event> gathered_;
    std::vector<std::shared_ptr<NodeTally>> counted_;
    std::unordered_map<model::RuleNodeId, DebugMode> watched_;
};

}  // namespace thingstead::rule
