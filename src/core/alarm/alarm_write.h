// One write of an alarm, which is done again when another writer was first.
#pragma once
#include <functional>

#include "core/alarm/alarm_rows.h"

namespace thingstead::core {

using AlarmWork = std::function<Result<AlarmChange>(store::Transaction&)>;

/// `work` is named by the caller and may run more than once.
Task<Result<AlarmChange>> write_alarm(const Platform& platform, const AlarmWork& work);

/// Writes the row, and tells what it was and is.
Result<AlarmChange> write_changed(store::Transaction& transaction, const model::Alarm& before,
                                  model::Alarm after, AlarmOutcome outcome);
Result<AlarmChange> left_unchanged(store::Reader& reader, const model::Alarm& alarm);

}  // namespace thingstead::core
