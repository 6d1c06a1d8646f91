#include "store/postgres/partitions.h"

#include <chrono>
#include <cstdio>
#include <limits>

namespace thingstead::store::postgres {
namespace {

using namespace std::chrono;

constexpr EpochMs year_10000_ms = 253'402'300'800'000;
/// Periods remembered; at it all are asked for again.
constexpr std::size_t settled_max = 20'000;

const std::string lock_sql = "SELECT pg_advisory_xact_lock(7455022)";
const std::string find_partitions_sql =
    R"(SELECT COUNT(*), COUNT(*) FILTER (WHERE c.relname = $1::name) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = quote_ident($2::text)::regclass)";

EpochMs ms_of(year_month_day day) {
    return duration_cast<milliseconds>(sys_days(day).time_since_epoch()).count();
}

std::string name_of(year_month_day day, Partitioning partitioning) {
    char text[32];
    const int y = static_cast<int>(day.year());
    const unsigned m = static_cast<unsigned>(day.month());
    const unsigned d = static_cast<unsigned>(day.day());
    if (partitioning == Partitioning::years)
        std::snprintf(text, sizeof(text), "ts_kv_%04d", y);
    else if (partitioning == Partitioning::months)
        std::snprintf(text, sizeof(text), "ts_kv_%04d_%02u", y, m);
    else
        std::snprintf(text, sizeof(text), "ts_kv_%04d_%02u_%02u", y, m, d);
    return text;
}

}  // namespace

std::optional<Period> period_of(EpochMs ts, Partitioning partitioning) {
    if (partitioning == Partitioning::indefinite || ts < 0 || ts >= year_10000_ms)
        return std::nullopt;
    const year_month_day day(floor<days>(sys_time<milliseconds>(milliseconds(ts))));
    year_month_day start = day;
    year_month_day end;
    if (partitioning == Partitioning::years) {
        start = day.year() / January / 1;
        end = start + years(1);
    } else if (partitioning == Partitioning::months) {
        start = day.year() / day.month() / 1;
        end = start + months(1);
    } else {
        end = sys_days(day) + days(1);
    }
    return Period{name_of(start, partitioning), ms_of(start), ms_of(end)};
}

std::optional<Period> period_of(EpochMs ts, const std::string& table, EpochMs size_ms) {
    if (ts < 0 || ts >= year_10000_ms) return std::nullopt;
    const EpochMs start = ts - ts % size_ms;
    return Period{table + "_" + std::to_string(start), start, start + size_ms};
}

void Partitions::forget() {
    const std::lock_guard lock(mutex_);
    settled_.clear();
}

bool Partitions::is_settled(EpochMs start_ms) {
    const std::lock_guard lock(mutex_);
    return settled_.contains(start_ms);
}

Result<Partitions::Span> Partitions::prepare(Connection& connection, EpochMs ts) {
    const std::optional<Period> period = period_of_(ts);
    if (!period) return Span{ts, ts == std::numeric_limits<EpochMs>::max() ? ts : ts + 1};
    const Span span{period->start_ms, period->end_ms};
    if (is_settled(period->start_ms)) return span;
    if (connection.in_transaction()) connection.enqueue("ROLLBACK");
    const Result<> made = make(connection, *period);
    if (!made && connection.trouble() != Connection::Trouble::lost && connection.in_transaction()) {
        connection.enqueue("ROLLBACK");
        (void)connection.run({});
    }
    if (!made) return made.error();
    const std::lock_guard lock(mutex_);
    if (settled_.size() >= settled_max) settled_.clear();
    settled_.insert(period->start_ms);
    return span;
}

Result<> Partitions::make(Connection& connection, const Period& period) {
    // Other threads and servers may make the same one: one at a time.
    connection.enqueue("BEGIN");
    Parameters none;
    Parameters name;
    name.add(period.name).add(table_);
    const Request requests[] = {
        {lock_sql,            none},
        {find_partitions_sql, name}
    };
    const Result<std::vector<Rows>> found = connection.run(requests);
    if (!found) return found.error();
    const bool is_there = (*found)[1].integer(0, 1) > 0;
    // One is the default partition.
    const bool room = (*found)[1].integer(0, 0) - 1 < static_cast<std::int64_t>(partitions_max_);
    if (is_there || !room) {
        if (!is_there)
            log_.warn("store.postgres.partitions_full", {
                                                            {"refused", period.name}
            });
        connection.enqueue("COMMIT");
        const Result<std::vector<Rows>> done = connection.run({});
        if (!done) return done.error();
        return {};
    }
    // To attach a table keeps readers of other partitions running; to make it in place would not.
    connection.enqueue("CREATE TABLE \"" + period.name + "\" (LIKE \"" + table_ +
                       "\" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)");
    connection.enqueue("ALTER TABLE \"" + table_ + "\" ATTACH PARTITION \"" + period.name +
                       "\" FOR VALUES FROM (" + std::to_string(period.start_ms) + ") TO (" +
                       std::to_string(period.end_ms) + ")");
    connection.enqueue("COMMIT");
    const Result<std::vector<Rows>> made = connection.run({});
    if (made) {
        log_.info("store.postgres.partition_made", {
                                                       {"partition", period.name}
        });
        return {};
    }
    // It overlaps another (42P17), the default partition has points of the period (23514), we may
    // not make tables (42501), …: points are better kept in the default partition than held up.
    if (connection.state().starts_with("42") || connection.state().starts_with("23")) {
        log_.warn("store.postgres.partition_refused", made.error(),
                  {
                      {"refused", period.name}
        });
        connection.enqueue("ROLLBACK");
        const Result<std::vector<Rows>> undone = connection.run({});
        if (!undone) return undone.error();
        connection.forget_trouble();
        return {};
    }
    return made.error();
}

}  // namespace thingstead::store::postgres
