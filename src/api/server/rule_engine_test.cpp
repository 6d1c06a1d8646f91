// Calls of the rule engine over REST.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "api/server/api_testing.h"
#include "core/waiting_calls.h"

namespace thingstead::api {
namespace {

using model::Authority;
using testing::HasSubstr;

class RuleEngineApi : public testing::Test {
  protected:
    /// A call under way, and its message.
    struct Asked {
        std::future<TestReply> reply;
        model::QueuedMsg queued;
        Uuid request() const { return *parse_uuid(queued.msg.metadata.get("requestUUID")); }
    };
    Asked ask(const std::string& path, const std::string& token, const std::string& body = "{}") {
        Asked asked;
        asked.reply = std::async(std::launch::async, [=, this] {
            return api.post("/api/rule-engine/" + path, token, body);
        });
        asked.queued = api.rule_messages(1).at(0);
        return asked;
    }
    TestReply answered(const std::string& data) {
        Asked asked = ask(of_device + "/60000", tenant);
        EXPECT_TRUE(api.calls().answer({asked.queued.tenant, asked.request(), data}));
        return asked.reply.get();
    }

    TestApi api;
    const std::string tenant = api.token(Authority::tenant_admin);
    const std::string device = made_device();
    const std::string of_device = "DEVICE/" + device;

  private:
    /// Its own message is out of the way.
    std::string made_device() {
        std::string id = api.make_device("Pump", api.customer);
        api.rule_messages(1);
        return id;
    }
};

TEST_F(RuleEngineApi, AMessageGoesOutAndItsAnswerComesBack) {
    Asked asked = ask(of_device + "/Main/60000", tenant, R"({"how":"warm"})");
    const model::Msg& msg = asked.queued.msg;
    EXPECT_EQ(msg.type, "REST_API_REQUEST");
    EXPECT_EQ(msg.originator.uuid.to_string(), device);
    EXPECT_EQ(msg.data, R"({"how":"warm"})");
    EXPECT_EQ(msg.metadata.get("serviceId"), "test");
    EXPECT_EQ(msg.metadata.get("userId"), "");
    EXPECT_EQ(std::stoll(std::string(msg.metadata.get("expirationTime"))), msg.ts + 60'000);
    EXPECT_TRUE(api.calls().answer({asked.queued.tenant, asked.request(), R"({"t":21})"}));
    const TestReply reply = asked.reply.get();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.content_type, "application/json");
    EXPECT_EQ(reply.body, R"({"t":21})");
    EXPECT_EQ(api.calls().size(), 0u);
}

TEST_F(RuleEngineApi, AnAnswerIsJsonOrNothing) {
    EXPECT_EQ(answered("").status, 200);
    EXPECT_EQ(answered("").body, "");
    EXPECT_EQ(answered("not JSON").status, 406);
    EXPECT_EQ(answered("[1]").body, "[1]");
}

TEST_F(RuleEngineApi, TheCallerIsTheOriginatorUnlessAnotherIsNamed) {
    Asked asked = ask("", tenant);
    EXPECT_EQ(asked.queued.msg.originator.type, model::EntityType::user);
    api.calls().answer({asked.queued.tenant, asked.request(), "1"});
    EXPECT_EQ(asked.reply.get().body, "1");
}

TEST_F(RuleEngineApi, WithoutAnAnswerInTimeItIs408) {
    EXPECT_EQ(ask(of_device + "/1", tenant).reply.get().status, 408);
    EXPECT_EQ(api.calls().size(), 0u);
}

TEST_F(RuleEngineApi, CallsOfOneTenantDoNotTakeEveryPlace) {
    Asked first = ask(of_device + "/60000", tenant);
    EXPECT_EQ(api.post("/api/rule-engine/" + of_device, tenant, "{}").status, 429);
    const std::string other = api.login(TestApi::other_tenant_email);
    Asked second = ask("", other);
    for (Asked* each : {&first, &second}) {
        api.calls().answer({each->queued.tenant, each->request(), "1"});
        EXPECT_EQ(each->reply.get().status, 200);
    }
}

TEST_F(RuleEngineApi, WhatIsWrongIsNamed) {
    const std::string path = "/api/rule-engine/";
    EXPECT_EQ(api.post(path + of_device, tenant, "{").body, "Invalid request body");
    EXPECT_EQ(api.post(path + of_device, tenant, "").status, 400);
    EXPECT_THAT(api.post(path + of_device + "/soon", tenant, "{}").body, HasSubstr("\"soon\""));
    EXPECT_EQ(api.post(path + of_device + "/-1", tenant, "{}").status, 400);
    EXPECT_EQ(api.post(path + "KETTLE/" + device, tenant, "{}").status, 400);
    const std::string other = api.login(TestApi::other_tenant_email);
    EXPECT_EQ(api.post(path + of_device, other, "{}").status, 404);
    EXPECT_EQ(api.post(path + of_device, api.token(Authority::sys_admin), "{}").status, 403);
    EXPECT_EQ(api.post(path + of_device, {}, "{}").status, 401);
}

}  // namespace
}  // namespace thingstead::api
