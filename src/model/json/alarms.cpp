// JSON of alarms and their comments: compiled here once.
#include "model/alarm.h"

namespace thingstead {

TS_JSON_HERE(model::Alarm)
TS_JSON_HERE(model::AlarmAssignee)
TS_JSON_HERE(model::AlarmInfo)
TS_JSON_HERE(model::EntityAlarm)
TS_JSON_HERE(model::AlarmType)
TS_JSON_HERE(model::AlarmComment)
TS_JSON_HERE(model::AlarmCommentInfo)

}  // namespace thingstead
