// Takes what changed out of a cache, beside the thread that tells of it, and says meanwhile what
// the cache may not be asked for.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/io_threads.h"
#include "net/task_group.h"
#include "store/cache.h"

namespace thingstead::core::cluster {

struct CacheKey {
    store::CacheRegion region{};
    std::string key;
};

/// Which keys change, by hash: one that shares the hash of another is taken to change as well.
class KeyChanges {
  public:
    struct Look {
        std::uint64_t begun = 0;
        bool under_way = false;
    };
    Look look(const CacheKey& key) const {
        // The opposite order of begin(): who sees that it has begun sees it under way, or ended.
        const std::uint64_t begun = slot(key).begun + all_.begun;
        return {begun, slot(key).under_way + all_.under_way > 0};
    }
    /// What was read since `look` is not of before a change.
    bool holds(const CacheKey& key, const Look& look) const {
        return !look.under_way && slot(key).begun + all_.begun == look.begun;
    }
    void begin(const CacheKey& key) { begin(slot(key)); }
    void end(const CacheKey& key) { --slot(key).under_way; }
    void begin_all() { begin(all_); }
    void end_all() { --all_.under_way; }

  private:
    struct Slot {
        std::atomic<std::uint64_t> begun{0};
        std::atomic<std::uint64_t> under_way{0};
    };
    static void begin(Slot& slot) {
        ++slot.under_way;
        ++slot.begun;
    }
    const Slot& slot(const CacheKey& key) const {
        const std::size_t hash = std::hash<std::string_view>{}(key.key);
        return slots_[(hash + static_cast<std::size_t>(key.region)) % slots_.size()];
    }
    Slot& slot(const CacheKey& key) { return const_cast<Slot&>(std::as_const(*this).slot(key)); }

    std::array<Slot, 1024> slots_;
    Slot all_;
};

/// Thread-safe. Made by make_shared: its task keeps it.
class CacheEraser : public std::enable_shared_from_this<CacheEraser> {
  public:
    CacheEraser(store::Cache& cache, std::size_t waiting_max, net::IoThreads& io, Log log);

    /// They count as changing from now on until the cache has erased them. Cheap.
    void erase(std::vector<CacheKey> keys);
    const KeyChanges& changes() const { return changes_; }
    /// Waits until all is erased or `deadline` passed, then ends. Blocks. Idempotent.
    void stop(std::chrono::milliseconds deadline);

  private:
    struct Batch {
        std::vector<CacheKey> keys;
        bool all = false;  ///< More than may wait: all regions.
    };
    class Work;

    Task<> run();
    bool take(Batch& batch);

    store::Cache& cache_;
    const std::size_t waiting_max_;
    net::IoThreads& io_;
    net::TaskGroup tasks_;
    KeyChanges changes_;
    std::mutex mutex_;
    std::condition_variable idle_;
    Batch waiting_;
    bool running_ = false;
    bool stopping_ = false;
};

}  // namespace thingstead::core::cluster
