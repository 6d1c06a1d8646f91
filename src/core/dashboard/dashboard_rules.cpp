#include "core/dashboard/dashboard_rules.h"

#include "model/asset.h"

namespace thingstead::core {

Result<> EntityRules<model::Dashboard>::prepare(Save<model::Dashboard>& save) {
    if (save.creates()) {
        save.entity.assigned_customers.clear();
        return {};
    }
    save.entity.customer_id = save.before->customer_id;
    save.entity.assigned_customers = save.before->assigned_customers;
    return {};
}

Result<> EntityRules<model::Dashboard>::removing(Removal<model::Dashboard>& removal) {
    const auto profile = removal.transaction.find<model::DeviceProfile>({
        {"defaultDashboardId", removal.entity.id.uuid}
    });
    if (!profile) return profile.error();
    if (*profile) return invalid("The dashboard is referenced by a device profile");
    const auto of_assets = removal.transaction.find<model::AssetProfile>({
        {"defaultDashboardId", removal.entity.id.uuid}
    });
    if (!of_assets) return of_assets.error();
    if (*of_assets) return invalid("The dashboard is referenced by an asset profile");
    return {};
}

}  // namespace thingstead::core
