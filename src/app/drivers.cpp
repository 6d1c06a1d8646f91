#include "app/drivers.h"

#include <utility>

#include "queue/kafka/kafka_queue.h"
#include "queue/log/log_queue.h"
#include "store/cache/valkey/valkey_cache.h"
#include "store/cassandra/cassandra_store.h"
#include "store/postgres/postgres_entity_store.h"
#include "store/postgres/postgres_event_store.h"
#include "store/postgres/postgres_timeseries_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/sqlite/sqlite_event_store.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::app {
namespace {

/// A driver's error with the section of the settings that it was opened with.
template <class T>
Result<T> in_section(const char* section, Result<T> opened) {
    if (opened) return opened;
    Error error = opened.error();
    error.message = std::string(section) + ": " + error.message;
    return error;
}

Error not_shared(const char* setting, const char* what, const char* instead) {
    return Error{ErrorCode::invalid_argument,
                 std::string(setting) + ": " + what +
                     " serves a process with all roles; with service.roles (--role) choose " +
                     instead};
}

}  // namespace

Result<> check_drivers(const Settings& settings, const Roles& roles) {
    if (roles.all()) return {};
    if (settings.queue.driver == QueueDriver::log)
        return not_shared("queue.driver", "the queue in the data folder", "kafka");
    if (!roles.node) return {};
    if (settings.store.entities_driver == EntityDriver::sqlite)
        return not_shared("store.entities_driver", "SQLite", "postgres");
    if (settings.store.events_driver == EventDriver::sqlite)
        return not_shared("store.events_driver", "SQLite", "postgres");
    if (settings.store.timeseries_driver == TimeseriesDriver::rocksdb)
        return not_shared("store.timeseries_driver", "RocksDB", "cassandra or postgres");
    return {};
}

bool uses_data_folder(const Settings& settings, const Roles& roles) {
    return settings.queue.driver == QueueDriver::log ||
           (roles.node && (settings.store.entities_driver == EntityDriver::sqlite ||
                           settings.store.events_driver == EventDriver::sqlite ||
                           settings.store.timeseries_driver == TimeseriesDriver::rocksdb));
}

bool is_clustered(const Settings& settings) { return settings.queue.driver != QueueDriver::log; }

Result<std::unique_ptr<queue::Queue>> open_queue(const DriverContext& context) {
    if (context.settings.queue.driver == QueueDriver::kafka)
        return queue::kafka::open_kafka_queue(context.settings.queue.kafka, context.log,
                                              context.metrics);
    queue::log::Settings settings = context.settings.queue.log;
    settings.directory = context.data / "queue";
    return queue::log::open_log_queue(settings, context.log, context.metrics, context.clock);
}

Result<std::unique_ptr<store::EntityStore>> open_entity_store(const DriverContext& context) {
    const StoreSettings& stores = context.settings.store;
    if (stores.entities_driver == EntityDriver::postgres)
        return in_section("store.entities_postgres",
                          store::postgres::open_postgres_entity_store(
                              stores.entities_postgres, context.log, context.metrics));
    store::sqlite::Settings settings = stores.entities;
    settings.file = context.data / settings.file;
    return store::sqlite::open_sqlite_store(settings, context.log, context.metrics);
}

Result<std::unique_ptr<store::EventStore>> open_event_store(const DriverContext& context) {
    const StoreSettings& stores = context.settings.store;
    if (stores.events_driver == EventDriver::postgres)
        return in_section("store.events_postgres", store::postgres::open_postgres_event_store(
                                                       stores.events_postgres, stores.events_limits,
                                                       context.log, context.metrics));
    store::sqlite::EventSettings settings = stores.events;
    settings.file = context.data / settings.file;
    return store::sqlite::open_sqlite_event_store(settings, stores.events_limits, context.log,
                                                  context.metrics);
}

Result<std::unique_ptr<store::TimeseriesStore>> open_timeseries_store(
    const DriverContext& context) {
    const StoreSettings& stores = context.settings.store;
    switch (stores.timeseries_driver) {
        case TimeseriesDriver::postgres:
            return in_section(
                "store.timeseries_postgres",
                store::postgres::open_postgres_timeseries_store(
                    stores.timeseries_postgres, context.log, context.metrics, context.clock));
        case TimeseriesDriver::cassandra:
            return in_section("store.cassandra",
                              store::cassandra::open_cassandra_store(stores.cassandra, context.log,
                                                                     context.metrics));
        case TimeseriesDriver::rocksdb: break;
    }
    store::rocks::Settings settings = stores.timeseries;
    settings.directory = context.data / "timeseries";
    return store::rocks::open_rocksdb_store(settings, context.log, context.metrics, context.clock);
}

Result<std::unique_ptr<store::Cache>> open_cache(const DriverContext& context, net::IoThreads& io) {
    const StoreSettings& stores = context.settings.store;
    if (stores.cache_driver == CacheDriver::local) return std::unique_ptr<store::Cache>();
    return store::valkey::open_valkey_cache(io, stores.cache, stores.cache_regions, context.log,
                                            context.metrics);
}

}  // namespace thingstead::app
