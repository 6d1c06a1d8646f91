// For tests: an executor with its processes and an engine that asks it, over a queue of the test's.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/log_testing.h"
#include "queue/queue.h"
#include "script/js/engine.h"
#include "script/remote/client.h"
#include "script/remote/executor.h"

namespace thingstead::script::remote {

inline std::vector<std::string> test_worker() { return {TS_TEST_WORKER}; }

/// Times that do not hurry a slow machine.
inline Settings patient_settings() {
    Settings settings;
    settings.partitions = 2;
    settings.remote.request_timeout = std::chrono::seconds(100);
    settings.remote.exec_timeout = std::chrono::seconds(60);
    settings.executor.time_max = std::chrono::seconds(60);
    settings.executor.workers = 2;
    return settings;
}

class RemotePair {
  public:
    explicit RemotePair(queue::Queue& with, const Settings& settings = patient_settings(),
                        const Limits& limits = {}, const std::string& service = "node-1")
        : queue(with), checker(limits) {
        auto opened_executor =
            Executor::open(settings, limits, test_worker(), {queue, clock, log.log, metrics});
        EXPECT_TRUE(opened_executor) << opened_executor.error().message;
        if (opened_executor) executor = *std::move(opened_executor);
        auto opened = RemoteEngine::open(settings, limits, checker, service,
                                         {queue, clock, log.log, metrics});
        EXPECT_TRUE(opened) << opened.error().message;
        if (opened) engine = *std::move(opened);
    }
    ~RemotePair() {
        if (engine) engine->stop();
        if (executor) executor->stop();
    }

    /// The answer as JSON text, or "error: code: text".
    std::string outcome(std::string_view script, const std::vector<std::string>& names,
                        const std::vector<Input>& inputs) {
        const Result<ScriptRef> compiled = engine->compile(script, names);
        if (!compiled) return described_error(compiled.error());
        const Result<json::value> result = engine->make_context()->run(**compiled, inputs);
        return result ? json::serialize(*result) : described_error(result.error());
    }
    static std::string described_error(const Error& error) {
        return "error: " + std::string(to_string(error.code)) + ": " + error.message;
    }

    queue::Queue& queue;
    SystemClock clock;
    MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    js::JsEngine checker;
    std::unique_ptr<Executor> executor;
    std::unique_ptr<RemoteEngine> engine;
};

}  // namespace thingstead::script::remote
