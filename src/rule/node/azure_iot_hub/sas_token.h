// What an Azure IoT Hub takes for a device's password.
// Source: "Control access to IoT Hub with shared access signatures" of Microsoft's documentation.
#pragma once
#include <string>

#include "base/clock.h"

namespace thingstead::rule::azure_iot_hub {

/// Good for a year from `now_ms`. `key` is the device's, not in base64 any more.
std::string sas_token(const std::string& host, const std::string& device, const std::string& key,
                      EpochMs now_ms);

}  // namespace thingstead::rule::azure_iot_hub
