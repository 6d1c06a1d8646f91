// Devices over REST: saving, reading, listing, credentials, and what the rule engine hears of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/server/api_testing.h"

namespace thingstead::api {
namespace {

using model::Authority;
using testing::HasSubstr;

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

class DeviceApi : public testing::Test {
  protected:
    TestApi api;
    const std::string tenant = api.token(Authority::tenant_admin);
    const std::string customer = api.token(Authority::customer_user);
};

TEST_F(DeviceApi, AnswersASavedDeviceWithEverythingFilledIn) {
    const TestReply saved =
        api.post("/api/device?accessToken=ABC", tenant,
                 R"({"name":"Pump","label":null,"additionalInfo":{"latitude":42.0,"n":1E10}})");
    ASSERT_EQ(saved.status, 200) << saved.body;
    EXPECT_EQ(saved.content_type, "application/json");
    EXPECT_THAT(saved.body, HasSubstr(R"("additionalInfo":{"latitude":42.0,"n":1.0E10})"));
    EXPECT_THAT(saved.body, HasSubstr(R"("label":null)"));
    EXPECT_THAT(
        saved.body,
        HasSubstr(R"({"entityType":"CUSTOMER","id":"13814000-1dd2-11b2-8080-808080808080"})"));
    const json::value device = saved.json();
    EXPECT_EQ(text_of(device.at("type")), "default");
    EXPECT_EQ(device.at("version").as_int64(), 1);

    const std::string id = text_of(device.at("id").at("id"));
    EXPECT_EQ(api.get("/api/device/" + id, tenant).body, saved.body);
    const TestReply info = api.get("/api/device/info/" + id, tenant);
    EXPECT_THAT(info.body, testing::EndsWith(R"("customerTitle":null,"customerIsPublic":false,)"
                                             R"("deviceProfileName":"default","active":false})"));
    const json::value credentials = api.get("/api/device/" + id + "/credentials", tenant).json();
    EXPECT_EQ(text_of(credentials.at("credentialsId")), "ABC");
    EXPECT_TRUE(credentials.at("id").at("id").is_string());
}

TEST_F(DeviceApi, TellsTheRuleEngineOfEveryWrite) {
    const std::string id = api.make_device("Pump");
    json::value device = api.get("/api/device/" + id, tenant).json();
    device.as_object()["label"] = "new";
    ASSERT_EQ(api.post("/api/device", tenant, json::serialize(device)).status, 200);
    const TestReply gone = api.call("DELETE", "/api/device/" + id, tenant);
    ASSERT_EQ(gone.status, 200);
    EXPECT_EQ(gone.body, "");

    const std::vector<model::QueuedMsg> messages = api.rule_messages(3);
    ASSERT_EQ(messages.size(), 3u);
    const char* types[] = {"ENTITY_CREATED", "ENTITY_UPDATED", "ENTITY_DELETED"};
    for (std::size_t i = 0; i < 3; ++i) {
        const model::Msg& msg = messages[i].msg;
        EXPECT_EQ(msg.type, types[i]);
        EXPECT_EQ(msg.originator.uuid.to_string(), id);
        EXPECT_EQ(msg.metadata.get("userName"), TestApi::tenant_email);
        EXPECT_EQ(msg.metadata.get("userFirstName"), "First");
        EXPECT_EQ(msg.metadata.find("userLastName"), nullptr);
        EXPECT_EQ(msg.metadata.get("entityName"), "Pump");
        EXPECT_EQ(msg.metadata.get("entityType"), "DEVICE");
        EXPECT_EQ(msg.metadata.find("customerId"), nullptr);
        EXPECT_THAT(msg.data, HasSubstr(R"("name":"Pump")"));
    }
}

TEST_F(DeviceApi, RefusesWithTheTextsOfTheInterface) {
    const std::string id = api.make_device("Pump");
    const std::string missing = "b2e4cd40-6b13-11ee-8c99-0242ac120002";
    const struct {
        const char *method, *target, *body;
        int status, code;
        const char* message;
    } rows[] = {
        {"GET",  "/api/device/nonsense",                             "",                                       400, 31, "Invalid UUID string: nonsense"   },
        {"GET",  "/api/device/b2e4cd40-6b13-11ee-8c99-0242ac120002", "",                                       404, 32,
         "Device with id [b2e4cd40-6b13-11ee-8c99-0242ac120002] is not found"                                                                             },
        {"POST", "/api/device",                                      R"({"name":"Pump"})",                     400, 31,
         "Device with such name already exists!"                                                                                                          },
        {"POST", "/api/device",                                      R"({"name":" "})",                        400, 31, "Device name should be specified!"},
        {"POST", "/api/device",                                      "{",                                      400, 31, "Invalid JSON"                    },
        {"POST", "/api/device",                                      "[]",                                     400, 31, "expected an object"              },
        {"POST", "/api/device",                                      R"({"name":"x","id":{"id":"b2e4cd40"}})", 400, 31, "id"                              },
        {"POST", "/api/device?nameConflictPolicy=GUESS",             R"({"name":"x"})",                        400, 31,
         "NameConflictPolicy \"GUESS\" is not supported!"                                                                                                 },
        {"GET",  "/api/tenant/device?deviceName=none",               "",                                       404, 32, "Requested item wasn't found!"    },
        {"GET",  "/api/tenant/device?deviceName=",                   "",                                       400, 31,
         "Parameter 'deviceName' can't be empty!"                                                                                                         },
        {"GET",  "/api/tenant/device",                               "",                                       400, 31, "deviceName"                      },
        {"GET",  "/api/devices?deviceIds=1",                         "",                                       400, 31, "Invalid UUID string: 1"          },
        {"GET",  "/api/devices",                                     "",                                       400, 31, "deviceIds"                       },
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(std::string(row.method) + " " + row.target);
        const TestReply reply = api.call(row.method, row.target, tenant, row.body);
        EXPECT_EQ(reply.status, row.status) << reply.body;
        const json::value error = reply.json();
        EXPECT_EQ(error.at("status").as_int64(), row.status);
        EXPECT_EQ(error.at("errorCode").as_int64(), row.code);
        EXPECT_THAT(text_of(error.at("message")), HasSubstr(row.message));
        EXPECT_GT(error.at("timestamp").as_int64(), 1'600'000'000'000);
    }
}

TEST_F(DeviceApi, AnOldVersionIsAConflict) {
    const std::string id = api.make_device("Pump");
    json::value device = api.get("/api/device/" + id, tenant).json();
    ASSERT_EQ(api.post("/api/device", tenant, json::serialize(device)).status, 200);
    const TestReply reply = api.post("/api/device", tenant, json::serialize(device));
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(reply.json().at("errorCode").as_int64(), 35);
    EXPECT_EQ(text_of(reply.json().at("message")), "Device was already changed by someone else");
}

TEST_F(DeviceApi, PagesAreCutAsAsked) {
    for (const char* name : {"a", "b", "c"}) api.make_device(name);
    const json::value page =
        api.get("/api/tenant/devices?pageSize=2&page=0&sortProperty=name&sortOrder=desc", tenant)
            .json();
    ASSERT_EQ(page.at("data").as_array().size(), 2u);
    EXPECT_EQ(text_of(page.at("data").at(0).at("name")), "c");
    EXPECT_EQ(page.at("totalPages").as_int64(), 2);
    EXPECT_EQ(page.at("totalElements").as_int64(), 3);
    EXPECT_TRUE(page.at("hasNext").as_bool());
    const json::value past = api.get("/api/tenant/deviceInfos?pageSize=2&page=7", tenant).json();
    EXPECT_TRUE(past.at("data").as_array().empty());
    EXPECT_EQ(past.at("totalElements").as_int64(), 3);
    const json::value found =
        api.get("/api/tenant/devices?pageSize=9&page=0&textSearch=B", tenant).json();
    ASSERT_EQ(found.at("data").as_array().size(), 1u);
    EXPECT_EQ(text_of(found.at("data").at(0).at("name")), "b");
}

TEST_F(DeviceApi, BadPageLinksAreNamed) {
    const std::pair<const char*, const char*> rows[] = {
        {"pageSize=0&page=0",
         "Incorrect page link page size '0'. Page size must be greater than zero."                            },
        {"pageSize=1&page=-1",                 "Incorrect page link page '-1'. Page must be positive integer."},
        {"pageSize=1&page=0&sortOrder=UP",
         "Unsupported sort order 'UP'! Only 'ASC' or 'DESC' types are allowed."                               },
        {"pageSize=1&page=0&sortProperty=a;b", "Invalid sort property"                                        },
        {"pageSize=x&page=0",                  "Parameter 'pageSize' is not an integer: \"x\""                },
    };
    for (const auto& [query, message] : rows) {
        const TestReply reply = api.get(std::string("/api/tenant/devices?") + query, tenant);
        EXPECT_EQ(reply.status, 400) << query;
        EXPECT_EQ(text_of(reply.json().at("message")), message);
    }
    EXPECT_EQ(api.get("/api/tenant/devices?page=0", tenant).status, 400);
}

TEST_F(DeviceApi, TheNameInTheQuerySelectsOneDevice) {
    api.make_device("Pump 7");
    const TestReply one = api.get("/api/tenant/devices?deviceName=Pump+7", tenant);
    ASSERT_EQ(one.status, 200) << one.body;
    EXPECT_EQ(text_of(one.json().at("name")), "Pump 7");
}

TEST_F(DeviceApi, CustomersSeeAndChangeTheirOwnDevicesAlone) {
    const std::string mine = api.make_device("mine", api.customer);
    const std::string other = api.make_device("other", api.other_customer);
    EXPECT_EQ(api.get("/api/device/" + mine, customer).status, 200);
    EXPECT_EQ(api.get("/api/device/" + other, customer).status, 403);
    EXPECT_EQ(api.call("DELETE", "/api/device/" + mine, customer).status, 403);
    EXPECT_EQ(api.post("/api/device", customer, R"({"name":"new"})").status, 403);
    const std::string list = "/devices?pageSize=9&page=0";
    const TestReply own = api.get("/api/customer/" + api.customer.to_string() + list, customer);
    ASSERT_EQ(own.status, 200) << own.body;
    EXPECT_EQ(own.json().at("totalElements").as_int64(), 1);
    EXPECT_EQ(api.get("/api/customer/" + api.other_customer.to_string() + list, customer).status,
              403);
    const TestReply many = api.get("/api/devices?deviceIds=" + other + "," + mine, customer);
    ASSERT_EQ(many.json().as_array().size(), 1u);
    const TestReply infos = api.get(
        "/api/customer/" + api.customer.to_string() + "/deviceInfos?pageSize=9&page=0", tenant);
    EXPECT_THAT(infos.body, HasSubstr(R"("customerTitle":"Customer A")"));
}

TEST_F(DeviceApi, DevicesOfOtherTenantsAreNotFound) {
    const std::string id = api.make_device("Pump");
    const std::string other = api.login(TestApi::other_tenant_email);
    EXPECT_EQ(api.get("/api/device/" + id, other).status, 404);
    EXPECT_EQ(api.call("DELETE", "/api/device/" + id, other).status, 404);
    EXPECT_EQ(api.get("/api/device/" + id, tenant).status, 200);
}

TEST_F(DeviceApi, CredentialsAreReplacedInTheFormTheyAreAnsweredIn) {
    const std::string id = api.make_device("Pump");
    json::value credentials = api.get("/api/device/" + id + "/credentials", tenant).json();
    credentials.as_object()["credentialsId"] = "NEW_TOKEN";
    const TestReply saved =
        api.post("/api/device/credentials", tenant, json::serialize(credentials));
    ASSERT_EQ(saved.status, 200) << saved.body;
    EXPECT_EQ(api.get("/api/device/" + id + "/credentials", tenant).body, saved.body);
    EXPECT_EQ(text_of(saved.json().at("credentialsId")), "NEW_TOKEN");

    const TestReply both =
        api.post("/api/device-with-credentials", tenant,
                 R"({"device":{"name":"Two"},"credentials":{"credentialsType":"ACCESS_TOKEN",)"
                 R"("credentialsId":"NEW_TOKEN"}})");
    EXPECT_EQ(both.status, 400);
    EXPECT_EQ(text_of(both.json().at("message")),
              "Device credentials are already assigned to another device!");
    EXPECT_EQ(api.post("/api/device-with-credentials", tenant, R"({"device":{}})").status, 400);
}

}  // namespace
}  // namespace thingstead::api
