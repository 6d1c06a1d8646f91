// The newest points of every series, in memory, in shards by entity. Nothing here touches the disk.
//
// A point's way: write() puts it into the head of its series; a checkpoint takes the heads of a few
// entities at a time (they stay readable as "flushing"), writes them, and reports done() or
// failed(). Entities, once made, are destroyed only by evict() and so only on the writer's thread.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/rocksdb/key_dictionary.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/points.h"
#include "store/timeseries_store.h"

namespace thingstead::store::rocks {

/// A chunk that the writer wrote for a series lately: what it may still rewrite into a larger one.
struct TailChunk {
    ChunkKey key;
    EpochMs last_ts;
    std::uint32_t expiry_s;
    std::uint32_t points;
};
/// In the order of writing; complete from its first entry on.
using Tail = std::vector<TailChunk>;

struct HeadLatest {
    Latest newest{};
    bool present = false;
    bool dirty = false;    ///< Not yet taken by a checkpoint.
    bool decided = false;  ///< Was compared with the database: it is the latest value.
};

struct Series {
    KeyRef key;
    Points head{};
    std::shared_ptr<const Points> flushing{};  ///< Settled.
    HeadLatest latest{};
    std::unique_ptr<Tail> tail{};  ///< With the writer while it writes.
};

struct EntityHead {
    model::EntityId id;
    std::vector<Series> series{};                                 ///< Only grows.
    std::unordered_map<std::string_view, std::uint32_t> index{};  ///< Of series, if there are many.
    std::uint32_t touched = 0;  ///< Number of the checkpoint before the last write.
    bool dirty = false;
};

/// One series on its way to the disk.
struct FlushItem {
    EntityHead* entity;
    std::size_t series;
    KeyRef key;
    std::shared_ptr<const Points> run;  ///< Null: only the latest value is new.
    std::optional<Latest> latest{};
    bool latest_decided = false;
    std::unique_ptr<Tail> tail{};
    std::optional<Latest> stored_latest{};  ///< Found in the database, newer than `latest`.
};

struct MemoryLatest {
    std::string key;
    Latest latest;
    bool decided;
};

class Heads {
  public:
    static constexpr std::size_t shard_count = 16;

    Heads(KeyDictionary& keys, std::size_t bytes_max) : keys_(keys), bytes_max_(bytes_max) {}

    /// False: full. Thread-safe.
    bool write(const PointsWrite& points, std::uint32_t expiry_s);
    std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
    std::size_t bytes_max() const { return bytes_max_; }

    /// Points of a series in [start, end) that expire after `now_ms`, settled; at least the first
    /// `limit` of them in `order`. Thread-safe.
    Points read(const RangeQuery& query, EpochMs now_ms) const;
    /// Latest values in memory of `names`, or of all. Thread-safe.
    std::vector<MemoryLatest> latest(model::EntityId entity,
                                     std::span<const std::string> names) const;

    // The writer's part, on its one thread.

    /// Entities of a shard with something to write, which then count as clean.
    std::vector<EntityHead*> take_dirty(std::size_t shard);
    /// Not taken after all.
    void put_back(std::size_t shard, std::span<EntityHead* const> entities);
    std::vector<FlushItem> take(std::size_t shard, std::span<EntityHead* const> entities);
    void done(std::size_t shard, std::vector<FlushItem>& items);
    void failed(std::size_t shard, std::vector<FlushItem>& items);

    /// The database's rows of the entity, or of one key, were changed by a deletion.
    void forget(model::EntityId entity, std::optional<std::string_view> key);
    /// Destroys clean entities of a shard that were not written since checkpoint `before`.
    void evict(std::size_t shard, std::uint32_t before);
    void next_checkpoint() { checkpoint_.fetch_add(1, std::memory_order_relaxed); }
    std::uint32_t checkpoint() const { return checkpoint_.load(std::memory_order_relaxed); }
    static std::size_t shard_of(model::EntityId entity) {
        return std::hash<model::EntityId>{}(entity) >> 8 & (shard_count - 1);
    }

  private:
    struct alignas(64) Shard {
        mutable std::mutex mutex;
        std::unordered_map<model::EntityId, std::unique_ptr<EntityHead>> entities;
        std::vector<EntityHead*> dirty;
    };

    std::size_t series_of(EntityHead& entity, std::string_view name, std::size_t hint,
                          std::size_t& grown);
    const EntityHead* find(const Shard& shard, model::EntityId entity) const;
    static const Series* find(const EntityHead& entity, std::string_view name);
    static void mark_dirty(Shard& shard, EntityHead& entity);

    KeyDictionary& keys_;
    const std::size_t bytes_max_;
    std::array<Shard, shard_count> shards_;
    std::atomic<std::size_t> bytes_{0};
    std::atomic<std::uint32_t> checkpoint_{1};
};

}  // namespace thingstead::store::rocks
