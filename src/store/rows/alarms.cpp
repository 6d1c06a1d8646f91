// Rows of alarms, where they show, and what is said of them.
#include "model/alarm.h"
#include "store/row_mapping.h"

namespace thingstead::store {

TS_MAP_ROWS(model::Alarm)
TS_MAP_ROWS(model::EntityAlarm)
TS_MAP_ROWS(model::AlarmType)
TS_MAP_ROWS(model::AlarmComment)

}  // namespace thingstead::store
