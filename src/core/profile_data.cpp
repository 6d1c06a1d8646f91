#include "core/profile_data.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "core/entity/kind.h"
#include "model/document.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::string_view configuration_shape = "DefaultTenantProfileConfiguration";

/// Limits whose default is not 0.
struct Default {
    std::string_view name;
    std::int64_t value;
};
constexpr Default defaults[] = {
    {"maxCalculatedFieldsPerEntity",                5   },
    {"maxArgumentsPerCF",                           10  },
    {"minAllowedScheduledUpdateIntervalInSecForCF", 10  },
    {"maxRelationLevelPerCfArgument",               2   },
    {"maxRelatedEntitiesToReturnPerCfArgument",     100 },
    {"maxDataPointsPerRollingArg",                  1000},
    {"maxStateSizeInKBytes",                        32  },
    {"maxSingleValueArgumentSizeInKBytes",          2   },
    {"minAllowedDeduplicationIntervalInSecForCF",   10  },
    {"minAllowedAggregationIntervalInSecForCF",     60  },
    {"intermediateAggregationIntervalInSecForCF",   300 },
    {"cfReevaluationCheckInterval",                 60  },
    {"alarmsReevaluationInterval",                  60  },
};

/// Texts that are rate limits, as messages call them.
struct RateLimit {
    std::string_view name, label;
};
constexpr RateLimit rate_limits[] = {
    {"transportTenantMsgRateLimit",                        "Transport tenant messages"                       },
    {"transportTenantTelemetryMsgRateLimit",               "Transport tenant telemetry messages"             },
    {"transportTenantTelemetryDataPointsRateLimit",        "Transport tenant telemetry data points"          },
    {"transportDeviceMsgRateLimit",                        "Transport device messages"                       },
    {"transportDeviceTelemetryMsgRateLimit",               "Transport device telemetry messages"             },
    {"transportDeviceTelemetryDataPointsRateLimit",        "Transport device telemetry data points"          },
    {"transportGatewayMsgRateLimit",                       "Transport gateway messages"                      },
    {"transportGatewayTelemetryMsgRateLimit",              "Transport gateway telemetry messages"            },
    {"transportGatewayTelemetryDataPointsRateLimit",       "Transport gateway telemetry data points"         },
    {"transportGatewayDeviceMsgRateLimit",                 "Transport gateway device messages"               },
    {"transportGatewayDeviceTelemetryMsgRateLimit",        "Transport gateway device telemetry messages"     },
    {"transportGatewayDeviceTelemetryDataPointsRateLimit",
     "Transport gateway device telemetry data points"                                                        },
    {"tenantEntityExportRateLimit",                        "Entity version creation"                         },
    {"tenantEntityImportRateLimit",                        "Entity version load"                             },
    {"tenantNotificationRequestsRateLimit",                "Notification requests"                           },
    {"tenantNotificationRequestsPerRuleRateLimit",         "Notification requests per notification rule"     },
    {"tenantServerRestLimitsConfiguration",                "REST requests for tenant"                        },
    {"customerServerRestLimitsConfiguration",              "REST requests for customer"                      },
    {"wsUpdatesPerSessionRateLimit",                       "WS updates per session"                          },
    {"cassandraReadQueryTenantCoreRateLimits",             "REST API and WS telemetry Cassandra read queries"},
    {"cassandraWriteQueryTenantCoreRateLimits",            "REST API Cassandra write queries"                },
    {"cassandraReadQueryTenantRuleEngineRateLimits",
     "Rule Engine telemetry Cassandra read queries"                                                          },
    {"cassandraWriteQueryTenantRuleEngineRateLimits",
     "Rule Engine telemetry Cassandra write queries"                                                         },
    {"edgeEventRateLimits",                                "Edge events"                                     },
    {"edgeEventRateLimitsPerEdge",                         "Edge events per edge"                            },
    {"edgeUplinkMessagesRateLimits",                       "Edge uplink messages"                            },
    {"edgeUplinkMessagesRateLimitsPerEdge",                "Edge uplink messages per edge"                   },
};

/// What a member that is missing stands for.
json::value default_of(const model::Member& member) {
    for (const Default& each : defaults)
        if (each.name == member.name) return each.value;
    switch (member.kind) {
        case model::Kind::integer:
        case model::Kind::long_integer: return 0;
        case model::Kind::number:       return 0.0;
        default:                        return nullptr;
    }
}

void add_missing(json::object& configuration) {
    if (!configuration.contains("type")) configuration["type"] = "DEFAULT";
    for (const model::Member& member : model::find_shape(configuration_shape)->members) {
        json::value& value = configuration[member.name];
        if (value.is_null()) value = default_of(member);
    }
}

std::optional<std::int64_t> positive(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || value <= 0) return std::nullopt;
    return value;
}

Result<> check_rate_limits(const json::object& configuration) {
    std::vector<std::string> items;
    for (const RateLimit& each : rate_limits) {
        const json::value* const value = configuration.if_contains(each.name);
        const json::string* const text = value ? value->if_string() : nullptr;
        if (!text) continue;
        if (const Result<> valid = check_rate_limit(each.label, std::string_view(*text)); !valid)
            items.push_back(valid.error().message);
    }
    if (items.empty()) return {};
    std::sort(items.begin(), items.end());
    std::string message = "Validation error: " + items.front();
    for (std::size_t i = 1; i < items.size(); ++i) message += ", " + items[i];
    return invalid(std::move(message));
}

/// A member of a queue that is a whole number, or 0.
std::int64_t number_in(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    if (!value || !value->is_number()) return 0;
    boost::system::error_code failed;
    const auto number = value->to_number<std::int64_t>(failed);
    return failed ? 0 : number;
}

double real_in(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    if (!value || !value->is_number()) return 0;
    boost::system::error_code failed;
    const auto number = value->to_number<double>(failed);
    return failed ? 0 : number;
}

std::string text_in(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    const json::string* const text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

const json::object* object_in(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value ? value->if_object() : nullptr;
}

bool is_queue_name(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

Result<> check_strategies(const json::object& queue) {
    const json::object* const submit = object_in(queue, "submitStrategy");
    if (!submit) return invalid("Queue submit strategy can't be null!");
    const std::string type = text_in(*submit, "type");
    if (type.empty()) return invalid("Queue submit strategy type can't be null!");
    if (type == "BATCH" && number_in(*submit, "batchSize") < 1)
        return invalid("Queue submit strategy batch size should be more then 0!");
    const json::object* const processing = object_in(queue, "processingStrategy");
    if (!processing) return invalid("Queue processing strategy can't be null!");
    if (text_in(*processing, "type").empty())
        return invalid("Queue processing strategy type can't be null!");
    if (number_in(*processing, "retries") < 0)
        return invalid("Queue processing strategy retries can't be less then 0!");
    if (const double percent = real_in(*processing, "failurePercentage");
        percent < 0 || percent > 100)
        return invalid(
            "Queue processing strategy failure percentage should be in a range from 0 to 100!");
    const std::int64_t pause = number_in(*processing, "pauseBetweenRetries");
    if (pause < 0)
        return invalid("Queue processing strategy pause between retries can't be less then 0!");
    if (number_in(*processing, "maxPauseBetweenRetries") < pause)
        return invalid(
            "Queue processing strategy MAX pause between retries can't be less then pause between "
            "retries!");
    return {};
}

Result<> check_queue(const json::object& queue) {
    const std::string name = text_in(queue, "name"), topic = text_in(queue, "topic");
    if (model::is_blank(name)) return invalid("Queue name should be specified!");
    if (!is_queue_name(name))
        return invalid(
            "Queue name contains a character other than ASCII alphanumerics, '.', '_' "
            "and '-'!");
    if (model::is_blank(topic)) return invalid("Queue topic should be non empty!");
    if (!is_queue_name(topic))
        return invalid(
            "Queue topic contains a character other than ASCII alphanumerics, '.', '_' "
            "and '-'!");
    if (number_in(queue, "pollInterval") < 1)
        return invalid("Queue poll interval should be more then 0!");
    if (number_in(queue, "partitions") < 1)
        return invalid("Queue partitions should be more then 0!");
    if (number_in(queue, "packProcessingTimeout") < 1)
        return invalid("Queue pack processing timeout should be more then 0!");
    return check_strategies(queue);
}

Result<> check_queues(const json::object& data) {
    const json::value* const member = data.if_contains("queueConfiguration");
    const json::array* const queues = member ? member->if_array() : nullptr;
    if (!queues || queues->empty())
        return invalid("Tenant profile data queue configuration should be specified!");
    std::vector<std::string> names;
    for (const json::value& each : *queues) {
        const json::object* const queue = each.if_object();
        if (!queue) return invalid("Tenant profile data queue configuration should be specified!");
        if (Result<> valid = check_queue(*queue); !valid) return valid;
        std::string name = text_in(*queue, "name");
        if (std::find(names.begin(), names.end(), name) != names.end())
            return invalid("Queue configuration name '" + name + "' already present!");
        names.push_back(std::move(name));
    }
    if (std::find(names.begin(), names.end(), "Main") == names.end())
        return invalid("Main queue configuration should be specified!");
    return {};
}

}  // namespace

json::value default_profile_data() {
    json::object configuration;
    add_missing(configuration);
    return json::object{
        {"configuration",      std::move(configuration)},
        {"queueConfiguration", nullptr                 }
    };
}

json::value main_queue_configuration() {
    return json::object{
        {"name",                  "Main"                                  },
        {"topic",                 "tb_rule_engine.main"                   },
        {"pollInterval",          25                                      },
        {"partitions",            10                                      },
        {"consumerPerPartition",  true                                    },
        {"packProcessingTimeout", 2000                                    },
        {"submitStrategy",        {{"type", "BURST"}, {"batchSize", 1000}}},
        {"processingStrategy",
         {{"type", "SKIP_ALL_FAILURES"},
          {"retries", 3},
          {"failurePercentage", 0.0},
          {"pauseBetweenRetries", 3},
          {"maxPauseBetweenRetries", 3}}                                  },
        {"additionalInfo",        nullptr                                 },
    };
}

Result<> complete_profile_data(model::TenantProfile& profile) {
    if (profile.profile_data.is_null()) profile.profile_data = default_profile_data();
    json::object& data = profile.profile_data.get_object();  // its shape was checked
    json::value& configuration = data["configuration"];
    if (configuration.is_null()) configuration.emplace_object();
    add_missing(configuration.get_object());
    if (Result<> valid = check_rate_limits(configuration.get_object()); !valid) return valid;
    if (!data.contains("queueConfiguration")) data["queueConfiguration"] = nullptr;
    return profile.isolated_rule_engine ? check_queues(data) : Result<>();
}

Result<> check_rate_limit(std::string_view label, std::string_view text) {
    std::vector<std::int64_t> periods;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view one = text.substr(0, comma);
        const std::size_t colon = one.find(':');
        const auto count = positive(one.substr(0, std::min(colon, one.size())));
        const auto seconds =
            colon == std::string_view::npos ? std::nullopt : positive(one.substr(colon + 1));
        if (!count || !seconds || comma + 1 == text.size())
            return invalid(std::string(label) +
                           " rate limit should be of the form count:seconds[,count:seconds]");
        if (std::find(periods.begin(), periods.end(), *seconds) != periods.end())
            return invalid(std::string(label) +
                           " rate limit has duplicate 'Per seconds' configuration.");
        periods.push_back(*seconds);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return {};
}

}  // namespace thingstead::core
