// Partitions of ts_kv by time, in calendar periods of UTC, made when the first point of a period
// comes. Thread-safe.
#pragma once
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "store/postgres/connection.h"
#include "store/postgres/settings.h"

namespace thingstead::store::postgres {

/// A calendar period: `ts_kv_2024_05`, ts >= start_ms, ts < end_ms.
struct Period {
    std::string name;
    EpochMs start_ms;
    EpochMs end_ms;
};

/// None: points of that time belong to the default partition: before 1970, after the year 9999, and
/// all when indefinite.
std::optional<Period> period_of(EpochMs ts, Partitioning partitioning);

class Partitions {
  public:
    Partitions(Partitioning partitioning, std::size_t partitions_max, const Log& log)
        : partitioning_(partitioning), partitions_max_(partitions_max), log_(log) {}

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

  private:
    bool is_settled(EpochMs start_ms);
    Result<> make(Connection& connection, const Period& period);

    const Partitioning partitioning_;
    const std::size_t partitions_max_;
    const Log& log_;
    std::mutex mutex_;
    std::unordered_set<EpochMs> settled_;  ///< Starts of periods, made or not to be made.
};

}  // namespace thingstead::store::postgres
