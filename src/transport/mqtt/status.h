// The one place where our words become reason codes of MQTT.
#pragma once
#include <string_view>

#include "base/error.h"
#include "core/device_sessions.h"
#include "protocol/mqtt/packet_type.h"
#include "protocol/mqtt/reason_code.h"

namespace thingstead::transport::mqtt {

using ::thingstead::mqtt::ReasonCode;
using ::thingstead::mqtt::Version;

/// Which of a CONNECT's fields were filled: the refusal of wrong credentials depends on it.
struct ConnectFields {
    bool user_name = false;
    bool password = false;
    bool client_id = false;
    bool certificate = false;
};

/// CONNACK for a failed log-in.
ReasonCode connack_reason(const Error& error, const ConnectFields& fields, Version version);
/// PUBACK or DISCONNECT for a payload that cannot be taken.
ReasonCode publish_reason(ErrorCode code);
/// DISCONNECT for a session that the server ends.
ReasonCode close_reason(core::SessionCloseReason reason);

}  // namespace thingstead::transport::mqtt
