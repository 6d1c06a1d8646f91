// The end of alarms: one, those of an entity that is gone, those that are too old.
#pragma once
#include <cstdint>
#include <vector>

#include "core/alarm/alarms.h"

namespace thingstead::core {

// --- within a transaction of the caller's; no rights are asked for ---

/// Removes what belongs to the alarm, but not its row: comments, where it shows, and its type if no
/// other alarm has it.
Result<> remove_alarm_rows(store::Transaction& transaction, const model::Alarm& alarm);
/// The alarm as a whole.
Result<> remove_alarm(store::Transaction& transaction, const model::Alarm& alarm);
/// Alarms that an entity had raised, and other alarms' rows for it: at most `rows_max` at a time.
/// How many there were; 0: none is left.
Result<std::int64_t> remove_alarms_of(store::Transaction& transaction, model::EntityId entity,
                                      std::int32_t rows_max);
/// Takes alarms from a user that is gone, with a comment that says so; at most `rows_max` at a
/// time. They are returned as they are then.
Result<std::vector<model::AlarmInfo>> unassign_alarms_of(store::Transaction& transaction,
                                                         model::TenantId tenant, model::UserId user,
                                                         std::int32_t rows_max, EpochMs now_ms);
/// Alarms of a customer that is gone are the tenant's own; at most `rows_max` at a time. How many
/// there were.
Result<std::int64_t> forget_customer_of_alarms(store::Transaction& transaction,
                                               model::CustomerId customer, std::int32_t rows_max);
/// Alarms of the tenant that were created and ended before `before_ms`; removed, at most `rows_max`
/// at a time.
Result<std::vector<model::AlarmInfo>> remove_alarms_before(store::Transaction& transaction,
                                                           model::TenantId tenant,
                                                           EpochMs before_ms,
                                                           std::int32_t rows_max);

}  // namespace thingstead::core
