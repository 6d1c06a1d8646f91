#include "core/device_sessions.h"

#include <algorithm>
#include <utility>

namespace thingstead::core {

DeviceSessions::DeviceSessions(DeviceSessionsSettings settings, EntityEvents& events,
                               MetricsRegistry& metrics)
    : settings_(settings),
      active_(metrics, "thingstead_device_sessions", "Live sessions of devices."),
      opened_(metrics, "thingstead_device_sessions_opened_total", "Sessions opened by devices.") {
    events.listen([this](const EntityChange& change) { on_change(change); });
}

DeviceSessions::SessionId DeviceSessions::open(DeviceIdentityPtr device,
                                               std::shared_ptr<DeviceDownlink> downlink,
                                               bool counted) {
    const std::shared_ptr<DeviceDownlink> self = downlink;
    std::shared_ptr<DeviceDownlink> pushed_out;
    SessionId id{device->device, 0};
    {
        const std::lock_guard lock(mutex_);
        id.number = next_number_++;
        std::vector<Session>& sessions = by_device_[device->device];
        const auto counted_now = std::count_if(sessions.begin(), sessions.end(),
                                               [](const Session& each) { return each.counted; });
        if (counted && static_cast<std::size_t>(counted_now) >= settings_.sessions_per_device_max) {
            // The newest wins: a device that reconnects is not locked out by its own half-open
            // connection.
            const auto eldest = std::find_if(sessions.begin(), sessions.end(),
                                             [](const Session& each) { return each.counted; });
            pushed_out = eldest->downlink;
            sessions.erase(eldest);
            --count_;
            active_.add(-1);
        }
        sessions.push_back({id.number, device->profile->id, device->credentials_version,
                            std::move(downlink), counted, false});
        ++count_;
    }
    active_.add(1);
    opened_.add();
    if (pushed_out) pushed_out->on_close(SessionCloseReason::newer_session);
    // Version 0: told by a process that does not know of versions.
    if (const std::optional<std::int64_t> valid_from = valid_from_.get(device->device);
        valid_from && (*valid_from == gone || (device->credentials_version != 0 &&
                                               device->credentials_version < *valid_from)))
        self->on_close(*valid_from == gone ? SessionCloseReason::device_deleted
                                           : SessionCloseReason::credentials_updated);
    return id;
}

bool DeviceSessions::close(SessionId id) {
    const std::lock_guard lock(mutex_);
    const auto of_device = by_device_.find(id.device);
    if (of_device == by_device_.end()) return false;
    std::vector<Session>& sessions = of_device->second;
    const auto session = std::find_if(sessions.begin(), sessions.end(), [&](const Session& each) {
        return each.number == id.number;
    });
    if (session == sessions.end()) return false;
    const bool was_counted = session->counted;
    sessions.erase(session);
    --count_;
    active_.add(-1);
    const bool last = std::none_of(sessions.begin(), sessions.end(),
                                   [](const Session& each) { return each.counted; });
    if (sessions.empty()) by_device_.erase(of_device);
    return was_counted && last;
}

void DeviceSessions::want_attributes(SessionId id, bool wanted) {
    const std::lock_guard lock(mutex_);
    const auto of_device = by_device_.find(id.device);
    if (of_device == by_device_.end()) return;
    for (Session& each : of_device->second)
        if (each.number == id.number) each.wants_attributes = wanted;
}

std::size_t DeviceSessions::size() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

template <class Select>
DeviceSessions::Downlinks DeviceSessions::select(model::DeviceId device, Select select) const {
    Downlinks downlinks;
    const std::lock_guard lock(mutex_);
    const auto it = by_device_.find(device);
    if (it == by_device_.end()) return downlinks;
    for (const Session& each : it->second)
        if (select(each)) downlinks.push_back(each.downlink);
    return downlinks;
}

void DeviceSessions::push_shared_attributes(model::DeviceId device,
                                            const std::vector<model::KeyValue>& updated) {
    for (const auto& downlink :
         select(device, [](const Session& each) { return each.wants_attributes; }))
        downlink->on_shared_attributes(updated);
}

void DeviceSessions::push_shared_attributes_removed(model::DeviceId device,
                                                    const std::vector<std::string>& keys) {
    for (const auto& downlink :
         select(device, [](const Session& each) { return each.wants_attributes; }))
        downlink->on_shared_attributes_removed(keys);
}

void DeviceSessions::reply(DeviceReply reply) {
    if (reply.session.msb != life_.msb) return;
    const auto asker =
        select(reply.device, [&](const Session& each) { return each.number == reply.session.lsb; });
    if (!asker.empty()) asker.front()->on_reply(reply.request_id, std::move(reply.data));
}

void DeviceSessions::on_change(const EntityChange& change) {
    if (change.entity.type == model::EntityType::device_profile) {
        Downlinks downlinks;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [device, sessions] : by_device_)
                for (const Session& each : sessions)
                    if (each.profile.uuid == change.entity.uuid) downlinks.push_back(each.downlink);
        }
        for (const auto& downlink : downlinks) downlink->on_device_changed();
        return;
    }
    if (change.entity.type != model::EntityType::device) return;
    if (change.kind == ChangeKind::credentials_updated) return on_credentials(change);
    // Kept before it looks for sessions: who opens one meanwhile sees it.
    if (change.kind == ChangeKind::deleted)
        valid_from_.put(model::DeviceId{change.entity.uuid}, gone);
    const auto all =
        select(model::DeviceId{change.entity.uuid}, [](const Session&) { return true; });
    for (const auto& downlink : all) {
        if (change.kind == ChangeKind::updated) downlink->on_device_changed();
        if (change.kind == ChangeKind::deleted)
            downlink->on_close(SessionCloseReason::device_deleted);
    }
}

/// A device that came back with its new credentials before we heard of them stays.
void DeviceSessions::on_credentials(const EntityChange& change) {
    if (change.credentials_version != 0)
        valid_from_.put(model::DeviceId{change.entity.uuid}, change.credentials_version);
    const auto is_older = [&](const Session& each) {
        return change.credentials_version == 0 ||
               each.credentials_version < change.credentials_version;
    };
    for (const auto& downlink : select(model::DeviceId{change.entity.uuid}, is_older))
        downlink->on_close(SessionCloseReason::credentials_updated);
}

}  // namespace thingstead::core
