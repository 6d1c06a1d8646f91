#include "core/devices.h"

#include <algorithm>

#include "base/random.h"
#include "core/device_auth.h"
#include "core/device_rules.h"
#include "core/profiles.h"
#include "store/tables.h"

namespace thingstead::core {
namespace {

using model::Device;
using model::DeviceCredentials;
using model::DeviceId;
using model::DeviceProfile;
using store::Reader;
using store::Transaction;

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

Error device_not_found(DeviceId id) {
    return {ErrorCode::not_found, "Device with id [" + id.to_string() + "] is not found"};
}

/// Unique rules of the tables, in the interface's words.
Error from_conflict(const Error& error) {
    if (error.code != ErrorCode::conflict) return error;
    if (error.message == "device_name_unq_key")
        return invalid("Device with such name already exists!");
    if (error.message == "device_credentials_id_unq_key")
        return invalid("Device credentials are already assigned to another device!");
    return invalid("Constraint violation: " + error.message);
}

Result<Device> find_device(Reader& reader, const Caller& caller, Operation operation, DeviceId id) {
    auto device = reader.find<Device>({
        {"id",       id.uuid           },
        {"tenantId", caller.tenant.uuid}
    });
    if (!device) return device.error();
    if (!*device) return device_not_found(id);
    if (Result<> allowed = check_device(caller, operation, **device); !allowed)
        return allowed.error();
    return **std::move(device);
}

Result<std::vector<std::string>> credentials_ids(Reader& reader, DeviceId id) {
    const auto credentials = reader.find<DeviceCredentials>({
        {"deviceId", id.uuid}
    });
    if (!credentials) return credentials.error();
    if (!*credentials) return std::vector<std::string>();
    return std::vector<std::string>{(*credentials)->credentials_id};
}

/// The caller's list: a customer user sees only its customer's devices.
store::Filter list_filter(const Caller& caller, const DeviceListFilter& filter) {
    store::Filter columns{
        {"tenantId", caller.tenant.uuid}
    };
    if (caller.is(model::Authority::customer_user))
        columns.emplace_back("customerId", caller.customer.uuid);
    else if (filter.customer)
        columns.emplace_back("customerId", filter.customer->uuid);
    if (filter.type && !filter.type->empty()) columns.emplace_back("type", *filter.type);
    if (filter.profile) columns.emplace_back("deviceProfileId", filter.profile->uuid);
    return columns;
}

Result<> check_list(const Caller& caller, const DeviceListFilter& filter,
                    const store::PageLink& link) {
    if (caller.is(model::Authority::sys_admin)) return permission_denied();
    if (caller.is(model::Authority::customer_user) && filter.customer &&
        *filter.customer != caller.customer)
        return permission_denied();
    if (link.page_size < 1)
        return invalid("Incorrect page link page size '" + std::to_string(link.page_size) +
                       "'. Page size must be greater than zero.");
    if (link.page < 0)
        return invalid("Incorrect page link page '" + std::to_string(link.page) +
                       "'. Page must be positive integer.");
    return {};
}

Result<DeviceInfo> info_of(Reader& reader, Device device) {
    DeviceInfo info;
    const auto profile = reader.find<DeviceProfile>({
        {"id", device.device_profile_id.uuid}
    });
    if (!profile) return profile.error();
    if (*profile) info.device_profile_name = (*profile)->name;
    if (device.customer_id != model::no_customer) {
        const auto customer = reader.find<model::Customer>({
            {"id", device.customer_id.uuid}
        });
        if (!customer) return customer.error();
        if (*customer) {
            info.customer_title = (*customer)->title;
            const json::object* additional = (*customer)->additional_info.if_object();
            const json::value* is_public =
                additional ? additional->if_contains("isPublic") : nullptr;
            info.customer_is_public = is_public && is_public->is_bool() && is_public->get_bool();
        }
    }
    const auto active = reader.attributes(device.id, model::AttributeScope::server, {"active"});
    if (!active) return active.error();
    if (!active->empty())
        if (const bool* flag = std::get_if<bool>(&active->front().value)) info.active = *flag;
    info.device = std::move(device);
    return info;
}

}  // namespace

Devices::Devices(store::EntityStore& store, Telemetry& telemetry, EntityEvents& events,
                 const Clock& clock)
    : store_(store), telemetry_(telemetry), events_(events), clock_(clock) {}

Task<Result<SavedDevice>> Devices::save(Caller caller, Device device,
                                        std::optional<std::string> access_token,
                                        std::optional<DeviceCredentials> credentials) {
    SavedDevice saved;
    EntityChange change{ChangeKind::updated, caller.tenant, device.id};
    const auto work = [&](Transaction& transaction) -> Result<> {
        saved.created = device.id.uuid == Uuid{};
        Result<Device> whole =
            saved.created ? prepare_new_device(transaction, caller, device, clock_.now_ms())
                          : prepare_device_update(transaction, caller, device, clock_.now_ms());
        if (!whole) return whole.error();
        saved.device = *std::move(whole);
        Result<> written =
            saved.created ? transaction.insert(saved.device) : transaction.update(saved.device);
        if (!written) return from_conflict(written.error());
        if (saved.created) {
            DeviceCredentials fresh = credentials.value_or(DeviceCredentials{});
            if (!credentials) fresh.credentials_id = access_token.value_or(random_alphanumeric(20));
            fresh.device_id = saved.device.id;
            fresh.id = new_time_uuid();
            fresh.created_time = clock_.now_ms();
            fresh.version = 1;
            if (Result<> valid = complete_credentials(fresh); !valid) return valid;
            if (Result<> made = transaction.insert(fresh); !made)
                return from_conflict(made.error());
            change.credentials_ids = {fresh.credentials_id};
            return transaction.save_attributes({saved.device.id,
                                                model::AttributeScope::server,
                                                {{"active", model::Value(false)}},
                                                clock_.now_ms()});
        }
        auto ids = credentials_ids(transaction, saved.device.id);
        if (!ids) return ids.error();
        change.credentials_ids = *std::move(ids);
        return {};
    };
    if (Result<> done = co_await store_.write(work); !done) co_return done.error();
    change.kind = saved.created ? ChangeKind::created : ChangeKind::updated;
    change.entity = saved.device.id;
    events_.publish(change);
    co_return saved;
}

Task<Result<Device>> Devices::get(Caller caller, DeviceId id) {
    Result<Device> device = device_not_found(id);
    const auto work = [&](Reader& reader) -> Result<> {
        device = find_device(reader, caller, Operation::read, id);
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    co_return device;
}

Task<Result<DeviceInfo>> Devices::get_info(Caller caller, DeviceId id) {
    Result<DeviceInfo> info = device_not_found(id);
    const auto work = [&](Reader& reader) -> Result<> {
        Result<Device> device = find_device(reader, caller, Operation::read, id);
        if (!device) return device.error();
        info = info_of(reader, *std::move(device));
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    co_return info;
}

Task<Result<Device>> Devices::get_by_name(Caller caller, std::string name) {
    std::optional<Device> found;
    const auto work = [&](Reader& reader) -> Result<> {
        auto device = reader.find<Device>({
            {"tenantId", caller.tenant.uuid},
            {"name",     name              }
        });
        if (!device) return device.error();
        found = *std::move(device);
        return found ? check_device(caller, Operation::read, *found) : Result<>();
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    if (!found) co_return Error{ErrorCode::not_found, "Requested item wasn't found!"};
    co_return *std::move(found);
}

Task<Result<std::vector<Device>>> Devices::get_many(Caller caller, std::vector<DeviceId> ids) {
    std::vector<Device> devices;
    const auto work = [&](Reader& reader) -> Result<> {
        devices.clear();
        for (const DeviceId id : ids) {
            Result<Device> device = find_device(reader, caller, Operation::read, id);
            if (device)
                devices.push_back(*std::move(device));
            else if (device.error().code != ErrorCode::not_found &&
                     device.error().code != ErrorCode::forbidden)
                return device.error();
        }
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    co_return devices;
}

Task<Result<store::Page<Device>>> Devices::list(Caller caller, DeviceListFilter filter,
                                                store::PageLink link) {
    store::Page<Device> page;
    const auto work = [&](Reader& reader) -> Result<> {
        if (Result<> allowed = check_list(caller, filter, link); !allowed) return allowed;
        auto found = reader.page<Device>(list_filter(caller, filter), link);
        if (!found) return found.error();
        page = *std::move(found);
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    co_return page;
}

Task<Result<store::Page<DeviceInfo>>> Devices::list_infos(Caller caller, DeviceListFilter filter,
                                                          store::PageLink link) {
    store::Page<DeviceInfo> page;
    const auto work = [&](Reader& reader) -> Result<> {
        if (Result<> allowed = check_list(caller, filter, link); !allowed) return allowed;
        auto found = reader.page<Device>(list_filter(caller, filter), link);
        if (!found) return found.error();
        page.data.clear();
        for (Device& each : found->data) {
            Result<DeviceInfo> info = info_of(reader, std::move(each));
            if (!info) return info.error();
            page.data.push_back(*std::move(info));
        }
        page.total_elements = found->total_elements;
        page.total_pages = found->total_pages;
        page.has_next = found->has_next;
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    co_return page;
}

Task<Result<Device>> Devices::remove(Caller caller, DeviceId id) {
    Result<Device> removed = device_not_found(id);
    EntityChange change{ChangeKind::deleted, caller.tenant, id};
    const auto work = [&](Transaction& transaction) -> Result<> {
        removed = find_device(transaction, caller, Operation::remove, id);
        if (!removed) return removed.error();
        auto ids = credentials_ids(transaction, id);
        if (!ids) return ids.error();
        change.credentials_ids = *std::move(ids);
        if (auto gone = transaction.remove<DeviceCredentials>({
                {"deviceId", id.uuid}
        });
            !gone)
            return gone.error();
        if (auto gone = transaction.remove<Device>({
                {"id", id.uuid}
        });
            !gone)
            return gone.error();
        return transaction.remove_entity_attributes(id);
    };
    if (Result<> done = co_await store_.write(work); !done) co_return done.error();
    events_.publish(change);
    // The device is gone for everybody; its points follow, and a failure leaves only unreachable
    // data.
    if (Result<> gone = co_await telemetry_.remove_entity(id); !gone) co_return gone.error();
    co_return removed;
}

Task<Result<DeviceCredentials>> Devices::credentials(Caller caller, DeviceId id) {
    std::optional<DeviceCredentials> found;
    const auto work = [&](Reader& reader) -> Result<> {
        Result<Device> device = find_device(reader, caller, Operation::read_credentials, id);
        if (!device) return device.error();
        auto credentials = reader.find<DeviceCredentials>({
            {"deviceId", id.uuid}
        });
        if (!credentials) return credentials.error();
        found = *std::move(credentials);
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    if (!found) co_return Error{ErrorCode::not_found, "Requested item wasn't found!"};
    co_return *std::move(found);
}

Task<Result<DeviceCredentials>> Devices::save_credentials(Caller caller, DeviceCredentials given) {
    EntityChange change{ChangeKind::credentials_updated, caller.tenant, given.device_id};
    DeviceCredentials credentials;
    const auto work = [&](Transaction& transaction) -> Result<> {
        credentials = given;
        auto device =
            find_device(transaction, caller, Operation::write_credentials, credentials.device_id);
        if (!device) return device.error();
        const auto stored = transaction.find<DeviceCredentials>({
            {"deviceId", credentials.device_id.uuid}
        });
        if (!stored) return stored.error();
        if (!*stored || (*stored)->id != credentials.id)
            return invalid("Unable to update non-existent device credentials!");
        if (credentials.version && credentials.version != (*stored)->version)
            return Error{ErrorCode::conflict,
                         "Device credentials was already changed by someone else"};
        if (Result<> valid = complete_credentials(credentials); !valid) return valid;
        credentials.created_time = (*stored)->created_time;
        credentials.version = (*stored)->version.value_or(0) + 1;
        change.credentials_ids = {(*stored)->credentials_id, credentials.credentials_id};
        if (Result<> written = transaction.update(credentials); !written)
            return from_conflict(written.error());
        return {};
    };
    if (Result<> done = co_await store_.write(work); !done) co_return done.error();
    events_.publish(change);
    co_return credentials;
}

Task<Result<DeviceProfile>> Devices::profile(Caller caller, model::DeviceProfileId id) {
    std::optional<DeviceProfile> found;
    const auto work = [&](Reader& reader) -> Result<> {
        if (caller.is(model::Authority::sys_admin)) return permission_denied();
        auto profile = reader.find<DeviceProfile>({
            {"id",       id.uuid           },
            {"tenantId", caller.tenant.uuid}
        });
        if (!profile) return profile.error();
        found = *std::move(profile);
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    if (!found)
        co_return Error{ErrorCode::not_found,
                        "Device profile with id [" + id.to_string() + "] is not found"};
    co_return *std::move(found);
}

Task<Result<DeviceProfile>> Devices::default_profile(Caller caller) {
    std::optional<DeviceProfile> found;
    const auto work = [&](Reader& reader) -> Result<> {
        if (caller.is(model::Authority::sys_admin)) return permission_denied();
        auto profile = reader.find<DeviceProfile>({
            {"tenantId", caller.tenant.uuid},
            {"default",  true              }
        });
        if (!profile) return profile.error();
        found = *std::move(profile);
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    if (!found) co_return Error{ErrorCode::not_found, "Requested item wasn't found!"};
    co_return *std::move(found);
}

Task<Result<store::Page<DeviceProfile>>> Devices::profiles(Caller caller, store::PageLink link) {
    store::Page<DeviceProfile> page;
    const auto work = [&](Reader& reader) -> Result<> {
        if (Result<> allowed = check_list(caller, {}, link); !allowed) return allowed;
        auto found = reader.page<DeviceProfile>(
            {
                {"tenantId", caller.tenant.uuid}
        },
            link);
        if (!found) return found.error();
        page = *std::move(found);
        return {};
    };
    if (Result<> done = co_await store_.read(work); !done) co_return done.error();
    co_return page;
}

}  // namespace thingstead::core
