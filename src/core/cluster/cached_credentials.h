// Credentials of devices in a cache that processes share: devices that come back to another
// transport are known without asking a node.
//
// Kept: region `credentials`, hash of the credentials id → what it stands for, or nobody; region
// `devices`, device id → its identity; both with the id of the device's profile alone. Region
// `profiles`, profile id → profile: so a profile that changes takes one key away, not those of all
// its devices.
//
// A change is erased by every process that is told of it, not only where it was made: a process
// never answers again what it has erased itself, whether the cache's server is there or not, while
// for what others have erased it depends on the server's word (store/cache/valkey/README.md). What
// DeviceAuth asks for because of a change must not depend on that.
//
// The source must not stand behind such a cache itself: what an inner cache answers a little late
// would be put into the outer one after it was erased, and stay. So nodes answer transports from
// their store.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "core/device_services.h"
#include "core/entity_events.h"
#include "net/io_threads.h"
#include "net/task.h"
#include "store/cache.h"

namespace thingstead::core::cluster {

struct CachedCredentialsSettings {
    /// Who tries credentials at random shall not fill the server for long.
    std::chrono::milliseconds nobody_life{600'000};
    /// Keys to be erased that may wait for the cache; beyond that whole regions are erased.
    std::size_t erases_waiting_max = 100'000;
};

/// Thread-safe.
class CachedCredentials final : public CredentialsSource {
  public:
    /// All outlive it but the log; the cache is not stopped before stop().
    CachedCredentials(CredentialsSource& source, store::Cache& cache, EntityEvents& events,
                      CachedCredentialsSettings settings, net::IoThreads& io, Log log,
                      MetricsRegistry& metrics);
    /// stop().
    ~CachedCredentials() override;

    /// Errors of both: those of the source; the cache has none.
    Task<Result<CredentialsEntryPtr>> find(std::string credentials_id) override;
    Task<Result<DeviceIdentityPtr>> identity(model::DeviceId device) override;

    /// Waits until the cache was told of what changed, or `deadline` passed. Blocks, not for I/O
    /// threads. Idempotent.
    void stop(std::chrono::milliseconds deadline);

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::core::cluster
