#include "core/device/claiming.h"

#include <functional>

#include "core/crypto.h"
#include "core/device/device_rules.h"
#include "core/entity/shown.h"
#include "model/device_claim.h"

namespace thingstead::core {
namespace {

using model::AttributeScope;
using model::Device;
using model::DeviceClaim;

constexpr std::string_view allowed_key = "claimingAllowed", data_key = "claimingData";

Result<std::optional<model::Value>> server_attribute(store::Reader& reader, model::DeviceId device,
                                                     std::string_view key) {
    auto found = reader.attributes(device, AttributeScope::server, {std::string(key)});
    if (!found) return found.error();
    if (found->empty()) return std::optional<model::Value>();
    return std::optional<model::Value>(std::move(found->front().value));
}

/// What an administrator wrote instead of the device: {"secretKey","expirationTime"}.
Result<std::optional<DeviceClaim>> claim_by_attribute(store::Reader& reader,
                                                      model::DeviceId device) {
    const auto value = server_attribute(reader, device, data_key);
    if (!value) return value.error();
    const auto* document = *value ? std::get_if<model::JsonText>(&**value) : nullptr;
    const auto* plain = *value ? std::get_if<std::string>(&**value) : nullptr;
    if (!document && !plain) return std::optional<DeviceClaim>();
    const Result<json::value> parsed = parse_json(document ? document->text : *plain);
    const json::object* members = parsed ? parsed->if_object() : nullptr;
    if (!members) return std::optional<DeviceClaim>();
    DeviceClaim claim;
    claim.device_id = device;
    if (const json::value* key = members->if_contains("secretKey"); key && key->is_string())
        claim.secret_key = key->get_string();
    if (const json::value* time = members->if_contains("expirationTime"); time) {
        boost::system::error_code failed;
        claim.expiration_time = time->to_number<EpochMs>(failed);
        if (failed) return std::optional<DeviceClaim>();
    }
    return std::optional<DeviceClaim>(std::move(claim));
}

Result<std::optional<DeviceClaim>> claim_of(store::Reader& reader, model::DeviceId device) {
    auto claim = reader.find<DeviceClaim>({
        {"deviceId", device.uuid}
    });
    if (!claim || *claim) return claim;
    return claim_by_attribute(reader, device);
}

Result<> end_claim(store::Transaction& transaction, model::DeviceId device) {
    const auto gone = transaction.remove<DeviceClaim>({
        {"deviceId", device.uuid}
    });
    return gone ? Result<>() : Result<>(gone.error());
}

Result<> forget_attributes(store::Transaction& transaction, model::DeviceId device) {
    const auto gone = transaction.remove_attributes(
        device, AttributeScope::server, {std::string(allowed_key), std::string(data_key)});
    return gone ? Result<>() : Result<>(gone.error());
}

Result<> check_claimable(store::Reader& reader, const Device& device,
                         const ClaimSettings& settings) {
    if (device.customer_id != model::no_customer)
        return Error{ErrorCode::forbidden, "Device is assigned to a customer!"};
    if (settings.allowed_by_default) return {};
    const auto allowed = server_attribute(reader, device.id, allowed_key);
    if (!allowed) return allowed.error();
    const bool* flag = *allowed ? std::get_if<bool>(&**allowed) : nullptr;
    if (flag && *flag) return {};
    return Error{ErrorCode::forbidden, "Device may not be claimed!"};
}

/// Decides; a success is still to be written.
Result<ClaimOutcome> decide(store::Transaction& transaction, const Device& device,
                            const std::string& secret_key, EpochMs now_ms) {
    const auto claim = claim_of(transaction, device.id);
    if (!claim) return claim.error();
    const bool owned = device.customer_id != model::no_customer;
    if (!*claim) return owned ? ClaimOutcome::claimed : ClaimOutcome::failure;
    const bool fits =
        now_ms <= (*claim)->expiration_time && equal_secret((*claim)->secret_key, secret_key);
    if (Result<> done = end_claim(transaction, device.id); !done) return done.error();
    if (!fits) return ClaimOutcome::failure;
    return owned ? ClaimOutcome::claimed : ClaimOutcome::success;
}

Result<Claim> claim_in(store::Transaction& transaction, const Caller& caller, EpochMs now_ms,
                       const std::string& name, const std::string& secret_key,
                       EntityChange& change) {
    auto device = load_by_name<Device>(transaction, caller, Operation::claim_devices, name);
    if (!device) return device.error();
    Claim claim;
    const auto outcome = decide(transaction, *device, secret_key, now_ms);
    if (!outcome) return outcome.error();
    claim.outcome = *outcome;
    if (*outcome == ClaimOutcome::success) {
        auto customer =
            load<model::Customer>(transaction, caller, Operation::read, caller.customer);
        if (!customer) return customer.error();
        if (Result<> done = detail::change_owner(transaction, *device, customer->id, change); !done)
            return done.error();
        if (Result<> done = forget_attributes(transaction, device->id); !done) return done.error();
        change.entity = device->id;
        claim.customer = *std::move(customer);
    }
    claim.device = *std::move(device);
    return claim;
}

using Reclaimed = std::optional<Assigned<Device>>;

Result<Reclaimed> reclaim_in(store::Transaction& transaction, const Caller& caller, EpochMs now_ms,
                             const std::string& name, const ClaimSettings& settings,
                             EntityChange& change) {
    auto device = load_by_name<Device>(transaction, caller, Operation::claim_devices, name);
    if (!device) return device.error();
    if (device->customer_id == model::no_customer) return Reclaimed();
    // Every user of the tenant may claim what nobody has; what a customer has is its own.
    if (caller.customer != model::no_customer && device->customer_id != caller.customer)
        return permission_denied();
    auto customer = transaction.find<model::Customer>({
        {"id", device->customer_id.uuid}
    });
    if (!customer) return customer.error();
    Assigned<Device> out;
    out.customer.id = device->customer_id;
    if (*customer) out.customer = **std::move(customer);
    if (Result<> done = end_claim(transaction, device->id); !done) return done.error();
    if (Result<> done = detail::change_owner(transaction, *device, model::no_customer, change);
        !done)
        return done.error();
    change.entity = device->id;
    if (!settings.allowed_by_default)
        if (Result<> done =
                transaction.save_attributes({device->id,
                                             AttributeScope::server,
                                             {{std::string(allowed_key), model::Value(true)}},
                                             now_ms});
            !done)
            return done.error();
    out.entity = *std::move(device);
    return Reclaimed(std::move(out));
}

}  // namespace

Task<Result<>> open_claim(const Platform& platform, model::DeviceId id, std::string secret_key,
                          std::chrono::milliseconds duration, ClaimSettings settings) {
    if (duration.count() <= 0) duration = settings.duration;
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const EpochMs now = platform.clock.now_ms();
        const auto device = transaction.find<Device>({
            {"id", id.uuid}
        });
        if (!device) return device.error();
        if (!*device) return not_found("Device", id.uuid);
        if (Result<> allowed = check_claimable(transaction, **device, settings); !allowed)
            return allowed;
        if (const auto past = transaction.remove<DeviceClaim>({
                {"expirationTime", store::Compare::at_most, store::Cell(now)}
        });
            !past)
            return past.error();
        return transaction.put(DeviceClaim{id, secret_key, now + duration.count()});
    };
    co_return co_await platform.store.write(work);
}

Task<Result<Claim>> claim_device(const Platform& platform, Caller caller, std::string device_name,
                                 std::string secret_key) {
    EntityChange change{ChangeKind::updated, caller.tenant, model::DeviceId{}};
    const std::function<Result<Claim>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return claim_in(transaction, caller, platform.clock.now_ms(), device_name, secret_key,
                            change);
        };
    Result<Claim> claim = co_await write<Claim>(platform, work);
    if (claim && claim->outcome == ClaimOutcome::success) platform.events.publish(change);
    co_return claim;
}

Task<Result<Reclaimed>> reclaim_device(const Platform& platform, Caller caller,
                                       std::string device_name, ClaimSettings settings) {
    EntityChange change{ChangeKind::updated, caller.tenant, model::DeviceId{}};
    const std::function<Result<Reclaimed>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return reclaim_in(transaction, caller, platform.clock.now_ms(), device_name, settings,
                              change);
        };
    Result<Reclaimed> reclaimed = co_await write<Reclaimed>(platform, work);
    if (reclaimed && *reclaimed) platform.events.publish(change);
    co_return reclaimed;
}

}  // namespace thingstead::core
