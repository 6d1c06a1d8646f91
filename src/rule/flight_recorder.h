// The last hops of messages through rule nodes, always recorded: which node, how long, how it
// ended. Every worker writes a ring of its own without locks; whoever asks reads them all.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "core/rule_trace.h"
#include "model/ids.h"
#include "rule/node.h"

namespace thingstead::rule {

/// Of a message or an originator: different ones are all but never alike.
constexpr std::uint64_t trace_hash(const Uuid& id) {
    return id.msb ^ (id.lsb * 0x9E3779B97F4A7C15u);
}

/// What a worker writes down of one visit: 32 bytes.
struct Hop {
    std::uint64_t message = 0;  ///< trace_hash().
    std::uint64_t originator = 0;
    EpochMs at_ms = 0;  ///< When the visit ended.
    std::uint32_t node = 0;
    std::uint32_t took_us = 0;
    std::uint16_t relation = 0;
    core::HopOutcome outcome = core::HopOutcome::went_on;
};

/// One writer; any readers. Overwrites the eldest.
class HopRing {
  public:
    /// `hops`: a power of two.
    explicit HopRing(std::size_t hops) : cells_(hops), mask_(hops - 1) {}

    void put(const Hop& hop) {
        const std::uint64_t at = written_.load(std::memory_order_relaxed);
        // Who reads anything of what follows also reads that the cell was about to change.
        begun_.store(at + 1, std::memory_order_relaxed);
        Cell& cell = cells_[at & mask_];
        const auto tail = static_cast<std::uint64_t>(hop.at_ms) << 20 |
                          static_cast<std::uint64_t>(hop.outcome) << 16 | hop.relation;
        cell[0].store(hop.message, std::memory_order_release);
        cell[1].store(hop.originator, std::memory_order_release);
        cell[2].store(tail, std::memory_order_release);
        cell[3].store(static_cast<std::uint64_t>(hop.node) << 32 | hop.took_us,
                      std::memory_order_release);
        written_.store(at + 1, std::memory_order_release);
    }
    /// What is in the ring, the eldest first; what was overwritten meanwhile is left out.
    std::vector<Hop> read() const;

  private:
    using Cell = std::array<std::atomic<std::uint64_t>, 4>;

    std::vector<Cell> cells_;
    const std::uint64_t mask_;
    std::atomic<std::uint64_t> begun_{0}, written_{0};
};

/// Thread-safe; nodes and rings are added when chains are loaded and workers begin.
class FlightRecorder final : public core::RuleTrace {
  public:
    explicit FlightRecorder(std::size_t hops_per_worker) : hops_per_worker_(hops_per_worker) {}

    /// Of a new worker. As long as anybody holds it, it is read.
    std::shared_ptr<HopRing> ring();
    /// The number by which a hop names the node; the same for all workers.
    std::uint32_t number_of(const NodeInfo& node, std::string_view type);
    /// Likewise of the name of a relation; 0: too many names.
    std::uint16_t number_of(std::string_view relation);

    std::vector<core::TracedHop> find(const core::TraceQuery& query) const override;

  private:
    struct Described {
        NodeInfo info;
        std::string type;
    };

    std::vector<core::TracedHop> described(const std::vector<Hop>& hops,
                                           const core::TraceQuery& query) const;

    const std::size_t hops_per_worker_;
    mutable std::mutex mutex_;
    std::vector<std::weak_ptr<HopRing>> rings_;
    std::unordered_map<model::RuleNodeId, std::uint32_t> numbers_;
    std::vector<Described> nodes_;
    std::unordered_map<std::string, std::uint16_t> relation_numbers_;
    std::vector<std::string> relations_{std::string()};
};

}  // namespace thingstead::rule
