// Partitions of a table by time, made when the first row of a period comes: of ts_kv in calendar
// periods of UTC, of events in periods of equal length. Thread-safe.
#pragma once
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "store/postgres/connection.h"
#include "store/postgres/settings.h"

namespace thingstead::store::postgres {

/// A period and its table: `ts_kv_2024_05`, ts >= start_ms, ts < end_ms.
struct Period {
    std::string name;
    EpochMs start_ms;
    EpochMs end_ms;
};

/// None: points of that time belong to the default partition: before 1970, after the year 9999, and
/// all when indefinite.
std::optional<Period> period_of(EpochMs ts, Partitioning partitioning);
/// Periods of `size_ms` from 1970 on; named after `table` and their start.
std::optional<Period> period_of(EpochMs ts, const std::string& table, EpochMs size_ms);

class Partitions {
  public:
    using PeriodOf = std::function<std::optional<Period>(EpochMs ts)>;

    /// Of ts_kv.
    Partitions(Partitioning partitioning, std::size_t partitions_max, const Log& log)
        : Partitions(
              "ts_kv", [partitioning](EpochMs ts) { return postgres::period_of(ts, partitioning); },
              partitions_max, log) {}
    /// Of `table`, which has a default partition and is partitioned by one BIGINT.
    Partitions(std::string table, PeriodOf period_of, std::size_t partitions_max, const Log& log)
        : table_(std::move(table)),
          period_of_(std::move(period_of)),
          partitions_max_(partitions_max),
          log_(log) {}

    /// Times from start, before end.
    struct Span {
        EpochMs start_ms;
        EpochMs end_ms;
        bool holds(EpochMs ts) const { return ts >= start_ms && ts < end_ms; }
    };
    /// Sees to it that points of this time have a partition of their own, if they may. Those that
    /// may not go to the default partition: of a period that it has points of already, that another
    /// partition overlaps, or beyond the largest number.
    /// Returns a span around `ts` for which this is done now.
    /// Errors: those of the connection.
    Result<Span> prepare(Connection& connection, EpochMs ts);
    /// Partitions were dropped: what is prepared is asked for again.
    void forget();

  private:
    bool is_settled(EpochMs start_ms);
    Result<> make(Connection& connection, const Period& period);

    const std::string table_;
    const PeriodOf period_of_;
    const std::size_t partitions_max_;
    const Log& log_;
    std::mutex mutex_;
    std::unordered_set<EpochMs> settled_;  ///< Starts of periods, made or not to be made.
};

}  // namespace thingstead::store::postgres
