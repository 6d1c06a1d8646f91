// One replay: reads the window, runs each message through one version or two, reports.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

#include "core/rule_replay.h"
#include "rule/replay/sandbox.h"

namespace thingstead::rule {

/// How far it is; read by others while it runs.
struct ReplayProgress {
    std::atomic<std::int64_t> records_read{0};
    std::atomic<std::int64_t> messages_run{0};
    std::atomic<EpochMs> position_ts{0};
    std::atomic<bool> cancelled{false};
};

/// Blocks until it is done, or `progress.cancelled`. Errors: those of the queue and the stores; of
/// a draft; too_large - the memory's limit.
Result<core::ReplayReport> run_replay(const SandboxGround& ground, const core::Caller& caller,
                                      const core::ReplayRequest& request, ReplayProgress& progress);

}  // namespace thingstead::rule
