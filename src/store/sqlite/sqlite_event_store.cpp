#include "store/sqlite/sqlite_event_store.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "store/sql/sql_event_store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/dialect.h"
#include "store/sqlite/faults.h"

namespace thingstead::store::sqlite {
namespace {

/// Rows that one step of a removal takes: appends wait for it.
constexpr std::int64_t rows_per_step = 2'000;

class SqliteEventSession final : public sql::EventSession {
  public:
    explicit SqliteEventSession(std::unique_ptr<Connection> connection)
        : connection_(std::move(connection)) {}

    Result<> insert(std::span<const sql::Record> records) override;
    Result<std::vector<Row>> select(const sql::Query& query, const Table& table) override;
    Result<std::int64_t> select_integer(const sql::Query& query) override;
    Result<std::int64_t> change(const sql::Query& query) override;
    Result<bool> remove_older_than(const Table& table, EpochMs before) override;

  private:
    Result<Statement> bound(const sql::Query& query);
    Result<> insert_all(std::span<const sql::Record> records);

    std::unique_ptr<Connection> connection_;
};

Result<Statement> SqliteEventSession::bound(const sql::Query& query) {
    Result<Statement> statement = connection_->prepare(query.text);
    if (!statement) return statement;
    int parameter = 0;
    for (const Cell& cell : query.cells) statement->bind(++parameter, cell);
    return statement;
}

Result<> SqliteEventSession::insert_all(std::span<const sql::Record> records) {
    for (const sql::Record& record : records) {
        Result<Statement> statement = connection_->prepare(
            sql::insert_sql(*record.table, sql::Mark::question) + " ON CONFLICT DO NOTHING");
        if (!statement) return statement.error();
        int parameter = 0;
        for (const Cell& cell : record.row) statement->bind(++parameter, cell);
        if (Result<> done = statement->run(); !done) return done;
    }
    return {};
}

Result<> SqliteEventSession::insert(std::span<const sql::Record> records) {
    if (Result<> begun = connection_->execute("BEGIN IMMEDIATE"); !begun) return begun;
    Result<> done = insert_all(records);
    if (done) done = connection_->execute("COMMIT");
    if (!done && connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
    return done;
}

Result<std::vector<Row>> SqliteEventSession::select(const sql::Query& query, const Table& table) {
    Result<Statement> statement = bound(query);
    if (!statement) return statement.error();
    std::vector<Row> rows;
    while (true) {
        const Result<bool> more = statement->step();
        if (!more) return more.error();
        if (!*more) return rows;
        Row& row = rows.emplace_back();
        row.reserve(table.columns.size());
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            Result<Cell> cell = statement->cell(static_cast<int>(i), table.columns[i].kind);
            if (!cell) return cell.error();
            row.push_back(*std::move(cell));
        }
    }
}

Result<std::int64_t> SqliteEventSession::select_integer(const sql::Query& query) {
    Result<Statement> statement = bound(query);
    if (!statement) return statement.error();
    const Result<bool> row = statement->step();
    if (!row) return row.error();
    return statement->integer(0);
}

Result<std::int64_t> SqliteEventSession::change(const sql::Query& query) {
    Result<Statement> statement = bound(query);
    if (!statement) return statement.error();
    if (Result<> done = statement->run(); !done) return done.error();
    return connection_->changes();
}

Result<bool> SqliteEventSession::remove_older_than(const Table& table, EpochMs before) {
    const std::string name = '"' + table.name + '"';
    const Result<std::int64_t> removed = change({
        "DELETE FROM " + name + " WHERE rowid IN (SELECT rowid FROM " + name + " WHERE \"" +
            sql::time_column + "\" < ?1 ORDER BY \"" + sql::time_column + "\" LIMIT ?2)",
        {Cell(before), Cell(rows_per_step)}
    });
    if (!removed) return removed.error();
    return *removed == rows_per_step;
}

class SqliteEventBackend final : public sql::EventBackend {
  public:
    SqliteEventBackend(const EventSettings& settings, const Log& log, MetricsRegistry& registry)
        : settings_(settings), log_(log), faults_(settings.file, log, registry, "event") {}

    sql::Mark mark() const override { return sql::Mark::question; }
    Result<std::unique_ptr<sql::EventSession>> open_writer() override;
    Result<std::unique_ptr<sql::EventSession>> open_reader() override;

  private:
    Result<std::unique_ptr<Connection>> open(Connection::Mode mode);
    Result<> prepare(Connection& connection, bool interrupted);

    const EventSettings settings_;
    const Log log_;
    Faults faults_;
};

Result<std::unique_ptr<Connection>> SqliteEventBackend::open(Connection::Mode mode) {
    return Connection::open({.file = settings_.file,
                             .mode = mode,
                             .cache_bytes = settings_.cache_bytes,
                             .file_bytes_max = settings_.file_bytes_max,
                             .statements_max = 64,
                             // Only a tool that opened the file beside us can make us wait.
                             .busy_timeout = std::chrono::seconds(5)},
                            faults_);
}

Result<> SqliteEventBackend::prepare(Connection& connection, bool interrupted) {
    std::error_code failed;
    const auto bytes = std::filesystem::file_size(settings_.file, failed);
    if (interrupted && !failed &&
        static_cast<std::int64_t>(bytes) <= settings_.quick_check_bytes_max)
        if (Result<> sound = connection.quick_check(); !sound) return sound;
    const Result<std::size_t> migrated = migrate(connection, dialect, event_migrations());
    if (!migrated) return migrated.error();
    if (*migrated > 0)
        log_.info("store.sqlite.migrated",
                  {
                      {"file",       settings_.file},
                      {"migrations", *migrated     }
        });
    return {};
}

Result<std::unique_ptr<sql::EventSession>> SqliteEventBackend::open_writer() {
    // A clean stop removes the write-ahead log: one that is there is work of an interrupted run.
    std::error_code missing;
    const auto log_bytes = std::filesystem::file_size(settings_.file + "-wal", missing);
    Result<std::unique_ptr<Connection>> connection = open(Connection::Mode::read_write);
    if (!connection) return connection.error();
    if (Result<> ready = prepare(**connection, !missing && log_bytes > 0); !ready) {
        Error error = ready.error();
        error.detail = settings_.file + ": " + error.detail;
        return error;
    }
    return std::make_unique<SqliteEventSession>(*std::move(connection));
}

Result<std::unique_ptr<sql::EventSession>> SqliteEventBackend::open_reader() {
    Result<std::unique_ptr<Connection>> connection = open(Connection::Mode::read_only);
    if (!connection) return connection.error();
    return std::make_unique<SqliteEventSession>(*std::move(connection));
}

}  // namespace

Result<std::unique_ptr<EventStore>> open_sqlite_event_store(const EventSettings& settings,
                                                            const EventLimits& limits,
                                                            const Log& log,
                                                            MetricsRegistry& metrics) {
    return sql::open_sql_event_store(std::make_unique<SqliteEventBackend>(settings, log, metrics),
                                     limits, log, metrics);
}

}  // namespace thingstead::store::sqlite
