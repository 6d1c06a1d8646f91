// Nodes whose work is a script.
#include <gtest/gtest.h>

#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing {
namespace {

using namespace std::chrono_literals;

std::string tbel(std::string_view script) {
    return json::serialize(json::object{
        {"scriptLang", "TBEL"  },
        {"tbelScript", script  },
        {"jsScript",   "unused"}
    });
}

/// None: as JS was stored before there was another language.
std::string js(std::string_view script, json::value language = "JS") {
    return json::serialize(json::object{
        {"scriptLang", std::move(language)},
        {"tbelScript", "unused"           },
        {"jsScript",   script             }
    });
}

struct Case {
    const char* script;
    const char* data;
    const char* way;
    const char* error = "";
};

void expect_ways(std::string_view type, std::span<const Case> cases,
                 std::string (*configuration)(std::string_view) = &tbel) {
    NodeBench bench;
    for (const Case& row : cases) {
        SCOPED_TRACE(row.script);
        ASSERT_TRUE(bench.make(type, configuration(row.script)));
        const NodeAnswer answer = bench.send(row.data, metadata_of({
                                                           {"floor", "3"}
        }));
        EXPECT_EQ(answer.way(), row.way) << answer.error;
        EXPECT_NE(answer.error.find(row.error), std::string::npos) << answer.error;
    }
}

TEST(ScriptFilter, GoesTheWayThatItsScriptSays) {
    const Case cases[] = {
        {"return msg.temperature > 20;", R"({"temperature":21})", "True"},
        {"return msg.temperature > 20;", R"({"temperature":20})", "False"},
        {"return msg.temperature > 20;", "{}", "False"},
        {"return metadata.floor == '3';", "{}", "True"},
        {"return msgType == 'POST_TELEMETRY_REQUEST';", "{}", "True"},
        {"return msg.size() == 0;", "", "True"},
        {"return msg[1] == 2;", "[1,2]", "True"},
        {"return 'yes';", "{}", "Failure", "Wrong result type: string"},
        {"return null;", "{}", "Failure", "Wrong result type: null"},
        {"return 1;", "{}", "Failure", "Wrong result type: number"},
        {"return [true];", "{}", "Failure", "Wrong result type: array"},
        {"return msg.a.b > 1;", "{}", "Failure", "msg.a.b"},
        {"raiseError('out of range');", "{}", "Failure", "out of range"},
        {"return true;", "{no json", "Failure"},
    };
    expect_ways("filter.TbJsFilterNode", cases);
}

std::string in_js(std::string_view script) { return js(script); }

TEST(ScriptFilter, GoesTheWayThatItsJavaScriptSays) {
    const Case cases[] = {
        {"return msg.temperature > 20;", R"({"temperature":21})", "True"},
        {"return msg.temperature > 20;", R"({"temperature":20})", "False"},
        {"return msg.temperature > 20;", "{}", "False"},
        {"return metadata.floor === '3';", "{}", "True"},
        {"return msgType === 'POST_TELEMETRY_REQUEST';", "{}", "True"},
        {"return msg.map(x => x * 2)[1] === 4;", "[1,2]", "True"},
        {"return new Boolean(true);", "{}", "True"},
        {"return 'yes';", "{}", "Failure", "Wrong result type: string"},
        {"return undefined;", "{}", "Failure", "Wrong result type: null"},
        {"msg.temperature > 20", "{}", "Failure", "Wrong result type: null"},
        {"return 1;", "{}", "Failure", "Wrong result type: number"},
        {"return [true];", "{}", "Failure", "Wrong result type: array"},
        {"return {};", "{}", "Failure", "Wrong result type: object"},
        {"\nreturn msg.a.b > 1;", "{}", "Failure",
         "TypeError: msg.a is undefined\n[Line: 2, Column: 1]"},
        {"throw new Error('out of range');", "{}", "Failure", "Error: out of range"},
        {"return true;", "{no json", "Failure"},
        {"return true;", "", "Failure", "JSON"},
    };
    expect_ways("filter.TbJsFilterNode", cases, &in_js);
}

TEST(ScriptSwitch, GoesTheWaysThatItsJavaScriptSays) {
    const Case cases[] = {
        {"return 'one';", "{}", "one"},
        {"return ['one', 'two'];", "{}", "one+two"},
        {"return [];", "{}", ""},
        {"return ['one', 2];", "{}", "Failure", "Wrong result type: number"},
        {"return ['one', undefined];", "{}", "Failure", "Wrong result type: null"},
        {"return true;", "{}", "Failure", "Wrong result type: boolean"},
        {"return {a: 1};", "{}", "Failure", "Wrong result type: object"},
        {"return msg.ways;", R"({"ways":["x"]})", "x"},
    };
    expect_ways("filter.TbJsSwitchNode", cases, &in_js);
    NodeBench bench;
    const std::string_view was_default =
        "function nextRelation(metadata, msg) {\n    return ['one','nine'];\n}\n"
        "if(msgType === 'POST_TELEMETRY_REQUEST') {\n    return ['two'];\n}\n"
        "return nextRelation(metadata, msg);";
    ASSERT_TRUE(bench.make("filter.TbJsSwitchNode", js(was_default, nullptr)));
    EXPECT_EQ(bench.send("{}").way(), "two");
    model::Msg other = bench.message("{}");
    other.type = "OTHER";
    EXPECT_EQ(bench.send(other).way(), "one+nine");
}

TEST(ScriptSwitch, GoesTheWaysThatItsScriptSays) {
    const Case cases[] = {
        {"return 'one';", "{}", "one"},
        {"return ['one', 'two'];", "{}", "one+two"},
        {"return [];", "{}", ""},
        {"return ['one', 2];", "{}", "Failure", "Wrong result type: number"},
        {"return true;", "{}", "Failure", "Wrong result type: boolean"},
        {"return {a: 1};", "{}", "Failure", "Wrong result type: object"},
        {"return msg.ways;", R"({"ways":["x"]})", "x"},
    };
    expect_ways("filter.TbJsSwitchNode", cases);
    NodeBench bench;
    ASSERT_TRUE(bench.make("filter.TbJsSwitchNode"));
    EXPECT_EQ(bench.send("{}").way(), "two");
    model::Msg other = bench.message("{}");
    other.type = "OTHER";
    EXPECT_EQ(bench.send(other).way(), "one+nine");
}

struct Change {
    const char* script;
    const char* data;
    const char* type;
    const char* floor;
};

TEST(ScriptTransform, ChangesWhatTheAnswerNames) {
    const Change changes[] = {
        {"return {msg: msg, metadata: metadata, msgType: msgType};", R"({"a":1,"b":2.5})",
         "POST_TELEMETRY_REQUEST",                                                                                   "3"},
        {"return {msg: {c: msg.a / 2}};",                            R"({"c":0.5})",       "POST_TELEMETRY_REQUEST", "3"},
        {"metadata.floor = 4; return {metadata: metadata};",         R"({"a":1,"b":2.5})",
         "POST_TELEMETRY_REQUEST",                                                                                   "4"},
        {"return {msgType: 'OTHER'};",                               R"({"a":1,"b":2.5})", "OTHER",                  "3"},
        {"return {msgType: ''};",                                    R"({"a":1,"b":2.5})", "POST_TELEMETRY_REQUEST", "3"},
        {"return {};",                                               R"({"a":1,"b":2.5})", "POST_TELEMETRY_REQUEST", "3"},
        {"return [{msg: [1, 'x', true]}];",                          R"([1,"x",true])",    "POST_TELEMETRY_REQUEST", "3"},
    };
    NodeBench bench;
    for (const Change& row : changes) {
        SCOPED_TRACE(row.script);
        ASSERT_TRUE(bench.make("transform.TbTransformMsgNode", tbel(row.script)));
        const model::Msg sent = bench.message(R"({"a":1,"b":2.5})", metadata_of({
                                                                        {"floor", "3"}
        }));
        const NodeAnswer answer = bench.send(sent);
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        EXPECT_EQ(answer.msg.data, row.data);
        EXPECT_EQ(answer.msg.type, row.type);
        EXPECT_EQ(answer.msg.metadata.get("floor"), row.floor);
        EXPECT_EQ(answer.msg.id, sent.id);
    }
}

TEST(ScriptTransform, ChangesWhatTheAnswerInJavaScriptNames) {
    constexpr const char* type = "POST_TELEMETRY_REQUEST";
    constexpr const char* same = R"({"a":1,"b":2.5})";
    const Change changes[] = {
        {"return {msg: msg, metadata: metadata, msgType: msgType};", same,                            type,    "3"   },
        {"return {msg: {c: msg.a / 2}};",                            R"({"c":0.5})",                  type,    "3"   },
        {"msg.c = 4 / 2; delete msg.b; return {msg};",               R"({"a":1,"c":2})",              type,    "3"   },
        {"metadata.floor = 4; return {metadata};",                   same,                            type,    "4"   },
        {"metadata.floor = 4.5; return {metadata};",                 same,                            type,    "4.5" },
        {"metadata.floor = true; return {metadata};",                same,                            type,    "true"},
        {"metadata.floor = undefined; return {metadata};",           same,                            type,    ""    },
        {"return {msgType: 'OTHER'};",                               same,                            "OTHER", "3"   },
        {"return {msgType: ''};",                                    same,                            type,    "3"   },
        {"return {};",                                               same,                            type,    "3"   },
        {"return [{msg: [1, 'x', true, NaN]}];",                     R"([1,"x",true,null])",          type,    "3"   },
        {"return {msg: new Date(0)};",                               R"("1970-01-01T00:00:00.000Z")", type,    "3"   },
    };
    NodeBench bench;
    for (const Change& row : changes) {
        SCOPED_TRACE(row.script);
        ASSERT_TRUE(bench.make("transform.TbTransformMsgNode", js(row.script)));
        const NodeAnswer answer = bench.send(same, metadata_of({
                                                       {"floor", "3"}
        }));
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        EXPECT_EQ(answer.msg.data, row.data);
        EXPECT_EQ(answer.msg.type, row.type);
        EXPECT_EQ(answer.msg.metadata.get("floor"), row.floor);
    }
    ASSERT_TRUE(
        bench.make("transform.TbTransformMsgNode", js("return msg.map(each => ({msg: each}));")));
    const NodeAnswer several = bench.send(R"([{"a":1},{"a":2}])");
    EXPECT_TRUE(several.consumed);
    ASSERT_EQ(several.queued.size(), 2u);
    EXPECT_EQ(several.queued[1].msg.data, R"({"a":2})");
    EXPECT_EQ(bench.send("[]").error, "Message or messages list are empty!");
    const Case refused[] = {
        {"return 1;",                               "{}", "Failure", "Wrong result type: number"},
        {"return null;",                            "{}", "Failure", "Wrong result type: null"  },
        {"return [{msg: 1}, 'x'];",                 "{}", "Failure", "Wrong result type: string"},
        {"return {metadata: 'x'};",                 "{}", "Failure", "Wrong result type: string"},
        {"metadata.a = {b: 1}; return {metadata};", "{}", "Failure",
         "Wrong result type: object as metadata.a"                                              },
    };
    expect_ways("transform.TbTransformMsgNode", refused, &in_js);
}

TEST(ScriptTransform, MakesSeveralMessagesInPlaceOfOne) {
    NodeBench bench;
    ASSERT_TRUE(bench.make("transform.TbTransformMsgNode",
                           tbel("var all = []; foreach (each : msg) { all.add({msg: each}); } "
                                "return all;")));
    const NodeAnswer answer = bench.send(R"([{"a":1},{"a":2}])");
    EXPECT_TRUE(answer.consumed);
    ASSERT_EQ(answer.queued.size(), 2u);
    EXPECT_EQ(answer.queued[1].msg.data, R"({"a":2})");
    EXPECT_EQ(answer.queued[1].relations, std::vector<std::string>{"Success"});
    EXPECT_EQ(answer.queued[1].msg.rule_node, bench.info().rule_node);
    EXPECT_NE(answer.queued[0].msg.id, answer.queued[1].msg.id);
    const NodeAnswer none = bench.send("[]");
    EXPECT_EQ(none.way(), "Failure");
    EXPECT_EQ(none.error, "Message or messages list are empty!");
}

TEST(ScriptTransform, RefusesAnswersOfOtherKinds) {
    const Case cases[] = {
        {"return 1;",               "{}", "Failure", "Wrong result type: number"},
        {"return null;",            "{}", "Failure", "Wrong result type: null"  },
        {"return [{msg: 1}, 'x'];", "{}", "Failure", "Wrong result type: string"},
        {"return {metadata: 'x'};", "{}", "Failure", "Wrong result type: string"},
    };
    expect_ways("transform.TbTransformMsgNode", cases);
}

TEST(LogNode, WritesWhatItsScriptSays) {
    NodeBench bench;
    ASSERT_TRUE(bench.make("action.TbLogNode", tbel("return 'it is ' + msg.a;")));
    EXPECT_EQ(bench.send(R"({"a":42})").way(), "Success");
    EXPECT_TRUE(bench.house.log.lines->wait_for("it is 42"));
    ASSERT_TRUE(bench.make("action.TbLogNode", tbel("return {answer: msg.a};")));
    EXPECT_EQ(bench.send(R"({"a":42})").way(), "Success");
    EXPECT_TRUE(bench.house.log.lines->wait_for("answer"));
    ASSERT_TRUE(bench.make("action.TbLogNode", tbel("return msg.a.b;")));
    EXPECT_EQ(bench.send("{}").way(), "Failure");
}

TEST(LogNode, WritesWhatItsJavaScriptSays) {
    NodeBench bench;
    ASSERT_TRUE(bench.make("action.TbLogNode", js("return 'it is ' + msg.a;")));
    EXPECT_EQ(bench.send(R"({"a":42})").way(), "Success");
    EXPECT_TRUE(bench.house.log.lines->wait_for("it is 42"));
    ASSERT_TRUE(bench.make("action.TbLogNode", js("return {answer: msg.a};")));
    EXPECT_EQ(bench.send(R"({"a":42})").error, "Wrong result type: object");
}

TEST(ScriptNodes, WithEqualJavaScriptSeeNothingOfEachOther) {
    NodeBench first, second;
    const std::string body =
        js("seen = globalThis.seen === undefined ? 1 : seen + 1; return seen === 1;");
    ASSERT_TRUE(first.make("filter.TbJsFilterNode", body));
    EXPECT_EQ(first.send("{}").way(), "True");
    ASSERT_TRUE(second.make("filter.TbJsFilterNode", body));
    EXPECT_EQ(second.send("{}").way(), "True");
}

TEST(ScriptNodes, DoNotStartWithoutAScriptThatCanRun) {
    NodeBench bench;
    struct Row {
        std::string configuration;
        const char* text;
    };
    const Row rows[] = {
        {tbel("return msg.;"), "Line"},
        {tbel(" \n"), "TBEL script is blank!"},
        {R"({"jsScript":"return msg.;"})", "[Line: 1"},
        {R"({"scriptLang":null,"jsScript":" \n"})", "JS script is blank!"},
        {js(std::string(50'001, ' ') + "return 1;"), "Script body exceeds maximum allowed size of"},
        {R"({"scriptLang":"LUA","tbelScript":"x"})", "Unknown script language: LUA"},
        {tbel(std::string(50'001, ' ') + "return 1;"),
         "Script body exceeds maximum allowed size of"},
    };
    for (const Row& row : rows)
        for (const char* type : {"filter.TbJsFilterNode", "filter.TbJsSwitchNode",
                                 "transform.TbTransformMsgNode", "action.TbLogNode"}) {
            const Result<> made = bench.make(type, row.configuration);
            ASSERT_FALSE(made) << type << row.configuration;
            EXPECT_NE((made.error().message + made.error().detail).find(row.text),
                      std::string::npos)
                << type << ": " << made.error().message;
        }
}

void expect_blocked_for_a_while(const std::string& configuration) {
    NodeBench bench;
    ASSERT_TRUE(bench.make("filter.TbJsFilterNode", configuration));
    const auto way = [&](const char* data) { return bench.send(data).way(); };
    for (int i = 0; i < 5; ++i) EXPECT_EQ(way(R"({"wrong":true})"), "Failure");
    EXPECT_EQ(way("{\"bad\":false,\"wrong\":false}"), "True") << "errors of a script cost nothing";
    for (int i = 0; i < 3; ++i) {
        const NodeAnswer answer = bench.send(R"({"bad":true})");
        EXPECT_NE(answer.error.find("Script memory overflow"), std::string::npos) << answer.error;
    }
    const NodeAnswer blocked = bench.send("{\"bad\":false,\"wrong\":false}");
    EXPECT_EQ(blocked.way(), "Failure");
    EXPECT_NE(blocked.error.find("Script invocation is blocked due to maximum error count 3"),
              std::string::npos)
        << blocked.error;
    (void)bench.turn(60s);
    EXPECT_EQ(way("{\"bad\":false,\"wrong\":false}"), "True");
}

TEST(ScriptNodes, StopToRunAScriptThatCostsTooMuchForAWhile) {
    expect_blocked_for_a_while(
        tbel("if (msg.bad) { var l = []; while (true) { l.add('0123456789'); } }"
             "if (msg.wrong) { return msg.a.b; } return true;"));
    expect_blocked_for_a_while(
        js("if (msg.bad) { var l = []; while (true) { l.push('x'.repeat(999) + l.length); } }"
           "if (msg.wrong) { return msg.a.b; } return true;"));
}

}  // namespace
}  // namespace thingstead::rule::testing
