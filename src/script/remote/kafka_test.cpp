// Two executors and who asks them, over a broker.
#include <set>
#include <thread>

#include "queue/kafka/kafka_testing.h"
#include "script/remote/remote_testing.h"

namespace thingstead::script::remote {
namespace {

TEST(RemoteOverKafka, ExecutorsShareTheCallsAndOneThatLeavesIsNotMissed) {
    queue::kafka::KafkaStorage storage;
    const auto queue = storage.open();
    ASSERT_NE(queue, nullptr);
    Settings settings = patient_settings();
    settings.executor.workers = 1;
    RemotePair pair(*queue, settings);
    queue::kafka::KafkaStorage second_storage;
    second_storage.settings = storage.settings;
    const auto second_queue = second_storage.open();
    MetricsRegistry second_metrics;
    auto second = Executor::open(settings, {}, test_worker(),
                                 {*second_queue, pair.clock, pair.log.log, second_metrics});
    ASSERT_TRUE(second) << second.error().message;

    const std::vector<std::string> names{"n"};
    const auto ask = [&](int number) {
        const json::value value = number;
        return pair.outcome("return n + 1;", names, {&value});
    };
    const auto both_were_asked = [&] {
        return second_metrics.expose().find("thingstead_js_executor_requests_total 0\n") ==
               std::string::npos;
    };
    // Until the second one was given a partition.
    for (int i = 0; i < 3'000 && !both_were_asked(); ++i) ASSERT_EQ(ask(i), std::to_string(i + 1));
    EXPECT_TRUE(both_were_asked());
    (*second)->stop();
    second->reset();
    for (int i = 0; i < 50; ++i) ASSERT_EQ(ask(i), std::to_string(i + 1));
}

TEST(RemoteOverKafka, TopicsHaveTheirPrefixAndHeadersTheirWholeNames) {
    queue::kafka::KafkaStorage storage;
    const auto queue = storage.open();
    ASSERT_NE(queue, nullptr);
    const std::string prefix = storage.settings.prefix + ".";
    SystemClock clock;
    const MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    js::JsEngine checker;
    Settings settings = patient_settings();
    settings.partitions = 1;
    const auto executor =
        Executor::open(settings, {}, test_worker(), {*queue, clock, log.log, metrics, prefix});
    ASSERT_TRUE(executor) << executor.error().message;
    const auto engine = RemoteEngine::open(settings, {}, checker, "node.1",
                                           {*queue, clock, log.log, metrics, prefix});
    ASSERT_TRUE(engine) << engine.error().message;
    const Result<ScriptRef> script = (*engine)->compile("return 7;", {});
    const Result<json::value> got = (*engine)->make_context()->run(**script, {});
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(*got, json::value(7));
    (*engine)->stop();
    (*executor)->stop();
}

}  // namespace
}  // namespace thingstead::script::remote
