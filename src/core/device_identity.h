// What a transport knows of an authenticated device: an immutable snapshot, replaced when something
// changes.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "model/entities.h"

namespace thingstead::core {

/// The settings of a device profile that transports read.
struct TransportProfile {
    model::DeviceProfileId id;
    model::TransportType transport_type = model::TransportType::standard;
    std::optional<model::RuleChainId> rule_chain;
    std::string queue_name;  ///< Empty: Main.
    std::string telemetry_topic = "v1/devices/me/telemetry";
    std::string attributes_topic = "v1/devices/me/attributes";
    std::string attributes_subscribe_topic = "v1/devices/me/attributes";
    bool ack_invalid_payload = false;  ///< sendAckOnValidationException
    bool protobuf = false;             ///< transportPayloadType PROTOBUF

    friend bool operator==(const TransportProfile&, const TransportProfile&) = default;
    /// Reads `profileData`; what is missing or of another shape keeps its default.
    static TransportProfile of(const model::DeviceProfile& profile);
};

struct DeviceIdentity {
    model::TenantId tenant;
    model::CustomerId customer = model::no_customer;
    model::DeviceId device;
    std::string name;
    std::string type;
    bool gateway = false;
    std::shared_ptr<const TransportProfile> profile;
    /// Of the credentials that it was found by; 0: it was not found by credentials.
    std::int64_t credentials_version = 0;
};

using DeviceIdentityPtr = std::shared_ptr<const DeviceIdentity>;

}  // namespace thingstead::core
