// The handlers of devices; their table is in device.cpp.
#pragma once
#include <optional>
#include <string>

#include "api/rest/call.h"
#include "api/rest/owned_calls.h"
#include "core/device/devices.h"

namespace thingstead::api {

template <>
struct OwnedLists<model::Device> {
    static Result<store::Filter> filter(const Call& call, bool infos);
    static std::vector<store::Lookup> lookups(bool infos);
    static void append_more(std::string& out, const core::Shown<model::Device>& shown);
};

}  // namespace thingstead::api

namespace thingstead::api::device {

Task<Result<net::Reply>> get_device_credentials(Call call);
Task<Result<net::Reply>> save_device_credentials(Call call);

Task<Result<net::Reply>> claim_device(Call call);
Task<Result<net::Reply>> reclaim_device(Call call);

Task<Result<net::Reply>> move_device(Call call);
Task<Result<net::Reply>> count_devices_without_package(Call call);
Task<Result<net::Reply>> import_devices(Call call);

/// Credentials as clients send them: their id is {"id":"…"}. Errors: malformed, invalid_argument.
Result<model::DeviceCredentials> credentials_of(json::value body);

}  // namespace thingstead::api::device
