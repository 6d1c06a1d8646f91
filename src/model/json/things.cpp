// JSON of people, devices, assets and their profiles: compiled here once.
#include "model/asset.h"
#include "model/device_claim.h"
#include "model/entities.h"
#include "model/entity_view.h"

namespace thingstead {

TS_JSON_HERE(model::Asset)
TS_JSON_HERE(model::AssetProfile)
TS_JSON_HERE(model::DeviceClaim)
TS_JSON_HERE(model::TenantProfile)
TS_JSON_HERE(model::Tenant)
TS_JSON_HERE(model::Customer)
TS_JSON_HERE(model::User)
TS_JSON_HERE(model::UserCredentials)
TS_JSON_HERE(model::Device)
TS_JSON_HERE(model::DeviceCredentials)
TS_JSON_HERE(model::DeviceProfile)
TS_JSON_HERE(model::RuleChain)
TS_JSON_HERE(model::AdminSettings)
TS_JSON_HERE(model::EntityView)

}  // namespace thingstead
