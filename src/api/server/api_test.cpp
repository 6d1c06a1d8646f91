// What is the same for every route: who may call, which answer when nobody may, headers, limits.
#include "api/server/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "api/server/api_testing.h"

namespace thingstead::api {
namespace {

using model::Authority;
using testing::HasSubstr;

constexpr Authority authorities[] = {Authority::sys_admin, Authority::tenant_admin,
                                     Authority::customer_user};

/// A path of the route that names nothing there is, with the parameters that select the row.
std::string target_of(const Route& route) {
    std::string target;
    bool inside = false;
    for (const char c : route.pattern) {
        if (c == '{') target += "b2e4cd40-6b13-11ee-8c99-0242ac120002";
        inside = c == '{' || (inside && c != '}');
        if (!inside && c != '}') target += c;
    }
    std::string separator = "?";
    for_each_part(route.selected_by, [&](std::string_view name) {
        target += separator + std::string(name) + "=1";
        separator = "&";
    });
    return target;
}

class ApiRoutes : public testing::Test {
  protected:
    void expect_error(const TestReply& reply, int status, int code) {
        EXPECT_EQ(reply.status, status) << reply.body;
        EXPECT_EQ(reply.content_type, "application/json");
        const json::value error = reply.json();
        ASSERT_TRUE(error.is_object());
        EXPECT_EQ(error.at("status").as_int64(), status);
        EXPECT_EQ(error.at("errorCode").as_int64(), code);
    }

    TestApi api;
};

TEST_F(ApiRoutes, EveryRowAdmitsItsAuthoritiesAndNobodyElse) {
    std::size_t rows = 0;
    for (const Resource* resource : all_resources())
        for (const Route& route : resource->routes) {
            const std::string target = target_of(route);
            const std::string method(to_string(route.method));
            SCOPED_TRACE(method + " " + target);
            ++rows;
            const TestReply anonymous = api.call(method, target, {}, "{}");
            if (route.allowed.open()) {
                EXPECT_NE(anonymous.status, 403);
                continue;
            }
            expect_error(anonymous, 401, 10);
            for (const Authority authority : authorities) {
                SCOPED_TRACE(enum_name(authority));
                const TestReply reply = api.call(method, target, api.token(authority), "{}");
                if (target == "/api/auth/logout") api.forget_tokens();
                if (route.allowed.contains(authority))
                    EXPECT_NE(reply.status, 401) << reply.body;
                else
                    expect_error(reply, 403, 20);
            }
        }
    EXPECT_GT(rows, 30u);
}

TEST_F(ApiRoutes, WhatNobodyServesNeedsATokenToo) {
    const std::string& token = api.token(Authority::tenant_admin);
    expect_error(api.get("/api/nothing", {}), 401, 10);
    expect_error(api.get("/api/nothing", token), 404, 32);
    expect_error(api.get("/api/device/", token), 404, 32);
    const TestReply wrong = api.call("PUT", "/api/device", token);
    expect_error(wrong, 405, 31);
    EXPECT_EQ(wrong.header("Allow"), "POST");
    EXPECT_THAT(wrong.body, HasSubstr("Request method 'PUT' is not supported"));
}

TEST_F(ApiRoutes, BodiesOfAnotherMediaTypeAreRefused) {
    const std::string& token = api.token(Authority::tenant_admin);
    const auto post = [&](const char* type) {
        return api.call("POST", "/api/device", token, R"({"name":"d"})",
                        {
                            {"Content-Type", type}
        });
    };
    expect_error(post("text/plain"), 415, 31);
    expect_error(post("application/x-www-form-urlencoded"), 415, 31);
    EXPECT_EQ(post("application/json;charset=UTF-8").status, 200);
}

TEST_F(ApiRoutes, CredentialsComeInEitherHeader) {
    const std::string token = api.token(Authority::tenant_admin);
    std::string forged = token;  // With another signature.
    char& signed_by = forged[forged.rfind('.') + 1];
    signed_by = signed_by == 'A' ? 'B' : 'A';
    const struct {
        const char* name;
        std::string value;
        int status, code;
        const char* message;
    } rows[] = {
        {"Authorization",   "Bearer " + token,  200, 0,  ""                            },
        {"x-authorization", "Bearer " + token,  200, 0,  ""                            },
        {"X-Authorization", "bearer " + token,  401, 10, "Authentication failed"       },
        {"X-Authorization", "Bearer ",          401, 10, "Authentication failed"       },
        {"X-Authorization", "Basic dTpw",       401, 10, "Authentication failed"       },
        {"X-Authorization", "Bearer nonsense",  401, 10, "Invalid username or password"},
        {"X-Authorization", "ApiKey tb_1",      401, 10, "Invalid username or password"},
        {"X-Authorization", "Bearer " + forged, 401, 11, "Token has expired"           },
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.value.substr(0, 20));
        const TestReply reply = api.call("GET", "/api/auth/user",
                                         {
        },
                                         {}, {{row.name, row.value}});
        EXPECT_EQ(reply.status, row.status) << reply.body;
        if (row.status == 200) continue;
        expect_error(reply, row.status, row.code);
        EXPECT_THAT(reply.body, HasSubstr(row.message));
    }
}

TEST_F(ApiRoutes, WhatIsNoTextIsRefused) {
    for (const char* target : {"/api/auth/user?a=%ED%A0%80", "/api/%ff"}) {
        const TestReply reply = api.get(target, api.token(Authority::sys_admin));
        expect_error(reply, 400, 31);
        EXPECT_THAT(reply.body, HasSubstr("is not UTF-8"));
    }
}

TEST_F(ApiRoutes, AnswersForbidCachesAndSniffing) {
    const TestReply reply = api.get("/api/auth/user", {});
    EXPECT_EQ(reply.header("Cache-Control"), "no-cache, no-store, max-age=0, must-revalidate");
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(reply.header("Referrer-Policy"), "strict-origin-when-cross-origin");
    EXPECT_EQ(reply.header("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "");
}

TEST_F(ApiRoutes, PagesOfOtherOriginsMayCall) {
    const net::Headers asked{
        {"Origin",                         "http://a.example"       },
        {"Access-Control-Request-Method",  "DELETE"                 },
        {"Access-Control-Request-Headers", "x-authorization, x-else"},
    };
    const TestReply preflight = api.call("OPTIONS", "/api/device/x", {}, {}, asked);
    EXPECT_EQ(preflight.status, 200);
    EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), "DELETE");
    EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"), "x-authorization, x-else");
    EXPECT_EQ(preflight.header("Access-Control-Max-Age"), "1800");
    const TestReply reply = api.call("GET", "/api/auth/user",
                                     {
    },
                                     {}, {{"Origin", "http://a.example"}});
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "*");
}

TEST_F(ApiRoutes, TooLargeABodyIsADocumentToo) {
    const std::size_t limit = api.api().body_bytes_max({});
    EXPECT_EQ(limit, 16'777'216u);
    const net::Reply reply = api.api().payload_too_large({}, limit);
    EXPECT_EQ(reply.status, 413);
    EXPECT_THAT(reply.body, HasSubstr("Payload size exceeds the limit of 16777216 bytes"));
    EXPECT_THAT(reply.body, HasSubstr(R"("errorCode":31)"));
    EXPECT_THAT(api.api().error_reply(400, {}, "bad request").body,
                HasSubstr(R"("status":400,"message":"bad request","errorCode":31)"));
}

TEST_F(ApiRoutes, ServesEverythingUnderApiButTheDevicesOwnPaths) {
    EXPECT_TRUE(Api::serves("/api/device"));
    EXPECT_TRUE(Api::serves("/v3/api-docs"));
    EXPECT_TRUE(Api::serves("/swagger-ui/"));
    EXPECT_TRUE(Api::serves("/oauth2/authorization/id"));
    EXPECT_TRUE(Api::serves("/login/oauth2/code/"));
    EXPECT_FALSE(Api::serves("/login"));
    EXPECT_FALSE(Api::serves("/api/v1/TOKEN/telemetry"));
    EXPECT_FALSE(Api::serves("/apix"));
    net::Request head;
    for (const char* path : {"/api/ws", "/api/ws/plugins/telemetry", "/api/ws/other"}) {
        head.path = path;
        EXPECT_TRUE(api.api().wants_websocket(head)) << path;
    }
    head.path = "/api/wsx";
    EXPECT_FALSE(api.api().wants_websocket(head));
}

TEST_F(ApiRoutes, LogInAnswersTokensThatOpenTheDoor) {
    const TestReply reply =
        api.post("/api/auth/login", {}, R"({"username":"tenant@example.org","password":"secret"})");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json::value pair = reply.json();
    EXPECT_EQ(pair.as_object().size(), 2u);
    const std::string token(pair.at("token").as_string());
    const TestReply user = api.get("/api/auth/user", token);
    EXPECT_THAT(user.body, HasSubstr(R"("email":"tenant@example.org")"));
    EXPECT_THAT(user.body, HasSubstr(R"("name":"tenant@example.org")"));
    EXPECT_THAT(user.body, HasSubstr(R"("authority":"TENANT_ADMIN")"));

    const TestReply fresh = api.post("/api/auth/token", {}, reply.body);
    ASSERT_EQ(fresh.status, 200) << fresh.body;
    EXPECT_EQ(api.get("/api/auth/user", fresh.json().at("token").as_string()).status, 200);
    expect_error(api.get("/api/auth/user", pair.at("refreshToken").as_string()), 401, 10);
    const TestReply out = api.post("/api/auth/logout", token, "");
    EXPECT_EQ(out.status, 200);
    EXPECT_EQ(out.body, "");
}

TEST_F(ApiRoutes, LogInRefusesWithTheTextsOfTheInterface) {
    const std::pair<const char*, const char*> rows[] = {
        {R"({"username":"tenant@example.org","password":"wrong"})",    "Invalid username or password"},
        {R"({"username":"nobody@example.org","password":"secret"})",
         "Invalid username or password"                                                              },
        {R"({"username":"disabled@example.org","password":"secret"})",
         "User account is not active"                                                                },
        {R"({"username":"","password":"secret"})",                     "Authentication failed"       },
        {R"({"username":["x"],"password":"secret"})",                  "Authentication failed"       },
        {"not json",                                                   "Authentication failed"       },
        {"",                                                           "Authentication failed"       },
    };
    for (const auto& [body, message] : rows) {
        SCOPED_TRACE(body);
        const TestReply reply = api.post("/api/auth/login", {}, body);
        expect_error(reply, 401, 10);
        EXPECT_THAT(reply.body, HasSubstr(message));
    }
    expect_error(api.post("/api/auth/token", {}, R"({"refreshToken":"x"})"), 401, 10);
}

TEST_F(ApiRoutes, TheDocumentNamesEveryPathOfTheTables) {
    const json::value document = api.get("/v3/api-docs", {}).json();
    const json::object& paths = document.at("paths").as_object();
    for (const Resource* resource : all_resources())
        for (const Route& route : resource->routes) {
            if (route.hidden) continue;
            ASSERT_TRUE(paths.contains(route.pattern)) << route.pattern;
            std::string method(to_string(route.method));
            std::transform(method.begin(), method.end(), method.begin(), ::tolower);
            EXPECT_TRUE(paths.at(route.pattern).as_object().contains(method)) << route.pattern;
        }
    EXPECT_TRUE(document.at("components").at("schemas").as_object().contains("Device"));
}

TEST_F(ApiRoutes, APageShowsTheDocumentAndLoadsNothingFromElsewhere) {
    const TestReply page = api.get("/swagger-ui/", {});
    ASSERT_EQ(page.status, 200);
    EXPECT_THAT(page.body, HasSubstr("src=\"/swagger-ui/page.js\""));
    EXPECT_EQ(page.body.find("://"), std::string::npos);
    EXPECT_THAT(api.get("/swagger-ui/page.js", {}).body, HasSubstr("/v3/api-docs"));
    EXPECT_EQ(api.get("/swagger-ui/page.css", {}).status, 200);
    expect_error(api.get("/swagger-ui/other.js", {}), 401, 10);
}

TEST_F(ApiRoutes, ProfilesAreReadWholeAndInShort) {
    const std::string& token = api.token(Authority::tenant_admin);
    const TestReply info = api.get("/api/deviceProfileInfo/default", token);
    ASSERT_EQ(info.status, 200) << info.body;
    const std::string id(info.json().at("id").at("id").as_string());
    EXPECT_EQ(api.get("/api/deviceProfileInfo/" + id, token).body, info.body);
    const json::value whole = api.get("/api/deviceProfile/" + id, token).json();
    EXPECT_EQ(whole.at("name").as_string(), "default");
    EXPECT_TRUE(whole.at("default").as_bool());
    for (const char* list : {"/api/deviceProfiles", "/api/deviceProfileInfos"}) {
        const json::value page = api.get(std::string(list) + "?pageSize=5&page=0", token).json();
        EXPECT_EQ(page.at("totalElements").as_int64(), 1) << list;
    }
    expect_error(api.get("/api/deviceProfile/" + api.customer.to_string(), token), 404, 32);
}

}  // namespace
}  // namespace thingstead::api
