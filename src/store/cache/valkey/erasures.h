// Keys that were erased here and of which the server does not know yet: while a command is on its
// way, and for as long as the server is away. Bounded: beyond the limit the key's region is to be
// swept.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"
#include "store/cache_regions.h"

namespace thingstead::store::valkey {

/// Keys as on the server. Thread-safe.
class Erasures {
  public:
    Erasures(std::size_t keys_max, Gauge waiting) : keys_max_(keys_max), waiting_(waiting) {}

    /// An attempt to tell the server begins. False: over the limit; the key is not remembered, its
    /// region is to be swept instead, and end() must not be called.
    bool begin(CacheRegion region, const std::string& key);
    /// It ended; false: the server may not know.
    void end(CacheRegion region, const std::string& key, bool told);
    /// Whether the key or its region may not be answered: an erase has not arrived.
    bool concerns(CacheRegion region, std::string_view key) const;

    struct Key {
        CacheRegion region;
        std::string key;
    };
    /// Begins another attempt for some of those whose last one failed.
    std::vector<Key> retry(std::size_t keys_max);
    bool has_untold() const;

    /// The whole region is to be erased.
    void want_sweep(CacheRegion region);
    bool sweep_wanted(CacheRegion region) const;
    /// A sweep that was begun at `ticket` is done: later wishes stay.
    std::uint64_t begin_sweep(CacheRegion region) const;
    void end_sweep(CacheRegion region, std::uint64_t ticket);

  private:
    struct State {
        CacheRegion region;
        std::uint32_t under_way = 0;
        bool untold = false;  ///< An attempt failed, and none was begun since.
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Sweep {
        std::uint64_t wanted = 0, done = 0;
    };
    Sweep& sweep_of(CacheRegion region) { return sweeps_[static_cast<std::size_t>(region)]; }
    const Sweep& sweep_of(CacheRegion region) const {
        return sweeps_[static_cast<std::size_t>(region)];
    }
    void count_concerns();

    const std::size_t keys_max_;
    Gauge waiting_;
    std::atomic<std::size_t> concerns_{0};  ///< 0: nothing concerns anything, without the lock.
    mutable std::mutex mutex_;
    std::unordered_map<std::string, State, Hash, std::equal_to<>> keys_;
    std::size_t untold_ = 0;
    std::array<Sweep, cache_region_count> sweeps_{};
};

}  // namespace thingstead::store::valkey
