#include "rule/json_path/json_path.h"

#include <gtest/gtest.h>

namespace thingstead::rule {
namespace {

constexpr std::string_view store = R"({
  "store": {
    "book": [
      {"category": "reference", "author": "Rees", "title": "Sayings", "price": 8.95},
      {"category": "fiction", "author": "Waugh", "title": "Sword", "price": 12.99},
      {"category": "fiction", "author": "Melville", "title": "Moby", "isbn": "0-553", "price": 8},
      {"category": "fiction", "author": "Tolkien", "title": "Lord", "isbn": null, "price": 22.99}
    ],
    "bicycle": {"color": "red", "price": 19.95}
  },
  "a.b": 1, "limit": 10, "list": [1, 2, 3, 4], "empty": []
})";

struct Case {
    const char* path;
    const char* value;  ///< Null: it leads nowhere.
};
const Case cases[] = {
    {"$.limit",                                                          "10"                                      },
    {"limit",                                                            "10"                                      },
    {"$['a.b']",                                                         "1"                                       },
    {"$[\"limit\"]",                                                     "10"                                      },
    {"$.store.bicycle",                                                  R"({"color":"red","price":19.95})"        },
    {"$.store.book[0].title",                                            R"("Sayings")"                            },
    {"$.store.book[-1].title",                                           R"("Lord")"                               },
    {"$.store.book[3].isbn",                                             "null"                                    },
    {"$.list[1:3]",                                                      "[2,3]"                                   },
    {"$.list[-2:]",                                                      "[3,4]"                                   },
    {"$.list[:2]",                                                       "[1,2]"                                   },
    {"$.list[2:100]",                                                    "[3,4]"                                   },
    {"$.list[3:1]",                                                      "[]"                                      },
    {"$.list[0, 2, 9]",                                                  "[1,3]"                                   },
    {"$.list[*]",                                                        "[1,2,3,4]"                               },
    {"$.store.bicycle.*",                                                R"(["red",19.95])"                        },
    {"$..price",                                                         "[8.95,12.99,8,22.99,19.95]"              },
    {"$.store..author",                                                  R"(["Rees","Waugh","Melville","Tolkien"])"},
    {"$..book[0].author",                                                R"(["Rees"])"                             },
    {"$.store.book[*].isbn",                                             R"(["0-553",null])"                       },
    {"$['limit','a.b','none']",                                          R"({"limit":10,"a.b":1})"                 },
    {"$.store.book[?(@.isbn)].title",                                    R"(["Moby","Lord"])"                      },
    {"$.store.book[?(!@.isbn)].title",                                   R"(["Sayings","Sword"])"                  },
    {"$.store.book[?(@.price < 10)].price",                              "[8.95,8]"                                },
    {"$.store.book[?(@.price <= $.limit)].price",                        "[8.95,8]"                                },
    {"$.store.book[?(@.price > 8 && @.category == 'fiction')].title",    R"(["Sword","Lord"])"                     },
    {"$.store.book[?(@.price >= 22.99 || @.author=='Rees')].title",      R"(["Sayings","Lord"])"                   },
    {"$.store.book[?(@.price == 8.0)].title",                            R"(["Moby"])"                             },
    {"$.store.book[?(@.category != 'fiction')].title",                   R"(["Sayings"])"                          },
    {"$.store.book[?(@.isbn != 'x')].title",                             R"(["Sayings","Sword","Moby","Lord"])"    },
    {"$.store.book[?(@.isbn == null)].title",                            R"(["Lord"])"                             },
    {"$.store.book[?(@.author =~ /M.*/)].title",                         R"(["Moby"])"                             },
    {"$.store.book[?(@.author =~ /tol.*/i)].title",                      R"(["Lord"])"                             },
    {"$.store.book[?(@.author in ['Rees', \"Waugh\"])].title",           R"(["Sayings","Sword"])"                  },
    {"$.store.book[?(@.category nin ['fiction'])].title",                R"(["Sayings"])"                          },
    {"$.store.book[?(@.author size 4)].title",                           R"(["Sayings"])"                          },
    {"$.store.book[?((@.price > 20 || @.price < 8.5) && @.isbn)].title", R"(["Moby","Lord"])"                      },
    {"$..[?(@.color)].color",                                            R"(["red"])"                              },
    {"$.list[?(@ > 2)]",                                                 "[3,4]"                                   },
    {"$.store.bicycle[?(@.color == 'red')].price",                       "[19.95]"                                 },
    {"$.store.book.length()",                                            "4"                                       },
    {"$.store.book[?(@.price > 100)].length()",                          "0"                                       },
    {"$.list.sum()",                                                     "10.0"                                    },
    {"$.list.min()",                                                     "1.0"                                     },
    {"$.list.max()",                                                     "4.0"                                     },
    {"$.list.avg()",                                                     "2.5"                                     },
    {"$.list.first()",                                                   "1"                                       },
    {"$.list.last()",                                                    "4"                                       },
    {"$.store.bicycle.keys()",                                           R"(["color","price"])"                    },
    {"$.store.book[*].none",                                             "[]"                                      },
    {"$.store.book[*].none.deeper",                                      "[]"                                      },
    {"$..none",                                                          "[]"                                      },
    {"$.none",                                                           nullptr                                   },
    {"$.none[*]",                                                        nullptr                                   },
    {"$.none.deeper",                                                    nullptr                                   },
    {"$.limit.deeper",                                                   nullptr                                   },
    {"$.limit[0]",                                                       nullptr                                   },
    {"$.limit[?(@.a)]",                                                  nullptr                                   },
    {"$.list[4]",                                                        nullptr                                   },
    {"$.list[-5]",                                                       nullptr                                   },
    {"$.empty.first()",                                                  nullptr                                   },
};

TEST(JsonPath, LeadsWhereEachRowSays) {
    const json::value document = parse_json(store).value();
    for (const Case& row : cases) {
        SCOPED_TRACE(row.path);
        const Result<JsonPath> path = JsonPath::parse(row.path);
        ASSERT_TRUE(path) << path.error().message;
        const Result<json::value> found = path->evaluate(document);
        if (!row.value) {
            ASSERT_FALSE(found) << json::serialize(*found);
            EXPECT_EQ(found.error().code, ErrorCode::not_found);
            continue;
        }
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(json::serialize(*found), json::serialize(parse_json(row.value).value()));
    }
}

TEST(JsonPath, RefusesWhatIsNoPath) {
    for (const char* path : {"",
                             "$.",
                             "$..",
                             "$[",
                             "$[]",
                             "$['a",
                             "$['a'",
                             "$[1",
                             "$[1,",
                             "$[?]",
                             "$[?(]",
                             "$[?()]",
                             "$[?(@.a >)]",
                             "$[?(1)]",
                             "$[?(@.a == 'x)]",
                             "$[?(@.a =~ 'x')]",
                             "$[?(@.a =~ /(/)]",
                             "$.a b",
                             "$.a.nonsense()",
                             "$.a.length(1)",
                             "$[99999999999999999999]",
                             "$[?(@.a in [1)]"}) {
        SCOPED_TRACE(path);
        const Result<JsonPath> parsed = JsonPath::parse(path);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
    }
}

TEST(JsonPath, RefusesDeepNestingAndEndsLongSearches) {
    const std::string deep =
        "$[?(" + std::string(5000, '(') + "@.a" + std::string(5000, ')') + ")]";
    EXPECT_FALSE(JsonPath::parse(deep));
    EXPECT_FALSE(JsonPath::parse("$[?(" + std::string(5000, '!') + "@.a)]"));
    json::array wide(2000, json::value(1));
    const json::value document = wide;
    const Result<json::value> found =
        JsonPath::parse("$[?($[*].length() > 0)]").value().evaluate(document);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace thingstead::rule
