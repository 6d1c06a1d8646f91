// The values of one region in this process: sharded, bounded in entries and bytes, each value with
// its end. What was read before an erasure cannot be put after it: generation().
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/cache.h"

namespace thingstead::store::cache {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Until when the entries that came over one connection to a server may be answered: as long as the
/// server is known to tell of changes. Thread-safe.
class Trust {
  public:
    bool holds(SteadyTime now) const {
        return now.time_since_epoch().count() < until_.load(std::memory_order_acquire);
    }
    /// Never shortens, and does nothing once ended.
    void extend(SteadyTime until);
    /// Takes back all that came over the connection, at once and for good.
    void end() { until_.store(ended, std::memory_order_release); }

  private:
    static constexpr std::int64_t ended = INT64_MIN;
    std::atomic<std::int64_t> until_{INT64_MIN + 1};
};

/// Thread-safe.
class Lru {
  public:
    struct Limits {
        std::size_t entries_max;
        std::size_t bytes_max;
    };
    static constexpr std::size_t shard_count = 16;
    /// Counted for each entry beside key and value.
    static constexpr std::size_t entry_overhead_bytes = 160;

    explicit Lru(Limits limits);

    CacheValue get(std::string_view key, SteadyTime now);
    /// Changes with every erasure that concerns the key, and with some others. Never 0.
    std::uint64_t generation(std::string_view key);
    /// False: the generation is another by now, or the value is too large for its shard.
    bool put(std::string_view key, CacheValue value, SteadyTime expires, std::uint64_t generation,
             std::shared_ptr<const Trust> trust = {});
    void erase(std::string_view key);
    void clear();

    struct Size {
        std::size_t entries = 0, bytes = 0;
    };
    Size size() const {
        return {entries_.load(std::memory_order_relaxed), bytes_.load(std::memory_order_relaxed)};
    }
    /// Values that had to go for others.
    std::uint64_t evictions() const { return evictions_.load(std::memory_order_relaxed); }

  private:
    struct Entry {
        std::string key;
        CacheValue value;
        SteadyTime expires;
        std::shared_ptr<const Trust> trust;  ///< Null: it needs none.

        std::size_t bytes() const { return key.size() + value->size() + entry_overhead_bytes; }
    };
    using Order = std::list<Entry>;
    struct Shard {
        mutable std::mutex mutex;
        Order order;  ///< Most recent first.
        std::unordered_map<std::string_view, Order::iterator> index;
        std::size_t bytes = 0;
        /// Erasures, counted apart by hash: one concerns few other keys.
        std::array<std::uint64_t, 64> generations;
    };
    struct Place {
        Shard& shard;
        std::uint64_t& generation;
    };

    Place place_of(std::string_view key);
    void drop(Shard& shard, Order::iterator entry, Order& grave);

    std::array<Shard, shard_count> shards_;
    std::size_t shard_entries_max_, shard_bytes_max_;
    std::atomic<std::size_t> entries_{0}, bytes_{0};
    std::atomic<std::uint64_t> evictions_{0};
};

}  // namespace thingstead::store::cache
