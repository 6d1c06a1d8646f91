// What every transport is handed.
#pragma once
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
};

}  // namespace thingstead::transport
