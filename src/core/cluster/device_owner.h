// What the owner of a partition of tb_core knows of its devices: at which services their sessions
// are. From that come the devices' connects and disconnects, and the way down to them.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/cluster/directory.h"
#include "core/cluster/messages.h"
#include "core/cluster/outbox.h"
#include "core/cluster/recent_pushes.h"

namespace thingstead::core::cluster {

struct OwnerSettings {
    /// A session that was not reported for so long is over: three times ReportSettings'
    /// repeat_period.
    std::chrono::milliseconds session_silence_max{180'000};
    /// Where a device was active without a session, it may still be polling: the longest poll.
    std::chrono::milliseconds poll_max{300'000};
    /// A new owner does not know every session yet: so long it tells all transports.
    std::chrono::milliseconds learning{10'000};
    /// A record waits so long, at most, for its partition to be restored.
    std::chrono::milliseconds restore_max{60'000};
    RecentPushesSettings recent_pushes{};
};

/// Thread-safe.
class DeviceOwner {
  public:
    DeviceOwner(OwnerSettings settings, DeviceConnectivity& activity, Directory& directory,
                Outbox& outbox, const Clock& clock, Log log, MetricsRegistry& metrics);

    /// The partition is ours; its records wait until it is restored().
    void assigned(queue::PartitionIndex partition);
    /// Asks the transports for their sessions.
    void restored(queue::PartitionIndex partition);
    /// Forgets the partition, and lets go who waits for it.
    void revoked(queue::PartitionIndex partition);
    /// A record of tb_core. False: the partition is not ours any more. Errors: it cannot be read.
    Result<bool> on_record(queue::PartitionIndex partition, ByteSpan record);
    /// A transport came or went; its sessions go with it.
    void on_service(const ServiceInfo& service, Directory::News news);
    /// Ends sessions that were not reported for too long.
    void check_silence();
    std::size_t devices() const;

  private:
    using Time = std::chrono::steady_clock::time_point;
    /// One device at one service.
    struct Holder {
        ServiceId service;
        std::uint32_t sessions = 0;
        EpochMs connect_ms = 0;
        Time heard;
    };
    struct Device {
        DeviceIdentityPtr identity;
        std::vector<Holder> holders;
    };
    struct Partition {
        explicit Partition(RecentPushesSettings settings) : recent(settings) {}

        bool restored = false;
        Time learnt;
        RecentPushes recent;
        std::unordered_map<model::DeviceId, Device> devices;
    };

    void take(Partition& partition, DeviceReports reports);
    void take(Partition& partition, const ServiceId& service, DeviceReport report);
    void push(Partition& partition, model::DeviceId device, std::string what);
    void end(const Device& device, const Holder& holder);
    template <class IsOver>
    void end_where(IsOver is_over);
    /// Encoded notifications, of both.
    void notify(const ServiceId& service, std::string what);
    void notify_all(const std::string& what);

    const OwnerSettings settings_;
    DeviceConnectivity& activity_;
    Directory& directory_;
    Outbox& outbox_;
    const Clock& clock_;
    const Log log_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<queue::PartitionIndex, Partition> partitions_;
    Gauge devices_;
    Counter pushed_;
    Counter malformed_;
};

}  // namespace thingstead::core::cluster
