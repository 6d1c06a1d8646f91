// JSON of dashboards, widgets and files: compiled here once.
#include "model/dashboard.h"
#include "model/ota_package.h"
#include "model/resource.h"
#include "model/widget.h"

namespace thingstead {

TS_JSON_HERE(model::ShortCustomerInfo)
TS_JSON_HERE(model::DashboardInfo)
TS_JSON_HERE(model::Dashboard)
TS_JSON_HERE(model::DashboardOrder)
TS_JSON_HERE(model::OtaPackage)
TS_JSON_HERE(model::TbResource)
TS_JSON_HERE(model::ResourceExportData)
TS_JSON_HERE(model::WidgetTypeDetails)
TS_JSON_HERE(model::WidgetType)
TS_JSON_HERE(model::WidgetTypeInfo)
TS_JSON_HERE(model::WidgetsBundle)
TS_JSON_HERE(model::WidgetsBundleWidget)

}  // namespace thingstead
