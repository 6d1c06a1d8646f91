#include "api/rest/router.h"

#include <gtest/gtest.h>

#include "api/rest/json_text.h"
#include "api/rest/status.h"
#include "net/http.h"

namespace thingstead::api {
namespace {

using enum net::Method;

constexpr Route row(net::Method method, std::string_view pattern, std::string_view summary,
                    std::string_view selected_by = {}) {
    return {.method = method,
            .pattern = pattern,
            .allowed = allow::users,
            .handler = nullptr,
            .summary = summary,
            .selected_by = selected_by};
}

constexpr Route routes[] = {
    row(get, "/a/{id}", "one"),
    row(get, "/a/list", "list"),
    row(post, "/a/{id}/{scope}", "write"),
    row(del, "/a/list/all", "clear"),
    row(get, "/b", "page"),
    row(get, "/b", "by name", "name"),
    row(get, "/b", "by name and type", "name,type"),
    row(get, "/c", "selected only", "key"),
};
constexpr Resource resource{"test", "", routes};
constexpr const Resource* resources[] = {&resource};

struct Finds {
    net::Method method;
    const char *path, *query, *summary;
    std::vector<std::string> variables;
};

TEST(Router, PrefersLiteralSegmentsAndRowsThatNameMoreParameters) {
    const Router router(resources);
    const Finds rows[] = {
        {get,  "/a/7",        "",              "one",              {"7"}          },
        {get,  "/a/list",     "",              "list",             {}             },
        {post, "/a/7/s",      "",              "write",            {"7", "s"}     },
        {post, "/a/list/all", "",              "write",            {"list", "all"}}, // The literal path has no POST.
        {del,  "/a/list/all", "",              "clear",            {}             },
        {get,  "/b",          "",              "page",             {}             },
        {get,  "/b",          "type=x",        "page",             {}             },
        {get,  "/b",          "name=",         "by name",          {}             },
        {get,  "/b",          "type=x&name=y", "by name and type", {}             },
    };
    for (const Finds& each : rows) {
        SCOPED_TRACE(std::string(each.path) + "?" + each.query);
        const RouteMatch match = router.find(each.method, each.path, net::Query::parse(each.query));
        ASSERT_NE(match.route, nullptr);
        EXPECT_EQ(match.route->summary, each.summary);
        EXPECT_EQ(match.variables, each.variables);
    }
}

TEST(Router, SaysWhyThereIsNoRoute) {
    const Router router(resources);
    const struct {
        net::Method method;
        const char* path;
        NoRoute why;
    } rows[] = {
        {get, "/",        NoRoute::path      },
        {get, "",         NoRoute::path      },
        {get, "/a",       NoRoute::path      },
        {get, "/a/",      NoRoute::path      },
        {get, "/a/7/s/t", NoRoute::path      },
        {put, "/a/7",     NoRoute::method    },
        {get, "/c",       NoRoute::parameters},
        {get, "a/7",      NoRoute::path      },
    };
    for (const auto& each : rows) {
        SCOPED_TRACE(each.path);
        const RouteMatch match = router.find(each.method, each.path, net::Query());
        EXPECT_EQ(match.route, nullptr);
        EXPECT_EQ(match.why, each.why);
    }
    EXPECT_EQ(router.find(put, "/a/list/all", net::Query()).allowed_methods, "DELETE, POST");
}

TEST(RestStatus, EveryCodeHasItsStatusAndNumber) {
    const struct {
        ErrorCode code;
        int http, number;
    } rows[] = {
        {ErrorCode::malformed,        400, 31},
        {ErrorCode::invalid_argument, 400, 31},
        {ErrorCode::unauthenticated,  401, 10},
        {ErrorCode::expired,          401, 11},
        {ErrorCode::forbidden,        403, 20},
        {ErrorCode::not_found,        404, 32},
        {ErrorCode::conflict,         409, 35},
        {ErrorCode::too_large,        413, 31},
        {ErrorCode::rate_limited,     429, 33},
        {ErrorCode::timeout,          500, 2 },
        {ErrorCode::unavailable,      503, 2 },
        {ErrorCode::unsupported,      400, 31},
        {ErrorCode::internal,         500, 2 },
    };
    for (const auto& row : rows) {
        const RestStatus status = rest_status(row.code);
        EXPECT_EQ(status.http, row.http) << to_string(row.code);
        EXPECT_EQ(static_cast<int>(status.code), row.number) << to_string(row.code);
    }
    EXPECT_EQ(error_document(Error{ErrorCode::not_found, "no \"x\"", "secret"}, 7).body,
              R"({"status":404,"message":"no \"x\"","errorCode":32,"timestamp":7})");
    EXPECT_EQ(error_text(Error{ErrorCode::internal, "why"}).body, "");
}

TEST(JsonText, WritesDocumentsWithTheNumbersOfTheInterface) {
    const json::value value = {
        {"d", 42.0         },
        {"e", 1e10         },
        {"i", -7           },
        {"n", nullptr      },
        {"a", {true, "x\n"}}
    };
    EXPECT_EQ(text_of(value), R"({"d":42.0,"e":1.0E10,"i":-7,"n":null,"a":[true,"x\n"]})");
    store::Page<std::string> page{
        {"a", "b"},
        5, 3, true
    };
    EXPECT_EQ(page_text(page),
              R"({"data":["a","b"],"totalPages":3,"totalElements":5,"hasNext":true})");
}

}  // namespace
}  // namespace thingstead::api
