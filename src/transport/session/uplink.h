// Payloads of devices → messages of the rule engine, the same for every transport.
#pragma once
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
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

}  // namespace thingstead::transport
