// Scripts that mean harm: all end in an error that names their line, soon, and the next one works.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "script/js/js_testing.h"

namespace thingstead::script::js {
namespace {

constexpr std::chrono::seconds soon(20);  // on a busy machine

Limits short_limits() {
    Limits limits;
    limits.time_max = std::chrono::milliseconds(200);
    return limits;
}

/// What is made of a script that stands in line 2, behind a statement that the head of a loop
/// without a condition counts to. A neighbour that was there before it works after it.
std::string ended(const std::string& script, const Limits& limits = short_limits()) {
    const auto from = std::chrono::steady_clock::now();
    const Outcomes got = outcomes("var text = 'text';\ntext; " + script,
                                  "return [msg.a + 1, JSON.stringify([1].concat({}))];",
                                  R"({"msg":{"a":1,"l":[1]}})", limits);
    EXPECT_LT(std::chrono::steady_clock::now() - from, soon) << script.substr(0, 80);
    EXPECT_EQ(got.neighbour, R"([2,"[1,{}]"])") << script.substr(0, 80);
    return got.script;
}

void expect_ends(std::span<const std::string_view> scripts, std::string_view start,
                 std::string_view place = "[Line: 2", const Limits& limits = short_limits()) {
    for (const std::string_view each : scripts) {
        const std::string script(each);
        std::string got = ended(script, limits);
        // A busy machine may stop it on the way to its second line: with more time it gets there.
        Limits longer = limits;
        longer.time_max = std::chrono::seconds(3);
        if (got.find("timeout") != got.npos && got.find(place) == got.npos)
            got = ended(script, longer);
        EXPECT_TRUE(got.starts_with(start))
            << script.substr(0, 90) << " gave " << got.substr(0, 200);
        EXPECT_NE(got.find(place), std::string::npos)
            << script.substr(0, 90) << " gave " << got.substr(0, 200);
    }
}

void expect_ends(std::initializer_list<std::string_view> scripts, std::string_view start,
                 std::string_view place = "[Line: 2", const Limits& limits = short_limits()) {
    expect_ends(std::span(scripts.begin(), scripts.size()), start, place, limits);
}

TEST(JsHostile, WhatStopsAScriptTellsItsLine) {
    Limits limits;
    limits.time_max = std::chrono::seconds(1);  // A slow machine needs long for the first line.
    expect_ends({"while (true) { }"}, "error: timeout: Script timeout!",
                "[Line: 2, Column:", limits);
}

constexpr std::string_view endless[] = {
    "while (true) { }",
    "do { } while (1);",
    "for (var i = 0; i < 1; i = 0) { var x = i * 2; }",
    "while (true) { try { while (true) { } } catch (e) { } finally { continue; } }",
    "function f() { try { while (true) { } } finally { f(); } } f();",
    "function f() { try { f(); } catch (e) { f(); } finally { f(); } } f();",
    "for (;;) { try { throw 1; } catch (e) { } }",
    "for (;;) { try { (function f() { f(); })(); } catch (e) { } }",
    "function* g() { while (true) yield 1; } for (const x of g()) { }",
    "function* g() { try { while (true) yield 1; } finally { while (true) { } } } for "
    "(const x of g()) { }",
    "var it = {[Symbol.iterator]() { return {next() { return {done: false}; }}; }}; for "
    "(const x of it) { }",
    "(async () => { while (true) { } })();",
    "[3, 1, 2].sort(() => { while (true) { } });",
    "'a'.replace(/a/, () => { while (true) { } });",
    "({valueOf() { while (true) { } }}) + 1;",
    "`${{toString() { while (true) { } }}}`;",
    "({[Symbol.toPrimitive]() { while (true) { } }}) * 2;",
    "new Proxy({}, {get() { while (true) { } }}).a;",
    "new Proxy({}, {has() { while (true) { } }}).a in {}; 'a' in new Proxy({}, {has() { "
    "while (true) { } }});",
    "eval('while (true) { }');",
    "new Function('while (true) { }')();",
    "[].constructor.constructor('for (;;) { }')();",
    "Function.prototype.toString = () => { while (true) { } }; '' + (() => 1);",
    "label: while (true) { continue label; }",
    "while (true) Object.keys(msg);",
    "while (true) JSON.stringify(msg);",
    "while (true) /x/.test('xyz');",
    "while (true) new Date().toISOString();",
    "var e = new Error('x'); while (true) e.stack;",
    "class A { constructor() { while (true) { } } } new A();",
    "class A { static x = (() => { while (true) { } })(); }",
    "var [x = (() => { while (true) { } })()] = [];",
    "new Promise(() => { while (true) { } });",
    "JSON.parse('[1]', () => { while (true) { } });",
    "JSON.stringify({a: 1}, () => { while (true) { } });",
    "Array.from({length: 1}, () => { while (true) { } });",
    "Reflect.construct(function() { while (true) { } }, []);",
    "with ({get a() { while (true) { } }}) { a; }",
    "for (;;) ;",
    "for (;;) { text = text ? '' : 'x'; }",
};

TEST(JsHostile, EndlessScriptsAreStopped) {
    expect_ends(endless, "error: timeout: Script timeout!");
}

constexpr std::string_view endless_answers[] = {
    "return {toJSON() { while (true) { } }};",
    "return {get a() { while (true) { } }};",
    "return [{toJSON() { while (true) { } }}];",
    "return new Proxy({}, {ownKeys() { while (true) { } }});",
    "return new Proxy({a: 1}, {getOwnPropertyDescriptor() { while (true) { } }});",
    "return new Proxy([1], {get() { while (true) { } }});",
    "Object.prototype.toJSON = function() { while (true) { } }; return {a: {}};",
    "Number.prototype.valueOf = () => { while (true) { } }; return new Number(1);",
    "String.prototype.toString = () => { while (true) { } }; return new String('');",
    "function f() { return {toJSON() { return {get a() { for (;;) { } }}; }}; } return "
    "f();",
};

TEST(JsHostile, AnswersThatLoopAreStopped) {
    expect_ends(endless_answers, "error: timeout: Script timeout!");
}

TEST(JsHostile, AnswersThatThrowAreErrors) {
    expect_ends(
        {
            "return {toJSON() { throw new Error('mine'); }};",
            "return {get a() { throw new Error('mine'); }};",
            "return new Proxy({}, {ownKeys() { throw new Error('mine'); }});",
            "return new Proxy([1], {get() { throw new Error('mine'); }});",
        },
        "error: invalid_argument: Error: mine", "[Line: 2", patient());
    expect_ends({"var p = Proxy.revocable({}, {}); p.revoke(); return p.proxy;",
                 "function f(n) { return {toJSON() { return f(n + 1).toJSON(); }}; } return f(0);"},
                "error: invalid_argument: ", "", patient());
}

TEST(JsHostile, ExplodingExpressionsAreStopped) {
    const std::string many(60, 'a');
    for (const std::string& script : {
             "/(a+)+b/.test('" + many + "');",
             "'" + many + "!'.match(/^(a|aa)+$/);",
             "'" + many + "!'.replace(/(x+x+)+y|(a|a)*$c/g, '');",
             "'" + many + "'.split(/(a*)*b/);",
             "new RegExp('(.*)*'.repeat(12) + 'x').test('" + many + "');",
         })
        expect_ends({std::string_view(script)}, "error: timeout: Script timeout!");
}

constexpr std::string_view greedy[] = {
    "var a = []; while (true) a.push({});",
    "var a = []; while (true) a.push('x' + a.length);",
    "var s = 'x'; while (true) { s += s; s.charCodeAt(0); }",
    "var s = ''; while (true) { s += '0123456789'; s.charCodeAt(s.length - 1); }",
    "var it = {[Symbol.iterator]() { return {next() { return {done: false}; }}; }}; var "
    "[...all] = it;",
    "var m = new Map(); for (var i = 0; ; i++) m.set(i, i);",
    "var o = {}; for (var i = 0; ; i++) o['k' + i] = i;",
    "var a = []; while (true) a.push(new Uint8Array(100000).fill(1));",
    "new Uint8Array(2 ** 30);",
    "new ArrayBuffer(2 ** 31);",
    "new Float64Array(2 ** 28).fill(1);",
    "new Array(1e8).fill(0);",
    "'x'.repeat(2 ** 29).charCodeAt(5);",
    "'x'.repeat(2 ** 29).split('');",
    "'\\u0416'.padEnd(2 ** 29).toUpperCase();",
    "JSON.stringify('x'.repeat(2 ** 28));",
    "'x'.repeat(2 ** 20).replace(/x/g, 'y'.repeat(1000));",
    "'x'.repeat(2 ** 27).match(/x/g);",
    "var a = []; while (true) { try { while (true) a.push([1, 2, 3]); } catch (e) { } }",
    "var a = []; while (true) { try { a.push('x'.repeat(2 ** 29).charCodeAt(1)); } catch "
    "(e) { } }",
    "var a = []; for (;;) { try { a.push(new Uint8Array(2 ** 30)); } catch (e) { } finally "
    "{ continue; } }",
    "var a = [1]; while (true) a = a.concat(a);",
    "var a = [1]; while (true) a = [...a, ...a];",
    "eval('var a = [' + '1,'.repeat(2 ** 22) + ']');",
    "Array.from({length: 2 ** 28});",
    "globalThis.a = []; while (true) a.push(new Date());",
    "function f(n) { globalThis.held = [held, n]; } globalThis.held = 0; for (;;) f(1);",
    "var a = []; for (;;) a.push(/x/.exec('x'));",
    "var a = []; for (;;) a.push(new Promise(() => { }).then(() => { }));",
    "var a = []; for (;;) a.push(() => a);",
    "var a = []; for (;;) a.push(Symbol());",
    "var a = []; for (;;) a.push(BigInt(a.length) ** 1000n);",
};

TEST(JsHostile, GreedyScriptsOverflow) {
    expect_ends(greedy, "error: limit_reached: Script memory overflow!", "",
                {.memory_bytes_max = 4 << 20, .time_max = soon});
}

TEST(JsHostile, DeepScriptsAndDataAreRefused) {
    const auto times = [](std::string_view text, int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += text;
        return out;
    };
    for (const std::string& script : {
             std::string("function f() { return f() + 1; } f();"),
             std::string("var o = {get a() { return this.a; }}; o.a;"),
             std::string("var p = new Proxy({}, {get(t, k, r) { return r[k]; }}); p.a;"),
             std::string("[1, 2].map(function f() { return [1, 2].map(f); });"),
             std::string("JSON.parse('['.repeat(1000000));"),
             std::string("var a = []; for (var i = 0; i < 50000; i++) a = [a]; JSON.stringify(a);"),
             std::string("var a = []; for (var i = 0; i < 50000; i++) a = [a]; '' + a;"),
             std::string("var a = {}; for (var i = 0; i < 50000; i++) a = {a}; return a;"),
             std::string("var a = []; a.push(a); return a;"),
             std::string("new RegExp('('.repeat(40000)).test('a');"),
             std::string("eval('['.repeat(40000));"),
             std::string("({toString() { return '' + this; }}) + '';"),
             times("(", 45'000),
             "return " + times("[", 20'000) + times("]", 20'000) + ";",
             times("if (1) {", 6'000) + times("}", 6'000) + " return nothing;",
             "x = " + times("!", 45'000) + "nothing;",
             "return nothing" + times(".a", 20'000) + ";",
         }) {
        const std::string got = ended(script);
        EXPECT_TRUE(got.starts_with("error: "))
            << script.substr(0, 80) << " gave " << got.substr(0, 99);
    }
}

constexpr std::string_view curious[] = {
    "load('/etc/passwd');",
    "read('/etc/passwd');",
    "print('x');",
    "quit();",
    "require('fs');",
    "process.exit(1);",
    "new WebAssembly.Memory({initial: 1});",
    "new SharedArrayBuffer(8);",
    "Atomics.wait(new Int32Array(8), 0, 0);",
    "new WeakRef({});",
    "new FinalizationRegistry(() => { });",
    "new Worker('x');",
    "setTimeout(() => { }, 0);",
    "(0, eval)('this').process.exit();",
    "[].constructor.constructor('return process')();",
    "msg.constructor.constructor('return java.lang.System')();",
    "new Error().constructor.constructor('return console')();",
    "arguments.callee.caller.x;",
    "Error.captureStackTrace({});",
};

TEST(JsHostile, NothingOfTheHostIsWithinReach) {
    expect_ends(curious, "error: invalid_argument: ", "[Line: 2", patient());
}

/// Errors of the script's own making, in every disguise; `msg` is {"a":1,"l":[1]}.
constexpr std::string_view failing[] = {
    "msg.b.c.d;",
    "msg.a.b.c;",
    "msg();",
    "msg.l.nobody();",
    "nobody;",
    "null[Symbol.iterator];",
    "[...1];",
    "const x = 1; x = 2;",
    "'use strict'; undefined.x = 1;",
    "new (class { constructor() { this.x.y; } })();",
    "class A extends null { } new A();",
    "Object.prototype.__proto__ = {};",
    "Object.setPrototypeOf(Object.prototype, {a: 1});",
    "var o = {}; Object.setPrototypeOf(o, Object.create(o));",
    "Object.defineProperty(Object.prototype, 'b', {get() { throw new Error('mine'); }}); msg.b;",
    "Array.prototype.push = null; msg.l.push(1);",
    "JSON.stringify = null; JSON.stringify(1);",
    "delete Object.prototype.hasOwnProperty; msg.hasOwnProperty('a');",
    "Object.freeze(Object.prototype); 'use strict'; (() => { 'use strict'; "
    "Object.prototype.x = 1; })();",
    "Function.prototype.call = 1; Math.max.call(1);",
    "globalThis.Error = null; null.x;",
    "Error.prototype.toString = () => { throw 1; }; throw new Error('mine');",
    "Object.defineProperty(Error.prototype, 'message', {get() { while (true) { } }}); throw new "
    "Error();",
    "Object.defineProperty(Error.prototype, 'name', {get() { throw 1; }}); null.x;",
    "var e = new Error('mine'); e.stack = {}; throw e;",
    "throw null;",
    "throw undefined;",
    "throw 1n;",
    "throw Symbol('mine');",
    "throw {toString() { while (true) { } }};",
    "throw {get message() { while (true) { } }};",
    "throw new Proxy({}, {get() { while (true) { } }});",
    "throw new Proxy(new Error('mine'), {get() { throw 1; }, getPrototypeOf() { throw 2; }});",
    "throw 'x'.repeat(100000);",
    "throw [];",
    "throw msg;",
    "throw function f() { };",
    "Symbol() + '';",
    "({[Symbol.toPrimitive]() { return {}; }}) + 1;",
    "({[Symbol.iterator]: 1})[Symbol.iterator]();",
    "'a'.replace({[Symbol.replace]: 1});",
    "var o = {[Symbol.hasInstance]: 1}; 1 instanceof o;",
    "Array.prototype[Symbol.iterator] = () => 1; [...[1]];",
    "Symbol.prototype.toString.call(1);",
    "new Uint8Array(-1);",
    "new Uint8Array(new ArrayBuffer(8), 3, 100);",
    "new Uint32Array(new ArrayBuffer(8), 3);",
    "new DataView(new ArrayBuffer(1)).getFloat64(0);",
    "new ArrayBuffer(2 ** 53);",
    "new BigInt64Array(1)[0] = 1;",
    "Uint8Array.prototype.set.call([], 1);",
    "function* g() { throw new Error('mine'); } [...g()];",
    "function* g() { yield 1; } var i = g(); i.throw(new Error('mine'));",
    "function* g() { i.next(); } var i = g(); i.next();",
    "function* g() { yield* g(); } [...g()];",
    "var i = (function* () { try { yield 1; } finally { throw new Error('mine'); } })(); i.next(); "
    "i.return(1);",
    "JSON.parse('{');",
    "JSON.parse('1'.repeat(10) + 'x');",
    "JSON.stringify({toJSON() { throw new Error('mine'); }});",
    "var a = []; a[0] = a; JSON.stringify(a);",
    "JSON.stringify(1n);",
    "new RegExp('(');",
    "new RegExp('a', 'xyz');",
    "new Function('}');",
    "eval('(');",
    "eval('throw new Error(1)');",
    "new Date(NaN).toISOString();",
    "(1).toFixed(1000);",
    "(1).toString(99);",
    "'a'.repeat(-1);",
    "'a'.normalize('x');",
    "decodeURIComponent('%');",
    "String.fromCodePoint(-1);",
    "1n + 1;",
    "2n ** -1n;",
    "new Array(-1);",
    "Reflect.construct(1);",
    "Reflect.ownKeys(new Proxy({}, {ownKeys() { return [1]; }}));",
    "Object.keys(new Proxy({}, {ownKeys() { return ['a', 'a']; }}));",
    "new Proxy({}, {getPrototypeOf() { return 1; }}) instanceof Object;",
    "delete new Proxy(Object.freeze({a: 1}), {deleteProperty() { return true; }}).a;",
    "super_();",
    "await_(1);",
};

TEST(JsHostile, WhatFailsByItselfTellsItsLine) {
    expect_ends(failing, "error: invalid_argument: ", "[Line: 2", patient());
}

static_assert(std::size(endless) + std::size(endless_answers) + std::size(greedy) +
                  std::size(curious) + std::size(failing) >=
              60);

TEST(JsHostile, AllAreDifferent) {
    using Scripts = std::span<const std::string_view>;
    std::set<std::string_view> all;
    for (const Scripts each : {Scripts(endless), Scripts(endless_answers), Scripts(greedy),
                               Scripts(curious), Scripts(failing)})
        for (const std::string_view script : each) EXPECT_TRUE(all.insert(script).second) << script;
}

TEST(JsHostile, PromisesThatNobodyAwaitsLeaveNothing) {
    for (const char* script :
         {"(async () => { await null; while (true) { } })(); return 1;",
          "Promise.resolve().then(function f() { while (true) { } }); return 1;",
          "Promise.reject(new Error('x')); return 1;", "new Promise(() => { }); return 1;",
          "(async function f() { for await (const x of [1]) f(); })(); return 1;",
          "import('data:text/javascript,1').catch(() => { }); return 1;"})
        EXPECT_EQ(ended(script, patient()), "1") << script;
}

TEST(JsHostile, WhatIsGarbageDoesNotCount) {
    EXPECT_EQ(
        outcome("var n = 0; for (var i = 0; i < 300; i++) { n = 'x'.repeat(100000 + i).split('x')"
                ".length; } return n;",
                {}, patient()),
        "100300");
    EXPECT_EQ(outcome("var n = 0; for (var i = 0; i < 2e5; i++) { n += [i].length; } return n;", {},
                      patient()),
              "200000");
}

TEST(JsHostile, WhatAScriptKeepsBetweenCallsIsLimited) {
    JsEngine engine;
    const auto context = engine.make_context();
    const auto script = engine.compile(
        "globalThis.a = globalThis.a || []; for (var i = 0; i < 20000; i++) a.push({i}); "
        "return a.length;",
        {});
    ASSERT_TRUE(script);
    std::int64_t longest = 0;
    for (int i = 0; i < 200; ++i) {
        const auto got = context->run(**script, {});
        ASSERT_TRUE(got) << got.error().message;
        longest = std::max(longest, got->get_int64());
    }
    EXPECT_LT(longest, 200 * 20'000 / 4);
}

TEST(JsHostile, AnEndedScriptBeginsAnew) {
    JsEngine engine(short_limits());
    const auto context = engine.make_context();
    const std::vector<std::string> names{"msg"};
    const auto script =
        engine.compile("Array.prototype.x = 1; if (msg) while (true) { } return [].x;", names);
    ASSERT_TRUE(script);
    const json::value yes = true, no = false;
    const std::vector<Input> loops{&yes}, goes{&no};
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(context->run(**script, loops).error().code, ErrorCode::timeout);
        EXPECT_EQ(*context->run(**script, goes), json::value(1));
    }
}

TEST(JsHostile, StopEndsACall) {
    JsEngine engine({.time_max = std::chrono::minutes(5)});
    const auto context = engine.make_context();
    const auto script = engine.compile("while (true) { }", {});
    ASSERT_TRUE(script);
    std::atomic<bool> stop = false;
    std::jthread stopper([&] { stop = true; });
    const auto result = context->run(**script, {}, &stop);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::timeout);
    EXPECT_TRUE(result.error().message.starts_with("Script execution is stopped!"));
}

TEST(JsHostile, OneThreadsLoopHoldsUpNoOther) {
    JsEngine engine(short_limits());
    std::jthread loops([&] {
        const auto context = engine.make_context();
        const auto script = engine.compile("while (true) { }", {});
        for (int i = 0; i < 3; ++i) EXPECT_FALSE(context->run(**script, {}));
    });
    for (int i = 0; i < 200; ++i) EXPECT_EQ(outcome("return 1;"), "1");
}

}  // namespace
}  // namespace thingstead::script::js
