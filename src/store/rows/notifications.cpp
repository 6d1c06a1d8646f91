// Rows of notifications, and of whom and what they are made of.
#include "model/notification.h"
#include "store/row_mapping.h"

namespace thingstead::store {

TS_MAP_ROWS(model::NotificationTarget)
TS_MAP_ROWS(model::NotificationTemplate)
TS_MAP_ROWS(model::NotificationRequest)
TS_MAP_ROWS(model::Notification)

}  // namespace thingstead::store
