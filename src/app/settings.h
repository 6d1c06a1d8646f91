// Settings of the whole server: each room's own struct is a section.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/settings.h"
#include "base/describe.h"
#include "base/log.h"
#include "core/ai/settings.h"
#include "core/audit.h"
#include "core/cluster/settings.h"
#include "core/device_activity.h"
#include "core/event_log.h"
#include "core/oauth2/settings.h"
#include "model/payload.h"
#include "queue/kafka/settings.h"
#include "queue/log/settings.h"
#include "rule/settings.h"
#include "script/settings.h"
#include "store/cache/valkey/settings.h"
#include "store/cache_regions.h"
#include "store/cassandra/settings.h"
#include "store/postgres/settings.h"
#include "store/rocksdb/settings.h"
#include "store/sqlite/sqlite_event_store.h"
#include "store/sqlite/sqlite_store.h"
#include "transport/http/handler.h"
#include "transport/mqtt/settings.h"

namespace thingstead::app {

/// The listener of the web, REST, WebSocket and device HTTP interfaces, and what they allow.
struct ApiSettings {
    std::string http_address = "127.0.0.1";
    std::uint16_t http_port = 8080;
    std::size_t connections_max = 10'000;
    bool tls_enabled = false;
    std::string certificate_file;
    std::string private_key_file;
    api::Settings rest;
};
constexpr auto describe(const ApiSettings*) {
    return fields(
        field("http_address", &ApiSettings::http_address,
              "Address of the listener; 0.0.0.0 is every IPv4 interface.", on_restart),
        field("http_port", &ApiSettings::http_port, "TCP port; 0 lets the system choose.",
              between(0, 65'535), on_restart),
        field("connections_max", &ApiSettings::connections_max,
              "Connections at a time; more are answered 503.", between(1, 1'000'000), on_restart),
        field("tls_enabled", &ApiSettings::tls_enabled, "Whether the port speaks TLS.", on_restart),
        field("certificate_file", &ApiSettings::certificate_file, "Certificate chain, PEM.",
              on_restart),
        field("private_key_file", &ApiSettings::private_key_file, "Private key, PEM.", on_restart),
        field("rest", &ApiSettings::rest, "Limits of the REST and WebSocket interface."));
}

struct MetricsSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 9090;
};
constexpr auto describe(const MetricsSettings*) {
    return fields(field("address", &MetricsSettings::address,
                        "Address of the metrics and health listener.", on_restart),
                  field("port", &MetricsSettings::port, "TCP port; 0 lets the system choose.",
                        between(0, 65'535), on_restart));
}

struct TransportSettings {
    transport::mqtt::Settings mqtt;
    transport::http::Settings http;
    std::size_t sessions_per_device_max = 1;
    bool json_type_cast = true;
    std::size_t json_string_chars_max = 0;
    std::chrono::seconds inactivity_timeout{600};
    std::chrono::milliseconds call_timeout{60'000};
};
constexpr auto describe(const TransportSettings*) {
    return fields(
        field("mqtt", &TransportSettings::mqtt, "Devices over MQTT."),
        field("http", &TransportSettings::http, "Devices over HTTP."),
        field("sessions_per_device_max", &TransportSettings::sessions_per_device_max,
              "Sessions of one device at a time; a newer one ends the eldest.", between(1, 1'000),
              on_restart),
        field("json_type_cast", &TransportSettings::json_type_cast,
              "Whether texts that look like numbers are stored as numbers.", on_restart),
        field("json_string_chars_max", &TransportSettings::json_string_chars_max,
              "Longest text value accepted from devices; 0 accepts any.", between(0, 100'000'000),
              on_restart),
        field("inactivity_timeout", &TransportSettings::inactivity_timeout,
              "Silence after which a device counts as inactive, unless its own attribute says.",
              between(1, 31'536'000), on_restart),
        field("call_timeout", &TransportSettings::call_timeout,
              "How long a device's call of a method of the server waits for its rule chain.",
              between(1, 86'400'000), on_restart));
}

enum class QueueDriver : std::uint8_t { log, kafka };
constexpr auto enum_names(QueueDriver) {
    using namespace std::literals;
    return std::array{
        std::pair{QueueDriver::log,   "log"sv  },
        std::pair{QueueDriver::kafka, "kafka"sv},
    };
}

struct QueueSettings {
    QueueDriver driver = QueueDriver::log;
    std::int32_t partitions = 4;
    std::chrono::hours retention{24};
    std::uint64_t retention_bytes = 256ull << 20;
    std::uint64_t lag_bytes_max = 256ull << 20;
    queue::log::Settings log;
    queue::kafka::Settings kafka;
};
constexpr auto describe(const QueueSettings*) {
    return fields(field("driver", &QueueSettings::driver,
                        "What keeps the queue: log in the data folder, for one process; or kafka, "
                        "which processes share.",
                        on_restart),
                  field("partitions", &QueueSettings::partitions,
                        "Partitions of the rule engine's queue, each with its own thread; fixed at "
                        "the first start.",
                        between(1, 256), on_restart),
                  field("retention", &QueueSettings::retention,
                        "How long processed records are kept.", between(1, 8'760), on_restart),
                  field("retention_bytes", &QueueSettings::retention_bytes,
                        "Processed records kept per partition.",
                        between(1 << 20, std::int64_t{1} << 46), in_bytes, on_restart),
                  field("lag_bytes_max", &QueueSettings::lag_bytes_max,
                        "Records per partition that the rule engine may be behind; then devices "
                        "wait for their acknowledgements.",
                        between(1 << 20, std::int64_t{1} << 46), in_bytes, on_restart),
                  field("log", &QueueSettings::log, "The embedded queue."),
                  field("kafka", &QueueSettings::kafka, "The queue on a Kafka cluster."));
}

enum class EntityDriver : std::uint8_t { sqlite, postgres };
constexpr auto enum_names(EntityDriver) {
    using namespace std::literals;
    return std::array{
        std::pair{EntityDriver::sqlite,   "sqlite"sv  },
        std::pair{EntityDriver::postgres, "postgres"sv},
    };
}

enum class TimeseriesDriver : std::uint8_t { rocksdb, postgres, cassandra };
constexpr auto enum_names(TimeseriesDriver) {
    using namespace std::literals;
    return std::array{
        std::pair{TimeseriesDriver::rocksdb,   "rocksdb"sv  },
        std::pair{TimeseriesDriver::postgres,  "postgres"sv },
        std::pair{TimeseriesDriver::cassandra, "cassandra"sv},
    };
}

enum class CacheDriver : std::uint8_t { local, valkey };
constexpr auto enum_names(CacheDriver) {
    using namespace std::literals;
    return std::array{
        std::pair{CacheDriver::local,  "local"sv },
        std::pair{CacheDriver::valkey, "valkey"sv},
    };
}

/// Regions of the shared cache; what logs in is kept decoded by the process itself.
inline store::CacheRegions shared_cache_regions() {
    store::CacheRegions regions;
    regions.credentials.local_entries_max = 1'000;
    regions.devices.local_entries_max = 1'000;
    return regions;
}

enum class EventDriver : std::uint8_t { sqlite, postgres };
constexpr auto enum_names(EventDriver) {
    using namespace std::literals;
    return std::array{
        std::pair{EventDriver::sqlite,   "sqlite"sv  },
        std::pair{EventDriver::postgres, "postgres"sv},
    };
}

struct StoreSettings {
    EntityDriver entities_driver = EntityDriver::sqlite;
    store::sqlite::Settings entities{.file = "entities.db"};  ///< Within the data folder.
    store::postgres::EntitySettings entities_postgres;
    TimeseriesDriver timeseries_driver = TimeseriesDriver::rocksdb;
    store::rocks::Settings timeseries;
    store::postgres::TimeseriesSettings timeseries_postgres;
    store::cassandra::Settings cassandra;
    CacheDriver cache_driver = CacheDriver::local;
    store::valkey::Settings cache;
    store::CacheRegions cache_regions = shared_cache_regions();
    EventDriver events_driver = EventDriver::sqlite;
    store::sqlite::EventSettings events{.file = "events.db"};  ///< Within the data folder.
    store::postgres::EventSettings events_postgres;
    store::EventLimits events_limits;
    core::RetentionSettings events_retention;
};
constexpr auto describe(const StoreSettings*) {
    return fields(
        field("entities_driver", &StoreSettings::entities_driver,
              "What keeps entities and attributes.", on_restart),
        field("entities", &StoreSettings::entities, "Entities and attributes, in SQLite."),
        field("entities_postgres", &StoreSettings::entities_postgres,
              "Entities and attributes, in PostgreSQL."),
        field("timeseries_driver", &StoreSettings::timeseries_driver,
              "What keeps time series and latest values.", on_restart),
        field("timeseries", &StoreSettings::timeseries,
              "Time series and latest values, in RocksDB."),
        field("timeseries_postgres", &StoreSettings::timeseries_postgres,
              "Time series and latest values, in PostgreSQL."),
        field("cassandra", &StoreSettings::cassandra,
              "Time series and latest values, in Cassandra."),
        field("cache_driver", &StoreSettings::cache_driver,
              "Where it is kept who devices are: local in each process alone; or valkey, a server "
              "that processes share.",
              on_restart),
        field("cache", &StoreSettings::cache, "The cache on a Valkey or Redis server."),
        field("cache_regions", &StoreSettings::cache_regions,
              "What is kept on that server, and how long."),
        field("events_driver", &StoreSettings::events_driver,
              "What keeps the audit log and events.", on_restart),
        field("events", &StoreSettings::events, "The audit log and events, in SQLite."),
        field("events_postgres", &StoreSettings::events_postgres,
              "The audit log and events, in PostgreSQL."),
        field("events_limits", &StoreSettings::events_limits,
              "The audit log and events: what may wait in memory."),
        field("events_retention", &StoreSettings::events_retention,
              "The audit log and events: how long they are kept."));
}

struct AuthSection {
    std::chrono::seconds access_token_life{9'000};
    std::chrono::seconds refresh_token_life{604'800};
    bool login_case_sensitive = true;
    bool user_token_access_enabled = true;
    std::string api_key_prefix = "tb_";
    std::size_t api_key_bytes = 64;
};
constexpr auto describe(const AuthSection*) {
    return fields(field("access_token_life", &AuthSection::access_token_life,
                        "Life of an access token, until an administrator saves settings of tokens.",
                        between(60, 31'536'000), on_restart),
                  field("refresh_token_life", &AuthSection::refresh_token_life,
                        "Life of a refresh token, likewise.", between(900, 31'536'000), on_restart),
                  field("login_case_sensitive", &AuthSection::login_case_sensitive,
                        "Whether user names that differ in capital letters alone are two; if not, "
                        "they are saved and looked up in small letters.",
                        on_restart),
                  field("user_token_access_enabled", &AuthSection::user_token_access_enabled,
                        "Whether administrators may act as their users.", on_restart),
                  field("api_key_prefix", &AuthSection::api_key_prefix, "What API keys begin with.",
                        between(0, 32), on_restart),
                  field("api_key_bytes", &AuthSection::api_key_bytes, "Random bytes of an API key.",
                        between(16, 255), on_restart));
}

/// How people are written to.
struct MessagingSettings {
    std::string twilio_url = "https://api.twilio.com";
    std::chrono::milliseconds sms_timeout{10'000};
    std::size_t threads = 2;
    std::size_t waiting_max = 1'000;
};
constexpr auto describe(const MessagingSettings*) {
    return fields(
        field("twilio_url", &MessagingSettings::twilio_url,
              "Where short messages over Twilio are handed in, without a path.", on_restart),
        field("sms_timeout", &MessagingSettings::sms_timeout,
              "Milliseconds that a step of handing in a short message may take.",
              between(100, 600'000), on_restart),
        field("threads", &MessagingSettings::threads,
              "Mails and short messages that are handed in at a time.", between(1, 64), on_restart),
        field("waiting_max", &MessagingSettings::waiting_max,
              "Mails and short messages that wait; more are refused.", between(1, 100'000),
              on_restart));
}

struct ServiceSettings {
    std::string id;
    std::vector<std::string> roles;
    std::string address;
};
constexpr auto describe(const ServiceSettings*) {
    return fields(
        field("id", &ServiceSettings::id,
              "Name of this process among others, part of the names of its topics: letters, "
              "digits, dots, dashes, underscores. Empty: made of host, role and port.",
              between(0, 150), on_restart),
        field("roles", &ServiceSettings::roles,
              "What this process does: node, mqtt, http, js-executor; empty for all of it.",
              on_restart),
        field("address", &ServiceSettings::address, "Where others find it, for people to read.",
              between(0, 200), on_restart));
}

struct Settings {
    std::string data = "data";
    std::size_t io_threads = 0;
    ServiceSettings service;
    core::cluster::Settings cluster;
    LogSettings log;
    MetricsSettings metrics;
    ApiSettings api;
    TransportSettings transport;
    QueueSettings queue;
    rule::Settings rule;
    script::Settings script;
    StoreSettings store;
    AuthSection auth;
    MessagingSettings messaging;
    core::OAuth2Settings oauth2;
    core::AuditSettings audit;
    core::AiSettings ai;
};
constexpr auto describe(const Settings*) {
    return fields(
        field("data", &Settings::data, "Folder of everything the server stores.", on_restart),
        field("io_threads", &Settings::io_threads, "Threads of the listeners; 0: one per core.",
              between(0, 256), on_restart),
        field("service", &Settings::service, "This process among others."),
        field("cluster", &Settings::cluster, "How processes talk, where there are several."),
        field("log", &Settings::log, "Log lines of the server."),
        field("metrics", &Settings::metrics, "Metrics, health and readiness."),
        field("api", &Settings::api, "Web, REST, WebSocket and device HTTP."),
        field("transport", &Settings::transport, "How devices connect."),
        field("queue", &Settings::queue, "The queue between devices and the rule engine."),
        field("rule", &Settings::rule, "The rule engine."),
        field("script", &Settings::script, "Scripts of rule nodes."),
        field("store", &Settings::store, "Where data is stored."),
        field("auth", &Settings::auth, "Log-in of users."),
        field("messaging", &Settings::messaging, "Mails and short messages."),
        field("oauth2", &Settings::oauth2, "Log-in of users with other servers."),
        field("audit", &Settings::audit, "What users did: which operations are entered."),
        field("ai", &Settings::ai, "AI models that rule chains and users ask."));
}

}  // namespace thingstead::app
