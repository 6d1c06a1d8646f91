// Attributes and time series over REST.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/server/api_testing.h"

namespace thingstead::api {
namespace {

using model::Authority;
using testing::HasSubstr;

class TelemetryApi : public testing::Test {
  protected:
    TestReply read(const std::string& rest) { return api.get(entity + rest, tenant); }
    TestReply write(const std::string& rest, const std::string& body) {
        return api.post(entity + rest, tenant, body);
    }
    void expect_text(const TestReply& reply, int status, std::string_view text) {
        EXPECT_EQ(reply.status, status);
        EXPECT_THAT(reply.content_type, HasSubstr("text/plain"));
        EXPECT_EQ(reply.body, text);
    }

    TestApi api;
    const std::string tenant = api.token(Authority::tenant_admin);
    const std::string device = api.make_device("Pump");
    const std::string prefix = "/api/plugins/telemetry/";
    const std::string entity = prefix + "DEVICE/" + device;
};

TEST_F(TelemetryApi, LatestValuesAreTextsUnlessTypesAreAskedFor) {
    ASSERT_EQ(write("/timeseries/ANY",
                    R"([{"ts":1000,"values":{"t":21.0,"on":true,"n":7,"s":"a\"b","j":{"x":[1]}}},)"
                    R"({"ts":2000,"values":{"t":22.5}}])")
                  .status,
              200);
    EXPECT_EQ(read("/values/timeseries?keys=t,on,n,s,j").body,
              R"({"t":[{"ts":2000,"value":"22.5"}],"on":[{"ts":1000,"value":"true"}],)"
              R"("n":[{"ts":1000,"value":"7"}],"s":[{"ts":1000,"value":"a\"b"}],)"
              R"("j":[{"ts":1000,"value":"{\"x\":[1]}"}]})");
    EXPECT_EQ(read("/values/timeseries?key=t&key=j&useStrictDataTypes=true").body,
              R"({"t":[{"ts":2000,"value":22.5}],"j":[{"ts":1000,"value":{"x":[1]}}]})");
    EXPECT_THAT(read("/values/timeseries?keys=never").body,
                testing::MatchesRegex(R"(\{"never":\[\{"ts":[0-9]{13},"value":null\}\]\})"));
    EXPECT_EQ(read("/keys/timeseries").body, R"(["j","n","on","s","t"])");
    EXPECT_THAT(read("/values/timeseries").body, HasSubstr(R"("on":[{"ts":1000)"));
}

TEST_F(TelemetryApi, HistoryIsCutOrderedAndAggregated) {
    for (int i = 1; i <= 4; ++i)
        ASSERT_EQ(write("/timeseries/ANY/3600", R"({"ts":)" + std::to_string(i * 1000) +
                                                    R"(,"values":{"t":)" + std::to_string(i) + "}}")
                      .status,
                  200);
    const std::string range = "/values/timeseries?keys=t,none&startTs=1000&endTs=4000";
    EXPECT_EQ(read(range).body,
              R"({"t":[{"ts":3000,"value":"3"},{"ts":2000,"value":"2"},{"ts":1000,"value":"1"}]})");
    EXPECT_EQ(read(range + "&orderBy=ASC&limit=1&useStrictDataTypes=true").body,
              R"({"t":[{"ts":1000,"value":1}]})");
    EXPECT_EQ(read("/values/timeseries/history?keys=t&startTs=1000&endTs=5000&interval=2000"
                   "&agg=AVG")
                  .body,
              R"({"t":[{"ts":2000,"value":"1.5"},{"ts":4000,"value":"3.5"}]})");
    EXPECT_THAT(read(range + "&agg=AVG").body, HasSubstr(R"("ts":3000)"));
    EXPECT_EQ(read("/values/timeseries?startTs=1000&endTs=4000").body, "{}");
}

TEST_F(TelemetryApi, BadHistoriesAreNamed) {
    const std::pair<const char*, const char*> rows[] = {
        {"&startTs=0&endTs=10&agg=BEST",                   "Aggregation \"BEST\" is not supported!"    },
        {"&startTs=0&endTs=10&interval=-1&agg=MIN",
         "Invalid TsKvQuery: 'interval' must be greater than 0, but got -1."                           },
        {"&startTs=0&endTs=9000000&interval=1000&agg=MIN",
         "Incorrect TsKvQuery. Number of intervals is to high - 9000. Please increase 'interval' "
         "parameter for your query or reduce the time range of the query."                             },
        {"&startTs=0&endTs=10&orderBy=UP",
         "Unsupported sort order 'UP'! Only 'ASC' or 'DESC' types are allowed."                        },
        {"&startTs=0&endTs=x",                             "Parameter 'endTs' is not an integer: \"x\""},
    };
    for (const auto& [query, message] : rows)
        expect_text(read(std::string("/values/timeseries?keys=t") + query), 400, message);
}

TEST_F(TelemetryApi, BadPointsAreNamed) {
    const std::pair<const char*, const char*> rows[] = {
        {"{",          "Unable to parse time series payload: Invalid JSON body!"},
        {"{}",         "No time series data found in request body!"             },
        {R"({" ":1})", "Key cannot be blank"                                    },
    };
    for (const auto& [body, message] : rows)
        expect_text(write("/timeseries/ANY", body), 400, message);
    const TestReply null_value = write("/timeseries/ANY", R"({"t":null})");
    EXPECT_EQ(null_value.status, 400);
    EXPECT_THAT(null_value.body,
                testing::StartsWith("Unable to parse time series payload. Invalid JSON body: "));
    EXPECT_EQ(write("/timeseries/ANY/x", R"({"t":1})").status, 400);
    EXPECT_EQ(write("/timeseries/ANY/99999999999", R"({"t":1})").status, 400);
}

TEST_F(TelemetryApi, AttributesAreTypedAndInScopes) {
    ASSERT_EQ(write("/SERVER_SCOPE", R"({"limit":20,"name":"26","on":true,"j":{"a":1.0}})").status,
              200);
    ASSERT_EQ(write("/attributes/SHARED_SCOPE", R"({"rate":1.5})").status, 200);
    ASSERT_EQ(api.post(prefix + device + "/SHARED_SCOPE", tenant, R"({"more":"x"})").status, 200);
    const TestReply server = read("/values/attributes/SERVER_SCOPE?keys=j,limit,name,none");
    EXPECT_THAT(server.body, testing::MatchesRegex(
                                 R"(\[\{"lastUpdateTs":[0-9]+,"key":"j","value":\{"a":1.0\}\},)"
                                 R"(\{"lastUpdateTs":[0-9]+,"key":"limit","value":20\},)"
                                 R"(\{"lastUpdateTs":[0-9]+,"key":"name","value":"26"\}\])"));
    EXPECT_EQ(read("/keys/attributes/SHARED_SCOPE").body, R"(["more","rate"])");
    EXPECT_EQ(read("/keys/attributes").body, R"(["active","j","limit","more","name","on","rate"])");
    ASSERT_EQ(api.call("DELETE", entity + "/SHARED_SCOPE?keys=more", tenant).status, 200);
    ASSERT_EQ(api.call("DELETE", prefix + device + "/SHARED_SCOPE?keys=rate", tenant).status, 200);
    EXPECT_EQ(read("/keys/attributes/SHARED_SCOPE").body, "[]");
}

TEST_F(TelemetryApi, BadAttributesAreNamed) {
    const struct {
        const char *path, *body, *message;
    } rows[] = {
        {"/CLIENT_SCOPE", R"({"a":1})", "Invalid scope: CLIENT_SCOPE"              },
        {"/WORLD_SCOPE",  R"({"a":1})", "Invalid scope: WORLD_SCOPE"               },
        {"/SERVER_SCOPE", "{",          "Invalid JSON"                             },
        {"/SERVER_SCOPE", "[1]",        "Request is not a JSON object"             },
        {"/SERVER_SCOPE", "{}",         "No attributes data found in request body!"},
        {"/SERVER_SCOPE", R"({" ":1})", "Key cannot be blank"                      },
    };
    for (const auto& row : rows) expect_text(write(row.path, row.body), 400, row.message);
    expect_text(api.call("DELETE", entity + "/SERVER_SCOPE?keys=", tenant), 400, "Empty keys: []");
    EXPECT_EQ(read("/values/attributes/NO_SCOPE").status, 400);
}

TEST_F(TelemetryApi, DeletionsTakeARangeOrEverything) {
    ASSERT_EQ(
        write("/timeseries/ANY", R"([{"ts":1000,"values":{"t":1}},{"ts":2000,"values":{"t":2}}])")
            .status,
        200);
    const std::string path = entity + "/timeseries/delete";
    expect_text(api.call("DELETE", path + "?keys=t", tenant), 400,
                "When deleteAllDataForKeys is false, start and end timestamp values shouldn't be "
                "empty");
    expect_text(api.call("DELETE", path + "?startTs=1&endTs=2", tenant), 400, "Empty keys: []");
    ASSERT_EQ(api.call("DELETE",
                       path + "?keys=t&startTs=2000&endTs=3000"
                              "&rewriteLatestIfDeleted=true",
                       tenant)
                  .status,
              200);
    EXPECT_EQ(read("/values/timeseries?keys=t").body, R"({"t":[{"ts":1000,"value":"1"}]})");
    ASSERT_EQ(api.call("DELETE", path + "?keys=t&deleteAllDataForKeys=true", tenant).status, 200);
    EXPECT_EQ(read("/values/timeseries").body, "{}");
}

TEST_F(TelemetryApi, AccessIsDecidedByTheEntityAndRefusedInPlainText) {
    const std::string customer = api.token(Authority::customer_user);
    expect_text(api.get(prefix + "DEVICE/" + api.customer.to_string() + "/keys/timeseries", tenant),
                404, "Device with requested id wasn't found!");
    expect_text(api.get(entity + "/keys/timeseries", api.token(Authority::sys_admin)), 403,
                "System administrator is not allowed to perform this operation!");
    expect_text(api.get(entity + "/keys/timeseries", customer), 403,
                "You don't have permission to perform this operation!");
    expect_text(api.post(entity + "/timeseries/ANY", customer, R"({"t":1})"), 403,
                "You don't have permission to perform this operation!");
    expect_text(api.get(prefix + "DEVICE/x/keys/timeseries", tenant), 400,
                "Invalid UUID string: x");
    expect_text(api.get(prefix + "PUMP/" + device + "/keys/timeseries", tenant), 400,
                "EntityType \"PUMP\" is not supported!");
}

TEST_F(TelemetryApi, TellsTheRuleEngineOfEveryWrite) {
    ASSERT_EQ(write("/timeseries/ANY", R"({"ts":5,"values":{"t":21.0}})").status, 200);
    ASSERT_EQ(write("/SERVER_SCOPE", R"({"a":1})").status, 200);
    ASSERT_EQ(api.call("DELETE", entity + "/SERVER_SCOPE?keys=a,b", tenant).status, 200);
    ASSERT_EQ(
        api.call("DELETE", entity + "/timeseries/delete?keys=t&startTs=1&endTs=9", tenant).status,
        200);
    const std::vector<model::QueuedMsg> messages = api.rule_messages(5);
    ASSERT_EQ(messages.size(), 5u);
    const struct {
        const char *type, *data, *scope;
    } rows[] = {
        {"TIMESERIES_UPDATED", R"({"timeseries":[{"ts":5,"values":{"t":21.0}}]})", ""            },
        {"ATTRIBUTES_UPDATED", R"({"a":1})",                                       "SERVER_SCOPE"},
        {"ATTRIBUTES_DELETED", R"({"attributes":["a","b"]})",                      "SERVER_SCOPE"},
        {"TIMESERIES_DELETED", R"({"timeseries":["t"],"startTs":1,"endTs":9})",    ""            },
    };
    for (std::size_t i = 0; i < 4; ++i) {
        const model::Msg& msg = messages[i + 1].msg;  // The device's creation came first.
        EXPECT_EQ(msg.type, rows[i].type);
        EXPECT_EQ(msg.data, rows[i].data);
        EXPECT_EQ(msg.metadata.get("scope"), rows[i].scope);
        EXPECT_EQ(msg.metadata.get("userEmail"), TestApi::tenant_email);
        EXPECT_EQ(msg.originator.uuid.to_string(), device);
    }
}

}  // namespace
}  // namespace thingstead::api
