// Reads chunks and latest values from the database and merges them with what is in memory. Blocks.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/rocksdb/heads.h"
#include "store/rocksdb/layout.h"
#include "store/timeseries_store.h"

namespace thingstead::store::rocks {

class Database;

// The caller of each holds Database::lock(), or is the writer.

/// Points of the query. `memory` are those of the heads, taken before this call: what a checkpoint
/// moves to disk in between is then seen twice, not missed. `key`: 0 if the database has no chunk.
/// Errors: unavailable - the database fails or is damaged.
Result<std::vector<model::TimedValue>> read_range(Database& database, const RangeQuery& query,
                                                  KeyId key, const Points& memory, EpochMs now_ms);

/// Calls `see` with the row key, the parsed key and the sealed row of every chunk of a series that
/// may have points in [start, end).
Result<> each_chunk(
    Database& database, model::EntityId entity, KeyId key, EpochMs start_ms, EpochMs end_ms,
    const std::function<Result<>(std::string_view, ChunkKey, std::string_view)>& see);

/// Latest values of `names`, or of all, sorted by name; `memory` as for read_range().
Result<std::vector<LatestValue>> read_latest(Database& database, model::EntityId entity,
                                             std::vector<std::string> names,
                                             std::vector<MemoryLatest> memory);
/// Latest value as stored.
Result<std::optional<Latest>> stored_latest(Database& database, std::string_view row_key);

/// The rows of `row_keys` in the family of latest values, one answer each.
std::vector<Result<std::optional<Latest>>> stored_latest(Database& database,
                                                         std::span<const std::string> row_keys);

}  // namespace thingstead::store::rocks
