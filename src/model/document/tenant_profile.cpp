// Shapes of tenant profiles.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member default_tenant_profile_configuration_members[] = {
    {.name = "alarmsReevaluationInterval",                         .kind = Kind::long_integer},
    {.name = "alarmsTtlDays",                                      .kind = Kind::integer     },
    {.name = "cassandraReadQueryTenantCoreRateLimits",             .kind = Kind::text        },
    {.name = "cassandraReadQueryTenantRuleEngineRateLimits",       .kind = Kind::text        },
    {.name = "cassandraWriteQueryTenantCoreRateLimits",            .kind = Kind::text        },
    {.name = "cassandraWriteQueryTenantRuleEngineRateLimits",      .kind = Kind::text        },
    {.name = "cfReevaluationCheckInterval",                        .kind = Kind::long_integer},
    {.name = "customerServerRestLimitsConfiguration",              .kind = Kind::text        },
    {.name = "defaultStorageTtlDays",                              .kind = Kind::integer     },
    {.name = "edgeEventRateLimits",                                .kind = Kind::text        },
    {.name = "edgeEventRateLimitsPerEdge",                         .kind = Kind::text        },
    {.name = "edgeUplinkMessagesRateLimits",                       .kind = Kind::text        },
    {.name = "edgeUplinkMessagesRateLimitsPerEdge",                .kind = Kind::text        },
    {.name = "intermediateAggregationIntervalInSecForCF",          .kind = Kind::long_integer},
    {.name = "maxArgumentsPerCF",                                  .kind = Kind::long_integer},
    {.name = "maxAssets",                                          .kind = Kind::long_integer},
    {.name = "maxCalculatedFieldsPerEntity",                       .kind = Kind::long_integer},
    {.name = "maxCreatedAlarms",                                   .kind = Kind::long_integer},
    {.name = "maxCustomers",                                       .kind = Kind::long_integer},
    {.name = "maxDPStorageDays",                                   .kind = Kind::long_integer},
    {.name = "maxDashboards",                                      .kind = Kind::long_integer},
    {.name = "maxDataPointsPerRollingArg",                         .kind = Kind::long_integer},
    {.name = "maxDebugModeDurationMinutes",                        .kind = Kind::integer     },
    {.name = "maxDevices",                                         .kind = Kind::long_integer},
    {.name = "maxEdges",                                           .kind = Kind::long_integer},
    {.name = "maxEmails",                                          .kind = Kind::long_integer},
    {.name = "maxJSExecutions",                                    .kind = Kind::long_integer},
    {.name = "maxOtaPackagesInBytes",                              .kind = Kind::long_integer},
    {.name = "maxREExecutions",                                    .kind = Kind::long_integer},
    {.name = "maxRelatedEntitiesToReturnPerCfArgument",            .kind = Kind::integer     },
    {.name = "maxRelationLevelPerCfArgument",                      .kind = Kind::integer     },
    {.name = "maxResourceSize",                                    .kind = Kind::long_integer},
    {.name = "maxResourcesInBytes",                                .kind = Kind::long_integer},
    {.name = "maxRuleChains",                                      .kind = Kind::long_integer},
    {.name = "maxRuleNodeExecutionsPerMessage",                    .kind = Kind::integer     },
    {.name = "maxSingleValueArgumentSizeInKBytes",                 .kind = Kind::long_integer},
    {.name = "maxSms",                                             .kind = Kind::long_integer},
    {.name = "maxStateSizeInKBytes",                               .kind = Kind::long_integer},
    {.name = "maxTbelExecutions",                                  .kind = Kind::long_integer},
    {.name = "maxTransportDataPoints",                             .kind = Kind::long_integer},
    {.name = "maxTransportMessages",                               .kind = Kind::long_integer},
    {.name = "maxUsers",                                           .kind = Kind::long_integer},
    {.name = "maxWsSessionsPerCustomer",                           .kind = Kind::integer     },
    {.name = "maxWsSessionsPerPublicUser",                         .kind = Kind::integer     },
    {.name = "maxWsSessionsPerRegularUser",                        .kind = Kind::integer     },
    {.name = "maxWsSessionsPerTenant",                             .kind = Kind::integer     },
    {.name = "maxWsSubscriptionsPerCustomer",                      .kind = Kind::long_integer},
    {.name = "maxWsSubscriptionsPerPublicUser",                    .kind = Kind::long_integer},
    {.name = "maxWsSubscriptionsPerRegularUser",                   .kind = Kind::long_integer},
    {.name = "maxWsSubscriptionsPerTenant",                        .kind = Kind::long_integer},
    {.name = "minAllowedAggregationIntervalInSecForCF",            .kind = Kind::long_integer},
    {.name = "minAllowedDeduplicationIntervalInSecForCF",          .kind = Kind::long_integer},
    {.name = "minAllowedScheduledUpdateIntervalInSecForCF",        .kind = Kind::integer     },
    {.name = "queueStatsTtlDays",                                  .kind = Kind::integer     },
    {.name = "rpcTtlDays",                                         .kind = Kind::integer     },
    {.name = "ruleEngineExceptionsTtlDays",                        .kind = Kind::integer     },
    {.name = "smsEnabled",                                         .kind = Kind::boolean     },
    {.name = "tenantEntityExportRateLimit",                        .kind = Kind::text        },
    {.name = "tenantEntityImportRateLimit",                        .kind = Kind::text        },
    {.name = "tenantNotificationRequestsPerRuleRateLimit",         .kind = Kind::text        },
    {.name = "tenantNotificationRequestsRateLimit",                .kind = Kind::text        },
    {.name = "tenantServerRestLimitsConfiguration",                .kind = Kind::text        },
    {.name = "transportDeviceMsgRateLimit",                        .kind = Kind::text        },
    {.name = "transportDeviceTelemetryDataPointsRateLimit",        .kind = Kind::text        },
    {.name = "transportDeviceTelemetryMsgRateLimit",               .kind = Kind::text        },
    {.name = "transportGatewayDeviceMsgRateLimit",                 .kind = Kind::text        },
    {.name = "transportGatewayDeviceTelemetryDataPointsRateLimit", .kind = Kind::text        },
    {.name = "transportGatewayDeviceTelemetryMsgRateLimit",        .kind = Kind::text        },
    {.name = "transportGatewayMsgRateLimit",                       .kind = Kind::text        },
    {.name = "transportGatewayTelemetryDataPointsRateLimit",       .kind = Kind::text        },
    {.name = "transportGatewayTelemetryMsgRateLimit",              .kind = Kind::text        },
    {.name = "transportTenantMsgRateLimit",                        .kind = Kind::text        },
    {.name = "transportTenantTelemetryDataPointsRateLimit",        .kind = Kind::text        },
    {.name = "transportTenantTelemetryMsgRateLimit",               .kind = Kind::text        },
    {.name = "warnThreshold",                                      .kind = Kind::number      },
    {.name = "wsMsgQueueLimitPerSession",                          .kind = Kind::integer     },
    {.name = "wsUpdatesPerSessionRateLimit",                       .kind = Kind::text        },
};

constexpr Member tenant_profile_configuration_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};
constexpr Variant tenant_profile_configuration_variants[] = {
    {"DEFAULT", "DefaultTenantProfileConfiguration"},
};

constexpr Member tenant_profile_data_members[] = {
    {.name = "configuration", .kind = Kind::object, .shape = "TenantProfileConfiguration"},
    {.name = "queueConfiguration",
     .kind = Kind::object,
     .shape = "TenantProfileQueueConfiguration",
     .list = true},
};

constexpr Member tenant_profile_queue_configuration_members[] = {
    {.name = "additionalInfo", .kind = Kind::any, .shape = "JsonNode"},
    {.name = "consumerPerPartition", .kind = Kind::boolean},
    {.name = "name", .kind = Kind::text},
    {.name = "packProcessingTimeout", .kind = Kind::long_integer},
    {.name = "partitions", .kind = Kind::integer},
    {.name = "pollInterval", .kind = Kind::integer},
    {.name = "processingStrategy", .kind = Kind::object, .shape = "ProcessingStrategy"},
    {.name = "submitStrategy", .kind = Kind::object, .shape = "SubmitStrategy"},
    {.name = "topic", .kind = Kind::text},
};

constexpr Shape tenant_profile_table[] = {
    {.name = "DefaultTenantProfileConfiguration",
     .members = default_tenant_profile_configuration_members,
     .extends = "TenantProfileConfiguration"},
    {.name = "TenantProfileConfiguration",
     .members = tenant_profile_configuration_members,
     .discriminator = "type",
     .variants = tenant_profile_configuration_variants},
    {.name = "TenantProfileData", .members = tenant_profile_data_members},
    {.name = "TenantProfileQueueConfiguration",
     .members = tenant_profile_queue_configuration_members},
};

}  // namespace

std::span<const Shape> tenant_profile_shapes() { return tenant_profile_table; }

}  // namespace thingstead::model
