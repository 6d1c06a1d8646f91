// The nodes that are built in, each in a chain of its own.
#include <gtest/gtest.h>

#include "rule/node_registry.h"
#include "rule/testing/fixture.h"

namespace thingstead::rule::testing {
namespace {

using model::AttributeScope;

const std::string prefix = "org.thingsboard.rule.engine.";

/// A chain of one node.
std::string one_node(std::string_view type, std::string_view configuration, int version) {
    return R"({"firstNodeIndex":0,"connections":[],"nodes":[{"name":"it","type":")" + prefix +
           std::string(type) + R"(","configurationVersion":)" + std::to_string(version) +
           R"(,"configuration":)" + std::string(configuration) + "}]}";
}

std::string timeseries_node(std::string_view configuration) {
    return one_node("telemetry.TbMsgTimeseriesNode", configuration, 1);
}

std::string attributes_node(std::string_view configuration) {
    return one_node("telemetry.TbMsgAttributesNode", configuration, 3);
}

TEST(SaveTimeseries, SavesEachTimeOfAPayload) {
    Fixture house;
    house.start();
    house.send_telemetry(R"([{"ts":5,"values":{"a":1}},{"ts":7,"values":{"a":2,"b":"x"}}])");
    ASSERT_TRUE(house.all_committed());
    const std::vector<SavedPoint> points = house.timeseries.points();
    ASSERT_EQ(points.size(), 3u);
    EXPECT_EQ(points[0].ts, 5);
    EXPECT_EQ(points[2].ts, 7);
    EXPECT_EQ(points[2].value, (model::KeyValue{"b", std::string("x")}));
}

TEST(SaveTimeseries, TakesTimeAndTtlFromTheMetadata) {
    Fixture house;
    house.put_chain(timeseries_node(R"({"defaultTTL":60})"));
    house.start();
    model::QueuedMsg sent = house.message(model::msg_type::post_telemetry, R"({"a":1})");
    house.send(sent);
    sent.msg.metadata.put("ts", "123");
    sent.msg.metadata.put("TTL", "5");
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    const std::vector<SavedPoint> points = house.timeseries.points();
    ASSERT_EQ(points.size(), 2u);
    EXPECT_EQ(points[0].ttl, std::chrono::seconds(60));
    EXPECT_EQ(points[1].ts, 123);
    EXPECT_EQ(points[1].ttl, std::chrono::seconds(5));
}

TEST(SaveTimeseries, KeepsPointsAsLongAsTheTenantsProfileSays) {
    Fixture house;
    model::TenantProfile profile;
    profile.id = model::TenantProfileId::make();
    profile.profile_data = parse_json(R"({"configuration":{"defaultStorageTtlDays":2}})").value();
    model::Tenant owner;
    owner.id = house.tenant;
    owner.tenant_profile_id = profile.id;
    house.entities.put(profile);
    house.entities.put(owner);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().at(0).ttl, std::chrono::hours(48));
}

TEST(SaveTimeseries, UsesTheServersTimeIfAsked) {
    Fixture house;
    house.put_chain(timeseries_node(R"({"useServerTs":true})"));
    house.start();
    model::QueuedMsg sent = house.message(model::msg_type::post_telemetry, R"({"a":1})");
    sent.msg.metadata.put("ts", "123");
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().at(0).ts, house.clock.now_ms());
}

struct Refused {
    const char* type;
    const char* data;
    const char* ttl;
    const char* text;
};
const Refused refused[] = {
    {"POST_ATTRIBUTES_REQUEST", R"({"a":1})",    "",     "Unsupported msg type: POST_ATTRIBUTES_REQUEST"},
    {"POST_TELEMETRY_REQUEST",  "{}",            "",     "Msg body is empty: {}"                        },
    {"POST_TELEMETRY_REQUEST",  R"({"a":null})", "",     "rule.message.failed"                          },
    {"POST_TELEMETRY_REQUEST",  "{nonsense",     "",     "rule.message.failed"                          },
    {"POST_TELEMETRY_REQUEST",  R"({"a":1})",    "soon", "TTL is not a number: soon"                    },
    {"POST_TELEMETRY_REQUEST",  R"({"a":1})",    "-1",   "TTL is out of range: -1"                      },
};

TEST(SaveTimeseries, RefusesWhatItCannotSave) {
    for (const Refused& row : refused) {
        SCOPED_TRACE(row.text);
        Fixture house;
        house.put_chain(timeseries_node("{}"));
        house.start();
        model::QueuedMsg sent = house.message(row.type, row.data);
        sent.msg.metadata.put("TTL", row.ttl);
        house.send(sent);
        ASSERT_TRUE(house.all_committed());
        EXPECT_TRUE(house.timeseries.points().empty());
        EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 1);
        EXPECT_TRUE(house.log.lines->wait_for(row.text));
    }
}

TEST(SaveTimeseries, DoesWhatAdvancedSettingsSay) {
    Fixture house;
    house.put_chain(timeseries_node(R"({"processingSettings":{"type":"ADVANCED",
        "timeseries":{"type":"DEDUPLICATE","deduplicationIntervalSecs":60},
        "latest":{"type":"ON_EVERY_MESSAGE"},"webSockets":{"type":"SKIP"},
        "calculatedFields":{"type":"SKIP"}}})"));
    house.start();
    model::QueuedMsg sent = house.message(model::msg_type::post_telemetry, R"({"a":1})");
    for (const char* ts : {"60000", "119999", "120000"}) {
        sent.msg.metadata.put("ts", ts);
        house.send(sent);
    }
    ASSERT_TRUE(house.all_committed());
    const std::vector<SavedPoint> points = house.timeseries.points();
    ASSERT_EQ(points.size(), 3u);
    EXPECT_TRUE(points[0].history && points[0].latest);
    EXPECT_TRUE(!points[1].history && points[1].latest);
    EXPECT_TRUE(points[2].history && points[2].latest);
}

TEST(SaveTimeseries, SavesNothingForWebSocketsOnlyOrDuplicates) {
    for (const char* settings : {R"({"type":"WEBSOCKETS_ONLY"})",
                                 R"({"type":"DEDUPLICATE","deduplicationIntervalSecs":86400})"}) {
        SCOPED_TRACE(settings);
        Fixture house;
        house.put_chain(timeseries_node(R"({"processingSettings":)" + std::string(settings) + "}"));
        house.start();
        house.send_telemetry(R"({"a":1})");
        house.send_telemetry(R"({"a":2})");
        ASSERT_TRUE(house.all_committed());
        EXPECT_EQ(house.timeseries.points().size(), settings[9] == 'D' ? 1u : 0u);
        EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 2);
    }
}

TEST(SaveNodes, DoNotStartWithSettingsThatAreWrong) {
    for (const char* settings :
         {R"({"type":"SOMETIMES"})", R"({"type":"SKIP"})", R"({"type":"DEDUPLICATE"})",
          R"({"type":"DEDUPLICATE","deduplicationIntervalSecs":86401})", R"("ON_EVERY_MESSAGE")",
          R"({"type":"ADVANCED","timeseries":{"type":"SKIP"},"latest":{"type":"SKIP"}})"}) {
        SCOPED_TRACE(settings);
        Fixture house;
        house.put_chain(timeseries_node(R"({"processingSettings":)" + std::string(settings) + "}"));
        house.start();
        house.send_telemetry(R"({"a":1})");
        ASSERT_TRUE(house.all_committed());
        EXPECT_TRUE(house.log.lines->wait_for("rule.node.not_started"));
        EXPECT_TRUE(house.log.lines->wait_for("Rule Node is not active! Failed to initialize."));
    }
}

TEST(SaveAttributes, SavesInTheScopeOfMessageOrConfiguration) {
    Fixture house;
    house.put_chain(attributes_node(R"({"scope":"CLIENT_SCOPE"})"));
    house.start();
    model::QueuedMsg sent = house.message(model::msg_type::post_attributes, R"({"a":1})");
    house.send(sent);
    sent.msg.metadata.put("scope", "SHARED_SCOPE");
    house.send(sent);
    sent.msg.metadata.put("scope", "NO_SCOPE");
    house.send(sent);
    sent.msg.data = "{}";
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.entities.attributes(house.device, AttributeScope::client).size(), 1u);
    EXPECT_EQ(house.entities.attributes(house.device, AttributeScope::shared).size(), 1u);
    EXPECT_EQ(house.entities.attributes(house.device, AttributeScope::server).size(), 0u);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 1);
    EXPECT_TRUE(house.log.lines->wait_for("Unknown attribute scope: NO_SCOPE"));
}

TEST(SaveAttributes, TellsTheChainOfTheDevicesProfile) {
    Fixture house;
    model::DeviceProfile profile;
    profile.id = model::DeviceProfileId::make();
    profile.default_rule_chain_id = model::RuleChainId::make();
    model::Device device;
    device.id = house.device;
    device.device_profile_id = profile.id;
    house.entities.put(profile);
    house.entities.put(device);
    house.put_chain(
        attributes_node(R"({"scope":"SERVER_SCOPE","sendAttributesUpdatedNotification":true})"));
    house.start();
    house.send(house.message(model::msg_type::post_attributes, R"({"a":1})"));
    ASSERT_TRUE(house.board.wait([&] { return house.queue.records().size() == 2; }));
    const model::QueuedMsg told = house.messages_from(1).at(0);
    EXPECT_EQ(told.msg.type, model::msg_type::attributes_updated);
    EXPECT_EQ(told.msg.originator, model::EntityId(house.device));
    EXPECT_EQ(told.msg.rule_chain, profile.default_rule_chain_id);
    EXPECT_EQ(told.msg.metadata.get("scope"), "SERVER_SCOPE");
    EXPECT_NE(told.msg.metadata.get("ruleNodeId"), "");
    EXPECT_EQ(told.msg.data, R"({"a":1})");
    // The same again: nothing changed, nothing is told.
    house.send(house.message(model::msg_type::post_attributes, R"({"a":1})"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.queue.records().size(), 3u);
}

TEST(LogNode, WritesTheDefaultText) {
    Fixture house;
    house.start();
    house.send(house.message("SOMETHING_ELSE", R"({"a":1})"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.log.lines->wait_for("Incoming message:"));
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 1);
}

TEST(LogNode, DoesNotStartWithAScriptThatDoesNotCompile) {
    Fixture house;
    house.put_chain(one_node("action.TbLogNode", R"({"jsScript":"return msg.;"})", 0));
    house.start();
    house.send(house.message("ANY", "{}"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.log.lines->wait_for("SyntaxError"));
}

/// Answers what it was told to, and keeps the call.
class FakeRpc final : public core::DeviceRpc {
  public:
    explicit FakeRpc(Result<std::string> answer) : answer_(std::move(answer)) {}
    Task<Result<std::string>> call(core::DeviceRpcCall call) override {
        last = std::move(call);
        co_return answer_;
    }
    core::DeviceRpcCall last;

  private:
    Result<std::string> answer_;
};

struct Answer {
    const char* name;
    bool has_rpc;
    Result<std::string> answer;
    const char* relation;
    const char* data;
};

TEST(RpcCallRequest, SendsTheAnswerOnAsAMessage) {
    const Answer answers[] = {
        {"answer",       true,  std::string(R"({"ok":1})"),        "Success", R"({"ok":1})"                        },
        {"one-way",      true,  std::string(),                     "Success", "{}"                                 },
        {"no transport", false, std::string(),                     "Failure", R"({"error":"NO_ACTIVE_CONNECTION"})"},
        {"no session",   true,  Error{ErrorCode::unavailable, ""}, "Failure",
         R"({"error":"NO_ACTIVE_CONNECTION"})"                                                                     },
        {"timeout",      true,  Error{ErrorCode::timeout, ""},     "Failure", R"({"error":"TIMEOUT"})"             },
        {"other",        true,  Error{ErrorCode::internal, ""},    "Failure", R"({"error":"INTERNAL"})"            },
    };
    for (const Answer& row : answers) {
        SCOPED_TRACE(row.name);
        FakeRpc rpc(row.answer);
        Fixture house;
        if (row.has_rpc) house.rpc = &rpc;
        house.start();
        model::QueuedMsg sent =
            house.message(model::msg_type::rpc_to_device,
                          R"({"method":"setLed","params":{"on":true},"requestId":7})");
        sent.msg.metadata.put("expirationTime", "99");
        sent.msg.metadata.put("oneway", "true");
        house.send(sent);
        ASSERT_TRUE(house.board.wait([&] { return house.queue.records().size() == 2; }));
        ASSERT_TRUE(house.all_committed());
        const model::QueuedMsg next = house.messages_from(1).at(0);
        EXPECT_EQ(next.relations, std::vector<std::string>{row.relation});
        EXPECT_EQ(next.msg.data, row.data);
        EXPECT_EQ(next.msg.type, sent.msg.type);
        EXPECT_EQ(next.msg.rule_chain, house.root.id);
        EXPECT_TRUE(next.msg.rule_node.has_value());
        EXPECT_NE(next.msg.id, sent.msg.id);
        house.engine.reset();
        if (!row.has_rpc) continue;
        EXPECT_EQ(rpc.last.method, "setLed");
        EXPECT_EQ(rpc.last.params, R"({"on":true})");
        EXPECT_EQ(rpc.last.request_id, 7);
        EXPECT_EQ(rpc.last.expires_ms, 99);
        EXPECT_TRUE(rpc.last.oneway);
    }
}

TEST(RpcCallRequest, RefusesWhatIsNoCall) {
    Fixture house;
    house.start();
    model::QueuedMsg sent = house.message(model::msg_type::rpc_to_device, R"({"params":1})");
    house.send(sent);
    sent.msg.data = R"({"method":"x"})";
    house.send(sent);
    sent.msg.data = "[]";
    house.send(sent);
    sent.msg.data = R"({"method":"x","params":1})";
    sent.msg.originator = house.tenant;
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 4);
}

struct Upgrade {
    const char* type;
    int from;
    const char* before;
    const char* after;
};

const Upgrade upgrades[] = {
    {"telemetry.TbMsgTimeseriesNode", 0, R"({"defaultTTL":3,"skipLatestPersistence":false})",
     R"({"defaultTTL":3,"processingSettings":{"type":"ON_EVERY_MESSAGE"}})"                                                                                             },
    {"telemetry.TbMsgTimeseriesNode", 0, R"({"skipLatestPersistence":true})",
     R"({"processingSettings":{"type":"ADVANCED","timeseries":{"type":"ON_EVERY_MESSAGE"},
        "latest":{"type":"SKIP"},"webSockets":{"type":"ON_EVERY_MESSAGE"},
        "calculatedFields":{"type":"ON_EVERY_MESSAGE"}}})"                                                                              },
    {"telemetry.TbMsgTimeseriesNode", 0, "null",
     R"({"defaultTTL":0,"useServerTs":false,"processingSettings":{"type":"ON_EVERY_MESSAGE"}})"                                                                         },
    {"telemetry.TbMsgTimeseriesNode", 1, R"({"kept":1})",                                      R"({"kept":1})"                                                          },
    {"telemetry.TbMsgAttributesNode", 0, R"({"scope":"CLIENT_SCOPE","notifyDevice":"false"})",
     R"({"scope":"CLIENT_SCOPE","updateAttributesOnlyOnValueChange":false,"notifyDevice":false,
        "sendAttributesUpdatedNotification":false,
        "processingSettings":{"type":"ON_EVERY_MESSAGE"}})"                                                                         },
    {"telemetry.TbMsgAttributesNode", 1, R"({"sendAttributesUpdatedNotification":"true"})",
     R"({"sendAttributesUpdatedNotification":true,"notifyDevice":true,
        "updateAttributesOnlyOnValueChange":true,
        "processingSettings":{"type":"ON_EVERY_MESSAGE"}})"                                                                                                  },
    {"telemetry.TbMsgAttributesNode", 2, R"({"notifyDevice":"left"})",
     R"({"notifyDevice":"left","processingSettings":{"type":"ON_EVERY_MESSAGE"}})"                                                                                      },
    {"profile.TbDeviceProfileNode",   0,
     R"({"persistAlarmRulesState":false,"fetchAlarmRulesStateOnStart":true})",                 R"({"persistAlarmRulesState":false,"fetchAlarmRulesStateOnStart":false})"},
    {"profile.TbDeviceProfileNode",   0, R"({"persistAlarmRulesState":true})",
     R"({"persistAlarmRulesState":true})"                                                                                                                               },
    {"flow.TbRuleChainInputNode",     0, R"({"ruleChainId":"x"})",
     R"({"ruleChainId":"x","forwardMsgToDefaultRuleChain":false})"                                                                                                      },
};

TEST(Nodes, UpgradeOldConfigurations) {
    const NodeRegistry registry(all_nodes());
    for (const Upgrade& row : upgrades) {
        SCOPED_TRACE(std::string(row.type) + " " + row.before);
        const NodeDescriptor* descriptor = registry.find(prefix + row.type);
        ASSERT_TRUE(descriptor);
        json::value configuration = parse_json(row.before).value();
        if (!configuration.is_object()) {
            configuration = descriptor->default_configuration();
        } else if (row.from < descriptor->configuration_version) {
            ASSERT_TRUE(descriptor->upgrade(row.from, configuration.as_object()));
        }
        EXPECT_EQ(configuration, parse_json(row.after).value()) << json::serialize(configuration);
    }
}

TEST(Nodes, AreAllThere) {
    const NodeRegistry registry(all_nodes());
    for (const char* type :
         {"filter.TbMsgTypeSwitchNode", "telemetry.TbMsgTimeseriesNode",
          "telemetry.TbMsgAttributesNode", "action.TbLogNode", "rpc.TbSendRPCRequestNode",
          "profile.TbDeviceProfileNode", "flow.TbRuleChainInputNode", "flow.TbRuleChainOutputNode"})
        EXPECT_TRUE(registry.find(prefix + type)) << type;
}

}  // namespace
}  // namespace thingstead::rule::testing
