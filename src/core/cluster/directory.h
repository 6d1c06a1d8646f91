// Who is there: every service announces itself, and hears of the others.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/cluster/messages.h"
#include "core/cluster/outbox.h"
#include "net/task.h"

namespace thingstead::core::cluster {

struct DirectorySettings {
    std::chrono::milliseconds announce_period{3'000};
    std::chrono::milliseconds silence_max{15'000};  ///< Then a service is gone.
};

/// Thread-safe.
class Directory {
  public:
    enum class News : std::uint8_t {
        came,  ///< First heard of, or in a new life.
        went,  ///< Said so, or was silent; a new life begins with this one's end.
    };
    /// Runs on the thread that heard it; must not block.
    using Listener = std::function<void(const ServiceInfo&, News)>;

    Directory(ServiceInfo self, DirectorySettings settings, Outbox& outbox, const Clock& clock,
              Log log, MetricsRegistry& metrics);

    /// Before the first record.
    void listen(Listener listener);
    /// A record of the services' topic. Errors: it cannot be read.
    Result<> on_announcement(ByteSpan record);
    /// The others that are there now.
    std::vector<ServiceInfo> others() const;
    /// The next announcement of the service is news again: something for it got lost.
    void forget(const ServiceId& id);
    const ServiceInfo& self() const { return self_; }

    void announce();
    /// Says that this service goes.
    void leave();
    /// Takes note of who is silent.
    void check_silence();
    /// Announces and checks until it is cancelled.
    Task<> run();

  private:
    struct Known {
        ServiceInfo info;
        std::chrono::steady_clock::time_point heard;
    };
    void tell(const ServiceInfo& info, News news) const;

    const ServiceInfo self_;
    const DirectorySettings settings_;
    Outbox& outbox_;
    const Clock& clock_;
    const Log log_;
    std::vector<Listener> listeners_;
    mutable std::mutex mutex_;
    std::map<ServiceId, Known> known_;
    Gauge services_;
    Counter malformed_;
};

}  // namespace thingstead::core::cluster
