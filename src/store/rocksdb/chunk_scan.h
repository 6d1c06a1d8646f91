// The chunks of one series that may have points in a range, in the order of their first ts. One
// lane per span class; a lane's look-back is its class's span.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/rocksdb/layout.h"
#include "store/timeseries_store.h"

namespace rocksdb {
class Iterator;
class Slice;
class Snapshot;
}  // namespace rocksdb

namespace thingstead::store::rocks {

class Database;

class ChunkScan {
  public:
    /// The caller holds the database open for the life of the scan.
    ChunkScan(Database& database, std::string series, EpochMs start_ms, EpochMs end_ms,
              Order order);
    ~ChunkScan();
    ChunkScan(const ChunkScan&) = delete;
    ChunkScan& operator=(const ChunkScan&) = delete;

    struct Chunk {
        std::string_view row_key, row;  ///< Until next() is called.
        ChunkKey key;
    };
    /// The chunk to read next; nullopt at the end. Errors: unavailable.
    Result<std::optional<Chunk>> current();
    void next();

    /// No chunk from current() on has a point before it (ascending), or at or after it
    /// (descending). Meaningful while current() has a chunk.
    EpochMs frontier() const;

  private:
    struct Lane;
    void settle(Lane& lane);
    Lane* leading() const;

    Database& database_;
    const Order order_;
    const ::rocksdb::Snapshot* snapshot_;
    std::array<std::unique_ptr<Lane>, span_classes> lanes_;
    std::optional<Error> failed_{};
};

}  // namespace thingstead::store::rocks
