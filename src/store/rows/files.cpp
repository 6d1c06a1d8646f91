// Rows of dashboards, widgets and files.
#include "model/dashboard.h"
#include "model/ota_package.h"
#include "model/resource.h"
#include "model/widget.h"
#include "store/row_mapping.h"

namespace thingstead::store {

TS_MAP_ROWS(model::TbResource)
TS_MAP_ROWS(model::FilePart)
TS_MAP_ROWS(model::OtaPackage)
TS_MAP_ROWS(model::DashboardInfo)
TS_MAP_ROWS(model::Dashboard)
TS_MAP_ROWS(model::DashboardOrder)
TS_MAP_ROWS(model::WidgetTypeDetails)
TS_MAP_ROWS(model::WidgetType)
TS_MAP_ROWS(model::WidgetTypeInfo)
TS_MAP_ROWS(model::WidgetsBundle)
TS_MAP_ROWS(model::WidgetsBundleWidget)

}  // namespace thingstead::store
