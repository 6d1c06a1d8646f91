#include "core/asset/asset_rules.h"

#include <utility>

#include "core/entity/field_references.h"
#include "core/profile/profile_rules.h"
#include "model/entity_view.h"

namespace thingstead::core {
namespace {

using model::Asset;
using model::AssetProfile;

Result<AssetProfile> profile_for(store::Transaction& transaction, const Asset& asset,
                                 EpochMs now_ms) {
    if (asset.asset_profile_id.uuid == Uuid{}) {
        if (model::is_blank(asset.type))
            return find_or_create_default_profile<AssetProfile>(transaction, asset.tenant_id,
                                                                now_ms);
        return find_or_create_profile<AssetProfile>(transaction, asset.tenant_id, asset.type,
                                                    now_ms);
    }
    auto profile = transaction.find<AssetProfile>({
        {"id", asset.asset_profile_id.uuid}
    });
    if (!profile) return profile.error();
    if (!*profile) return invalid("Asset is referencing non existing asset profile!");
    if ((*profile)->tenant_id != asset.tenant_id)
        return invalid("Asset can`t be referencing to asset profile from different tenant!");
    return **std::move(profile);
}

Result<> check_customer(store::Reader& reader, const Asset& asset) {
    if (asset.customer_id == model::no_customer) return {};
    const auto customer = reader.find<model::Customer>({
        {"id", asset.customer_id.uuid}
    });
    if (!customer) return customer.error();
    if (!*customer) return invalid("Can't assign asset to non-existent customer!");
    if ((*customer)->tenant_id != asset.tenant_id)
        return invalid("Can't assign asset to customer from different tenant!");
    return {};
}

}  // namespace

Result<> EntityRules<Asset>::prepare(Save<Asset>& save) {
    Asset& asset = save.entity;
    // Assignment has its own operations; a save keeps it.
    if (save.before) asset.customer_id = save.before->customer_id;
    if (Result<> valid = check_customer(save.transaction, asset); !valid) return valid;
    const Result<AssetProfile> profile = profile_for(save.transaction, asset, save.now_ms);
    if (!profile) return profile.error();
    asset.asset_profile_id = profile->id;
    asset.type = profile->name;
    return {};
}

Result<> EntityRules<Asset>::removing(Removal<Asset>& removal) {
    const auto view = removal.transaction.find<model::EntityView>({
        {"entityId", store::ColumnCodec<model::EntityId>::write(removal.entity.id)}
    });
    if (!view) return view.error();
    const Result<bool> needed =
        is_in_calculated_fields(removal.transaction, removal.entity.tenant_id, removal.entity.id);
    if (!needed) return needed.error();
    if (*view || *needed)
        return invalid(
            "Can't delete asset that has entity views or is referenced in calculated fields!");
    return {};
}

}  // namespace thingstead::core
