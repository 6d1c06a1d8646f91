// The tables' statements, their values and their rows.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/kv.h"
#include "protocol/cql/request.h"
#include "protocol/cql/response.h"
#include "protocol/cql/token.h"
#include "store/cassandra/request.h"

namespace thingstead::store::cassandra {

/// Prepared on every node; the names are indices of statement_texts().
enum StatementName : StatementId {
    insert_point,      ///< key columns, ts, five values, ttl, write timestamp
    insert_directory,  ///< entity, key, partition, write timestamp
    insert_latest,     ///< entity, key, ts, five values, write timestamp
    select_range_up,   ///< series, partition, start, end, limit
    select_range_down,
    select_point_times,   ///< series, partition, ts: the write times of the five values
    select_directory_up,  ///< series, first, last partition
    select_directory_down,
    select_latest,        ///< entity
    select_latest_keys,   ///< entity, list of keys
    select_latest_times,  ///< entity: key, ts, write time
    delete_range,         ///< series, partition, start, end
    delete_partition,     ///< series, partition
    delete_directory,     ///< series
    delete_latest,        ///< entity, write timestamp
    statement_count,
};
std::vector<std::string> statement_texts(const std::string& keyspace);

/// Appends entity_type and entity_id.
void bind_entity(cql::Values& values, const model::EntityId& entity);
void bind_series(cql::Values& values, const model::EntityId& entity, std::string_view key);
enum class Others : std::uint8_t { unset, null };
/// bool_v, str_v, long_v, dbl_v, json_v: the one of the value's type, and the four others.
void bind_value(cql::Values& values, const model::Value& value, Others others);
void bind_no_value(cql::Values& values, Others how);
/// Index among those five of the value's.
std::size_t column_of(const model::Value& value);

cql::Token token_of(const model::EntityId& entity);
cql::Token token_of(const model::EntityId& entity, std::string_view key);
/// `partition_key` of ts_kv_cf for `series_key`, the same of the directory.
std::string series_key(const model::EntityId& entity, std::string_view key);
cql::Token token_of_partition(std::string series_key, std::int64_t partition);

/// Five cells of values, and perhaps as many of their write times.
struct ValueCells {
    explicit ValueCells(cql::RowCursor& row) {
        for (auto& cell : cells) cell = row.cell();
    }
    /// Columns that have a value.
    std::size_t count() const;
    /// Of the first column that has one; nothing: none has, or it is damaged.
    std::optional<model::Value> first() const;
    /// Of the column that was written last.
    std::optional<model::Value> newest(const ValueCells& write_times) const;

    /// Of cells that are write times: the greatest.
    std::int64_t newest_time() const;

    std::optional<std::string_view> cells[5];

  private:
    std::optional<model::Value> at(std::size_t column) const;
};

}  // namespace thingstead::store::cassandra
