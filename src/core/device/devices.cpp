#include "core/device/devices.h"

#include <functional>
#include <utility>

#include "core/device/credentials_rules.h"
#include "core/entity/limits.h"
#include "model/entity_group.h"
#include "model/entity_view.h"
#include "model/relation.h"
#include "store/attribute_flag.h"

namespace thingstead::core {
namespace {

using model::Device;
using model::DeviceCredentials;
using model::DeviceId;

Result<DeviceCredentials> stored_credentials(store::Reader& reader, DeviceId id) {
    auto found = reader.find<DeviceCredentials>({
        {"deviceId", id.uuid}
    });
    if (!found) return found.error();
    if (!*found) return item_not_found();
    return **std::move(found);
}

/// Writes `given` over `stored`. Both ids go into the change: one is to be forgotten, and that the
/// other is unknown may be remembered.
Result<> replace_credentials(store::Transaction& transaction, const DeviceCredentials& stored,
                             DeviceCredentials& given, EntityChange& change) {
    given.id = stored.id;
    given.device_id = stored.device_id;
    given.created_time = stored.created_time;
    if (Result<> valid = complete_credentials(given); !valid) return valid;
    change.credentials_ids = {stored.credentials_id, given.credentials_id};
    change.credentials_version = given.version.value_or(0);
    return transaction.update(given);
}

Result<> set_credentials(store::Transaction& transaction, const Caller& caller,
                         const Saved<Device>& saved, DeviceCredentials given,
                         EntityChange& change) {
    if (!saved.created)
        if (Result<> allowed =
                check(transaction, caller, Operation::write_credentials, subject_of(saved.entity));
            !allowed)
            return allowed;
    const Result<DeviceCredentials> stored = stored_credentials(transaction, saved.entity.id);
    if (!stored) return stored.error();
    given.version = saved.created ? 1 : stored->version.value_or(0) + 1;
    if (Result<> done = replace_credentials(transaction, *stored, given, change); !done)
        return in_words(done.error());
    if (!saved.created) change.kind = ChangeKind::credentials_updated;
    return {};
}

/// Relations both ways and memberships in groups.
Result<> leave_tenant(store::Transaction& transaction, DeviceId id) {
    const auto gone = [](const Result<std::int64_t>& removed) {
        return removed ? Result<>() : Result<>(removed.error());
    };
    if (Result<> done = gone(transaction.remove<model::Relation>({
            {"fromId", id.uuid}
    }));
        !done)
        return done;
    if (Result<> done = gone(transaction.remove<model::Relation>({
            {"toId", id.uuid}
    }));
        !done)
        return done;
    return gone(transaction.remove<model::EntityGroupMember>({
        {"entityId", id.uuid}
    }));
}

Result<model::Tenant> tenant_of(store::Reader& reader, model::TenantId id) {
    auto tenant = reader.find<model::Tenant>({
        {"id", id.uuid}
    });
    if (!tenant) return tenant.error();
    if (!*tenant) return invalid("Could not find the specified Tenant!");
    return **std::move(tenant);
}

Result<> check_has_no_views(store::Reader& reader, DeviceId id) {
    const auto view = reader.find<model::EntityView>({
        {"entityId", store::ColumnCodec<model::EntityId>::write(id)}
    });
    if (!view) return view.error();
    return *view ? invalid("Can't assign device that has entity views to another tenant!")
                 : Result<>();
}

Result<MovedDevice> move_in(store::Transaction& transaction, const Caller& caller, EpochMs now_ms,
                            model::TenantId to, DeviceId id, EntityChange& change) {
    Result<Device> device = load<Device>(transaction, caller, Operation::assign_to_tenant, id);
    if (!device) return device.error();
    Result<model::Tenant> from_tenant = tenant_of(transaction, device->tenant_id);
    if (!from_tenant) return from_tenant.error();
    Result<model::Tenant> to_tenant = tenant_of(transaction, to);
    if (!to_tenant) return to_tenant.error();
    if (Result<> free = check_has_no_views(transaction, id); !free) return free.error();
    if (to != device->tenant_id)
        if (Result<> within = check_limit<Device>(transaction, to, EntityRules<Device>::limit);
            !within)
            return within.error();
    if (Result<> done = leave_tenant(transaction, id); !done) return done.error();
    device->tenant_id = to;
    device->customer_id = model::no_customer;
    device->device_profile_id = {};
    device->firmware_id.reset();
    device->software_id.reset();
    device->external_id.reset();
    device->version = device->version.value_or(0) + 1;
    if (Result<> done = follow_profile(transaction, *device, now_ms); !done) return done.error();
    if (Result<> done = EntityRules<Device>::touched(transaction, *device, change); !done)
        return done.error();
    if (Result<> done = transaction.update(*device); !done) return done.error();
    return MovedDevice{*std::move(device), *std::move(from_tenant), *std::move(to_tenant)};
}

}  // namespace

std::optional<DeviceCredentials> token_credentials(std::optional<std::string> token) {
    if (!token) return std::nullopt;
    DeviceCredentials credentials;
    credentials.credentials_id = *std::move(token);
    return credentials;
}

Result<Saved<Device>> save_device_in(store::Transaction& transaction, const Caller& caller,
                                     EpochMs now_ms, Device device,
                                     const std::optional<DeviceCredentials>& credentials,
                                     EntityChange& change, const SaveOptions& options) {
    Result<Saved<Device>> saved =
        save_in(transaction, caller, now_ms, std::move(device), change, options);
    if (!saved || !credentials) return saved;
    if (Result<> done = set_credentials(transaction, caller, *saved, *credentials, change); !done)
        return done.error();
    return saved;
}

Task<Result<Saved<Device>>> save_device(const Platform& platform, Caller caller, Device device,
                                        std::optional<DeviceCredentials> credentials,
                                        SaveOptions options) {
    EntityChange change{ChangeKind::updated, caller.tenant, device.id};
    const std::function<Result<Saved<Device>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return save_device_in(transaction, caller, platform.clock.now_ms(), device, credentials,
                                  change, options);
        };
    Result<Saved<Device>> saved = co_await write<Saved<Device>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<DeviceCredentials>> device_credentials(const Platform& platform, Caller caller,
                                                   DeviceId id) {
    const std::function<Result<DeviceCredentials>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<DeviceCredentials> {
        const auto device = load<Device>(reader, caller, Operation::read_credentials, id);
        if (!device) return device.error();
        return stored_credentials(reader, id);
    };
    co_return co_await read<DeviceCredentials>(platform, work);
}

Task<Result<DeviceCredentials>> save_device_credentials(const Platform& platform, Caller caller,
                                                        DeviceCredentials given) {
    EntityChange change{ChangeKind::credentials_updated, caller.tenant, given.device_id};
    const std::function<Result<DeviceCredentials>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<DeviceCredentials> {
        DeviceCredentials credentials = given;
        const auto device =
            load<Device>(transaction, caller, Operation::write_credentials, given.device_id);
        if (!device) return device.error();
        const auto stored = transaction.find<DeviceCredentials>({
            {"deviceId", given.device_id.uuid}
        });
        if (!stored) return stored.error();
        if (!*stored || (*stored)->id != credentials.id)
            return invalid("Unable to update non-existent device credentials!");
        if (credentials.version && credentials.version != (*stored)->version)
            return changed_by_another("Device credentials");
        credentials.version = (*stored)->version.value_or(0) + 1;
        if (Result<> done = replace_credentials(transaction, **stored, credentials, change); !done)
            return done.error();
        return credentials;
    };
    Result<DeviceCredentials> saved = co_await write<DeviceCredentials>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<MovedDevice>> move_device(const Platform& platform, Caller caller, model::TenantId to,
                                      DeviceId id) {
    EntityChange change{ChangeKind::credentials_updated, caller.tenant, id};
    const std::function<Result<MovedDevice>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return move_in(transaction, caller, platform.clock.now_ms(), to, id, change);
        };
    Result<MovedDevice> moved = co_await write<MovedDevice>(platform, work);
    if (moved) platform.events.publish(change);
    co_return moved;
}

Task<Result<std::int64_t>> count_without_package(const Platform& platform, Caller caller,
                                                 model::DeviceProfileId profile, bool firmware) {
    Result<store::Filter> filter = readable(caller, Resource::device, model::EntityType::device);
    if (!filter) co_return filter.error();
    filter->emplace_back("deviceProfileId", profile.uuid);
    filter->emplace_back(firmware ? "firmwareId" : "softwareId", store::Cell());
    const std::function<Result<std::int64_t>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::int64_t> {
        const auto found = load<model::DeviceProfile>(reader, caller, Operation::read, profile);
        if (!found) return found.error();
        return reader.count<Device>(*filter);
    };
    co_return co_await read<std::int64_t>(platform, work);
}

Task<Result<std::vector<Device>>> sample_devices(const Platform& platform, Caller caller,
                                                 std::optional<model::DeviceProfileId> profile,
                                                 std::int32_t limit) {
    Result<store::Filter> filter = readable(caller, Resource::device, model::EntityType::device);
    if (!filter) co_return filter.error();
    if (profile) filter->emplace_back("deviceProfileId", profile->uuid);
    const std::function<Result<std::vector<Device>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<Device>> {
        if (profile) {
            const auto found =
                load<model::DeviceProfile>(reader, caller, Operation::read, *profile);
            if (!found) return found.error();
        }
        return reader.all<Device>(*filter, limit);
    };
    co_return co_await read<std::vector<Device>>(platform, work);
}

Task<Result<std::vector<std::string>>> attribute_keys_of(const Platform& platform,
                                                         std::vector<Device> devices) {
    std::vector<DeviceId> ids;
    for (const Device& each : devices) ids.push_back(each.id);
    const std::function<Result<std::vector<std::string>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<std::string>> {
        const auto cells =
            reader.distinct<store::AttributeFlag>("attributeKey", {store::one_of("entityId", ids)});
        if (!cells) return cells.error();
        std::vector<std::string> keys;
        for (const store::Cell& each : *cells) keys.push_back(std::get<std::string>(each));
        return keys;
    };
    co_return co_await read<std::vector<std::string>>(platform, work);
}

}  // namespace thingstead::core
