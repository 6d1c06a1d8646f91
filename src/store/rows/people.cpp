// Rows of tenants, customers and users.
#include "model/entities.h"
#include "model/user_settings.h"
#include "store/row_mapping.h"

namespace thingstead::store {

TS_MAP_ROWS(model::TenantProfile)
TS_MAP_ROWS(model::Tenant)
TS_MAP_ROWS(model::Customer)
TS_MAP_ROWS(model::User)
TS_MAP_ROWS(model::UserCredentials)
TS_MAP_ROWS(model::AdminSettings)
TS_MAP_ROWS(model::UserSettings)
TS_MAP_ROWS(model::MobileSession)

}  // namespace thingstead::store
