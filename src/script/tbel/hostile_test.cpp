// Scripts that mean harm: all end in an error that names their line, soon, and a neighbour that the
// same engine runs next is as it was.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "script/tbel/engine.h"
#include "script/tbel/tbel_testing.h"

namespace thingstead::script::tbel {
namespace {

std::string times(std::string_view text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}

std::string nested(std::string_view open, std::string_view inner, std::string_view close,
                   int depth) {
    return times(open, depth) + std::string(inner) + times(close, depth);
}

constexpr std::string_view endless[] = {
    "while (true) { }",
    "until (false) { }",
    "do { } while (true);",
    "do { } until (false);",
    "for (i = 0; i < 1; i = 0) { }",
    "for (var i = 0; true; i++) { var x = i * 2; }",
    "while (true) { foreach (c : \"abc\") { } }",
    "def f() { while (true) { } } f()",
    "while (true) { var x = [1,2,3].toSorted(); }",
    "var s = \"a\".repeat(100000); while (true) { s.indexOf(\"b\"); }",
    "var s = \"a\".repeat(100000); while (true) { s.replaceAll(\"b\", \"c\"); }",
    "var l = []; foreach (i : 100000) { l.add(i); } while (true) { l.indexOf(-1); }",
    "var l = []; foreach (i : 100000) { l.add(i); } while (true) { l == l.slice(); }",
    "def f(n) { if (n == 0) { return 0; } f(n - 1); f(n - 1); return 1; } f(100)",
    "var l = [1]; for (var i = 0; i < 60; i++) { l = [l, l]; } l == l.clone()",
};

constexpr std::string_view greedy[] = {
    "var s = \"x\"; while (true) { s = s + s; }",
    "var s = \"\"; while (true) { s += \"0123456789\"; }",
    "var l = []; while (true) { l.add(\"0123456789\"); }",
    "var l = []; while (true) { l.push([1,2,3]); }",
    "var m = {}; var i = 0; while (true) { m[i] = i; i++; }",
    "var l = [1]; while (true) { l.addAll(l); }",
    "var s = toSet([1]); var i = 0; while (true) { s.add(i); i++; }",
    "new byte[2000000000]",
    "new double[1000000]",
    "var l = []; while (true) { l.add(new byte[1000000]); }",
    "\"abcdefgh\".repeat(1000000)",
    "\"a\".repeat(4000000).replace(\"a\", \"bbbbbbbbbb\")",
    "\"a\".repeat(100000).replaceAll(\"a\", \"b\".repeat(80000))",
    "\"a\".replace(\"a\", \"b\".repeat(100000))",
    "padStart(\"x\", 2000000000, \"0\")",
    "padEnd(\"x\", 2000000000, \"0\")",
    "String.format(\"%2000000000d\", 1)",
    "foreach (i : 2000000000) { }",
    "var l = [1]; for (var i = 0; i < 60; i++) { l = [l, l]; } JSON.stringify(l)",
    "var l = [1]; for (var i = 0; i < 60; i++) { l = [l, l]; } \"\" + l",
    "var l = [1]; for (var i = 0; i < 60; i++) { l = l + l; } l",
    "var x = 10I; while (true) { x = x * x; }",
    "7I ** 100000000I",
    "var l = [1]; for (var i = 0; i < 60; i++) { l = [l, l]; } toFlatMap({a: l})",
};

std::vector<std::string> deep() {
    return {
        "def f(n) { return f(n + 1); } f(0)",
        "def f(n) { return g(n); } def g(n) { return f(n); } f(0)",
        "var l = []; for (var i = 0; i < 100000; i++) { l = [l]; } \"\" + l",
        "var l = []; var k = []; for (var i = 0; i < 100000; i++) { l = [l]; k = [k]; } l == k",
        "var l = []; for (var i = 0; i < 100000; i++) { l = [l]; } JSON.stringify(l)",
        "var l = []; for (var i = 0; i < 100000; i++) { l = [l]; } l.hashCode()",
        "var l = []; l.add(l); \"\" + l",
        "var m = {}; m.m = m; JSON.stringify(m)",
        "var m = {}; m.m = m; toFlatMap(m)",
        "JSON.parse(\"[\".repeat(100000))",
        "isInsidePolygon(1, 1, \"[\".repeat(100000))",
        nested("(", "1", ")", 20'000),
        nested("[", "", "]", 20'000),
        nested("{a:", "1", "}", 10'000),
        nested("if (true) { ", "1", "}", 3000),
        nested("f(", "1", ")", 10'000),
        "x = " + times("!", 40'000) + "true",
        "x = " + times("-", 40'000) + "x",
        "x = " + times("(int) ", 8000) + "1",
        "1" + times(" + x", 12'000),
        "true" + times(" && y", 9000),
        "x" + times(".a", 20'000),
        "x" + times("[0]", 15'000),
        times("true ? 1 : ", 4000) + "2",
        times("a = ", 12'000) + "1",
        times("def f() { ", 4000) + times("}", 4000),
        times("(", 45'000),
        times("[", 45'000),
        times("{", 45'000),
    };
}

constexpr std::string_view curious[] = {
    "\"\".class.forName(\"java.lang.Runtime\")",
    "\"\".getClass().forName(\"java.lang.Runtime\")",
    "\"\".getClass()",
    "(5).getClass().getClassLoader()",
    "new java.io.File(\"/etc/passwd\")",
    "java.io.File.createTempFile(\"a\", \"b\")",
    "java.lang.System.exit(1)",
    "System.exit(1)",
    "Runtime.getRuntime().exec(\"id\")",
    "java.lang.Runtime.getRuntime()",
    "new Thread()",
    "Thread.sleep(10000)",
    "new StringBuilder(\"x\")",
    "Class.forName(\"x\")",
    "import java.util.*; 1",
    "import_static java.lang.System.exit; 1",
    "new java.net.URL(\"http://localhost\")",
    "new java.util.concurrent.ForkJoinPool()",
    "new java.util.zip.ZipFile(\"a\")",
    "java.util.concurrent.Executors.newCachedThreadPool()",
    "Math.class.getClassLoader()",
    "[].class.getMethods()",
    "this.getClass()",
    "Object.wait()",
    "new Object().notify()",
    "\"a\".constructor(\"b\")",
    "{}.__proto__.x = 1; y",
    "eval(\"1\")",
    "require(\"fs\")",
    "process.exit()",
    "Integer.getInteger(\"x\")",
    "new ClassLoader()",
    "new Exception(\"x\").printStackTrace()",
    "ProcessBuilder(\"id\").start()",
};

/// Wrong shapes, wrong names, and what a script throws by itself; `msg` is {"a":1,"l":[1]}.
constexpr std::string_view failing[] = {
    "raiseError(\"mine\")",
    "raiseError(\"x\".repeat(100000))",
    "msg.b.c.d",
    "msg.a.b",
    "msg.l[1]",
    "msg.l[-1]",
    "msg.l[4294967296L]",
    "msg.l[\"0\"]",
    "msg.l.a()",
    "msg()",
    "nobody",
    "nobody.knows",
    "nobody()",
    "msg.a.nobody()",
    "if (msg) { 1 }",
    "if (msg.a) { 1 }",
    "while (msg.b) { }",
    "msg.a && true",
    "!msg",
    "msg.a % 0",
    "msg.a & 1.5",
    "msg.l ** 2",
    "(int) msg.l",
    "(long) \"x\"",
    "new Date(msg)",
    "new Date(\"9\".repeat(1000))",
    "Date.UTC(2024, 13, 1)",
    "Integer.parseInt(\"9\".repeat(100000))",
    "toFixed(0.0 / 0, 2)",
    "JSON.parse(\"{\")",
    "decodeToJson(\"nul\")",
    "hexToBytes(\"0\")",
    "atob(\"*\")",
    "parseBytesToInt([1,2], 3)",
    "parseBytesToInt([1,2], 0, 2000000000)",
    "\"abc\".substring(5)",
    "\"abc\".charAt(3)",
    "[1,2].toSorted().get(7)",
    "[3,\"b\"].stream().nobody()",
    "msg.l.toUnmodifiable().add(1)",
    "new int[-1]",
    "new int[1][0]",
    "1234567890123456789e5I + 1I",
    "1234567890123456789.5I + 1I",
    "1e2000000000B + 1B",
    "1e2000B * 1e2000B",
    "Math.max(1,2,3)",
    "msg.toUnmodifiable().a = 2",
    "var x = [1].iterator(); x",
};

static_assert(std::size(endless) + std::size(greedy) + std::size(curious) + std::size(failing) >=
              60);

std::vector<std::string> exploding() {
    return {
        "\"" + std::string(30, 'a') + "!\" ~= \"(a+)+b\"",
        "\"" + std::string(40, 'a') + "!\".matches(\"(a|aa)+b\")",
        "\"" + std::string(40, 'x') + "!\".replaceAll(\"(x+x+)+y\", \"\")",
        "\"" + std::string(40, 'a') + "!\".split(\"(a*)*b\")",
        "\"a\" ~= \"(\"",
        "\"a\".replaceAll(\"[\", \"b\")",
        "\"a\" ~= \"(\".repeat(30000)",
    };
}

constexpr std::chrono::milliseconds soon = std::chrono::seconds(20);  // on a busy machine

Environment short_time() {
    Environment environment;
    environment.limits.time_max = std::chrono::milliseconds(300);
    return environment;
}

/// An engine in which one script is run after the other, and a neighbour after each.
class Prison {
  public:
    Prison() : engine_(short_time()), context_(engine_.make_context()) {
        neighbour_ = engine_.compile(neighbour_body, {}).value();
    }

    /// What becomes of a script that stands in line 2.
    Result<json::value> end(std::string_view script) {
        const std::vector<std::string> names{"msg"};
        const std::vector<Input> inputs{&msg_};
        const auto from = std::chrono::steady_clock::now();
        const Result<ScriptRef> compiled =
            engine_.compile("var text = \"text\";\n" + std::string(script), names);
        Result<json::value> got = compiled ? context_->run(**compiled, inputs) : compiled.error();
        EXPECT_LT(std::chrono::steady_clock::now() - from, soon) << script.substr(0, 80);
        const Result<json::value> after = context_->run(*neighbour_, {});
        EXPECT_TRUE(after && *after == json::value("3,4.5")) << script.substr(0, 80);
        return got;
    }

  private:
    static constexpr std::string_view neighbour_body =
        "var l = [3, 4.5]; def f(n) { return n <= 0 ? 0 : f(n - 1); } f(50); l.join(\",\")";

    TbelEngine engine_;
    std::unique_ptr<Context> context_;
    ScriptRef neighbour_;
    json::value msg_ = json::parse(R"({"a":1,"l":[1]})");
};

template <class Scripts>
void expect_end(const Scripts& scripts) {
    Prison prison;
    for (const auto& script : scripts) {
        const Result<json::value> got = prison.end(script);
        const std::string_view shown = std::string_view(script).substr(0, 80);
        ASSERT_FALSE(got) << shown << " gave " << json::serialize(*got).substr(0, 200);
        EXPECT_NE(got.error().message.find("[Line: 2, Column: "), std::string::npos)
            << shown << " gave " << got.error().message.substr(0, 300);
    }
}

TEST(Hostile, EndlessScriptsAreStopped) { expect_end(endless); }
TEST(Hostile, GreedyScriptsOverflow) { expect_end(greedy); }
TEST(Hostile, DeepScriptsAndDataAreRefused) { expect_end(deep()); }
TEST(Hostile, NothingOfTheHostIsWithinReach) { expect_end(curious); }
TEST(Hostile, WhatFailsByItselfTellsItsLine) { expect_end(failing); }

TEST(Hostile, AllAreDifferent) {
    std::set<std::string_view> all;
    using Scripts = std::span<const std::string_view>;
    for (const Scripts each :
         {Scripts(endless), Scripts(greedy), Scripts(curious), Scripts(failing)})
        for (const std::string_view script : each) EXPECT_TRUE(all.insert(script).second) << script;
}

TEST(Hostile, ExplodingExpressionsEnd) {
    // Some engines match these without exploding: they must end, whatever they say.
    Prison prison;
    for (const std::string& script : exploding()) {
        const Result<json::value> got = prison.end(script);
        EXPECT_TRUE(!got || *got != json::value(true)) << script;
    }
}

TEST(Hostile, MemoryCountsWhatVariablesHold) {
    EXPECT_NE(outcome("var l = []; while (true) { l.add(\"0123456789\".repeat(1000)); }")
                  .find("Script memory overflow ("),
              std::string::npos);
    // Temporaries that nobody holds may add up to more than the limit.
    EXPECT_EQ(outcome("var n = 0; for (var i = 0; i < 200; i++) { n = \"0123456789\".repeat(5000)"
                      ".length(); } n"),
              "50000");
    EXPECT_EQ(outcome("var s = \"\"; for (var i = 0; i < 20000; i++) { s += \"0123456789\"; } "
                      "s.length()"),
              "200000");
}

TEST(Hostile, MemorySizeIsTheReferences) {
    EXPECT_EQ(outcome("[1,2,3].memorySize()"), "24 L");
    EXPECT_EQ(outcome("{\"temperature\":42,\"nested\":\"508\"}.memorySize()"), "24 L");
}

}  // namespace
}  // namespace thingstead::script::tbel
