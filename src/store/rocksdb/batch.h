// What one checkpoint writes: runs become chunks, latest values become rows. The writer's thread.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "store/rocksdb/heads.h"
#include "store/rocksdb/key_dictionary.h"
#include "store/rocksdb/store_metrics.h"

namespace rocksdb {
class WriteBatch;
}

namespace thingstead::store::rocks {

class Database;

class Batch {
  public:
    Batch(Database& database, KeyDictionary& keys, Heads& heads, StoreMetrics& metrics, Log log);
    ~Batch();

    /// Reads where the numbering of chunks goes on. Errors: unavailable.
    Result<> load();

    /// Adds the items of a shard. On an error every item of this batch is back in the heads.
    Result<> add(std::size_t shard, std::vector<FlushItem> items);
    void put_offset(std::int32_t partition, std::int64_t next);
    std::size_t bytes() const;
    bool empty() const;
    /// Writes the batch and tells the heads, for better or worse; the batch is empty then.
    Result<> commit(bool sync);
    void give_up();

    /// A fresh sequence for chunks in this batch.
    std::uint64_t next_sequence() { return sequence_++; }
    ::rocksdb::WriteBatch& rows() { return *rows_; }
    /// Adds the points of `run` as chunks under `sequence`; returns them in order.
    Tail put_chunks(const std::string& series, const Points& run, std::uint64_t sequence);

  private:
    Result<> add_latest(std::vector<FlushItem>& items);
    Result<> add_run(FlushItem& item);
    Points with_small_tail(const FlushItem& item, const std::string& series, Tail& tail);
    void clear();

    Database& database_;
    KeyDictionary& keys_;
    Heads& heads_;
    StoreMetrics& metrics_;
    Log log_;
    std::unique_ptr<::rocksdb::WriteBatch> rows_;
    std::vector<std::pair<std::size_t, std::vector<FlushItem>>> staged_;
    std::uint64_t sequence_ = 1;
    std::size_t points_ = 0;
    std::size_t chunk_bytes_ = 0;
};

}  // namespace thingstead::store::rocks
