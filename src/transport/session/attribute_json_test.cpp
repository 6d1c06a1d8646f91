#include "transport/session/attribute_json.h"

#include <gtest/gtest.h>

namespace thingstead::transport {
namespace {

using Keys = std::optional<std::vector<std::string>>;

struct Asks {
    const char* payload;
    Keys client, shared;
};

TEST(AttributeJson, ARequestNamesScopesAndKeys) {
    const std::vector<std::string> all;
    const Asks rows[] = {
        {R"({})",                                   all,                                all                          },
        {R"({"clientKeys":"a,b"})",                 std::vector<std::string>{"a", "b"}, std::nullopt                 },
        {R"({"sharedKeys":"c"})",                   std::nullopt,                       std::vector<std::string>{"c"}},
        {R"({"clientKeys":"a","sharedKeys":" c"})", std::vector<std::string>{"a"},
         std::vector<std::string>{" c"}                                                                              },
        {R"({"clientKeys":"","sharedKeys":null})",  all,                                all                          },
    };
    for (const Asks& row : rows) {
        SCOPED_TRACE(row.payload);
        const Result<AttributeRequest> request = parse_attribute_request(row.payload);
        ASSERT_TRUE(request);
        EXPECT_EQ(request->client_keys, row.client);
        EXPECT_EQ(request->shared_keys, row.shared);
    }
}

TEST(AttributeJson, WhatIsNotARequestIsRefused) {
    for (const char* payload : {"", "[]", "3", "{", R"({"clientKeys":3})"})
        EXPECT_FALSE(parse_attribute_request(payload)) << payload;
}

TEST(AttributeJson, AScopeWithoutHitsIsLeftOut) {
    core::DeviceView view;
    EXPECT_EQ(attribute_response(view), "{}");
    view.shared = {
        {"c", model::Value(std::string("x")), 1}
    };
    EXPECT_EQ(attribute_response(view), R"({"shared":{"c":"x"}})");
    view.client = {
        {"a", model::Value(std::int64_t{1}), 1},
        {"b", model::Value(42.0),            1}
    };
    EXPECT_EQ(attribute_response(view), R"({"client":{"a":1,"b":42.0},"shared":{"c":"x"}})");
}

TEST(AttributeJson, UpdatesAndRemovalsHaveTheirForms) {
    EXPECT_EQ(attribute_update({
                  {"k", model::Value(model::JsonText{"[1]"})}
    }),
              R"({"k":[1]})");
    EXPECT_EQ(attribute_removal({"a", "b\""}), R"({"deleted":["a","b\""]})");
}

}  // namespace
}  // namespace thingstead::transport
