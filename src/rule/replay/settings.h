// Settings of replays; YAML section `rule.replay`.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/describe.h"

namespace thingstead::rule {

struct ReplaySettings {
    std::size_t running_max = 2;
    std::size_t running_of_tenant_max = 1;
    std::size_t kept_max = 20;
    std::chrono::seconds kept_time{3'600};
    std::int32_t share_percent = 50;
    std::size_t memory_bytes_max = 512u << 20;
    std::chrono::milliseconds message_timeout{10'000};
    friend bool operator==(const ReplaySettings&, const ReplaySettings&) = default;
};

constexpr auto describe(const ReplaySettings*) {
    using S = ReplaySettings;
    return fields(
        field("running_max", &S::running_max, "Replays that run at a time; 0: none is started.",
              between(0, 64), on_restart),
        field("running_of_tenant_max", &S::running_of_tenant_max,
              "Replays of one tenant that run at a time.", between(0, 64), on_restart),
        field("kept_max", &S::kept_max,
              "Replays that are kept after their end, with their reports.", between(1, 1000),
              on_restart),
        field("kept_time", &S::kept_time, "For which they are kept.", between(1, 604'800),
              on_restart),
        field("share_percent", &S::share_percent,
              "Of its time a replay works at most so much; it rests in between.", between(1, 100),
              on_restart),
        field("memory_bytes_max", &S::memory_bytes_max,
              "What each version of a chain may write in a replay, kept in memory; with more the "
              "replay fails.",
              in_bytes, between(1 << 20, 1LL << 40), on_restart),
        field("message_timeout", &S::message_timeout,
              "How long a message may take in a replay; then it counts as failed.",
              between(1, 3'600'000), on_restart));
}

}  // namespace thingstead::rule
