// What every transport is handed.
#pragma once
#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "core/device_auth.h"
#include "core/device_services.h"
#include "core/device_sessions.h"
#include "core/rule_ingress.h"
#include "model/payload.h"

namespace thingstead::transport {

/// All outlive the transports.
struct Services {
    core::DeviceAuth& auth;
    core::DeviceSessions& sessions;
    core::DeviceAttributeReader& attributes;
    core::DeviceConnectivity& activity;
    core::IngressPool& ingress;
    const Clock& clock;
    Log log;
    model::PayloadSettings payload;
    std::string service_id{};  ///< Of this process: answers of rule chains come to it.
    /// A device waits so long for a rule chain's answer to its call.
    std::chrono::milliseconds call_timeout{60'000};
};

}  // namespace thingstead::transport
