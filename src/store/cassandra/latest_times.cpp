#include "store/cassandra/latest_times.h"

#include <algorithm>

namespace thingstead::store::cassandra {

std::int64_t write_time_of(EpochMs ts) {
    constexpr EpochMs most = (std::int64_t{1} << 62) / 1000 - 1;
    return std::clamp(ts, -most, most) * 1000;
}

LatestTimes::Entity* LatestTimes::find(const model::EntityId& entity, Clock::time_point now) {
    const auto at = index_.find(entity);
    if (at == index_.end()) return nullptr;
    if (now - at->second->entity.read > age_max_) {
        erase(at->second);
        return nullptr;
    }
    order_.splice(order_.begin(), order_, at->second);
    return &at->second->entity;
}

LatestTimes::Entity& LatestTimes::put(const model::EntityId& entity, Entity what) {
    forget(entity);
    order_.push_front({entity, std::move(what)});
    index_.emplace(entity, order_.begin());
    shrink();
    return order_.front().entity;
}

void LatestTimes::shrink() {
    if (order_.empty()) return;
    Entry& newest = order_.front();
    const std::size_t weight = newest.entity.keys.size() + 1;
    keys_ += weight - newest.counted;
    newest.counted = weight;
    while (keys_ > keys_max_ && order_.size() > 1) erase(std::prev(order_.end()));
}

void LatestTimes::forget(const model::EntityId& entity) {
    const auto at = index_.find(entity);
    if (at != index_.end()) erase(at->second);
}

void LatestTimes::erase(std::list<Entry>::iterator at) {
    keys_ -= at->counted;
    index_.erase(at->id);
    order_.erase(at);
}

}  // namespace thingstead::store::cassandra
