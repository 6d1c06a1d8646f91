// Which drivers stand behind the ports: the only place that knows their names.
#pragma once
#include <memory>

#include "app/data_folder.h"
#include "app/roles.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "queue/queue.h"
#include "store/entity_store.h"
#include "store/timeseries_store.h"

namespace thingstead::app {

/// What drivers are handed; all outlive them.
struct DriverServices {
    const Settings& settings;
    Log log;
    MetricsRegistry& metrics;
    const Clock& clock;
};

/// Whether the drivers that `roles` need can be shared among processes as the roles are.
/// Errors: invalid_argument - the setting that stands against it.
Result<> check_drivers(const Settings& settings, const Roles& roles);
/// Whether anything is kept in the data folder.
bool uses_data_folder(const Settings& settings, const Roles& roles);
/// Whether the queue is shared with other processes.
bool is_clustered(const Settings& settings);

/// Errors: those of the drivers; the messages name the setting or the file.
Result<std::unique_ptr<queue::Queue>> open_queue(const DriverServices& services);
Result<std::unique_ptr<store::EntityStore>> open_entity_store(const DriverServices& services);
Result<std::unique_ptr<store::TimeseriesStore>> open_timeseries_store(
    const DriverServices& services);

}  // namespace thingstead::app
