// The one place where our words become HTTP statuses of the device interface.
#pragma once
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "net/http.h"

namespace thingstead::transport::http {

int status_of(ErrorCode code);
/// For a body that cannot be read: the interface answers 400, which its devices take for what it
/// is.
int payload_status(ErrorCode code);
/// {"status":…,"message":…,"errorCode":…,"timestamp":…}
net::Reply error_json(int status, std::string_view message, EpochMs now_ms);

}  // namespace thingstead::transport::http
