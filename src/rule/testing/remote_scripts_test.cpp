// Nodes whose scripts run somewhere else: the same ways and words, only later.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "rule/testing/node_bench.h"
#include "script/async_script.h"

namespace thingstead::rule::testing::remote_scripts {
namespace {

using namespace std::chrono_literals;

/// A script of the house's engine that answers at another turn of its caller's thread.
class FarScript final : public script::AsyncScript {
  public:
    FarScript(script::Engine& engine, script::ScriptRef script)
        : engine_(engine), script_(std::move(script)) {}

    Task<Result<json::value>> ask(std::span<const script::Input> inputs) const override {
        return later(engine_.make_context()->run(*script_, inputs));
    }

  private:
    static Task<Result<json::value>> later(Result<json::value> answer) {
        co_await boost::asio::post(boost::asio::use_awaitable);
        co_return answer;
    }
    script::Engine& engine_;
    script::ScriptRef script_;
};

class FarEngine final : public script::Engine {
  public:
    explicit FarEngine(script::Engine& engine) : engine_(engine) {}

    Result<script::ScriptRef> compile(std::string_view body,
                                      std::span<const std::string> names) override {
        Result<script::ScriptRef> compiled = engine_.compile(body, names);
        if (!compiled) return compiled.error();
        return script::ScriptRef(std::make_shared<FarScript>(engine_, *std::move(compiled)));
    }
    /// Nobody may hold up a worker by it.
    std::unique_ptr<script::Context> make_context() override { return nullptr; }

  private:
    script::Engine& engine_;
};

/// A bench with JavaScript far away.
class FarBench {
  public:
    FarBench() {
        // Its place in the bench is what the services know.
        std::destroy_at(&bench.scripts);
        std::construct_at(&bench.scripts, ScriptEngines{.tbel = {}, .js = {&engine_}},
                          ScriptErrorLimit{});
    }
    Result<> make(std::string_view type, std::string_view script) {
        const json::object configuration{
            {"scriptLang",      "JS"  },
            {"jsScript",        script},
            {"periodInSeconds", 2     }
        };
        return bench.make(type, json::serialize(configuration));
    }

    NodeBench bench;

  private:
    FarEngine engine_{bench.house.js};
};

struct FarCase {
    const char* type;
    const char* script;
    const char* data;
    const char* way;
    const char* error = "";
};

TEST(RemoteScripts, NodesGoTheSameWays) {
    const FarCase cases[] = {
        {"filter.TbJsFilterNode", "return msg.t > 20;", R"({"t":21})", "True"},
        {"filter.TbJsFilterNode", "return msg.t > 20;", R"({"t":20})", "False"},
        {"filter.TbJsFilterNode", "return 1;", "{}", "Failure", "Wrong result type: number"},
        {"filter.TbJsFilterNode", "return true;", "no json", "Failure", "JSON"},
        {"filter.TbJsFilterNode", "return true;", "", "Failure", "JSON"},
        {"filter.TbJsFilterNode", "\nreturn msg.a.b;", "{}", "Failure", "[Line: 2"},
        {"filter.TbJsSwitchNode", "return ['a', 'b'];", "{}", "a+b"},
        {"filter.TbJsSwitchNode", "return metadata.floor;", "{}", "3"},
        {"transform.TbTransformMsgNode", "return {msg: {x: 1}};", "{}", "Success"},
        {"transform.TbTransformMsgNode", "return [];", "{}", "Failure", "list are empty"},
        {"transform.TbTransformMsgNode", "return 5;", "{}", "Failure", "Wrong result type"},
        {"action.TbLogNode", "return 'text';", "{}", "Success"},
        {"action.TbLogNode", "return {};", "{}", "Failure", "Wrong result type: object"},
    };
    FarBench far;
    for (const FarCase& row : cases) {
        SCOPED_TRACE(row.script);
        ASSERT_TRUE(far.make(row.type, row.script));
        const NodeAnswer answer = far.bench.send(row.data, metadata_of({
                                                               {"floor", "3"}
        }));
        EXPECT_EQ(answer.way(), row.way) << answer.error;
        EXPECT_NE(answer.error.find(row.error), std::string::npos) << answer.error;
    }
}

TEST(RemoteScripts, MessagesBecomeWhatWasAnswered) {
    FarBench far;
    ASSERT_TRUE(
        far.make("transform.TbTransformMsgNode", "return {msg: {y: msg.x + 1}, msgType: 'T'};"));
    const NodeAnswer one = far.bench.send(R"({"x":1})");
    EXPECT_EQ(one.msg.data, R"({"y":2})");
    EXPECT_EQ(one.msg.type, "T");
    ASSERT_TRUE(far.make("transform.TbTransformMsgNode", "return [{msg: {n: 1}}, {msg: {n: 2}}];"));
    const NodeAnswer several = far.bench.send("{}");
    ASSERT_EQ(several.queued.size(), 2u);
    EXPECT_EQ(several.queued[1].msg.data, R"({"n":2})");
}

TEST(RemoteScripts, ThatDoNotCompileLeaveTheNodeInactive) {
    FarBench far;
    const Result<> made = far.make("filter.TbJsFilterNode", "\nreturn msg.;");
    ASSERT_FALSE(made);
    EXPECT_NE((made.error().message + made.error().detail).find("[Line: 2"), std::string::npos);
}

TEST(RemoteScripts, ThatCostTooMuchAreNotRunForAWhile) {
    FarBench far;
    ASSERT_TRUE(far.make("filter.TbJsFilterNode",
                         "if (msg.bad) { var l = []; while (true) l.push('x' + l.length); }"
                         "return true;"));
    for (int i = 0; i < 3; ++i) {
        const NodeAnswer answer = far.bench.send(R"({"bad":true})");
        EXPECT_NE(answer.error.find("Script memory overflow"), std::string::npos) << answer.error;
    }
    EXPECT_NE(far.bench.send("{}").error.find("blocked due to maximum error count 3"),
              std::string::npos);
    (void)far.bench.turn(60s);
    EXPECT_EQ(far.bench.send("{}").way(), "True");
}

TEST(RemoteScripts, GeneratorsMakeMessagesFromTheOneBefore) {
    FarBench far;
    ASSERT_TRUE(far.make("debug.TbMsgGeneratorNode",
                         "return {msg: {n: (prevMsg.n || 0) + 1}, metadata: {}, msgType: 'T'};"));
    const auto first = far.bench.turn_and_wait(2s);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].msg.data, R"({"n":1})");
    const auto second = far.bench.turn_and_wait(2s);
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].msg.data, R"({"n":2})");
    // Gone while its script is being run.
    (void)far.bench.turn(2s);
    far.bench.drop_node();
    far.bench.run_ready();
}

}  // namespace
}  // namespace thingstead::rule::testing::remote_scripts
