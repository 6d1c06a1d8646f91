#include "core/cluster/session_reports.h"

#include <algorithm>
#include <utility>

#include "core/cluster/topics.h"
#include "net/timer.h"

namespace thingstead::core::cluster {

SessionReports::SessionReports(ServiceId self, ReportSettings settings, Outbox& outbox,
                               const Clock& clock, MetricsRegistry& metrics)
    : self_(std::move(self)),
      settings_(settings),
      topic_(shared_topic(core_topic, settings.partitions)),
      outbox_(outbox),
      clock_(clock),
      devices_(metrics, "thingstead_cluster_reported_devices",
               "Devices whose sessions or activity are told to their owners."),
      not_noted_(metrics, "thingstead_cluster_reports_not_noted_total",
                 "Activity of devices that was not told, for want of room.") {}

/// Null: no room. Sessions always have room: their number is limited by their transport.
SessionReports::Noted* SessionReports::note(const DeviceIdentityPtr& device, bool session) {
    auto it = noted_.find(device->device);
    if (it == noted_.end()) {
        if (!session && noted_.size() >= settings_.devices_max) {
            not_noted_.add();
            return nullptr;
        }
        it = noted_.emplace(device->device, Noted{}).first;
        devices_.set(static_cast<std::int64_t>(noted_.size()));
    }
    it->second.report.device = device;
    it->second.due = true;
    if (session && !std::exchange(it->second.urgent, true)) urgent_.push_back(device->device);
    return &it->second;
}

/// Under the mutex. Whether what is urgent may go out now; if not, the next round takes it.
bool SessionReports::is_time() {
    const auto now = clock_.steady_now();
    if (told_at_ && now - *told_at_ < settings_.connect_period) return false;
    told_at_ = now;
    return true;
}

void SessionReports::connected(const DeviceIdentityPtr& device, EpochMs at_ms) {
    std::unique_lock lock(mutex_);
    DeviceReport& report = note(device, true)->report;
    ++report.sessions;
    report.connect_ms = std::max(report.connect_ms, at_ms);
    report.activity_ms = std::max(report.activity_ms, at_ms);
    if (!is_time()) return;
    lock.unlock();
    send(false);
}

void SessionReports::disconnected(const DeviceIdentityPtr& device, EpochMs at_ms) {
    const std::lock_guard lock(mutex_);
    DeviceReport& report = note(device, true)->report;
    if (report.sessions != 0) --report.sessions;
    if (report.sessions == 0) report.disconnect_ms = std::max(report.disconnect_ms, at_ms);
}

void SessionReports::active(const DeviceIdentityPtr& device, EpochMs at_ms) {
    const std::lock_guard lock(mutex_);
    if (Noted* noted = note(device, false))
        noted->report.activity_ms = std::max(noted->report.activity_ms, at_ms);
}

void SessionReports::polls(const DeviceIdentityPtr& device, EpochMs at_ms) {
    std::unique_lock lock(mutex_);
    DeviceReport& report = note(device, true)->report;
    report.activity_ms = std::max(report.activity_ms, at_ms);
    if (!is_time()) return;
    lock.unlock();
    send(false);
}

void SessionReports::repeat(queue::PartitionIndex partition) {
    const std::lock_guard lock(mutex_);
    for (auto& [id, noted] : noted_) {
        if (queue::partition_of(id.uuid.msb, id.uuid.lsb, settings_.partitions) != partition)
            continue;
        noted.due = true;
        if (!std::exchange(noted.urgent, true)) urgent_.push_back(id);
    }
}

/// Records of one partition each; what they tell is not due any more.
std::vector<DeviceReports> SessionReports::take(bool activity) {
    std::vector<DeviceReports> records;
    std::vector<std::ptrdiff_t> open(static_cast<std::size_t>(settings_.partitions), -1);
    const auto add = [&](const model::DeviceId& id, Noted& noted) {
        const auto partition = static_cast<std::size_t>(
            queue::partition_of(id.uuid.msb, id.uuid.lsb, settings_.partitions));
        std::ptrdiff_t& at = open[partition];
        if (at < 0 ||
            records[static_cast<std::size_t>(at)].devices.size() >= settings_.devices_per_record) {
            at = std::ssize(records);
            records.push_back({self_, {}});
        }
        records[static_cast<std::size_t>(at)].devices.push_back(noted.report);
        noted.due = noted.urgent = false;
        return noted.report.sessions == 0;  // nothing more to tell
    };
    const std::lock_guard lock(mutex_);
    for (const model::DeviceId& id : std::exchange(urgent_, {})) {
        const auto it = noted_.find(id);
        if (it != noted_.end() && add(id, it->second)) noted_.erase(it);
    }
    for (auto it = noted_.begin(); activity && it != noted_.end();)
        it = it->second.due && add(it->first, it->second) ? noted_.erase(it) : std::next(it);
    devices_.set(static_cast<std::int64_t>(noted_.size()));
    return records;
}

void SessionReports::send(bool activity) {
    for (DeviceReports& each : take(activity)) {
        const Uuid key = each.devices.front().device->device.uuid;
        // Full: sessions are repeated anyway, activity comes again.
        outbox_.send(topic_, key, encode(ToCore(std::move(each))));
    }
}

Task<> SessionReports::run() {
    auto next_activity = clock_.steady_now() + settings_.activity_period;
    const auto between_repeats = settings_.repeat_period / settings_.partitions;
    auto next_repeat = clock_.steady_now() + between_repeats;
    queue::PartitionIndex partition = 0;
    for (;;) {
        co_await net::sleep_for(settings_.connect_period);
        const auto now = clock_.steady_now();
        if (now >= next_repeat) {
            repeat(partition);
            partition = (partition + 1) % settings_.partitions;
            next_repeat = now + between_repeats;
        }
        const bool activity = now >= next_activity;
        if (activity) next_activity = now + settings_.activity_period;
        send(activity);
    }
}

std::size_t SessionReports::size() const {
    const std::lock_guard lock(mutex_);
    return noted_.size();
}

}  // namespace thingstead::core::cluster
