// Adds up what a replay's messages did, and tells where two versions differ.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/rule_replay.h"
#include "model/msg.h"
#include "rule/replay/effects.h"

namespace thingstead::rule {

/// Of one version.
class ReplaySumsMaker {
  public:
    /// What a message did; or, if it is none, what nodes did as time passed.
    void add(const std::vector<Effect>& effects, bool is_message);
    core::ReplaySums sums() const;

  private:
    using Counts = std::map<std::string, std::int64_t>;

    static void count(Counts& counts, const std::string& name);

    core::ReplaySums sums_;
    Counts ways_, alarms_, entities_, outside_;
    std::uint64_t digest_ = 0;
};

/// Of both versions.
class ReplayComparison {
  public:
    explicit ReplayComparison(std::size_t shown_max) : shown_max_(shown_max) {}

    /// `message` null: what nodes did as time passed until `ts`.
    void add(const model::Msg* message, EpochMs ts, const std::vector<Effect>& run,
             const std::vector<Effect>& against);
    void tell(core::ReplayReport& report) const;

  private:
    const std::size_t shown_max_;
    std::int64_t different_ = 0;
    std::int64_t different_effects_ = 0;
    std::vector<core::ReplayDifference> shown_;
};

}  // namespace thingstead::rule
