// What the handlers of this room work with. All of it outlives the room.
#pragma once
#include "api/settings.h"
#include "base/clock.h"
#include "base/log.h"

namespace thingstead::core {
class Attributes;
class Audit;
class Auth;
class Devices;
class EventLog;
class IngressPool;
class Subscriptions;
class Telemetry;
}  // namespace thingstead::core

namespace thingstead::api {

struct Services {
    core::Auth& auth;
    core::Devices& devices;
    core::Attributes& attributes;
    core::Telemetry& telemetry;
    core::Subscriptions& subscriptions;
    core::IngressPool& ingress;  ///< Has an ingress for each thread that serves requests.
    core::Audit& audit;
    core::EventLog& events;
    const Clock& clock;
    Log log;
    Settings settings{};
};

}  // namespace thingstead::api
