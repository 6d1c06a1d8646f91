#include "core/device/device_rules.h"

#include <string>
#include <utility>

#include "base/random.h"
#include "core/entity/field_references.h"
#include "core/profile/profile_rules.h"
#include "core/profile/references.h"
#include "model/device_claim.h"
#include "model/entity_view.h"

namespace thingstead::core {
namespace {

using model::Device;
using model::DeviceCredentials;
using model::DeviceProfile;

constexpr std::size_t token_chars = 20;

Result<DeviceProfile> profile_by_id(store::Reader& reader, const Device& device) {
    auto profile = reader.find<DeviceProfile>({
        {"id", device.device_profile_id.uuid}
    });
    if (!profile) return profile.error();
    if (!*profile) return invalid("Device is referencing non existing device profile!");
    if ((*profile)->tenant_id != device.tenant_id)
        return invalid("Device can`t be referencing to device profile from different tenant!");
    return **std::move(profile);
}

Result<DeviceProfile> profile_for(store::Transaction& transaction, const Device& device,
                                  EpochMs now_ms) {
    if (device.device_profile_id.uuid != Uuid{}) return profile_by_id(transaction, device);
    if (!model::is_blank(device.type))
        return find_or_create_profile<DeviceProfile>(transaction, device.tenant_id, device.type,
                                                     now_ms);
    return find_or_create_default_profile<DeviceProfile>(transaction, device.tenant_id, now_ms);
}

/// The transport part of the device is of its profile's type.
void complete_data(Device& device, const DeviceProfile& profile) {
    const std::string_view transport = enum_name(profile.transport_type);
    json::object* data = device.device_data.if_object();
    if (!data) data = &device.device_data.emplace_object();
    if (const json::value* configuration = data->if_contains("configuration");
        !configuration || !configuration->is_object())
        (*data)["configuration"] = json::object{
            {"type", "DEFAULT"}
        };
    const json::value* present = data->if_contains("transportConfiguration");
    const json::object* present_object = present ? present->if_object() : nullptr;
    const json::value* type = present_object ? present_object->if_contains("type") : nullptr;
    if (!type || !type->is_string() || std::string_view(type->get_string()) != transport)
        (*data)["transportConfiguration"] = json::object{
            {"type", transport}
        };
}

Result<> check_customer(store::Reader& reader, const Device& device) {
    if (device.customer_id == model::no_customer) return {};
    const auto customer = reader.find<model::Customer>({
        {"id", device.customer_id.uuid}
    });
    if (!customer) return customer.error();
    if (!*customer) return invalid("Can't assign device to non-existent customer!");
    if ((*customer)->tenant_id != device.tenant_id)
        return invalid("Can't assign device to customer from different tenant!");
    return {};
}

Result<> check_packages(store::Reader& reader, const Device& device) {
    if (Result<> valid = check_package(reader, device.tenant_id, device.device_profile_id,
                                       PackageKind::firmware, device.firmware_id);
        !valid)
        return valid;
    return check_package(reader, device.tenant_id, device.device_profile_id, PackageKind::software,
                         device.software_id);
}

}  // namespace

Result<> follow_profile(store::Transaction& transaction, Device& device, EpochMs now_ms) {
    const Result<DeviceProfile> profile = profile_for(transaction, device, now_ms);
    if (!profile) return profile.error();
    device.device_profile_id = profile->id;
    device.type = profile->name;
    complete_data(device, *profile);
    return {};
}

Result<> EntityRules<Device>::prepare(Save<Device>& save) {
    Device& device = save.entity;
    // Assignment has its own operations; a save keeps it.
    if (save.before) device.customer_id = save.before->customer_id;
    if (Result<> valid = check_customer(save.transaction, device); !valid) return valid;
    if (Result<> done = follow_profile(save.transaction, device, save.now_ms); !done) return done;
    return check_packages(save.transaction, device);
}

Result<> EntityRules<Device>::written(Save<Device>& save) {
    if (!save.creates()) return touched(save.transaction, save.entity, save.change);
    DeviceCredentials credentials;
    credentials.id = new_time_uuid();
    credentials.created_time = save.now_ms;
    credentials.device_id = save.entity.id;
    credentials.credentials_id = random_alphanumeric(token_chars);
    credentials.version = 1;
    if (Result<> made = save.transaction.insert(credentials); !made) return made;
    return save.transaction.save_attributes({save.entity.id,
                                             model::AttributeScope::server,
                                             {{"active", model::Value(false)}},
                                             save.now_ms});
}

Result<> EntityRules<Device>::removing(Removal<Device>& removal) {
    const Device& device = removal.entity;
    const auto view = removal.transaction.find<model::EntityView>({
        {"entityId", store::ColumnCodec<model::EntityId>::write(device.id)}
    });
    if (!view) return view.error();
    const Result<bool> needed =
        is_in_calculated_fields(removal.transaction, device.tenant_id, device.id);
    if (!needed) return needed.error();
    if (*view || *needed)
        return invalid(
            "Can't delete device that has entity views or is referenced in calculated fields!");
    if (Result<> done = touched(removal.transaction, device, removal.change); !done) return done;
    if (auto gone = removal.transaction.remove<DeviceCredentials>({
            {"deviceId", device.id.uuid}
    });
        !gone)
        return gone.error();
    if (auto gone = removal.transaction.remove<model::DeviceClaim>({
            {"deviceId", device.id.uuid}
    });
        !gone)
        return gone.error();
    return {};
}

Result<> EntityRules<Device>::touched(store::Reader& reader, const Device& device,
                                      EntityChange& change) {
    const auto credentials = reader.find<DeviceCredentials>({
        {"deviceId", device.id.uuid}
    });
    if (!credentials) return credentials.error();
    change.credentials_ids.clear();
    if (*credentials) change.credentials_ids.push_back((*credentials)->credentials_id);
    return {};
}

}  // namespace thingstead::core
