// Scripts do not see each other, and threads do not meet in them.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "script/js/js_testing.h"

namespace thingstead::script::js {
namespace {

std::int64_t number_of(Context& context, const Script& script) {
    const Result<json::value> got = context.run(script, {});
    return got && got->is_int64() ? got->get_int64() : -1;
}

TEST(JsIsolation, ScriptsShareNothing) {
    JsEngine engine;
    const auto context = engine.make_context();
    for (const char* tamper :
         {"Object.prototype.evil = 1; Array.prototype.map = null; JSON = null; return 1;",
          "globalThis.evil = 1; Math.max = () => 7; undefined_ = 3; return 1;",
          "JSON.parse = JSON.stringify = () => { throw 1; }; return 1;",
          "Object.freeze(globalThis); return 1;",
          "Object.defineProperty(Object.prototype, 'toJSON', {value() { return 'evil'; }}); return "
          "1;",
          "Object.prototype.__defineSetter__('a', () => { throw 2; }); return 1;",
          "[].constructor.constructor('Object.prototype.evil = 2')(); return 1;",
          "String.prototype.concat = RegExp.prototype.exec = Function.prototype.call = null; "
          "return 1;"}) {
        const auto script = engine.compile(tamper, {});
        ASSERT_TRUE(script);
        (void)context->run(**script, {});
        EXPECT_EQ(outcome("x = typeof undefined_; return [typeof evil, {}.evil, Math.max(1, 2), x, "
                          "JSON.parse('[1]').map(i => i + 1), {a: msg.a}];",
                          R"({"msg":{"a":1}})"),
                  R"(["undefined",null,2,"undefined",[2],{"a":1}])")
            << tamper;
    }
}

TEST(JsIsolation, EqualScriptsHaveWorldsOfTheirOwn) {
    JsEngine engine;
    const auto context = engine.make_context();
    const char* const body =
        "count = globalThis.count === undefined ? 1 : count + 1; return count;";
    const auto first = engine.compile(body, {}), second = engine.compile(body, {});
    ASSERT_TRUE(first && second);
    EXPECT_EQ(number_of(*context, **first), 1);
    (void)context->run(**first, {});
    EXPECT_EQ(number_of(*context, **second), 1);
}

TEST(JsIsolation, MoreScriptsThanAThreadKeepsWork) {
    JsEngine engine;
    const auto context = engine.make_context();
    std::vector<ScriptRef> scripts;
    for (int i = 0; i < 600; ++i) {
        const auto script = engine.compile("return " + std::to_string(i) + ";", {});
        ASSERT_TRUE(script);
        scripts.push_back(*script);
        if (i % 3 == 0) scripts.erase(scripts.begin());
    }
    for (int round = 0; round < 2; ++round)
        for (const ScriptRef& each : scripts) EXPECT_GE(number_of(*context, *each), 0);
}

TEST(JsIsolation, ThreadsRunOneScriptAtATime) {
    JsEngine engine;
    const auto script =
        engine.compile("var s = 0; for (var i = 0; i < 1000; i++) s += i; return s;", {});
    ASSERT_TRUE(script);
    for (int round = 0; round < 2; ++round) {
        std::vector<std::jthread> threads;
        std::atomic<int> right = 0;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                const auto context = engine.make_context();
                for (int i = 0; i < 50; ++i)
                    if (number_of(*context, **script) == 499'500) ++right;
            });
        threads.clear();
        EXPECT_EQ(right, 200);
    }
}

TEST(JsIsolation, AContextMadeElsewhereRunsHere) {
    JsEngine engine;
    std::unique_ptr<Context> context;
    Result<ScriptRef> script = Error{ErrorCode::internal, ""};
    std::thread([&] {
        context = engine.make_context();
        script = engine.compile("return 7;", {});
    }).join();
    ASSERT_TRUE(script);
    EXPECT_EQ(number_of(*context, **script), 7);
}

}  // namespace
}  // namespace thingstead::script::js
