// Payloads of devices → messages of the rule engine, the same for every transport.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"
#include "core/device_identity.h"
#include "model/msg.h"
#include "model/payload.h"

namespace thingstead::transport {

/// One message per entry of the payload, in its order; none for an empty array.
/// `mqtt_topic` goes to the metadata if it is not empty.
/// Errors: malformed, invalid_argument - the payload.
Result<std::vector<model::QueuedMsg>> telemetry_messages(const core::DeviceIdentity& device,
                                                         model::PayloadParser& parser,
                                                         std::string_view payload, EpochMs now_ms,
                                                         std::string_view mqtt_topic = {});

/// One message. Errors: as telemetry_messages().
Result<std::vector<model::QueuedMsg>> attribute_messages(const core::DeviceIdentity& device,
                                                         model::PayloadParser& parser,
                                                         std::string_view payload, EpochMs now_ms,
                                                         std::string_view mqtt_topic = {});

/// Who calls: the answer of a rule chain finds it by these.
struct CallOrigin {
    std::string service;
    Uuid session;
    std::int32_t request_id = 0;
};

/// The body of the answer when no rule chain gave one in time.
inline constexpr std::string_view call_timeout_reply = "{\"error\":\"timeout\"}";

/// A device's call of a method, {"method": text, "params": any}, as one message. `params` may be
/// missing. Errors: malformed, invalid_argument - the payload.
Result<std::vector<model::QueuedMsg>> call_messages(const core::DeviceIdentity& device,
                                                    std::string_view payload, EpochMs now_ms,
                                                    const CallOrigin& origin);

}  // namespace thingstead::transport
