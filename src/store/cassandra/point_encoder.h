// Points in the form of the INSERT into ts_kv_cf, one behind the other in one text: encoded once,
// on the caller's thread. The rows of the two other tables are pieces of the same bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/cql/token.h"
#include "store/cassandra/settings.h"
#include "store/timeseries_store.h"

namespace thingstead::store::cassandra {

/// Where a point is in its text: cells of entity_type, entity_id, key, partition, ts, five values,
/// ttl, write timestamp.
struct EncodedPoint {
    std::size_t begin = 0;
    std::uint32_t bytes = 0;
    /// From `begin`: where the cells of the key, the partition and the ttl are.
    std::uint32_t key = 0, partition = 0, ttl = 0;
    cql::Token token = 0;  ///< Of the partition.
    bool history = false, latest = false;

    static constexpr std::uint32_t bigint_bytes = 12;  ///< With its length.

    bool expires() const { return bytes - ttl > 4 + bigint_bytes; }
    std::string_view row(std::string_view text) const { return text.substr(begin, bytes); }
    /// Cells of entity_type, entity_id, key.
    std::string_view series(std::string_view text) const { return text.substr(begin, partition); }
    /// The same with the partition: a row of the directory.
    std::string_view directory_row(std::string_view text) const {
        return text.substr(begin, partition + bigint_bytes);
    }
    std::string_view key_text(std::string_view text) const {
        return text.substr(begin + key + 4, partition - key - 4);
    }
    /// Cells of ts and the five values.
    std::string_view ts_and_values(std::string_view text) const {
        return text.substr(begin + partition + bigint_bytes, ttl - partition - bigint_bytes);
    }
};

struct EncodedPoints {
    std::string text{};
    std::vector<EncodedPoint> points{};
    void clear() {
        text.clear();
        points.clear();
    }
};

/// Cells of entity_type, entity_id, key and partition: what KnownPartitions remembers.
std::string directory_row(const model::EntityId& entity, std::string_view key,
                          std::int64_t partition);
/// Of the partition of ts_kv_partitions_cf that the cells of a series name.
cql::Token token_of_series(std::string_view cells);

/// Encodes the points of one write; keeps nothing of it but views.
class PointEncoder {
  public:
    /// `out` is appended to. `ttl_s` nothing: for ever. `write_time` of the first point, the others
    /// take the next ones.
    PointEncoder(EncodedPoints& out, const PointsWrite& write, std::optional<std::int32_t> ttl_s,
                 std::int64_t write_time, const Settings& settings);
    /// Keys have at most 65,535 bytes.
    void add(const model::KeyValue& point);

  private:
    EncodedPoints& out_;
    const PointsWrite& write_;
    const std::optional<std::int32_t> ttl_s_;
    std::int64_t write_time_;
    const std::int32_t others_;  ///< "Length" of a cell that is unset, or null.
    std::int64_t partition_;
    char entity_cells_[64];
    std::size_t entity_bytes_ = 0;
    char entity_key_[64];  ///< The same as components of a partition key.
    std::size_t entity_key_bytes_ = 0;
};

}  // namespace thingstead::store::cassandra
