// Rows of devices, assets and what describes them.
#include "model/asset.h"
#include "model/device_claim.h"
#include "model/entities.h"
#include "model/entity_view.h"
#include "store/attribute_flag.h"
#include "store/row_mapping.h"

namespace thingstead::store {

TS_MAP_ROWS(AttributeFlag)
TS_MAP_ROWS(model::Asset)
TS_MAP_ROWS(model::AssetProfile)
TS_MAP_ROWS(model::DeviceClaim)
TS_MAP_ROWS(model::EntityView)
TS_MAP_ROWS(model::Device)
TS_MAP_ROWS(model::DeviceCredentials)
TS_MAP_ROWS(model::DeviceProfile)

}  // namespace thingstead::store
