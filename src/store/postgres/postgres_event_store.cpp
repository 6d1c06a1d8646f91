#include "store/postgres/postgres_event_store.h"

#include <chrono>
#include <utility>

#include "store/postgres/dialect.h"
#include "store/postgres/event_session.h"
#include "store/sql/event_rows.h"
#include "store/sql/sql_event_store.h"

namespace thingstead::store::postgres {
namespace {

/// They have a version of their own: the entity tables may be in the same database.
constexpr Dialect event_dialect = [] {
    Dialect words = dialect;
    words.version_table = "event_schema_version";
    return words;
}();

class PostgresEventBackend final : public sql::EventBackend {
  public:
    PostgresEventBackend(const EventSettings& settings, const Log& log, MetricsRegistry& registry)
        : log_(log),
          connections_lost_(registry, "thingstead_event_store_connections_lost_total",
                            "Connections to the database that broke."),
          context_{
              .options = {.url = settings.url,
                          .connect_timeout = settings.connect_timeout,
                          .statement_timeout = settings.statement_timeout},
              // The writer has a patience of its own, and readers are told at once.
              .patience = std::chrono::milliseconds(0),
              .stop = stop_signal_,
              .log = log_,
              .connections_lost = connections_lost_
    } {
        add_table(sql::audit_table(), settings.partition, settings);
        for (const auto& [kind, name] : enum_names(model::EventKind{})) {
            const bool debug = kind >= model::EventKind::rule_node_debug;
            add_table(sql::event_table(kind), debug ? settings.debug_partition : settings.partition,
                      settings);
        }
    }

    sql::Mark mark() const override { return sql::Mark::dollar; }
    Result<std::unique_ptr<sql::EventSession>> open_writer() override {
        if (Result<> migrated = migrate_schema(); !migrated) return migrated.error();
        return open("");
    }
    Result<std::unique_ptr<sql::EventSession>> open_reader() override {
        return open("SET default_transaction_read_only=on");
    }
    void stopping() override { stop_signal_.set(); }

  private:
    void add_table(const Table& table, std::chrono::hours period, const EventSettings& settings) {
        const EpochMs size_ms = std::chrono::milliseconds(period).count();
        const auto period_at = [name = table.name, size_ms](EpochMs ts) {
            return period_of(ts, name, size_ms);
        };
        partitions_.try_emplace(table.name, table.name, period_at, settings.partitions_max, log_);
        after_ += "CREATE TABLE IF NOT EXISTS \"" + table.name + "_default\" PARTITION OF \"" +
                  table.name + "\" DEFAULT;\n";
    }
    Result<> migrate_schema();
    Result<std::unique_ptr<sql::EventSession>> open(std::string session);

    const Log log_;
    Counter connections_lost_;
    StopSignal stop_signal_;
    LinkContext context_;
    EventPartitions partitions_;
    std::string after_ = id_functions_sql() + text_search_sql() + ";\n";
};

Result<> PostgresEventBackend::migrate_schema() {
    const Result<std::unique_ptr<Connection>> connection = Connection::open(context_.options);
    if (!connection) return connection.error();
    const Result<std::size_t> migrated =
        migrate_alone(**connection, event_dialect, event_migrations(), after_);
    if (!migrated) return migrated.error();
    if (*migrated > 0)
        log_.info("store.postgres.migrated", {
                                                 {"migrations", *migrated}
        });
    return {};
}

Result<std::unique_ptr<sql::EventSession>> PostgresEventBackend::open(std::string session) {
    auto opened = std::make_unique<PostgresEventSession>(context_, partitions_, std::move(session));
    if (Result<> connected = opened->connect(); !connected) return connected.error();
    return std::unique_ptr<sql::EventSession>(std::move(opened));
}

}  // namespace

Result<std::unique_ptr<EventStore>> open_postgres_event_store(const EventSettings& settings,
                                                              const EventLimits& limits,
                                                              const Log& log,
                                                              MetricsRegistry& metrics) {
    return sql::open_sql_event_store(std::make_unique<PostgresEventBackend>(settings, log, metrics),
                                     limits, log, metrics);
}

}  // namespace thingstead::store::postgres
