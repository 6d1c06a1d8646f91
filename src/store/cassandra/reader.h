// Ranges and latest values. All methods on the client's thread.
#pragma once
#include <vector>

#include "net/task.h"
#include "store/cassandra/ledger.h"
#include "store/cassandra/session.h"
#include "store/cassandra/settings.h"
#include "store/timeseries_store.h"

namespace thingstead::store::cassandra {

class Reader {
  public:
    /// All outlive it.
    Reader(Session& session, Ledger& ledger, const Settings& settings)
        : session_(session), ledger_(ledger), settings_(settings) {}

    Task<Result<std::vector<model::TimedValue>>> range(RangeQuery query);
    Task<Result<std::vector<LatestValue>>> latest(model::EntityId entity,
                                                  std::vector<std::string> keys);

    /// Returns when the writes of the entity that were taken before are stored.
    Task<Result<>> settled(model::EntityId entity);
    /// range() without that, and latest values with the time of their writing.
    Task<Result<std::vector<model::TimedValue>>> stored_range(RangeQuery query);
    struct StoredLatest {
        LatestValue value;
        std::int64_t write_time = 0;
    };
    Task<Result<std::vector<StoredLatest>>> stored_latest(model::EntityId entity,
                                                          std::vector<std::string> keys);
    /// Partitions of the series that may hold points of [start, end).
    Task<Result<std::vector<std::int64_t>>> partitions(model::EntityId entity, std::string key,
                                                       EpochMs start, EpochMs end, Order order);

  private:
    Task<Result<>> read_partition(RangeQuery query, std::int64_t partition,
                                  std::vector<model::TimedValue>& out);
    Task<Result<std::optional<model::Value>>> newest_value(RangeQuery query, std::int64_t partition,
                                                           EpochMs ts);
    Question question(StatementId statement) const;

    Session& session_;
    Ledger& ledger_;
    const Settings settings_;
};

}  // namespace thingstead::store::cassandra
