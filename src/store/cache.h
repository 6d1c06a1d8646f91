// The port of the cache: values that can always be read again from a store, kept near. Drivers:
// store/cache/local (in process) and store/cache/valkey (a server that all processes share, a local
// front before it). Every driver passes store/cache_conformance.h.
//
// A lost cache slows and never fails: no call has an error. And it is honest: what erase() took
// away is not answered again, except by other processes for the time that the driver states, and
// what was read from the store before an erase() cannot be put after it:
//
//   CacheFound found = co_await cache.get(region, key);
//   if (!found.value) {
//       std::string value = … read from the store, after get() answered …
//       co_await cache.put(region, key, value, found.ticket);
//   }
//   …and who changes the store: commit, then co_await cache.erase(region, {key}).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/task.h"
#include "store/cache_regions.h"

namespace thingstead::store {

inline constexpr std::size_t cache_key_bytes_max = 1024;
inline constexpr std::size_t cache_value_bytes_max = 1 << 20;

/// Immutable and shared. While a value stays in a process the same object is answered: who keeps a
/// decoded form beside it sees by the pointer that it still holds.
using CacheValue = std::shared_ptr<const std::string>;

/// The right to put what is read from the store after the get() that gave it, until an erase.
struct CacheTicket {
    std::uint64_t token = 0;  ///< The driver's; 0: nothing can be put now.
    explicit operator bool() const { return token != 0; }
};

struct CacheFound {
    CacheValue value{};    ///< Null: nothing. An empty text is a value: "nobody has these".
    CacheTicket ticket{};  ///< With nothing.
};

/// Thread-safe. Tasks run on any executor and end within a few command timeouts of the driver, soon
/// after stop(), and before the cache is destroyed.
class Cache {
  public:
    virtual ~Cache() = default;

    /// What this process holds, without waiting; null: ask get().
    virtual CacheValue find_local(CacheRegion region, std::string_view key) = 0;
    virtual Task<CacheFound> get(CacheRegion region, std::string key) = 0;
    /// Keeps the value for `ttl` (0: the region's; never longer). False: it was not kept - the
    /// ticket is void because of an erase, an expiry or another's put; key or value are over their
    /// limit; the server is away.
    virtual Task<bool> put(CacheRegion region, std::string key, std::string value,
                           CacheTicket ticket, std::chrono::milliseconds ttl = {}) = 0;
    /// Takes the keys and all tickets for them away, in every process; call it after the store has
    /// committed. This process does not answer them again once the task began. True: done
    /// everywhere. False: the server is away, and will be told when it is back; until then other
    /// processes may answer what it held.
    virtual Task<bool> erase(CacheRegion region, std::vector<std::string> keys) = 0;
    /// All keys of a region; slow with a server: it walks through all that it has.
    virtual Task<bool> erase_region(CacheRegion region) = 0;

    /// Ends what waits; every later call answers nothing. Idempotent. Blocks: not on an I/O thread.
    virtual void stop() = 0;
};

}  // namespace thingstead::store
