// Queries and deletions of points; each on a connection of its caller.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/postgres/connection.h"
#include "store/timeseries_store.h"

namespace thingstead::store::postgres {

Result<std::vector<model::TimedValue>> read_range(Connection& connection, const RangeQuery& query,
                                                  EpochMs now_ms);
/// Of all keys if `keys` is empty.
Result<std::vector<LatestValue>> read_latest(Connection& connection, model::EntityId entity,
                                             const std::vector<std::string>& keys);
/// In a transaction of its own.
Result<DeleteOutcome> delete_range(Connection& connection, const DeleteRange& range,
                                   EpochMs now_ms);
Result<> delete_entity(Connection& connection, model::EntityId entity);

/// Removes expired points, in small steps; one server of those that share the database does it.
/// Returns how many, at most about `points_max`.
Result<std::int64_t> delete_expired(Connection& connection, EpochMs now_ms, std::size_t points_max,
                                    const std::function<bool()>& is_stopping);

}  // namespace thingstead::store::postgres
