// The cache that all processes share: a Valkey or Redis server, or a cluster of them, with the
// values that this process uses in front. README.md says how stale an answer may be.
#pragma once
#include <memory>

#include "base/log.h"
#include "base/metrics.h"
#include "net/io_threads.h"
#include "store/cache.h"
#include "store/cache/valkey/settings.h"

namespace thingstead::store::valkey {

/// Waits until the server answered, refused or did not answer; blocks, not for I/O threads. A
/// server that cannot be reached is a warning: the cache answers nothing until it can.
/// Errors: invalid_argument - a setting is wrong, which the message names: an address, password,
/// user, database, TLS, a cluster that is none, a server that is none or too old.
/// `io` and `metrics` outlive the cache.
Result<std::unique_ptr<Cache>> open_valkey_cache(net::IoThreads& io, Settings settings,
                                                 const CacheRegions& regions, Log log,
                                                 MetricsRegistry& metrics);

}  // namespace thingstead::store::valkey
