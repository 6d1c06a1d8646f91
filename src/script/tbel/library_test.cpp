// Collections, Java's classes and helper functions: what is not among the golden pairs.
#include <gtest/gtest.h>

#include "script/tbel/tbel_testing.h"

namespace thingstead::script::tbel {
namespace {

struct LibraryRow {
    std::string_view script, expected;
};

void expect_rows(std::span<const LibraryRow> rows) {
    for (const LibraryRow& row : rows) EXPECT_EQ(outcome(row.script), row.expected) << row.script;
}

TEST(Library, Lists) {
    constexpr LibraryRow rows[] = {
        {"var a=[1,2]; a.add(1, 9); a",                                      "[1,9,2]"          },
        {"var a=[1,2]; a.addAll(0, [7,8]); a",                               "[7,8,1,2]"        },
        {"var a=[1,2,3]; a.removeAll([1,3]); a",                             "[2]"              },
        {"var a=[1,2,3]; a.retainAll([1,3]); a",                             "[1,3]"            },
        {"[1,2,3,4].subList(1,3)",                                           "[2,3]"            },
        {"var a=[1,2]; a.set(0, 5)",                                         "1"                },
        {"var a=[1,2]; a.unshift([3]); a",                                   "[[3],1,2]"        },
        {"var a=[1,2]; a.shift() + a.size()",                                "2"                },
        {"[].pop()",                                                         "null"             },
        {"var a=[3,1,2]; a.sort(false); a",                                  "[3,2,1]"          },
        {"[1,2,3].toReversed()",                                             "[3,2,1]"          },
        {"[1,2].concat([3])",                                                "[1,2,3]"          },
        {"[1,2,3].fill(0, 1)",                                               "[1,0,0]"          },
        {"[1,2,3].toSpliced(0, 1, \"a\", \"b\")",                            "[\"a\",\"b\",2,3]"},
        {"[1,\"2\",3.5].validateClazzInArrayIsOnlyNumber()",                 "true"             },
        {"[1,\"x\"].validateClazzInArrayIsOnlyNumber()",                     "false"            },
        {"hexToBytes(\"7F\").contains(127)",                                 "false"            },
        {"var it = 0; foreach (x : [1,2].toUnmodifiable()) { it += x; } it", "3"                },
        {"[1,2,3].containsAll([1,3])",                                       "true"             },
        {"[1,2] == [1,2].clone()",                                           "true"             },
    };
    expect_rows(rows);
}

TEST(Library, MapsAndSets) {
    constexpr LibraryRow rows[] = {
        {"var m={a:1}; m.put(\"a\", null); m.size()",                                             "0"                        },
        {"var m={a:1}; m.put(\"a\", 2)",                                                          "1"                        },
        {"{a:1}.getOrDefault(\"b\", 7)",                                                          "7"                        },
        {"var m={a:1}; m.putIfAbsent(\"b\", 2); m.putAll({c:3}); m.values()",                     "[1,2,3]"                  },
        {"var m={a:1}; m.replace(\"a\", 1, 5); m",                                                "{\"a\":5}"                },
        {"{a:1}.containsValue(1)",                                                                "true"                     },
        {"{b:1,a:2}.toSorted()",                                                                  "{\"a\":2,\"b\":1}"        },
        {"{b:2,a:1}.toSortedByValue()",                                                           "{\"a\":1,\"b\":2}"        },
        {"var m={a:1,b:2}; m.invert(); m",                                                        "{\"1\":\"a\",\"2\":\"b\"}"},
        {"{a:1}.entrySet().size()",                                                               "1"                        },
        {"{1:\"a\"}.get(1)",                                                                      "\"a\""                    },
        {"var m={}; for (var i=0;i<50;i++) { m[\"k\"+i]=i; } m.remove(\"k7\"); m.k49 + m.size()",
         "98"                                                                                                                },
        {"var m={}; for (var i=0;i<50;i++) { m[i]=i; } m.remove(7); m.get(7) == null && m[49] == "
         "49",                                                                           "true"                     },
        {"toSet([3,1]).toSorted()",                                                               "[1,3]"                    },
        {"var s=newSet(); s.add(1); s.addAll([1,2]); s.remove(1); s.toList()",                    "[2]"                      },
        {"toSet([1]).contains(1)",                                                                "true"                     },
    };
    expect_rows(rows);
}

TEST(Library, JavaClasses) {
    constexpr LibraryRow rows[] = {
        {"\"a1b22\".split(\"[0-9]+\")",          "[\"a\",\"b\"]"       },
        {"\"a.b.c\".split(\"\\\\.\", 2)",        "[\"a\",\"b.c\"]"     },
        {"\"aXbX\".replaceFirst(\"X\", \"-\")",  "\"a-bX\""            },
        {"\"größe\".toUpperCase()",              "\"GRÖSSE\""          },
        {"\"größe\".charAt(2)",                  "\"ö\" Character"     },
        {"\"größe\".substring(2, 3)",            "\"ö\""               },
        {"\" a \".trim() + \"|\"",               "\"a|\""              },
        {"\"abc\".hashCode()",                   "96354"               },
        {"String.join(\"-\", [\"a\",\"b\"])",    "\"a-b\""             },
        {"String.valueOf(1.0)",                  "\"1.0\""             },
        {"new String(\"hi\".getBytes())",        "\"hi\""              },
        {"Integer.parseInt(\"ff\", 16)",         "255"                 },
        {"Integer.toBinaryString(5)",            "\"101\""             },
        {"Long.toHexString(-1L)",                "\"ffffffffffffffff\""},
        {"Double.isNaN(0.0/0)",                  "true"                },
        {"Float.intBitsToFloat(1069547520)",     "1.5 F"               },
        {"Byte.toUnsignedInt((byte) -1)",        "255"                 },
        {"Character.isDigit(\"5\".charAt(0))",   "true"                },
        {"Math.max(1, 2.5)",                     "2"                   },
        {"Math.max(2.5, 1.5)",                   "2.5 D"               },
        {"Math.abs(-2.7)",                       "2.7 D"               },
        {"Math.round(-2.5)",                     "-2 L"                },
        {"Math.floorMod(-7, 3)",                 "2"                   },
        {"Math.PI > 3.14",                       "true"                },
        {"new Random(42).nextInt()",             "-1170105035"         },
        {"Math.random() != Math.random()",       "true"                },
        {"java.util.Arrays.asList(1, 2)",        "[1,2]"               },
        {"java.util.Collections.max([1, 5, 3])", "5"                   },
        {"(5).toString() + 7.intValue()",        "\"57\""              },
        {"3.7.intValue()",                       "3"                   },
    };
    expect_rows(rows);
}

TEST(Library, HelpersJsonAndDates) {
    constexpr LibraryRow rows[] = {
        {"parseInt(5)",                                                                       "5"                                      },
        {"parseInt(null)",                                                                    "null"                                   },
        {"parseBytesToFloat(hexToBytes(\"3FC00000\"))",                                       "1.5 F"                                  },
        {"toFixed(5, 2)",                                                                     "5.0 F"                                  },
        {"bytesToBase64([84, 66])",                                                           "\"VEI=\""                               },
        {"base64ToBytesList(\"VEI=\")",                                                       "[84,66]"                                },
        {"base64ToBytes(\"VEI=\").length",                                                    "2"                                      },
        {"stringToBytes({s:\"TB\"}.s)",                                                       "[84,66]"                                },
        {"decodeToJson([123, 125])",                                                          "{}"                                     },
        {"padEnd(\"7\", 3, \"0\")",                                                           "\"700\""                                },
        {"isMap({}) && isList([]) && isSet(newSet()) && isArray(new int[1]) && !isArray([])",
         "true"                                                                                                                        },
        {"toFlatMap({a:1,b:{c:2,a:3}}, [\"a\"])",                                             "{\"b.c\":2}"                            },
        {"JSON.stringify(null)",                                                              "\"null\""                               },
        {"JSON.stringify(1.0E20)",                                                            "\"1.0E20\""                             },
        {"JSON.stringify({a:\"x\\\"y\\n\"})",                                                 "\"{\\\"a\\\":\\\"x\\\\\\\"y\\\\n\\\"}\""},
        {"JSON.parse(\"[1, 3000000000, 18446744073709551615, null]\")",
         "[1,3000000000,18446744073709551615,null]"                                                                                    },
        {"JSON.parse(\"5\")",                                                                 "5"                                      },
        {"isInsideCircle(50.0, 30.0, \"{\\\"latitude\\\":51.0,\\\"longitude\\\":30.0,"
         "\\\"radius\\\":5}\")",                                                     "false"                                  },
        {"new Date(1691294645123L).toISOString()",                                            "\"2023-08-06T04:04:05.123Z\""           },
        {"new Date(1691294645000L).fullYear",                                                 "2023"                                   },
        {"var d = new Date(0); d.addDays(31); d.getMonth()",                                  "2"                                      },
        {"var d = new Date(0); d.setUTCHours(5, 6); d.toISOString()",                         "\"1970-01-01T05:06:00Z\""               },
        {"new Date(0) == new Date(0)",                                                        "false"                                  },
    };
    expect_rows(rows);
    EXPECT_NE(outcome("JSON.parse(\"{\")").find("error"), std::string::npos);
    EXPECT_NE(outcome("parseDouble(\"\")").find("error"), std::string::npos);
    EXPECT_NE(outcome("raiseError(\"bad unit\")").find("bad unit"), std::string::npos);
}

}  // namespace
}  // namespace thingstead::script::tbel
