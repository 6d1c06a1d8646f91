// The process that runs scripts: asked and answering over file 0, and with nothing else to turn to.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/describe.h"
#include "script/remote/protocol.h"
#include "script/script.h"

namespace thingstead::script::remote {

/// What a process is told before anything else, as JSON.
struct WorkerOptions {
    int parent = 0;  ///< Its process id.
    std::size_t memory_bytes_max = 0;
    std::int64_t cpu_seconds_max = 0;
    std::size_t compiled_scripts_max = 1'000;
    std::size_t call_memory_bytes_max = Limits{}.memory_bytes_max;
    std::size_t body_characters_max = Limits{}.body_characters_max;
    std::size_t arguments_characters_max = Limits{}.arguments_characters_max;
    std::size_t result_characters_max = Limits{}.result_characters_max;
};
constexpr auto describe(const WorkerOptions*) {
    using O = WorkerOptions;
    return fields(field("parent", &O::parent, "Process that it ends with."),
                  field("memory", &O::memory_bytes_max, "As seal() limits it."),
                  field("cpu", &O::cpu_seconds_max, "Likewise."),
                  field("scripts", &O::compiled_scripts_max, "Kept compiled."),
                  field("callMemory", &O::call_memory_bytes_max, "Of one call."),
                  field("body", &O::body_characters_max, "Length of a script."),
                  field("arguments", &O::arguments_characters_max, "Of one call."),
                  field("result", &O::result_characters_max, "Of one call."));
}

/// What the process answers its options with when it is ready.
inline constexpr std::string_view worker_ready = "ready";

/// Before each request; for tests.
using WorkerHook = std::function<void(const Request&)>;

/// Of the language that the process runs.
using MakeEngine = std::function<std::unique_ptr<Engine>(const Limits& limits)>;

/// The whole life of the process, whose file 0 is the channel. Its exit status: 0 when the channel
/// was closed.
int run_worker(const MakeEngine& make_engine, const WorkerHook& hook = {});

}  // namespace thingstead::script::remote
