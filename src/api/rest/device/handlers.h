// The handlers of devices; their table is in device.cpp.
#pragma once
#include <string>

#include "api/rest/call.h"
#include "core/devices.h"

namespace thingstead::api::device {

/// A device with the names that lists show: the device's members and four more.
void append_info(std::string& out, const core::DeviceInfo& info);

Task<Result<net::Reply>> list_tenant_devices(Call call);
Task<Result<net::Reply>> list_tenant_infos(Call call);
Task<Result<net::Reply>> list_customer_devices(Call call);
Task<Result<net::Reply>> list_customer_infos(Call call);
Task<Result<net::Reply>> get_devices(Call call);

Task<Result<net::Reply>> get_credentials(Call call);
Task<Result<net::Reply>> save_credentials(Call call);

/// Credentials as clients send them: their id is {"id":"…"}. Errors: malformed, invalid_argument.
Result<model::DeviceCredentials> credentials_of(json::value body);

}  // namespace thingstead::api::device
