#include "core/cluster/device_owner.h"

#include <algorithm>
#include <utility>

#include "core/cluster/topics.h"

namespace thingstead::core::cluster {

DeviceOwner::DeviceOwner(OwnerSettings settings, DeviceConnectivity& activity, Directory& directory,
                         Outbox& outbox, const Clock& clock, Log log, MetricsRegistry& metrics)
    : settings_(settings),
      activity_(activity),
      directory_(directory),
      outbox_(outbox),
      clock_(clock),
      log_(std::move(log)),
      devices_(metrics, "thingstead_cluster_owned_devices",
               "Devices of which this node knows where their sessions are."),
      pushed_(metrics, "thingstead_cluster_pushed_total",
              "Messages for devices that were told to transports."),
      malformed_(metrics, "thingstead_cluster_core_malformed_total",
                 "Messages to the owner of devices that could not be read.") {}

void DeviceOwner::notify(const ServiceId& service, std::string what) {
    if (outbox_.send(single_topic(transport_notifications_topic(service)), Uuid{}, std::move(what)))
        pushed_.add();
}

// --- partitions ---

void DeviceOwner::assigned(queue::PartitionIndex partition) {
    const std::lock_guard lock(mutex_);
    partitions_.insert_or_assign(partition, Partition(settings_.recent_pushes));
}

void DeviceOwner::restored(queue::PartitionIndex partition) {
    {
        const std::lock_guard lock(mutex_);
        const auto it = partitions_.find(partition);
        if (it == partitions_.end()) return;
        it->second.restored = true;
        it->second.learnt = clock_.steady_now() + settings_.learning;
        changed_.notify_all();
    }
    notify_all(encode(ReportSessions{partition}));
}

void DeviceOwner::notify_all(const std::string& what) {
    for (const ServiceInfo& each : directory_.others())
        if (each.is_transport()) notify(each.id, what);
    if (directory_.self().is_transport()) notify(directory_.self().id, what);
}

void DeviceOwner::revoked(queue::PartitionIndex partition) {
    const std::lock_guard lock(mutex_);
    const auto it = partitions_.find(partition);
    if (it == partitions_.end()) return;
    devices_.add(-static_cast<std::int64_t>(it->second.devices.size()));
    partitions_.erase(it);
    changed_.notify_all();
}

// --- records ---

Result<bool> DeviceOwner::on_record(queue::PartitionIndex partition, ByteSpan record) {
    Result<ToCore> message = decode_to_core(record);
    if (!message) {
        malformed_.add();
        return message.error();
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, settings_.restore_max, [&] {
        const auto it = partitions_.find(partition);
        return it == partitions_.end() || it->second.restored;
    });
    const auto it = partitions_.find(partition);
    if (it == partitions_.end()) return false;
    if (DeviceReports* reports = std::get_if<DeviceReports>(&*message))
        take(it->second, std::move(*reports));
    else if (SharedAttributes* shared = std::get_if<SharedAttributes>(&*message))
        push(it->second, shared->device, encode(Notification(*std::move(shared))));
    else if (SharedAttributesRemoved* gone = std::get_if<SharedAttributesRemoved>(&*message))
        push(it->second, gone->device, encode(Notification(*std::move(gone))));
    return true;
}

void DeviceOwner::take(Partition& partition, DeviceReports reports) {
    const std::size_t before = partition.devices.size();
    for (DeviceReport& each : reports.devices) take(partition, reports.service, std::move(each));
    devices_.add(static_cast<std::int64_t>(partition.devices.size()) -
                 static_cast<std::int64_t>(before));
}

void DeviceOwner::take(Partition& partition, const ServiceId& service, DeviceReport report) {
    Device& device = partition.devices[report.device->device];
    device.identity = report.device;
    auto holder = std::find_if(device.holders.begin(), device.holders.end(),
                               [&](const Holder& each) { return each.service == service; });
    if (holder == device.holders.end()) {
        holder = device.holders.insert(holder, Holder{service, 0, 0, {}});
        // What came since the session began, before this report, has not gone to its service.
        const EpochMs began_ms = report.connect_ms != 0 ? report.connect_ms : report.activity_ms;
        for (std::string& each :
             partition.recent.since(report.device->device, clock_.steady_now(), began_ms))
            notify(service, std::move(each));
    }
    const bool was = holder->sessions != 0, is = report.sessions != 0;
    const bool reconnected = report.connect_ms > holder->connect_ms;
    const EpochMs ended_ms = std::max(report.disconnect_ms, report.connect_ms);
    if (is && !was) {
        activity_.connected(device.identity, report.connect_ms);
    } else if (reconnected) {  // since the last report, and it may have gone again
        activity_.connected(device.identity, report.connect_ms);
        activity_.disconnected(device.identity, ended_ms);
    }
    if (was && !is) activity_.disconnected(device.identity, ended_ms);
    if (report.activity_ms != 0) activity_.active(device.identity, report.activity_ms);
    holder->sessions = report.sessions;
    holder->connect_ms = std::max(holder->connect_ms, report.connect_ms);
    holder->heard = clock_.steady_now();
}

void DeviceOwner::push(Partition& partition, model::DeviceId device, std::string what) {
    const auto now = clock_.steady_now();
    if (now < partition.learnt) return notify_all(what);
    if (const auto it = partition.devices.find(device); it != partition.devices.end())
        for (const Holder& each : it->second.holders) notify(each.service, what);
    partition.recent.keep(device, std::move(what), now, clock_.now_ms());
}

// --- ends ---

void DeviceOwner::end(const Device& device, const Holder& holder) {
    if (holder.sessions != 0) activity_.disconnected(device.identity, clock_.now_ms());
}

template <class IsOver>
void DeviceOwner::end_where(IsOver is_over) {
    const std::lock_guard lock(mutex_);
    std::int64_t gone = 0;
    for (auto& [index, partition] : partitions_) {
        for (auto it = partition.devices.begin(); it != partition.devices.end();) {
            Device& device = it->second;
            std::erase_if(device.holders, [&](const Holder& holder) {
                if (!is_over(holder)) return false;
                end(device, holder);
                return true;
            });
            gone += device.holders.empty();
            it = device.holders.empty() ? partition.devices.erase(it) : std::next(it);
        }
    }
    devices_.add(-gone);
}

void DeviceOwner::on_service(const ServiceInfo& service, Directory::News news) {
    if (!service.is_transport()) return;
    if (news == Directory::News::went) {
        end_where([&](const Holder& holder) { return holder.service == service.id; });
        return;
    }
    std::vector<queue::PartitionIndex> ours;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [index, partition] : partitions_)
            if (partition.restored) ours.push_back(index);
    }
    for (const queue::PartitionIndex each : ours) notify(service.id, encode(ReportSessions{each}));
}

void DeviceOwner::check_silence() {
    const auto now = clock_.steady_now();
    end_where([&](const Holder& holder) {
        const auto silence_max =
            holder.sessions != 0 ? settings_.session_silence_max : settings_.poll_max;
        return now - holder.heard > silence_max;
    });
}

std::size_t DeviceOwner::devices() const {
    const std::lock_guard lock(mutex_);
    std::size_t sum = 0;
    for (const auto& [index, partition] : partitions_) sum += partition.devices.size();
    return sum;
}

}  // namespace thingstead::core::cluster
