#include "core/alarm/alarm_retention.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "core/alarm/alarm_removal.h"
#include "core/entity/limits.h"
#include "core/entity/read.h"
#include "core/rule_ingress.h"
#include "model/entities.h"
#include "model/msg.h"
#include "net/timer.h"

namespace thingstead::core {
namespace {

constexpr EpochMs day_ms = 86'400'000;
/// Longest that is waited for the queue.
constexpr std::chrono::seconds tell_time_max{20};

struct Retained {
    model::TenantId tenant;
    std::int64_t days = 0;
};

model::QueuedMsg message_of(const std::string& type, const model::AlarmInfo& alarm,
                            EpochMs now_ms) {
    model::QueuedMsg queued;
    queued.tenant = alarm.tenant_id;
    queued.msg.id = new_time_uuid();
    queued.msg.ts = now_ms;
    queued.msg.type = type;
    queued.msg.originator = alarm.originator;
    queued.msg.data = json::serialize(to_json(alarm));
    queued.msg.metadata.put("entityName", alarm.type);
    queued.msg.metadata.put("entityType", wire_name(model::EntityType::alarm));
    if (alarm.customer_id) {
        queued.msg.customer = alarm.customer_id;
        queued.msg.metadata.put("customerId", alarm.customer_id->to_string());
    }
    return queued;
}

/// Tenants whose alarms do not stay for ever.
Result<std::vector<Retained>> tenants_with_limit(store::Reader& reader) {
    const auto tenants = reader.all<model::Tenant>({});
    if (!tenants) return tenants.error();
    std::vector<Retained> out;
    for (const model::Tenant& each : *tenants) {
        const auto days = profile_limit(reader, each.id, "alarmsTtlDays");
        if (!days) return days.error();
        if (*days > 0) out.push_back({each.id, *days});
    }
    return out;
}

}  // namespace

Task<> tell_of_alarms(const Platform& platform, IngressPool& ingress, std::string type,
                      std::vector<model::AlarmInfo> alarms) {
    RuleIngress& way = ingress.of(co_await boost::asio::this_coro::executor);
    for (const model::AlarmInfo& each : alarms) {
        std::vector<model::QueuedMsg> messages;
        messages.push_back(message_of(type, each, platform.clock.now_ms()));
        Task<Result<>> push = way.push(std::move(messages));
        const Result<> told = co_await net::with_deadline(std::move(push), tell_time_max);
        if (!told)
            platform.log.warn("alarm.message_lost", told.error(),
                              {
                                  {"type",  type               },
                                  {"alarm", each.id.to_string()}
            });
    }
}

Task<> AlarmRetention::run() {
    for (;;) {
        co_await remove_old();
        co_await net::sleep_for(interval);
    }
}

Task<> AlarmRetention::remove_old() {
    using Tenants = std::vector<Retained>;
    const std::function<Result<Tenants>(store::Reader&)> work = [](store::Reader& reader) {
        return tenants_with_limit(reader);
    };
    const Result<Tenants> tenants = co_await read<Tenants>(platform_, work);
    if (!tenants) {
        platform_.log.warn("alarm.retention.failed", tenants.error());
        co_return;
    }
    for (const Retained& each : *tenants) {
        const Result<> done = co_await remove_of(each.tenant, each.days);
        if (!done)
            platform_.log.warn("alarm.retention.failed", done.error(),
                               {
                                   {"tenant", each.tenant.to_string()}
            });
    }
}

Task<Result<>> AlarmRetention::remove_of(model::TenantId tenant, std::int64_t days) {
    using Removed = std::vector<model::AlarmInfo>;
    // More days than there are milliseconds for: nothing is that old.
    if (days > platform_.clock.now_ms() / day_ms) co_return Result<>();
    const EpochMs before_ms = platform_.clock.now_ms() - days * day_ms;
    for (;;) {
        const std::function<Result<Removed>(store::Transaction&)> work =
            [&](store::Transaction& transaction) {
                return remove_alarms_before(transaction, tenant, before_ms, rows_max);
            };
        Result<Removed> removed = co_await write<Removed>(platform_, work);
        if (!removed) co_return removed.error();
        if (removed->empty()) co_return Result<>();
        co_await tell_of_alarms(platform_, ingress_, "ALARM_DELETE", *std::move(removed));
    }
}

}  // namespace thingstead::core
