// Calls of methods on devices: what the rule engine asks for and a transport with RPC answers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"
#include "model/ids.h"
#include "net/task.h"

namespace thingstead::core {

struct DeviceRpcCall {
    Uuid id;  ///< Of the call; a new one unless the caller of the interface was told one.
    model::TenantId tenant;
    model::DeviceId device;
    std::string method;
    std::string params;  ///< JSON text.
    std::optional<std::string> additional_info{};
    std::int32_t request_id = 0;
    EpochMs expires_ms = 0;
    std::optional<std::int32_t> retries{};
    bool oneway = false;
    bool persistent = false;
};

class DeviceRpc {
  public:
    virtual ~DeviceRpc() = default;

    /// Returns when the device answered; one-way calls when it was handed over.
    /// The answer is what the device sent, JSON text; empty for one-way calls.
    /// Errors: unavailable - no session of the device can take it; timeout - no answer before
    /// `expires_ms`; not_found, forbidden - the device; internal.
    virtual Task<Result<std::string>> call(DeviceRpcCall call) = 0;
};

}  // namespace thingstead::core
