// What rule chains tell of devices: that they connected, were active, or fell silent.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "model/ids.h"
#include "net/task.h"

namespace thingstead::core {

enum class DeviceEvent : std::uint8_t { connect, activity, disconnect, inactivity };
constexpr auto enum_names(DeviceEvent) {
    using namespace std::literals;
    return std::array{
        std::pair{DeviceEvent::connect,    "CONNECT_EVENT"sv   },
        std::pair{DeviceEvent::activity,   "ACTIVITY_EVENT"sv  },
        std::pair{DeviceEvent::disconnect, "DISCONNECT_EVENT"sv},
        std::pair{DeviceEvent::inactivity, "INACTIVITY_EVENT"sv}
    };
}

/// Thread-safe.
class DeviceStates {
  public:
    virtual ~DeviceStates() = default;
    /// Noted and written a little later, as what transports tell; what is older than what is known
    /// is ignored. In the process that looks after the device. Errors: not_found - the tenant has
    /// no such device; unavailable.
    virtual Task<Result<>> tell(model::TenantId tenant, model::DeviceId device, DeviceEvent event,
                                EpochMs at_ms) = 0;
};

}  // namespace thingstead::core
