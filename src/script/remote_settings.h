// Settings of JavaScript in processes of its own; YAML section `script.js`.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"

namespace thingstead::script::remote {

enum class Evaluator : std::uint8_t { local, remote };
constexpr auto enum_names(Evaluator) {
    using namespace std::literals;
    return std::array{
        std::pair{Evaluator::local,  "local"sv },
        std::pair{Evaluator::remote, "remote"sv}
    };
}

/// Of who asks.
struct ClientSettings {
    std::chrono::milliseconds request_timeout{10'000};
    std::chrono::milliseconds exec_timeout{2'000};
    std::size_t pending_max = 10'000;
    std::size_t pending_bytes_max = 64u << 20;
};
constexpr auto describe(const ClientSettings*) {
    using S = ClientSettings;
    return fields(
        field("request_timeout", &S::request_timeout,
              "How long a call waits for an executor's answer.", between(100, 600'000), on_restart),
        field("exec_timeout", &S::exec_timeout, "Milliseconds that a call may take there.",
              between(1, 600'000), on_restart),
        field("pending_max", &S::pending_max, "Calls that wait for an answer; more fail at once.",
              between(1, 1'000'000), on_restart),
        field("pending_bytes_max", &S::pending_bytes_max,
              "What those calls are given, together; more fail at once.", in_bytes,
              between(1 << 20, std::int64_t{1} << 40), on_restart));
}

/// Of who answers.
struct ExecutorSettings {
    std::size_t workers = 0;
    std::size_t pending_max = 1'000;
    std::size_t compiled_scripts_max = 1'000;
    std::chrono::milliseconds time_max{10'000};
    std::chrono::milliseconds eval_timeout{60'000};
    std::chrono::milliseconds kill_after{1'000};
    std::size_t memory_bytes_max = std::size_t{768} << 20;
    std::chrono::seconds cpu_max{3'600};
    std::string address = "127.0.0.1";
    std::uint16_t port = 8888;
};
constexpr auto describe(const ExecutorSettings*) {
    using S = ExecutorSettings;
    return fields(
        field("workers", &S::workers,
              "Processes that run scripts, one call at a time each; 0: one per core.",
              between(0, 1'024), on_restart),
        field("pending_max", &S::pending_max,
              "Calls taken from the queue that wait for a process; more stay in the queue.",
              between(1, 1'000'000), on_restart),
        field("compiled_scripts_max", &S::compiled_scripts_max,
              "Scripts that are known by their hash; the one used longest ago goes first.",
              between(16, 1'000'000), on_restart),
        field("time_max", &S::time_max, "The most time that a call is given, whatever it asks for.",
              between(1, 600'000), on_restart),
        field("eval_timeout", &S::eval_timeout, "How long a script may take to compile.",
              between(100, 600'000), on_restart),
        field("kill_after", &S::kill_after,
              "A process whose call did not end so long after its time is killed.",
              between(10, 60'000), on_restart),
        field("memory_bytes_max", &S::memory_bytes_max,
              "Memory of a process, beside what it needs to begin with.",
              between(64 << 20, std::int64_t{1} << 36), in_bytes, on_restart),
        field("cpu_max", &S::cpu_max,
              "Processor time after which a process is replaced by a fresh one.",
              between(1, 31'536'000), on_restart),
        field("address", &S::address, "Address of the probe GET /livenessProbe.", on_restart),
        field("port", &S::port, "TCP port of the probe; 0 lets the system choose.",
              between(0, 65'535), on_restart));
}

struct Settings {
    Evaluator evaluator = Evaluator::local;
    std::int32_t partitions = 10;
    ClientSettings remote;
    ExecutorSettings executor;
};
constexpr auto describe(const Settings*) {
    using S = Settings;
    return fields(
        field("evaluator", &S::evaluator,
              "Where JavaScript of rule nodes runs: local, in the server's own process; or remote, "
              "in processes of the role js-executor, which the queue leads to.",
              on_restart),
        field("partitions", &S::partitions,
              "Partitions of the requests' topic, each read by one executor; fixed at the first "
              "start. 1: a topic without a number, as executors of others look for it.",
              between(1, 256), on_restart),
        field("remote", &S::remote, "Who asks executors."),
        field("executor", &S::executor, "The role js-executor."));
}

}  // namespace thingstead::script::remote
