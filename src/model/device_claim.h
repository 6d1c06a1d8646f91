// What a device said that may be claimed: who knows the secret key makes it its customer's.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

struct DeviceClaim {
    DeviceId device_id;
    std::string secret_key;
    EpochMs expiration_time = 0;
};
constexpr auto describe(const DeviceClaim*) {
    return fields(field("deviceId", &DeviceClaim::device_id, "", in_key),
                  field("secretKey", &DeviceClaim::secret_key, "", secret),
                  field("expirationTime", &DeviceClaim::expiration_time));
}
constexpr std::string_view table_name(const DeviceClaim*) { return "device_claim"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::DeviceClaim)
}  // namespace thingstead
