#include "core/cluster/recent_pushes.h"

#include <utility>

namespace thingstead::core::cluster {

RecentPushes::RecentPushes(RecentPushesSettings settings) : settings_(settings) {}

void RecentPushes::drop_eldest() {
    const auto of_device = by_device_.find(order_.front().device);
    of_device->second.pop_front();
    if (of_device->second.empty()) by_device_.erase(of_device);
    order_.pop_front();
}

void RecentPushes::expire(Time now) {
    while (!order_.empty() && now - order_.front().at > settings_.life) drop_eldest();
}

void RecentPushes::keep(model::DeviceId device, Notification what, Time now, EpochMs at_ms) {
    expire(now);
    if (order_.size() >= settings_.pushes_max) drop_eldest();
    by_device_[device].push_back({std::move(what), at_ms});
    order_.push_back({device, now});
}

std::vector<Notification> RecentPushes::since(model::DeviceId device, Time now, EpochMs from_ms) {
    expire(now);
    std::vector<Notification> found;
    const auto of_device = by_device_.find(device);
    if (of_device == by_device_.end()) return found;
    for (const Push& each : of_device->second)
        if (each.at_ms >= from_ms) found.push_back(each.what);
    return found;
}

}  // namespace thingstead::core::cluster
