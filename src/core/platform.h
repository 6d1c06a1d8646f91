// What the services of entities stand on: references to the rooms below and beside them. All of it
// outlives whoever holds a Platform, which is copied freely.
#pragma once
#include "base/clock.h"
#include "base/log.h"

namespace thingstead::net {
class BlockingPool;
}  // namespace thingstead::net

namespace thingstead::store {
class EntityStore;
}  // namespace thingstead::store

namespace thingstead::core {

class Attributes;
class Cleanup;
class EntityEvents;
class Telemetry;

struct Platform {
    store::EntityStore& store;
    Telemetry& telemetry;
    Attributes& attributes;
    EntityEvents& events;
    const Clock& clock;
    Log log;
    /// For hashes and pictures of files, which take long. Null: where it is asked for, in tests.
    net::BlockingPool* files = nullptr;
};

}  // namespace thingstead::core
