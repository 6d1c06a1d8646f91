#include "rule/flight_recorder.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

namespace thingstead::rule {
namespace {

constexpr std::size_t relation_names_max = std::numeric_limits<std::uint16_t>::max();

std::string hexadecimal(std::uint64_t hash) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

bool comes_first(const Hop& a, const Hop& b, bool slowest_first) {
    if (slowest_first) return a.took_us > b.took_us;
    return a.at_ms < b.at_ms;
}

}  // namespace

std::vector<Hop> HopRing::read() const {
    const std::uint64_t written = written_.load(std::memory_order_acquire);
    const std::uint64_t first = written > cells_.size() ? written - cells_.size() : 0;
    std::vector<Hop> hops;
    hops.reserve(written - first);
    for (std::uint64_t at = first; at < written; ++at) {
        const Cell& cell = cells_[at & mask_];
        const std::uint64_t tail = cell[2].load(std::memory_order_acquire);
        const std::uint64_t last = cell[3].load(std::memory_order_acquire);
        hops.push_back({cell[0].load(std::memory_order_acquire),
                        cell[1].load(std::memory_order_acquire), static_cast<EpochMs>(tail >> 20),
                        static_cast<std::uint32_t>(last >> 32), static_cast<std::uint32_t>(last),
                        static_cast<std::uint16_t>(tail),
                        static_cast<core::HopOutcome>(tail >> 16 & 0xF)});
    }
    const std::uint64_t begun = begun_.load(std::memory_order_relaxed);
    const std::uint64_t sound = begun > cells_.size() ? begun - cells_.size() : 0;
    if (sound > first)
        hops.erase(hops.begin(),
                   hops.begin() + static_cast<std::ptrdiff_t>(std::min(sound, written) - first));
    return hops;
}

std::shared_ptr<HopRing> FlightRecorder::ring() {
    auto made = std::make_shared<HopRing>(hops_per_worker_);
    const std::lock_guard lock(mutex_);
    std::erase_if(rings_, [](const auto& each) { return each.expired(); });
    rings_.push_back(made);
    return made;
}

std::uint32_t FlightRecorder::number_of(const NodeInfo& node, std::string_view type) {
    const std::lock_guard lock(mutex_);
    const auto [at, fresh] =
        numbers_.try_emplace(node.rule_node, static_cast<std::uint32_t>(nodes_.size()));
    if (fresh) nodes_.emplace_back();
    nodes_[at->second] = {node, std::string(type)};
    return at->second;
}

std::uint16_t FlightRecorder::number_of(std::string_view relation) {
    const std::lock_guard lock(mutex_);
    const auto found = relation_numbers_.find(std::string(relation));
    if (found != relation_numbers_.end()) return found->second;
    if (relations_.size() >= relation_names_max) return 0;
    const auto number = static_cast<std::uint16_t>(relations_.size());
    relations_.emplace_back(relation);
    relation_numbers_.emplace(relation, number);
    return number;
}

std::vector<core::TracedHop> FlightRecorder::find(const core::TraceQuery& query) const {
    std::vector<std::shared_ptr<HopRing>> rings;
    std::vector<bool> of_tenant;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& each : rings_)
            if (std::shared_ptr<HopRing> ring = each.lock()) rings.push_back(std::move(ring));
        for (const Described& each : nodes_) of_tenant.push_back(each.info.tenant == query.tenant);
    }
    std::vector<Hop> found;
    for (const auto& ring : rings)
        for (const Hop& hop : ring->read()) {
            if (hop.node >= of_tenant.size() || !of_tenant[hop.node]) continue;
            if (query.message && hop.message != trace_hash(*query.message)) continue;
            if (query.originator && hop.originator != trace_hash(*query.originator)) continue;
            if (query.since_ms && hop.at_ms < *query.since_ms) continue;
            found.push_back(hop);
        }
    std::stable_sort(found.begin(), found.end(), [&](const Hop& a, const Hop& b) {
        return comes_first(a, b, query.slowest_first);
    });
    if (found.size() > query.limit) {
        if (query.slowest_first)
            found.resize(query.limit);
        else
            found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(query.limit));
    }
    return described(found, query);
}

std::vector<core::TracedHop> FlightRecorder::described(const std::vector<Hop>& hops,
                                                       const core::TraceQuery& query) const {
    std::vector<core::TracedHop> described;
    const std::lock_guard lock(mutex_);
    for (const Hop& hop : hops) {
        const Described& node = nodes_[hop.node];
        if (node.info.tenant != query.tenant) continue;
        core::TracedHop traced;
        traced.ts = hop.at_ms;
        traced.rule_chain_id = node.info.rule_chain;
        traced.rule_node_id = node.info.rule_node;
        traced.rule_chain_name = node.info.chain_name;
        traced.rule_node_name = node.info.name;
        traced.rule_node_type = node.type;
        traced.relation = relations_[hop.relation];
        traced.outcome = hop.outcome;
        traced.duration_us = hop.took_us;
        traced.trace = hexadecimal(hop.message);
        described.push_back(std::move(traced));
    }
    return described;
}

}  // namespace thingstead::rule
