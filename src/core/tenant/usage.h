// How much of what its profile allows a tenant uses.
#pragma once
#include <cstdint>

#include "base/describe.h"
#include "base/error.h"
#include "core/caller.h"
#include "core/platform.h"
#include "net/task.h"

namespace thingstead::core {

/// 0 as a maximum: no limit.
struct UsageInfo {
    std::int64_t devices = 0, devices_max = 0;
    std::int64_t assets = 0, assets_max = 0;
    std::int64_t customers = 0, customers_max = 0;
    std::int64_t users = 0, users_max = 0;
    std::int64_t dashboards = 0, dashboards_max = 0;
    std::int64_t edges = 0, edges_max = 0;
    std::int64_t transport_messages = 0, transport_messages_max = 0;
    std::int64_t js_executions = 0, js_executions_max = 0;
    std::int64_t tbel_executions = 0, tbel_executions_max = 0;
    std::int64_t emails = 0, emails_max = 0;
    std::int64_t sms = 0, sms_max = 0;
    bool sms_enabled = true;
    std::int64_t alarms = 0, alarms_max = 0;
};
constexpr auto describe(const UsageInfo*) {
    return fields(
        field("devices", &UsageInfo::devices), field("maxDevices", &UsageInfo::devices_max),
        field("assets", &UsageInfo::assets), field("maxAssets", &UsageInfo::assets_max),
        field("customers", &UsageInfo::customers), field("maxCustomers", &UsageInfo::customers_max),
        field("users", &UsageInfo::users), field("maxUsers", &UsageInfo::users_max),
        field("dashboards", &UsageInfo::dashboards),
        field("maxDashboards", &UsageInfo::dashboards_max), field("edges", &UsageInfo::edges),
        field("maxEdges", &UsageInfo::edges_max),
        field("transportMessages", &UsageInfo::transport_messages),
        field("maxTransportMessages", &UsageInfo::transport_messages_max),
        field("jsExecutions", &UsageInfo::js_executions),
        field("maxJsExecutions", &UsageInfo::js_executions_max),
        field("tbelExecutions", &UsageInfo::tbel_executions),
        field("maxTbelExecutions", &UsageInfo::tbel_executions_max),
        field("emails", &UsageInfo::emails), field("maxEmails", &UsageInfo::emails_max),
        field("sms", &UsageInfo::sms), field("maxSms", &UsageInfo::sms_max),
        field("smsEnabled", &UsageInfo::sms_enabled), field("alarms", &UsageInfo::alarms),
        field("maxAlarms", &UsageInfo::alarms_max));
}

/// Of the caller's tenant.
Task<Result<UsageInfo>> tenant_usage(const Platform& platform, Caller caller);

}  // namespace thingstead::core
