// JSON of notifications, and of whom and what they are made of: compiled here once.
#include "model/notification.h"

namespace thingstead {

TS_JSON_HERE(model::NotificationTarget)
TS_JSON_HERE(model::NotificationTemplate)
TS_JSON_HERE(model::NotificationRequest)
TS_JSON_HERE(model::Notification)

}  // namespace thingstead
