// Which driver stands behind each port: the one place that knows them all.
#pragma once
#include <filesystem>
#include <memory>

#include "app/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "queue/queue.h"
#include "store/entity_store.h"
#include "store/event_store.h"
#include "store/timeseries_store.h"

namespace thingstead::app {

/// What every driver is given; outlives what is opened.
struct DriverContext {
    const Settings& settings;
    std::filesystem::path data;  ///< Folder of the embedded ones.
    Log log;
    MetricsRegistry& metrics;
    const Clock& clock;
};

/// The queue that `queue.driver` names, with the rule engine's topic.
/// Errors: those of the driver; `unavailable` and the like name the setting.
Result<std::unique_ptr<queue::Queue>> open_queue(const DriverContext& context);
/// The store that `store.entities_driver` names, its schema up to date.
Result<std::unique_ptr<store::EntityStore>> open_entity_store(const DriverContext& context);
/// The store that `store.events_driver` names, its schema up to date.
Result<std::unique_ptr<store::EventStore>> open_event_store(const DriverContext& context);
/// The store that `store.timeseries_driver` names.
Result<std::unique_ptr<store::TimeseriesStore>> open_timeseries_store(const DriverContext& context);

}  // namespace thingstead::app
