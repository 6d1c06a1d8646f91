#include "queue/kafka/room.h"

namespace thingstead::queue::kafka {

bool Room::take(std::size_t bytes) {
    const std::size_t records = records_.fetch_add(1);
    const std::size_t used = bytes_.fetch_add(bytes);
    if (!closed_.load() && records < records_max_ && (used == 0 || used + bytes <= bytes_max_))
        return true;
    give(bytes, 1);
    return false;
}

void Room::give(std::size_t bytes, std::size_t records) {
    bytes_.fetch_sub(bytes);
    if (records_.fetch_sub(records) != records || !closed_.load()) return;
    const std::lock_guard lock(mutex_);
    emptied_.notify_all();
}

bool Room::half_free() const {
    return !closed_.load() && records_.load() <= records_max_ / 2 &&
           bytes_.load() <= bytes_max_ / 2;
}

bool Room::starve(const std::shared_ptr<Tickets>& who, bool by_library) {
    const std::lock_guard lock(mutex_);
    starving_.push_back(who);
    starving_any_ = true;
    if (by_library || !half_free()) return true;
    starving_.pop_back();
    return false;
}

void Room::tell_starving() {
    if (!starving_any_.load() || !half_free()) return;
    std::vector<std::weak_ptr<Tickets>> who;
    {
        const std::lock_guard lock(mutex_);
        who.swap(starving_);
        starving_any_ = false;
    }
    for (const auto& each : who)
        if (const auto alive = each.lock()) alive->tell_room();
}

bool Room::wait_empty(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_for(lock, timeout, [&] { return records_.load() == 0; });
}

}  // namespace thingstead::queue::kafka
