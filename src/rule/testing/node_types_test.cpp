// Every class of nodes that chains of the interface may name: whether it is known here, and by the
// kind, name and version that the interface has.
#include <gtest/gtest.h>

#include <algorithm>

#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing {
namespace {

constexpr std::string_view class_prefix = "org.thingsboard.rule.engine.";

struct KnownType {
    NodeKind kind;
    std::string_view name;
    std::string_view type;  ///< Without class_prefix.
    std::int32_t version;   ///< -1: not told.
};
using enum NodeKind;
constexpr KnownType known_types[] = {
    {filter,         "alarm status filter",               "filter.TbCheckAlarmStatusNode",                         0 },
    {filter,         "asset profile switch",              "filter.TbAssetTypeSwitchNode",                          0 },
    {filter,         "check fields presence",             "filter.TbCheckMessageNode",                             0 },
    {filter,         "check relation presence",           "filter.TbCheckRelationNode",                            1 },
    {filter,         "device profile switch",             "filter.TbDeviceTypeSwitchNode",                         0 },
    {filter,         "entity type filter",                "filter.TbOriginatorTypeFilterNode",                     0 },
    {filter,         "entity type switch",                "filter.TbOriginatorTypeSwitchNode",                     0 },
    {filter,         "gps geofencing filter",             "geo.TbGpsGeofencingFilterNode",                         0 },
    {filter,         "message type filter",               "filter.TbMsgTypeFilterNode",                            0 },
    {filter,         "message type switch",               "filter.TbMsgTypeSwitchNode",                            0 },
    {filter,         "script",                            "filter.TbJsFilterNode",                                 0 },
    {filter,         "switch",                            "filter.TbJsSwitchNode",                                 0 },
    {enrichment,     "calculate delta",                   "metadata.CalculateDeltaNode",                           1 },
    {enrichment,     "customer attributes",               "metadata.TbGetCustomerAttributeNode",                   1 },
    {enrichment,     "customer details",                  "metadata.TbGetCustomerDetailsNode",                     1 },
    {enrichment,     "fetch device credentials",          "metadata.TbFetchDeviceCredentialsNode",                 1 },
    {enrichment,     "originator attributes",             "metadata.TbGetAttributesNode",                          1 },
    {enrichment,     "originator fields",                 "metadata.TbGetOriginatorFieldsNode",                    1 },
    {enrichment,     "originator telemetry",              "metadata.TbGetTelemetryNode",                           2 },
    {enrichment,     "related device attributes",         "metadata.TbGetDeviceAttrNode",                          1 },
    {enrichment,     "related entity data",               "metadata.TbGetRelatedAttributeNode",                    1 },
    {enrichment,     "tenant attributes",                 "metadata.TbGetTenantAttributeNode",                     1 },
    {enrichment,     "tenant details",                    "metadata.TbGetTenantDetailsNode",                       1 },
    {transformation, "change originator",                 "transform.TbChangeOriginatorNode",                      0 },
    {transformation, "copy key-value pairs",              "transform.TbCopyKeysNode",                              2 },
    {transformation, "deduplication",                     "deduplication.TbMsgDeduplicationNode",                  1 },
    {transformation, "delete key-value pairs",            "transform.TbDeleteKeysNode",                            2 },
    {transformation, "json path",                         "transform.TbJsonPathNode",                              0 },
    {transformation, "rename keys",                       "transform.TbRenameKeysNode",                            2 },
    {transformation, "script",                            "transform.TbTransformMsgNode",                          0 },
    {transformation, "split array msg",                   "transform.TbSplitArrayMsgNode",                         0 },
    {transformation, "to email",                          "mail.TbMsgToEmailNode",                                 0 },
    {action,         "assign to customer",                "action.TbAssignToCustomerNode",                         1 },
    {action,         "calculated fields and alarm rules", "telemetry.TbCalculatedFieldsNode",                      0 },
    {action,         "clear alarm",                       "action.TbClearAlarmNode",                               0 },
    {action,         "copy to view",                      "action.TbCopyAttributesToEntityViewNode",               0 },
    {action,         "create alarm",                      "action.TbCreateAlarmNode",                              0 },
    {action,         "create relation",                   "action.TbCreateRelationNode",                           1 },
    {action,         "delay (deprecated)",                "delay.TbMsgDelayNode",                                  0 },
    {action,         "delete attributes",                 "telemetry.TbMsgDeleteAttributesNode",                   0 },
    {action,         "delete relation",                   "action.TbDeleteRelationNode",                           1 },
    {action,         "device profile (deprecated)",       "profile.TbDeviceProfileNode",                           1 },
    {action,         "device state",                      "action.TbDeviceStateNode",                              0 },
    {action,         "generator",                         "debug.TbMsgGeneratorNode",                              2 },
    {action,         "gps geofencing events",             "geo.TbGpsGeofencingActionNode",                         1 },
    {action,         "log",                               "action.TbLogNode",                                      0 },
    {action,         "math function",                     "math.TbMathNode",                                       0 },
    {action,         "message count",                     "action.TbMsgCountNode",                                 0 },
    {action,         "push to cloud",                     "edge.TbMsgPushToCloudNode",                             0 },
    {action,         "push to edge",                      "edge.TbMsgPushToEdgeNode",                              0 },
    {action,         "rest call reply",                   "rest.TbSendRestApiCallReplyNode",                       0 },
    {action,         "rpc call reply",                    "rpc.TbSendRPCReplyNode",                                0 },
    {action,         "rpc call request",                  "rpc.TbSendRPCRequestNode",                              0 },
    {action,         "save attributes",                   "telemetry.TbMsgAttributesNode",                         3 },
    {action,         "save time series",                  "telemetry.TbMsgTimeseriesNode",                         1 },
    {action,         "save to custom table",              "action.TbSaveToCustomCassandraTableNode",               1 },
    {action,         "synchronization end",               "transaction.TbSynchronizationEndNode",                  0 },
    {action,         "synchronization start",             "transaction.TbSynchronizationBeginNode",                0 },
    {action,         "unassign from customer",            "action.TbUnassignFromCustomerNode",                     1 },
    {external,       "AI request",                        "ai.TbAiNode",                                           0 },
    {external,       "aws lambda",                        "aws.lambda.TbAwsLambdaNode",                            0 },
    {external,       "aws sns",                           "aws.sns.TbSnsNode",                                     0 },
    {external,       "aws sqs",                           "aws.sqs.TbSqsNode",                                     0 },
    {external,       "azure iot hub",                     "mqtt.azure.TbAzureIotHubNode",                          1 },
    {external,       "gcp pubsub",                        "gcp.pubsub.TbPubSubNode",                               0 },
    {external,       "kafka",                             "kafka.TbKafkaNode",                                     1 },
    {external,       "mqtt",                              "mqtt.TbMqttNode",                                       2 },
    {external,       "rabbitmq",                          "rabbitmq.TbRabbitMqNode",                               0 },
    {external,       "rest api call",                     "rest.TbRestApiCallNode",                                4 },
    {external,       "send email",                        "mail.TbSendEmailNode",                                  0 },
    {external,       "send notification",                 "notification.TbNotificationNode",                       0 },
    {external,       "send sms",                          "sms.TbSendSmsNode",                                     0 },
    {external,       "send to slack",                     "notification.TbSlackNode",                              0 },
    {flow,           "acknowledge",                       "flow.TbAckNode",                                        0 },
    {flow,           "checkpoint",                        "flow.TbCheckpointNode",                                 1 },
    {flow,           "output",                            "flow.TbRuleChainOutputNode",                            0 },
    {flow,           "rule chain",                        "flow.TbRuleChainInputNode",                             1 },
    {action,         "add to group",                      "action.TbAddToGroupNode",                               -1},
    {action,         "remove from group",                 "action.TbRemoveFromGroupNode",                          -1},
    {action,         "change owner",                      "action.TbChangeOwnerNode",                              -1},
    {action,         "generate dashboard report",         "report.TbGenerateReportNode",                           -1},
    {action,         "integration downlink",              "integration.TbIntegrationDownlinkNode",                 -1},
    {transformation, "duplicate to group",                "transform.TbDuplicateMsgToGroupNode",                   -1},
    {transformation, "duplicate to group by name",        "transform.TbDuplicateMsgToGroupByNameNode",             -1},
    {transformation, "duplicate to related",              "transform.TbDuplicateMsgToRelatedNode",                 -1},
    {analytics,      "aggregate latest",                  "analytics.latest.telemetry.TbAggLatestTelemetryNode",   -1},
    {analytics,      "aggregate latest V2",               "analytics.latest.telemetry.TbAggLatestTelemetryNodeV2", -1},
    {analytics,      "aggregate stream",                  "analytics.incoming.TbSimpleAggMsgNode",                 -1},
    {analytics,      "alarms count (deprecated)",         "analytics.latest.alarm.TbAlarmsCountNode",              -1},
    {analytics,      "alarms count",                      "analytics.latest.alarm.TbAlarmsCountNodeV2",            -1},
};

const NodeDescriptor* descriptor_named(std::string_view type) {
    const auto all = all_nodes();
    const auto at = std::find_if(all.begin(), all.end(), [&](const NodeDescriptor* each) {
        return each->type == std::string(class_prefix) + std::string(type);
    });
    return at == all.end() ? nullptr : *at;
}

TEST(NodeTypes, AreAllKnown) {
    for (const KnownType& row : known_types) {
        SCOPED_TRACE(row.type);
        const NodeDescriptor* descriptor = descriptor_named(row.type);
        if (!descriptor) {
            ADD_FAILURE() << "there is no such node";
            continue;
        }
        EXPECT_EQ(descriptor->kind, row.kind);
        EXPECT_EQ(descriptor->name, row.name);
        if (row.version >= 0) {
            EXPECT_EQ(descriptor->configuration_version, row.version);
        }
        EXPECT_EQ(descriptor->upgrade != nullptr, descriptor->configuration_version > 0);
    }
}

TEST(NodeTypes, AreNoneThatTheInterfaceDoesNotHave) {
    for (const NodeDescriptor* each : all_nodes()) {
        const bool known =
            std::any_of(std::begin(known_types), std::end(known_types), [&](const KnownType& row) {
                return each->type.ends_with("." + std::string(row.type));
            });
        EXPECT_TRUE(known) << each->type;
        EXPECT_TRUE(each->type.starts_with(class_prefix)) << each->type;
        EXPECT_FALSE(each->summary.empty()) << each->type;
        EXPECT_TRUE(each->default_configuration().is_object()) << each->type;
    }
}

TEST(PushToEdge, IsDoneWhereNoEdgesAre) {
    NodeBench bench;
    ASSERT_TRUE(bench.make("edge.TbMsgPushToEdgeNode"));
    EXPECT_EQ(bench.send("{}").way(), "consumed");
    model::Msg other = bench.message("{}");
    other.type = "ENTITY_CREATED";
    EXPECT_EQ(bench.send(other).error, "Unsupported msg type ENTITY_CREATED");
    other.metadata.put("source", "edge");
    EXPECT_EQ(bench.send(other).way(), "consumed");
    model::Msg of_edge = bench.message("{}");
    of_edge.originator = model::EntityId(model::EntityType::edge, new_random_uuid());
    EXPECT_EQ(bench.send(of_edge).error, "This server has no edges!");
}

TEST(NodesThatCannotWork, SayWhy) {
    NodeBench bench;
    const auto refusal = [&](const char* type) { return bench.make(type).error().message; };
    EXPECT_EQ(refusal("edge.TbMsgPushToCloudNode"), "Only an edge pushes to the cloud!");
    EXPECT_EQ(refusal("integration.TbIntegrationDownlinkNode"),
              "Integrations are not run by this server!");
    EXPECT_EQ(refusal("report.TbGenerateReportNode"), "Reports are not made by this server!");
}

}  // namespace
}  // namespace thingstead::rule::testing
