// The audit log and events over REST.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/server/api_testing.h"
#include "store/event_store.h"

namespace thingstead::api {
namespace {

using model::Authority;

std::string text(const json::value& value) { return std::string(value.as_string()); }

class AuditApi : public testing::Test {
  protected:
    static constexpr const char* page = "?pageSize=100&page=0&sortProperty=createdTime";

    json::array entries(const std::string& path, const std::string& more = {}) {
        const TestReply reply = api.get("/api/audit/logs" + path + page + more, tenant);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.status == 200 ? reply.json().at("data").as_array() : json::array();
    }
    std::string actions(const json::array& found) {
        std::string all;
        for (const json::value& each : found)
            all += text(each.at("actionType")) + " " + text(each.at("actionStatus")) + "\n";
        return all;
    }

    TestApi api;
    const std::string tenant = api.token(Authority::tenant_admin);
};

TEST_F(AuditApi, HasEveryWriteOfADevice) {
    const std::string id = api.make_device("Pump", api.customer);
    const std::string telemetry = "/api/plugins/telemetry/DEVICE/" + id;
    EXPECT_EQ(api.post(telemetry + "/attributes/SERVER_SCOPE", tenant, R"({"a":1,"b":"x"})").status,
              200);
    EXPECT_EQ(api.call("DELETE", telemetry + "/SERVER_SCOPE?keys=a", tenant).status, 200);
    EXPECT_EQ(
        api.post(telemetry + "/timeseries/ANY", tenant, R"({"ts":5,"values":{"t":1.5}})").status,
        200);
    EXPECT_EQ(api.call("DELETE", telemetry + "/timeseries/delete?keys=t&startTs=1&endTs=9", tenant)
                  .status,
              200);
    const json::value credentials = api.get("/api/device/" + id + "/credentials", tenant).json();
    EXPECT_EQ(api.post("/api/device/credentials", tenant, json::serialize(credentials)).status,
              200);
    EXPECT_EQ(api.post("/api/device", tenant, R"({"name":"Pump"})").status, 400);
    EXPECT_EQ(api.call("DELETE", "/api/device/" + id, tenant).status, 200);

    const json::array found = entries("/entity/DEVICE/" + id);
    EXPECT_EQ(actions(found),
              "ADDED SUCCESS\nATTRIBUTES_UPDATED SUCCESS\nATTRIBUTES_DELETED SUCCESS\n"
              "TIMESERIES_UPDATED SUCCESS\nTIMESERIES_DELETED SUCCESS\n"
              "CREDENTIALS_UPDATED SUCCESS\nDELETED SUCCESS\n");
    ASSERT_EQ(found.size(), 7u);
    EXPECT_EQ(text(found[0].at("actionData").at("entity").at("name")), "Pump");
    EXPECT_EQ(
        json::serialize(found[1].at("actionData")),
        R"({"entityId":")" + id + R"(","scope":"SERVER_SCOPE","attributes":{"a":"1","b":"x"}})");
    EXPECT_EQ(json::serialize(found[2].at("actionData").at("attributes")), R"(["a"])");
    EXPECT_EQ(json::serialize(found[3].at("actionData").at("timeseries")),
              R"([{"ts":5,"values":{"t":"1.5"}}])");
    EXPECT_EQ(found[4].at("actionData").at("startTs").as_int64(), 1);
    for (const json::value& each : found) {
        EXPECT_EQ(text(each.at("entityName")), "Pump");
        EXPECT_EQ(text(each.at("userName")), TestApi::tenant_email);
        EXPECT_EQ(text(each.at("customerId").at("id")), api.customer.to_string());
        EXPECT_EQ(text(each.at("entityId").at("id")), id);
        EXPECT_EQ(text(each.at("actionFailureDetails")), "");
        EXPECT_TRUE(each.at("id").at("id").is_string());
    }
    EXPECT_EQ(entries("/customer/" + api.customer.to_string()).size(), 7u);

    const json::array failed = entries("", "&textSearch=fail");
    ASSERT_EQ(failed.size(), 1u);
    EXPECT_EQ(text(failed[0].at("actionFailureDetails")), "Device with such name already exists!");
    EXPECT_EQ(text(failed[0].at("entityId").at("id")), "13814000-1dd2-11b2-8080-808080808080");
    EXPECT_EQ(entries("", "&actionTypes=ADDED,DELETED").size(), 3u);
    EXPECT_EQ(entries("", "&endTime=1").size(), 0u);
}

TEST_F(AuditApi, HasLogInsAndLogOuts) {
    EXPECT_EQ(
        api.post("/api/auth/login", {}, R"({"username":"tenant@example.org","password":"wrong"})")
            .status,
        401);
    EXPECT_EQ(
        api.post("/api/auth/login", {}, R"({"username":"nobody@example.org","password":"wrong"})")
            .status,
        401);
    const std::string second = api.login(TestApi::tenant_email);
    EXPECT_EQ(api.post("/api/auth/logout", second, "").status, 200);
    const json::array found = entries("");
    EXPECT_EQ(actions(found), "LOGIN SUCCESS\nLOGIN FAILURE\nLOGIN SUCCESS\nLOGOUT SUCCESS\n");
    const std::string user = text(found.at(0).at("userId").at("id"));
    EXPECT_EQ(entries("/user/" + user).size(), 4u);
    EXPECT_TRUE(found[0].at("actionData").at("browser").is_string());
}

TEST_F(AuditApi, IsForAdministratorsOfTheTenant) {
    const std::string logs = std::string("/api/audit/logs") + page;
    EXPECT_EQ(api.get(logs, api.token(Authority::customer_user)).status, 403);
    EXPECT_EQ(api.get(logs, {}).status, 401);
    const std::string id = api.make_device("Pump");
    const json::value of_other = api.get(logs, api.login(TestApi::other_tenant_email)).json();
    EXPECT_EQ(actions(of_other.at("data").as_array()), "LOGIN SUCCESS\n");
    const TestReply of_system = api.get(logs, api.token(Authority::sys_admin));
    EXPECT_EQ(actions(of_system.json().at("data").as_array()), "LOGIN SUCCESS\n");
    EXPECT_EQ(
        api.get(std::string("/api/audit/logs/user/") + id + page, api.token(Authority::sys_admin))
            .status,
        403);
}

TEST_F(AuditApi, RefusesWhatItCannotDo) {
    for (const char* more : {"&actionTypes=ADDED,FLOWN", "&sortProperty=colour", "&startTime=x"}) {
        SCOPED_TRACE(more);
        const std::string path = std::string("/api/audit/logs?pageSize=1&page=0") + more;
        EXPECT_EQ(api.get(path, tenant).status, 400);
    }
    EXPECT_EQ(api.get(std::string("/api/audit/logs/user/rubbish") + page, tenant).status, 400);
}

class EventApi : public testing::Test {
  protected:
    void offer(model::EventBody body) {
        model::Event event;
        event.id = new_time_uuid();
        event.created_time = 1'700'000'000'000;
        event.tenant_id = {*parse_uuid(tenant_id)};
        event.entity_id = *parse_uuid(device);
        event.service_id = "server-1";
        event.body = std::move(body);
        EXPECT_TRUE(api.event_store().offer({event}));
    }

    TestApi api;
    const std::string tenant = api.token(Authority::tenant_admin);
    const std::string device = api.make_device("Pump", api.customer);
    const std::string tenant_id =
        text(api.get("/api/device/" + device, tenant).json().at("tenantId").at("id"));
    const std::string path = "/api/events/DEVICE/" + device;
    const std::string page = "?pageSize=10&page=0&tenantId=" + tenant_id;
};

TEST_F(EventApi, ShowsEventsOfEachType) {
    offer(model::LifecycleEvent{"STARTED", true, std::nullopt});
    model::RuleNodeDebugEvent debug;
    debug.data = "{\"t\":1}";
    debug.entity_type = model::EntityType::device;
    debug.entity_id = *parse_uuid(device);
    offer(debug);
    const TestReply life = api.get(path + page, tenant);
    ASSERT_EQ(life.status, 200) << life.body;
    const json::value event = life.json().at("data").at(0);
    EXPECT_EQ(text(event.at("type")), "LC_EVENT");
    EXPECT_EQ(text(event.at("entityId").at("entityType")), "DEVICE");
    EXPECT_EQ(json::serialize(event.at("body")),
              R"({"server":"server-1","event":"STARTED","success":true})");
    const TestReply node = api.get(path + "/DEBUG_RULE_NODE" + page, tenant);
    EXPECT_EQ(json::serialize(node.json().at("data").at(0).at("body")),
              R"({"server":"server-1","type":"IN","entityId":")" + device +
                  R"(","entityType":"DEVICE","data":"{\"t\":1}"})");
    EXPECT_EQ(api.get(path + "/STATS" + page, tenant).json().at("totalElements").as_int64(), 0);
    const TestReply unknown = api.get(path + "/NEWS" + page, tenant);
    EXPECT_EQ(unknown.status, 400);
    EXPECT_THAT(unknown.body, testing::HasSubstr("Event type: 'NEWS' is not supported!"));
}

TEST_F(EventApi, FiltersAndClears) {
    offer(model::ErrorEvent{"onMsg", "it broke"});
    offer(model::ErrorEvent{"onStart", "too late"});
    struct Case {
        const char* filter;
        std::int64_t found;
    };
    const Case rows[] = {
        {R"({"eventType":"ERROR"})",                                  2},
        {R"({"eventType":"ERROR","method":"START","errorStr":null})", 1},
        {R"({"eventType":"ERROR","errorStr":"x"})",                   0},
        {R"({"eventType":"ERROR","server":"SERVER-1"})",              2},
        {R"({"eventType":"STATS","minMessagesProcessed":1})",         0},
    };
    for (const Case& row : rows) {
        SCOPED_TRACE(row.filter);
        const TestReply reply = api.post(path + page, tenant, row.filter);
        ASSERT_EQ(reply.status, 200) << reply.body;
        EXPECT_EQ(reply.json().at("totalElements").as_int64(), row.found);
    }
    EXPECT_EQ(
        api.post(path + page, tenant, R"({"eventType":"STATS","minErrorsOccurred":"x"})").status,
        400);
    EXPECT_EQ(
        api.post(path + page, tenant, R"({"eventType":"DEBUG_RULE_NODE","msgId":"x"})").status,
        400);
    EXPECT_EQ(api.post(path + "/clear", tenant, R"({"eventType":"ERROR","method":"start"})").status,
              200);
    const TestReply left = api.get(path + "/ERROR" + page, tenant);
    EXPECT_EQ(left.json().at("totalElements").as_int64(), 1);
}

TEST_F(EventApi, IsForThoseWhoMayReadTheEntity) {
    offer(model::ErrorEvent{"onMsg", "it broke"});
    const std::string customer = api.token(Authority::customer_user);
    const TestReply own = api.get(path + "/ERROR" + page, customer);
    ASSERT_EQ(own.status, 200) << own.body;
    EXPECT_EQ(own.json().at("totalElements").as_int64(), 1);
    const std::string foreign = "/api/events/DEVICE/" + api.make_device("Other");
    EXPECT_EQ(api.get(foreign + "/ERROR" + page, customer).status, 403);
    EXPECT_EQ(api.post(foreign + "/clear", customer, R"({"eventType":"ERROR"})").status, 403);
    EXPECT_EQ(api.post(path + "/clear", customer, R"({"eventType":"ERROR"})").status, 200);
    const std::string other = api.login(TestApi::other_tenant_email);
    EXPECT_EQ(api.get(path + "/ERROR" + page, other).status, 403);
}

}  // namespace
}  // namespace thingstead::api
