#include "core/cluster/recent_pushes.h"

#include <utility>

namespace thingstead::core::cluster {
namespace {

/// What a kept push takes beside its bytes, about.
constexpr std::size_t overhead_bytes = 200;

}  // namespace

RecentPushes::RecentPushes(RecentPushesSettings settings) : settings_(settings) {}

void RecentPushes::drop_eldest() {
    const auto of_device = by_device_.find(order_.front().device);
    bytes_ -= of_device->second.front().bytes.size() + overhead_bytes;
    of_device->second.pop_front();
    if (of_device->second.empty()) by_device_.erase(of_device);
    order_.pop_front();
}

void RecentPushes::expire(Time now) {
    while (!order_.empty() && now - order_.front().at > settings_.life) drop_eldest();
}

void RecentPushes::keep(model::DeviceId device, std::string push, Time now, EpochMs at_ms) {
    expire(now);
    const std::size_t bytes = push.size() + overhead_bytes;
    if (bytes > settings_.bytes_max) return;
    while (bytes_ + bytes > settings_.bytes_max) drop_eldest();
    bytes_ += bytes;
    by_device_[device].push_back({std::move(push), at_ms});
    order_.push_back({device, now});
}

std::vector<std::string> RecentPushes::since(model::DeviceId device, Time now, EpochMs from_ms) {
    expire(now);
    std::vector<std::string> found;
    const auto of_device = by_device_.find(device);
    if (of_device == by_device_.end()) return found;
    for (const Push& each : of_device->second)
        if (each.at_ms >= from_ms) found.push_back(each.bytes);
    return found;
}

}  // namespace thingstead::core::cluster
