// Devices with their credentials, and the move of a device to another tenant. What all kinds have
// alike is in core/entity.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/device/device_rules.h"
#include "core/entity/read.h"

namespace thingstead::core {

/// Credentials that are an access token; empty: 20 random characters, made with the device.
std::optional<model::DeviceCredentials> token_credentials(std::optional<std::string> token);

/// Creates or updates, with `credentials` in place of those that the device has or would get.
/// Errors: as save(); also the texts of credentials, and WRITE_CREDENTIALS of a device that is
/// there.
Result<Saved<model::Device>> save_device_in(
    store::Transaction& transaction, const Caller& caller, EpochMs now_ms, model::Device device,
    const std::optional<model::DeviceCredentials>& credentials, EntityChange& change,
    const SaveOptions& options);
Task<Result<Saved<model::Device>>> save_device(const Platform& platform, Caller caller,
                                               model::Device device,
                                               std::optional<model::DeviceCredentials> credentials,
                                               SaveOptions options);

/// Errors: not_found, forbidden.
Task<Result<model::DeviceCredentials>> device_credentials(const Platform& platform, Caller caller,
                                                          model::DeviceId id);
/// Replaces the credentials and ends the device's sessions. Errors: also invalid_argument - in the
/// interface's words; conflict - the version.
Task<Result<model::DeviceCredentials>> save_device_credentials(
    const Platform& platform, Caller caller, model::DeviceCredentials credentials);

struct MovedDevice {
    model::Device device;
    model::Tenant from;
    model::Tenant to;
};
/// Gives the device to another tenant: without customer, relations and groups, under that tenant's
/// profile of the same name. Its sessions end. Errors: not_found, forbidden; invalid_argument - the
/// device has entity views, there is no such tenant; limit_reached.
Task<Result<MovedDevice>> move_device(const Platform& platform, Caller caller, model::TenantId to,
                                      model::DeviceId id);

/// Devices of the profile that have no package of their own.
Task<Result<std::int64_t>> count_without_package(const Platform& platform, Caller caller,
                                                 model::DeviceProfileId profile, bool firmware);

/// Devices that the caller may read, of one profile or any, at most `limit`.
Task<Result<std::vector<model::Device>>> sample_devices(
    const Platform& platform, Caller caller, std::optional<model::DeviceProfileId> profile,
    std::int32_t limit);
/// Keys of attributes that these have in any scope, sorted.
Task<Result<std::vector<std::string>>> attribute_keys_of(const Platform& platform,
                                                         std::vector<model::Device> devices);

}  // namespace thingstead::core
