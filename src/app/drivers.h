// Which driver stands behind each port: the one place that knows them all.
#pragma once
#include <filesystem>
#include <memory>

#include "app/roles.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/io_threads.h"
#include "queue/queue.h"
#include "store/cache.h"
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

/// Whether the drivers that `roles` need can be shared among processes as the roles are.
/// Errors: invalid_argument - the setting that stands against it.
Result<> check_drivers(const Settings& settings, const Roles& roles);
/// Whether a process with `roles` keeps anything in the data folder.
bool uses_data_folder(const Settings& settings, const Roles& roles);
/// Whether the queue is shared with other processes.
bool is_clustered(const Settings& settings);

/// The queue that `queue.driver` names.
/// Errors: those of the driver; `unavailable` and the like name the setting.
Result<std::unique_ptr<queue::Queue>> open_queue(const DriverContext& context);
/// The store that `store.entities_driver` names, its schema up to date.
Result<std::unique_ptr<store::EntityStore>> open_entity_store(const DriverContext& context);
/// The store that `store.events_driver` names, its schema up to date.
Result<std::unique_ptr<store::EventStore>> open_event_store(const DriverContext& context);
/// The store that `store.timeseries_driver` names.
Result<std::unique_ptr<store::TimeseriesStore>> open_timeseries_store(const DriverContext& context);
/// The cache that processes share, as `store.cache_driver` says; null: none. A server that is away
/// is a warning. Errors: invalid_argument - a setting is wrong, which the message names.
Result<std::unique_ptr<store::Cache>> open_cache(const DriverContext& context, net::IoThreads& io);

}  // namespace thingstead::app
