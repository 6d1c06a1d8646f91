// What scripts give: answers as JSON.stringify would write them, and errors with their place.
#include <gtest/gtest.h>

#include "script/js/js_testing.h"

namespace thingstead::script::js {
namespace {

struct Gives {
    std::string_view script, inputs, expected;
};

constexpr Gives answers[] = {
    {"return 1 + 1;",                                                                          "",                                       "2"                                                                           },
    {"return msg.temperature > 20;",                                                           R"({"msg":{"temperature":21.5}})",        "true"                                                                        },
    {"return 'a' + msg.a;",                                                                    R"({"msg":{"a":7}})",                     R"("a7")"                                                                     },
    {"return ['a', 'b'];",                                                                     "",                                       R"(["a","b"])"                                                                },
    {"return {a: 1, b: [1.5, null], c: {d: 'x'}};",                                            "",
     R"({"a":1,"b":[1.5E0,null],"c":{"d":"x"}})"                                                                                                                                                                       },
    {"",                                                                                       "",                                       "error: malformed: JS script is blank!"                                       },
    {";",                                                                                      "",                                       "null"                                                                        },
    {"return;",                                                                                "",                                       "null"                                                                        },
    {"return null;",                                                                           "",                                       "null"                                                                        },
    {"return function() { };",                                                                 "",                                       "null"                                                                        },
    {"return Symbol('x');",                                                                    "",                                       "null"                                                                        },
    {"return {a: undefined, b: () => 1, c: 1};",                                               "",                                       R"({"c":1})"                                                                  },
    {"return [undefined, () => 1, Symbol()];",                                                 "",                                       "[null,null,null]"                                                            },
    {"return [NaN, Infinity, -0];",                                                            "",                                       "[null,null,0]"                                                               },
    {"return [1e300, 9007199254740993, 1e20, 0.1];",                                           "",                                       "[1E300,9007199254740992,1E20,1E-1]"                                          },
    {"return new Date(0);",                                                                    "",                                       R"("1970-01-01T00:00:00.000Z")"                                               },
    {"return [new Number(3), new String('s'), new Boolean(false)];",                           "",                                       R"([3,"s",false])"                                                            },
    {"return {toJSON(key) { return 'key=' + key; }};",                                         "",                                       R"("key=")"                                                                   },
    {"return {a: {toJSON(key) { return 'key=' + key; }}};",                                    "",                                       R"({"a":"key=a"})"                                                            },
    {"return [{toJSON(key) { return typeof key + key; }}];",                                   "",                                       R"(["string0"])"                                                              },
    {"return new Map([[1, 2]]);",                                                              "",                                       "{}"                                                                          },
    {"return new Uint8Array([1, 2]);",                                                         "",                                       R"({"0":1,"1":2})"                                                            },
    {"return new Proxy([1, 2], {});",                                                          "",                                       "[1,2]"                                                                       },
    {"return new Proxy({a: 1}, {});",                                                          "",                                       R"({"a":1})"                                                                  },
    {"return {b: 1, a: 2, 1: 3, 0: 4};",                                                       "",                                       R"({"0":4,"1":3,"b":1,"a":2})"                                                },
    {"return Object.create({a: 1}, {b: {value: 2}, c: {value: 3, enumerable: true}});",        "",
     R"({"c":3})"                                                                                                                                                                                                      },
    {"return (async () => 1)();",                                                              "",                                       "{}"                                                                          },
    {"return [1, , 3];",                                                                       "",                                       "[1,null,3]"                                                                  },
    {"return '\\u0416\\ud83d\\ude00\\0';",                                                     "",                                       "\"\xD0\x96\xF0\x9F\x98\x80\\u0000\""                                         },
    {"return msg.length;",                                                                     "{\"msg\":\"\xD0\x96\xF0\x9F\x98\x80\"}", "3"                                                                           },
    {"return msg.__proto__.a;",                                                                R"({"msg":{"__proto__":{"a":5}}})",       "5"                                                                           },
    {"return [msg[0], msg.length, typeof msg];",                                               R"({"msg":[3,4]})",                       R"([3,2,"object"])"                                                           },
    {"return msg['0'] + msg.x;",                                                               R"({"msg":{"0":1,"x":2}})",               "3"                                                                           },
    {"for (i = 0; i < 3; i++) { } return i;",                                                  "",                                       "3"                                                                           },
    {"return 1 // the last line is a remark",                                                  "",                                       "1"                                                                           },
    {"function twice(x) { return 2 * x; }\nreturn twice(msg);",                                R"({"msg":4})",                           "8"                                                                           },
    {"return this === globalThis;",                                                            "",                                       "true"                                                                        },
    {"'use strict'; return this === undefined;",                                               "",                                       "true"                                                                        },
    {"return eval('1 + 1') + new Function('return 3')();",                                     "",                                       "5"                                                                           },
    {"return JSON.stringify({a: [1]});",                                                       "",                                       R"("{\"a\":[1]}")"                                                            },
    {"return (1234.5).toLocaleString('en-US');",                                               "",                                       R"("1,234.5")"                                                                },
    {"return [typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics, typeof WeakRef];", "",
     R"(["undefined","undefined","undefined","undefined"])"                                                                                                                                                            },
    {"return [typeof print, typeof load, typeof console, typeof require, typeof process, typeof "
     "setTimeout];",                                                                      "",                                       R"(["undefined","undefined","undefined","undefined","undefined","undefined"])"},
};

TEST(JavaScript, AnswersAreThoseOfJsonStringify) {
    for (const Gives& row : answers)
        EXPECT_EQ(outcome(row.script, row.inputs), row.expected) << row.script;
}

constexpr Gives errors[] = {
    {"return msg.a.b;",                                              R"({"msg":{}})",
     "error: invalid_argument: TypeError: msg.a is undefined\n[Line: 1, Column: 1]"                                                                             },
    {"var x = 1;\n\n  return nothing;",                              "",
     "error: invalid_argument: ReferenceError: nothing is not defined\n[Line: 3, Column: 3]"                                                                    },
    {"var x = 1;\nreturn x +;",                                      "",
     "error: malformed: SyntaxError: expected expression, got ';'\n[Line: 2, Column: 11]"                                                                       },
    {"return 1;\n}",                                                 "",              "error: malformed: SyntaxError: "                                         },
    {"}); evil(); (function() {",                                    "",              "error: malformed: SyntaxError: "                                         },
    {"throw new Error('mine');",                                     "",              "error: invalid_argument: Error: mine\n[Line: 1, Column: 7]"              },
    {"\nthrow 'text';",                                              "",              "error: invalid_argument: uncaught exception: text"                       },
    {"throw {a: 1};",                                                "",              "error: invalid_argument: uncaught exception: Object"                     },
    {"throw null;",                                                  "",              "error: invalid_argument: uncaught exception: null"                       },
    {"\n\neval('\\n\\n\\n\\nnothing');",                             "",
     "error: invalid_argument: ReferenceError: nothing is not defined\n[Line: 3]"                                                                               },
    {"var a = {}; a.a = a; return a;",                               "",              "error: invalid_argument: Error: cyclic object value"                     },
    {"return 1n;",                                                   "",              "error: invalid_argument: Error: BigInt value can't be serialized in JSON"},
    {"return {get a() {\nreturn b; }};",                             "",
     "error: invalid_argument: ReferenceError: b is not defined\n[Line: 2, Column: 1]"                                                                          },
    {"import('fs'); return 1;",                                      "",              "1"                                                                       },
    {"var a = []; for (var i = 0; i < 100; i++) a = [a]; return a;", "",
     "error: invalid_argument: Error: result is nested deeper than 64"                                                                                          },
};

TEST(JavaScript, ErrorsNameTheLineOfTheScript) {
    for (const Gives& row : errors) {
        const std::string got = outcome(row.script, row.inputs);
        EXPECT_TRUE(got.starts_with(row.expected)) << row.script << " gave " << got;
    }
}

TEST(JavaScript, SizesAreLimited) {
    EXPECT_EQ(outcome(std::string(50'001, ' ') + "return 1;"),
              "error: too_large: Script body exceeds maximum allowed size of 50000 symbols");
    EXPECT_EQ(outcome("return 1;", "{\"msg\":\"" + std::string(100'000, 'x') + "\"}"),
              "error: too_large: Script input arguments exceed maximum allowed total args size of "
              "100000 symbols");
    for (const char* script :
         {"return 'x'.repeat(300001);", "return new Array(1000000000);",
          "return new Array(200000).fill(7);",
          "for (var o = {}, i = 0; i < 50000; i++) o['key' + i] = 1; return o;"})
        EXPECT_EQ(outcome(script),
                  "error: too_large: Script invocation result exceeds maximum allowed size of "
                  "300000 symbols")
            << script;
}

TEST(JavaScript, InputsAreMetadataTextsAndSeries) {
    JsEngine engine;
    const auto context = engine.make_context();
    model::Metadata metadata;
    metadata.put("deviceName", "T1");
    const json::value number = 7;
    const RollingArgument series{
        .start_ts = 1, .end_ts = 9, .values = {{2, 1.5}, {3, 2.5}}
    };
    const ArgumentsContext arguments{
        .latest_ts = 5, .args = {{"a", SingleArgument{.ts = 4, .value = &number}}, {"r", &series}}
    };
    const std::vector<std::string> names{"metadata", "type", "series", "ctx"};
    const auto script = engine.compile(
        "return [metadata.deviceName, type, series.timeWindow.endTs, series.values[1].value, "
        "ctx.latestTs, ctx.args.a.ts, ctx.args.a.value, ctx.args.r.values.length];",
        names);
    ASSERT_TRUE(script);
    const std::vector<Input> inputs{&metadata, std::string_view("T"), &series, &arguments};
    const auto result = context->run(**script, inputs);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(*result, (json::value{"T1", "T", 9, 2.5, 5, 4, 7, 2}));
    EXPECT_EQ(context->run(**script, {}).error().message, "The script takes 4 arguments");
}

}  // namespace
}  // namespace thingstead::script::js
