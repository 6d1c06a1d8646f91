// From who asks over the queue to a process and back.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <limits>

#include "queue/headers.h"
#include "queue/log/log_testing.h"
#include "script/async_script.h"
#include "script/remote/remote_testing.h"
#include "script/remote/topics.h"

namespace thingstead::script::remote {
namespace {

using queue::log::LogStorage;

const std::vector<std::string> three{"msg", "metadata", "msgType"};

struct ThreeInputs {
    json::value msg = json::parse(R"({"temperature":21.5,"name":"Жук 🐞","list":[1,null,true]})");
    model::Metadata metadata;
    ThreeInputs() { metadata.put("deviceName", "Pump \"1\""); }
    std::vector<Input> all() const { return {&msg, &metadata, std::string_view("TYPE")}; }
};

TEST(RemoteEngine, AnswersAsALocalOne) {
    LogStorage storage;
    const auto queue = storage.open();
    RemotePair pair(*queue);
    const ThreeInputs inputs;
    const auto local = pair.checker.make_context();
    for (const char* script : {
             "return {msg: msg, metadata: metadata, msgType: msgType};",
             "return msg.temperature > 20;",
             "return [msg.name, metadata.deviceName + msgType];",
             "return;",
             "return undefined;",
             "return null;",
             "return NaN;",
             "return 0.1 + 0.2;",
             "return 9007199254740993;",
             "return {a: undefined, b: () => 1, c: new Date(0), d: [undefined]};",
             "var f = function(x) { return x * 2; };\nreturn f(msg.list[0]);",
             "// a comment without an end",
             "return 'a line\\nand \\u2028 another';",
             "return msg.missing.more;",
             "throw 'text';",
             "\n\n  throw new RangeError('far');",
             "return (function() {\n  return msg.list.map(function(x) { return x.y; });\n})();",
             "return eval('nothing.here');",
             "this is no script",
             "return {;",
             "",
             "return typeof process + typeof require + typeof globalThis;",
             "return 'x'.repeat(400000);",
         }) {
        const Result<ScriptRef> compiled = pair.checker.compile(script, three);
        const Result<json::value> expected =
            compiled ? local->run(**compiled, inputs.all()) : Result<json::value>(compiled.error());
        EXPECT_EQ(
            pair.outcome(script, three, inputs.all()),
            expected ? json::serialize(*expected) : RemotePair::described_error(expected.error()))
            << script;
    }
}

TEST(RemoteEngine, AScriptThatIsNotKnownIsSentOnce) {
    LogStorage storage;
    const auto queue = storage.open();
    Settings settings = patient_settings();
    settings.partitions = 1;
    RemotePair pair(*queue, settings);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(pair.outcome("return 1;", {}, {}), "1");
    const std::string metrics = pair.metrics.expose();
    EXPECT_NE(metrics.find("thingstead_js_remote_resent_total 1\n"), std::string::npos) << metrics;
    EXPECT_NE(metrics.find("thingstead_js_remote_requests_total 10\n"), std::string::npos);
    EXPECT_NE(metrics.find("thingstead_js_executor_requests_total 11\n"), std::string::npos);
    EXPECT_EQ(pair.engine->pending(), 0u);
}

Task<> count_answer(const AsyncScript& script, int number, int& right, int& done) {
    const json::value value = number;
    const std::vector<Input> inputs{&value};
    Task<Result<json::value>> task = script.ask(inputs);
    const Result<json::value> got = co_await std::move(task);
    if (got && *got == json::value(number + 1)) ++right;
    ++done;
}

TEST(RemoteEngine, ManyMayWaitOnOneThread) {
    LogStorage storage;
    const auto queue = storage.open();
    RemotePair pair(*queue);
    const std::vector<std::string> names{"n"};
    const Result<ScriptRef> compiled = pair.engine->compile("return n + 1;", names);
    ASSERT_TRUE(compiled);
    const auto* const script = dynamic_cast<const AsyncScript*>(compiled->get());
    ASSERT_NE(script, nullptr);
    boost::asio::io_context context;
    int right = 0, done = 0;
    constexpr int count = 300;
    for (int i = 0; i < count; ++i)
        boost::asio::co_spawn(context, count_answer(*script, i, right, done),
                              boost::asio::detached);
    context.run();
    EXPECT_EQ(right, count);
    EXPECT_EQ(done, count);
}

TEST(RemoteEngine, WithoutAnExecutorTheTimeEnds) {
    LogStorage storage;
    const auto queue = storage.open();
    SystemClock clock;
    const MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    js::JsEngine checker;
    Settings settings;
    settings.remote.request_timeout = std::chrono::milliseconds(100);
    const auto engine =
        RemoteEngine::open(settings, {}, checker, "node-1", {*queue, clock, log.log, metrics});
    ASSERT_TRUE(engine);
    const Result<ScriptRef> script = (*engine)->compile("return 1;", {});
    const Result<json::value> got = (*engine)->make_context()->run(**script, {});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::timeout);
    EXPECT_EQ(got.error().message, "Script timeout! No JS executor answered within 100 ms");
    EXPECT_EQ((*engine)->pending(), 0u);

    boost::asio::io_context context;
    int right = 0, done = 0;
    const Result<ScriptRef> other = (*engine)->compile("return n;", std::vector<std::string>{"n"});
    boost::asio::co_spawn(context,
                          count_answer(dynamic_cast<const AsyncScript&>(**other), 1, right, done),
                          boost::asio::detached);
    context.run();
    EXPECT_EQ(done, 1);
    EXPECT_EQ(right, 0);
}

TEST(RemoteEngine, MoreThanMayWaitIsRefusedWithAReason) {
    LogStorage storage;
    const auto queue = storage.open();
    SystemClock clock;
    const MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    js::JsEngine checker;
    Settings settings;
    settings.remote.request_timeout = std::chrono::milliseconds(300);
    settings.remote.pending_max = 2;
    const auto engine =
        RemoteEngine::open(settings, {}, checker, "node-1", {*queue, clock, log.log, metrics});
    ASSERT_TRUE(engine);
    const std::vector<std::string> names{"n"};
    const Result<ScriptRef> script = (*engine)->compile("return n;", names);
    boost::asio::io_context context;
    int right = 0, done = 0;
    for (int i = 0; i < 2; ++i)
        boost::asio::co_spawn(
            context, count_answer(dynamic_cast<const AsyncScript&>(**script), i, right, done),
            boost::asio::detached);
    context.poll();
    ASSERT_EQ((*engine)->pending(), 2u);
    const json::value value = 1;
    const std::vector<Input> inputs{&value};
    const Result<json::value> got = (*engine)->make_context()->run(**script, inputs);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::unavailable);
    EXPECT_EQ(got.error().message, "Too many scripts wait for a JS executor!");
    const json::value large(std::string(200'000, 'x'));
    const std::vector<Input> too_large{&large};
    EXPECT_EQ((*engine)->make_context()->run(**script, too_large).error().message,
              "Script input arguments exceed maximum allowed total args size of 100000 symbols");
    context.run();
    EXPECT_EQ((*engine)->pending(), 0u);
}

/// A record of somebody else, put into the requests' topic as it is.
void put_record(queue::Queue& queue, std::string_view topic, std::string_view value,
                const std::vector<queue::Header>& headers) {
    queue::Ear ear;
    const auto producer = queue.open_producer(topic, ear.events());
    ASSERT_TRUE(producer);
    auto& with_headers = dynamic_cast<queue::HeaderProducer&>(**producer);
    const auto ticket = with_headers.append_with(0, {}, as_bytes(value), headers);
    ASSERT_TRUE(ticket);
    ASSERT_TRUE(ear.wait_for(*ticket));
}

TEST(RemoteEngine, RecordsThatAreNoRequestsDoNoHarm) {
    LogStorage storage;
    const auto queue = storage.open();
    RemotePair pair(*queue);
    queue::TopicSettings victim;
    victim.name = "tb_rule_engine.main";
    ASSERT_TRUE(queue->open_topic(victim));
    const std::string id(16, 'i'), time(8, '\x7f');
    const std::string good =
        R"({"invokeRequest":{"scriptHash":"h","scriptBody":"function f() { return 'x'; }"}})";
    const std::string own = responses_topic("node-1");
    const std::vector<std::vector<queue::Header>> wrong{
        {},
        {{request_id_header, as_bytes("short")}, {response_topic_header, as_bytes(own)}},
        {{request_id_header, as_bytes(id)}},
        {{request_id_header, as_bytes(id)}, {response_topic_header, as_bytes(victim.name)}},
        {{request_id_header, as_bytes(id)},
         {response_topic_header, as_bytes("js_eval.responses./../x")}},
        {{request_id_header, as_bytes(id)},
         {response_topic_header, as_bytes(own)},
         {expires_header, as_bytes("?")}},
    };
    for (const auto& headers : wrong) put_record(*queue, requests_topic, good, headers);
    const std::vector<queue::Header> right{
        {request_id_header,     as_bytes(id)  },
        {response_topic_header, as_bytes(own) },
        {expires_header,        as_bytes(time)}
    };
    for (const char* text : {"", "{}", "no json", R"({"invokeRequest":{"args":[1]}})"})
        put_record(*queue, requests_topic, text, right);
    // Answers that nobody waits for, and none at all.
    put_record(*queue, requests_topic, good, right);
    put_record(*queue, own, "no json", right);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(pair.outcome("return 1;", {}, {}), "1");
    const std::string metrics = pair.metrics.expose();
    EXPECT_NE(metrics.find("thingstead_js_executor_unreadable_total 10\n"), std::string::npos)
        << metrics;
    EXPECT_NE(metrics.find("thingstead_js_remote_unreadable_total 1\n"), std::string::npos);
    EXPECT_NE(metrics.find("thingstead_js_remote_late_total 1\n"), std::string::npos);
    const auto reader = queue->open_reader(victim.name, 0);
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->end(), 0);
}

}  // namespace
}  // namespace thingstead::script::remote
