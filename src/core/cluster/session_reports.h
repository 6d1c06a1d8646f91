// The sessions of this process, told to the owners of their devices.
#pragma once
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "core/cluster/messages.h"
#include "core/cluster/outbox.h"
#include "net/task.h"

namespace thingstead::core::cluster {

struct ReportSettings {
    /// Connects and disconnects go out at once, and no more often.
    std::chrono::milliseconds connect_period{20};
    std::chrono::milliseconds activity_period{3'000};  ///< Activity goes out.
    /// Every session is told again this often: what got lost is made good.
    std::chrono::milliseconds repeat_period{60'000};
    std::size_t devices_max = 2'000'000;  ///< Noted at a time; activity beyond it is not.
    std::size_t devices_per_record = 500;
    queue::PartitionIndex partitions = 4;  ///< Of the topic, when it is made.
};

/// Thread-safe. A report says how things stand, so that one more or one less does no harm.
class SessionReports final : public DeviceConnectivity {
  public:
    SessionReports(ServiceId self, ReportSettings settings, Outbox& outbox, const Clock& clock,
                   MetricsRegistry& metrics);

    void connected(const DeviceIdentityPtr& device, EpochMs at_ms) override;
    void disconnected(const DeviceIdentityPtr& device, EpochMs at_ms) override;
    void active(const DeviceIdentityPtr& device, EpochMs at_ms) override;
    void polls(const DeviceIdentityPtr& device, EpochMs at_ms) override;

    /// Tells all sessions of the partition with the next round.
    void repeat(queue::PartitionIndex partition);
    /// One round: `activity` too, or connects alone.
    void send(bool activity);
    /// Sends rounds until it is cancelled.
    Task<> run();
    /// Devices that are noted: connected, or with something to tell.
    std::size_t size() const;

  private:
    struct Noted {
        DeviceReport report;
        bool urgent = false;  ///< In urgent_: a connect or disconnect is not told yet.
        bool due = false;     ///< Something is not told yet.
    };
    Noted* note(const DeviceIdentityPtr& device, bool session);
    bool is_time();
    std::vector<DeviceReports> take(bool activity);

    const ServiceId self_;
    const ReportSettings settings_;
    const queue::TopicSettings topic_;
    Outbox& outbox_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::unordered_map<model::DeviceId, Noted> noted_;
    std::vector<model::DeviceId> urgent_;  ///< To be told with the next round.
    std::optional<std::chrono::steady_clock::time_point> told_at_;
    Gauge devices_;
    Counter not_noted_;
};

}  // namespace thingstead::core::cluster
