#include "core/alarm/alarm_removal.h"

#include <utility>

#include "core/alarm/alarm_rows.h"

namespace thingstead::core {
namespace {

using model::Alarm;
using store::Compare;
using store::Transaction;

Result<> forget_type(Transaction& transaction, const Alarm& alarm) {
    const auto others = transaction.all<Alarm>(
        {
            {"tenantId", alarm.tenant_id.uuid},
            {"type", alarm.type},
            {"id", Compare::not_equal, alarm.id.uuid}
    },
        1);
    if (!others) return others.error();
    if (!others->empty()) return {};
    const auto gone = transaction.remove<model::AlarmType>({
        {"tenantId", alarm.tenant_id.uuid},
        {"type",     alarm.type          }
    });
    return gone ? Result<>() : Result<>(gone.error());
}

}  // namespace

Result<> remove_alarm_rows(Transaction& transaction, const Alarm& alarm) {
    const store::Filter of_alarm{
        {"alarmId", alarm.id.uuid}
    };
    if (const auto gone = transaction.remove<model::AlarmComment>(of_alarm); !gone)
        return gone.error();
    if (const auto gone = transaction.remove<model::EntityAlarm>(of_alarm); !gone)
        return gone.error();
    return forget_type(transaction, alarm);
}

Result<> remove_alarm(Transaction& transaction, const Alarm& alarm) {
    if (Result<> gone = remove_alarm_rows(transaction, alarm); !gone) return gone;
    const auto gone = transaction.remove<Alarm>({
        {"id", alarm.id.uuid}
    });
    return gone ? Result<>() : Result<>(gone.error());
}

Result<std::int64_t> remove_alarms_of(Transaction& transaction, model::EntityId entity,
                                      std::int32_t rows_max) {
    const store::Cell id = store::ColumnCodec<model::EntityId>::write(entity);
    const auto alarms = transaction.all<Alarm>(
        {
            {"originator", id}
    },
        rows_max);
    if (!alarms) return alarms.error();
    for (const Alarm& each : *alarms)
        if (Result<> gone = remove_alarm(transaction, each); !gone) return gone.error();
    if (!alarms->empty()) return static_cast<std::int64_t>(alarms->size());
    const auto rows = transaction.all<model::EntityAlarm>(
        {
            {"entityId", id}
    },
        rows_max);
    if (!rows) return rows.error();
    std::vector<model::AlarmId> ids;
    for (const model::EntityAlarm& each : *rows) ids.push_back(each.alarm_id);
    if (ids.empty()) return 0;
    return transaction.remove<model::EntityAlarm>({
        {"entityId", id},
        store::one_of("alarmId", ids)
    });
}

Result<std::vector<model::AlarmInfo>> unassign_alarms_of(Transaction& transaction,
                                                         model::TenantId tenant, model::UserId user,
                                                         std::int32_t rows_max, EpochMs now_ms) {
    auto alarms = transaction.all<Alarm>(
        {
            {"tenantId",   tenant.uuid},
            {"assigneeId", user.uuid  }
    },
        rows_max);
    if (!alarms) return alarms.error();
    for (Alarm& each : *alarms) {
        each.assignee_id.reset();
        each.assign_ts = now_ms;
        if (Result<> written = transaction.update(each); !written) return written.error();
        const Result<> told = add_system_comment(
            transaction, each.id, std::nullopt, "Alarm was unassigned because its user was deleted",
            "UNASSIGNED_FROM_DELETED_USER",
            {
                {"userId", user.to_string()}
        },
            now_ms);
        if (!told) return told.error();
    }
    return with_names(transaction, *std::move(alarms));
}

Result<std::int64_t> forget_customer_of_alarms(Transaction& transaction, model::CustomerId customer,
                                               std::int32_t rows_max) {
    const auto alarms = transaction.all<Alarm>(
        {
            {"customerId", customer.uuid}
    },
        rows_max);
    if (!alarms) return alarms.error();
    std::vector<model::AlarmId> ids;
    for (const Alarm& each : *alarms) ids.push_back(each.id);
    if (ids.empty()) return 0;
    return transaction.change<Alarm>(
        {
            {"customerId", store::Cell()}
    },
        {store::one_of("id", ids)});
}

Result<std::vector<model::AlarmInfo>> remove_alarms_before(Transaction& transaction,
                                                           model::TenantId tenant,
                                                           EpochMs before_ms,
                                                           std::int32_t rows_max) {
    auto alarms = transaction.all<Alarm>(
        {
            {"tenantId", tenant.uuid},
            {"endTs", Compare::at_most, before_ms - 1},
            {"createdTime", Compare::at_most, before_ms - 1}
    },
        rows_max);
    if (!alarms) return alarms.error();
    Result<std::vector<model::AlarmInfo>> infos = with_names(transaction, *alarms);
    if (!infos) return infos;
    for (const Alarm& each : *alarms)
        if (Result<> gone = remove_alarm(transaction, each); !gone) return gone.error();
    return infos;
}

}  // namespace thingstead::core
