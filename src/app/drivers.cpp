#include "app/drivers.h"

#include <filesystem>

#include "queue/kafka/kafka_queue.h"
#include "queue/log/log_queue.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::app {

Result<> check_drivers(const Settings& settings, const Roles& roles) {
    if (!roles.all() && settings.queue.driver == QueueDriver::log)
        return Error{ErrorCode::invalid_argument,
                     "queue.driver: the embedded queue serves a process with all roles; "
                     "service.roles (--role) needs a queue that processes share"};
    return {};
}

bool uses_data_folder(const Settings& settings, const Roles& roles) {
    return roles.node || settings.queue.driver == QueueDriver::log;
}

bool is_clustered(const Settings& settings) { return settings.queue.driver != QueueDriver::log; }

Result<std::unique_ptr<queue::Queue>> open_queue(const DriverServices& services) {
    const QueueSettings& settings = services.settings.queue;
    if (settings.driver == QueueDriver::kafka)
        return queue::kafka::open_kafka_queue(settings.kafka, services.log, services.metrics);
    queue::log::Settings log = settings.log;
    log.directory = std::filesystem::path(services.settings.data) / "queue";
    return queue::log::open_log_queue(log, services.log, services.metrics, services.clock);
}

Result<std::unique_ptr<store::EntityStore>> open_entity_store(const DriverServices& services) {
    store::sqlite::Settings settings = services.settings.store.entities;
    settings.file = std::filesystem::path(services.settings.data) / settings.file;
    return store::sqlite::open_sqlite_store(settings, services.log, services.metrics);
}

Result<std::unique_ptr<store::TimeseriesStore>> open_timeseries_store(
    const DriverServices& services) {
    store::rocks::Settings settings = services.settings.store.timeseries;
    settings.directory = std::filesystem::path(services.settings.data) / "timeseries";
    return store::rocks::open_rocksdb_store(settings, services.log, services.metrics,
                                            services.clock);
}

}  // namespace thingstead::app
