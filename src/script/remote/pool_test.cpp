// Processes that misbehave are killed and replaced, and nobody else pays for it.
#include "script/remote/pool.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>

#include "script/remote/remote_testing.h"
#include "script/remote/sandbox.h"

namespace thingstead::script::remote {
namespace {

/// A pool, and what it answered by number of the question.
class PoolStage {
  public:
    explicit PoolStage(const ExecutorSettings& settings = patient()) {
        auto opened = WorkerPool::open(settings, Limits{}, test_worker(), clock, log.log, metrics);
        EXPECT_TRUE(opened) << opened.error().message;
        if (opened) pool = *std::move(opened);
    }
    static ExecutorSettings patient() { return patient_settings().executor; }

    void ask(int number, Request request, EpochMs expires_ms = 0) {
        Job job{std::move(request), expires_ms, {}};
        job.done = [this, number](Response response) {
            const std::lock_guard lock(mutex_);
            answers_[number] = std::move(response);
            answered_.notify_all();
        };
        EXPECT_TRUE(pool->submit(std::move(job)));
    }
    Response answer(int number) {
        std::unique_lock lock(mutex_);
        if (!answered_.wait_for(lock, std::chrono::seconds(100),
                                [&] { return answers_.count(number) != 0; }))
            ADD_FAILURE() << "no answer to " << number;
        return answers_[number];
    }
    /// The result, or "KIND: details".
    std::string outcome(Request request) {
        static int number = 1'000'000;
        ask(++number, std::move(request));
        return text_of(answer(number));
    }
    static std::string text_of(const Response& response) {
        if (const Failure* failure = failure_of(response))
            return std::string(enum_name(failure->kind)) + ": " + failure->details;
        if (const auto* invoked = std::get_if<InvokeResponse>(&response.answer))
            return invoked->result.value_or("nothing");
        return "done";
    }

    SystemClock clock;
    MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    std::unique_ptr<WorkerPool> pool;

  private:
    std::mutex mutex_;
    std::condition_variable answered_;
    std::map<int, Response> answers_;
};

constexpr const char* echo = "function f(a) { return 'got ' + a; }";

InvokeRequest call(std::string body, std::string hash, std::vector<std::string> args,
                   std::int32_t timeout_ms = 60'000) {
    return {"f", std::move(hash), std::move(body), timeout_ms, std::move(args)};
}
InvokeRequest call_by_hash(std::string hash, std::vector<std::string> args) {
    return {"f", std::move(hash), std::nullopt, 60'000, std::move(args)};
}

TEST(WorkerPool, ScriptsAreKnownByTheirHash) {
    PoolStage stage;
    EXPECT_EQ(stage.outcome(call_by_hash("h", {"1"})), "NOT_FOUND_ERROR: the script is not known");
    EXPECT_EQ(stage.outcome(CompileRequest{"f", "h", echo}), "done");
    // Whichever process is asked.
    for (int i = 0; i < 20; ++i) stage.ask(i, call_by_hash("h", {std::to_string(i)}));
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(PoolStage::text_of(stage.answer(i)), "got " + std::to_string(i));
    EXPECT_EQ(stage.outcome(call(echo, "other", {"x"})), "got x");
    EXPECT_EQ(stage.outcome(call_by_hash("other", {"y"})), "got y");
}

TEST(WorkerPool, FailuresAreToldByTheirKind) {
    PoolStage stage;
    EXPECT_TRUE(stage.outcome(CompileRequest{"f", "bad", "function f( {"})
                    .starts_with("COMPILATION_ERROR: SyntaxError"));
    EXPECT_TRUE(stage.outcome(call("function f() {\n throw new Error('mine'); }", "e", {}))
                    .starts_with("RUNTIME_ERROR: Error: mine\n[Line: 2"));
    EXPECT_TRUE(stage.outcome(call("function f() { for (;;); }", "loop", {}, 300))
                    .starts_with("TIMEOUT_ERROR: Script timeout!"));
    EXPECT_EQ(stage.outcome(call("function f() { }", "u", {})), "nothing");
    EXPECT_EQ(stage.outcome(call("function f() { return {a: [1]}; }", "o", {})), R"({"a":[1]})");
}

TEST(WorkerPool, NoCallIsGivenMoreThanTheMost) {
    ExecutorSettings settings = PoolStage::patient();
    settings.time_max = std::chrono::milliseconds(300);
    PoolStage stage(settings);
    EXPECT_TRUE(stage.outcome(call("function f() { for (;;); }", "loop", {}, 1'000'000))
                    .starts_with("TIMEOUT_ERROR: Script timeout!"));
}

TEST(WorkerPool, AProcessThatMisbehavesIsReplaced) {
    ExecutorSettings settings = PoolStage::patient();
    settings.workers = 1;
    settings.memory_bytes_max = 256u << 20;
    PoolStage stage(settings);
    const auto misbehaves = [&](const char* how, const char* told) {
        const std::string got = stage.outcome(call(echo, "echo", {how}, 100));
        EXPECT_TRUE(got.starts_with(told)) << how << " gave " << got;
        EXPECT_EQ(stage.outcome(call_by_hash("echo", {"1"})), "got 1") << how;
    };
    // A sanitizer makes a status of it.
    const char* const crashed = can_be_sealed
                                    ? "RUNTIME_ERROR: Script failed: its process ended with signal"
                                    : "RUNTIME_ERROR: Script failed: its process ended with s";
    misbehaves("\"test: crash\"", crashed);
    misbehaves("\"test: leave\"", "RUNTIME_ERROR: Script failed: its process ended with status 7");
    misbehaves("\"test: spin\"", "TIMEOUT_ERROR: Script timeout!");
    if (can_be_sealed) misbehaves("\"test: memory\"", "");
    EXPECT_TRUE(stage.pool->health());
    EXPECT_NE(stage.metrics.expose().find("thingstead_js_executor_replaced_total"),
              std::string::npos);
}

TEST(WorkerPool, OneThatMisbehavesHoldsUpNoOther) {
    PoolStage stage;
    stage.ask(0, call(echo, "echo", {"\"test: spin\""}, 5'000));
    for (int i = 1; i < 50; ++i) stage.ask(i, call(echo, "echo", {std::to_string(i)}));
    for (int i = 1; i < 50; ++i)
        EXPECT_EQ(PoolStage::text_of(stage.answer(i)), "got " + std::to_string(i));
    EXPECT_TRUE(PoolStage::text_of(stage.answer(0)).starts_with("TIMEOUT_ERROR"));
}

TEST(WorkerPool, WhatAskedAProcessWhoseTimeIsOverIsAskedAgain) {
    if (!can_be_sealed) GTEST_SKIP() << "a sanitizer's process has no end of its time";
    ExecutorSettings settings = PoolStage::patient();
    settings.workers = 1;
    settings.cpu_max = std::chrono::seconds(1);
    PoolStage stage(settings);
    // The second process gets it too, and is no better: that is the last one.
    const std::string got = stage.outcome(call(echo, "echo", {"\"test: spin\""}));
    EXPECT_TRUE(got.starts_with("RUNTIME_ERROR: Script failed: its process ended with signal 24"))
        << got;
    EXPECT_NE(stage.metrics.expose().find("thingstead_js_executor_replaced_total 2"),
              std::string::npos);
}

TEST(WorkerPool, WhatNobodyWaitsForIsDropped) {
    PoolStage stage;
    stage.ask(1, call(echo, "echo", {"1"}), stage.clock.now_ms() - 1);
    EXPECT_EQ(stage.outcome(call(echo, "echo", {"2"})), "got 2");
    stage.pool->stop();
    EXPECT_NE(stage.metrics.expose().find("thingstead_js_executor_expired_total 1"),
              std::string::npos);
    Job job{call(echo, "echo", {"3"}), 0, [](Response) { FAIL(); }};
    EXPECT_FALSE(stage.pool->submit(std::move(job)));
}

TEST(WorkerPool, StoppingWaitsForNoCall) {
    PoolStage stage;
    stage.ask(1, call("function f() { for (;;); }", "loop", {}));
    const auto from = std::chrono::steady_clock::now();
    stage.pool->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - from, std::chrono::seconds(50));
}

TEST(WorkerPool, AProgramThatIsNoneIsAnErrorAtTheStart) {
    SystemClock clock;
    const MemoryLog log = open_memory_log();
    for (const char* program : {"/no/such/program", "/bin/true"}) {
        MetricsRegistry metrics;
        const auto opened =
            WorkerPool::open(PoolStage::patient(), Limits{}, {program}, clock, log.log, metrics);
        ASSERT_FALSE(opened) << program;
        EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
        EXPECT_NE(opened.error().message.find("cannot be started"), std::string::npos);
    }
}

}  // namespace
}  // namespace thingstead::script::remote
