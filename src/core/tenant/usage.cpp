#include "core/tenant/usage.h"

#include "core/entity/limits.h"
#include "core/entity/read.h"
#include "model/asset.h"
#include "model/dashboard.h"

namespace thingstead::core {
namespace {

struct Maximum {
    std::string_view name;
    std::int64_t UsageInfo::* member;
};
constexpr Maximum maximums[] = {
    {"maxDevices",           &UsageInfo::devices_max           },
    {"maxAssets",            &UsageInfo::assets_max            },
    {"maxCustomers",         &UsageInfo::customers_max         },
    {"maxUsers",             &UsageInfo::users_max             },
    {"maxDashboards",        &UsageInfo::dashboards_max        },
    {"maxEdges",             &UsageInfo::edges_max             },
    {"maxTransportMessages", &UsageInfo::transport_messages_max},
    {"maxJSExecutions",      &UsageInfo::js_executions_max     },
    {"maxTbelExecutions",    &UsageInfo::tbel_executions_max   },
    {"maxEmails",            &UsageInfo::emails_max            },
    {"maxSms",               &UsageInfo::sms_max               },
    {"maxCreatedAlarms",     &UsageInfo::alarms_max            },
};

void read_maximums(const json::object& configuration, UsageInfo& usage) {
    for (const Maximum& each : maximums) {
        const json::value* const value = configuration.if_contains(each.name);
        if (!value || !value->is_number()) continue;
        boost::system::error_code failed;
        const auto most = value->to_number<std::int64_t>(failed);
        if (!failed) usage.*each.member = most;
    }
    const json::value* const sms = configuration.if_contains("smsEnabled");
    if (sms && sms->is_bool()) usage.sms_enabled = sms->get_bool();
}

/// How many entities of the kind the tenant has.
template <class T>
Result<> count_kind(store::Reader& reader, model::TenantId tenant, std::int64_t& into) {
    const auto counted = reader.count<T>({
        {"tenantId", tenant.uuid}
    });
    if (!counted) return counted.error();
    into = *counted;
    return {};
}

}  // namespace

Task<Result<UsageInfo>> tenant_usage(const Platform& platform, Caller caller) {
    const std::function<Result<UsageInfo>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<UsageInfo> {
        const auto configuration = profile_configuration(reader, caller.tenant);
        if (!configuration) return configuration.error();
        UsageInfo usage;
        read_maximums(*configuration, usage);
        using namespace model;
        if (Result<> done = count_kind<Device>(reader, caller.tenant, usage.devices); !done)
            return done.error();
        if (Result<> done = count_kind<Asset>(reader, caller.tenant, usage.assets); !done)
            return done.error();
        if (Result<> done = count_kind<Customer>(reader, caller.tenant, usage.customers); !done)
            return done.error();
        if (Result<> done = count_kind<User>(reader, caller.tenant, usage.users); !done)
            return done.error();
        if (Result<> done = count_kind<DashboardInfo>(reader, caller.tenant, usage.dashboards);
            !done)
            return done.error();
        return usage;
    };
    co_return co_await read<UsageInfo>(platform, work);
}

}  // namespace thingstead::core
