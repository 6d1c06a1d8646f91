// The port of the time-series store: points by (entity, key, time) and the latest value per
// (entity, key). Drivers: store/rocksdb (embedded), store/postgres, store/cassandra. Every
// driver passes store/timeseries_conformance.h.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/ids.h"
#include "model/kv.h"
#include "net/task.h"

namespace thingstead::store {

/// Where in the queue a write came from. An embedded driver without a log of its own remembers,
/// atomically with the data, up to where each source partition is stored, so that recovery replays
/// exactly what is missing. A driver whose database is shared tells the same while it runs, and
/// remembers nothing: the queue's group does.
struct SourceOffset {
    std::int32_t partition;
    std::int64_t offset;  ///< Of the record that the points came from.
};

/// Points of one entity at one time. Views: the driver copies what it keeps.
struct PointsWrite {
    model::EntityId entity{};
    EpochMs ts = 0;
    std::span<const model::KeyValue> values{};
    std::chrono::seconds ttl{0};  ///< 0: for ever.
    bool save_history = true;
    bool save_latest = true;  ///< Replaces the latest value only if ts >= the stored one's.
};

enum class Order : std::uint8_t { ascending, descending };

struct RangeQuery {
    model::EntityId entity;
    std::string key;
    EpochMs start_ms;  ///< Inclusive.
    EpochMs end_ms;    ///< Exclusive.
    std::size_t limit = 100;
    Order order = Order::descending;
};

struct LatestValue {
    std::string key;
    EpochMs ts;
    model::Value value;
};

struct DeleteRange {
    model::EntityId entity;
    std::string key;
    EpochMs start_ms;           ///< Inclusive.
    EpochMs end_ms;             ///< Exclusive.
    bool delete_latest = true;  ///< Removes the latest value too if its ts lies in the range.
    bool rewrite_latest_if_deleted =
        false;  ///< … and puts the newest remaining point below start in its place.
};

/// What became of the latest value of a key by a deletion.
struct DeleteOutcome {
    bool latest_deleted = false;
    std::optional<model::TimedValue> latest_rewritten{};
};

class CustomTables;

class TimeseriesStore {
  public:
    virtual ~TimeseriesStore() = default;

    /// Takes the points into the store's order; cheap, never blocks, thread-safe. False: over the
    /// memory limit (back-pressure): nothing was taken; await room() and try again. A point with
    /// the (entity, key, ts) of an older one replaces it, whatever the types. Durability: through
    /// the queue (`source` set: the record is replayed until checkpointed()), or by flush() (no
    /// source: a REST write awaits flush()).
    virtual bool write(const PointsWrite& points, std::optional<SourceOffset> source) = 0;
    /// Returns when write() may be tried again.
    virtual Task<> room() = 0;
    /// Makes everything written so far durable. Errors: unavailable - disk full, store damaged.
    virtual Task<Result<>> flush() = 0;

    /// Tells the driver that every record below `next` of `partition` is fully processed: the next
    /// checkpoint may record it. Thread-safe.
    virtual void processed(std::int32_t partition, std::int64_t next) = 0;
    /// Up to where `partition` is stored durably: what the queue's group may commit. -1: nothing
    /// yet, or nothing since the start.
    virtual std::int64_t checkpointed(std::int32_t partition) const = 0;
    /// The partition comes to this process, maybe after others worked on it: what it was told of
    /// the partition before counts no more, as after a restart. A driver whose data are this
    /// process's alone has nothing to forget, and may remember more than the queue's group
    /// committed; one whose database is shared answers checkpointed() with -1 until processed() is
    /// called, and takes any offset then. Thread-safe; not while the partition is worked on.
    virtual void forget(std::int32_t /*partition*/) {}

    /// Raw points of one series. What was written is visible at once.
    virtual Task<Result<std::vector<model::TimedValue>>> range(RangeQuery query) = 0;
    /// Latest values of `keys`, or of all keys if empty; keys never written are left out. Sorted by
    /// key.
    virtual Task<Result<std::vector<LatestValue>>> latest(model::EntityId entity,
                                                          std::vector<std::string> keys) = 0;
    virtual Task<Result<DeleteOutcome>> remove(DeleteRange range) = 0;
    /// Every point and latest value of the entity.
    virtual Task<Result<>> remove_entity(model::EntityId entity) = 0;

    /// Checkpoints and closes. Idempotent. Blocks.
    virtual void stop() = 0;

    /// Tables of users beside the store's own; null: the driver's database has none. Until stop().
    virtual CustomTables* custom_tables() { return nullptr; }
};

}  // namespace thingstead::store
