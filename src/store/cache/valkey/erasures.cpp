#include "store/cache/valkey/erasures.h"

#include <algorithm>

namespace thingstead::store::valkey {

bool Erasures::begin(CacheRegion region, const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(key);
    const bool remembered = found != keys_.end() || keys_.size() < keys_max_;
    if (found != keys_.end())
        ++found->second.under_way;
    else if (remembered)
        keys_.emplace(key, State{region, 1});
    else
        ++sweep_of(region).wanted;
    count_concerns();
    return remembered;
}

void Erasures::end(CacheRegion region, const std::string& key, bool told) {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(key);
    TS_ASSERT(found != keys_.end());
    State& state = found->second;
    TS_ASSERT(state.region == region && state.under_way > 0);
    --state.under_way;
    if (!told && !state.untold) {
        state.untold = true;
        ++untold_;
    }
    if (state.under_way == 0 && !state.untold) keys_.erase(found);
    count_concerns();
}

bool Erasures::concerns(CacheRegion region, std::string_view key) const {
    if (concerns_.load(std::memory_order_acquire) == 0) return false;
    const std::lock_guard lock(mutex_);
    const Sweep& sweep = sweep_of(region);
    return sweep.done < sweep.wanted || keys_.find(key) != keys_.end();
}

std::vector<Erasures::Key> Erasures::retry(std::size_t keys_max) {
    std::vector<Key> some;
    const std::lock_guard lock(mutex_);
    if (untold_ == 0) return some;
    for (auto& [key, state] : keys_) {
        if (some.size() >= keys_max) break;
        if (!state.untold || state.under_way > 0) continue;
        state.untold = false;
        --untold_;
        ++state.under_way;
        some.push_back({state.region, key});
    }
    return some;
}

bool Erasures::has_untold() const {
    const std::lock_guard lock(mutex_);
    return untold_ > 0;
}

void Erasures::want_sweep(CacheRegion region) {
    const std::lock_guard lock(mutex_);
    ++sweep_of(region).wanted;
    count_concerns();
}

bool Erasures::sweep_wanted(CacheRegion region) const {
    const std::lock_guard lock(mutex_);
    return sweep_of(region).done < sweep_of(region).wanted;
}

std::uint64_t Erasures::begin_sweep(CacheRegion region) const {
    const std::lock_guard lock(mutex_);
    return sweep_of(region).wanted;
}

void Erasures::end_sweep(CacheRegion region, std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    Sweep& sweep = sweep_of(region);
    sweep.done = std::max(sweep.done, ticket);
    count_concerns();
}

void Erasures::count_concerns() {
    std::size_t sweeps = 0;
    for (const Sweep& sweep : sweeps_) sweeps += sweep.done < sweep.wanted;
    concerns_.store(keys_.size() + sweeps, std::memory_order_release);
    waiting_.set(static_cast<std::int64_t>(untold_));
}

}  // namespace thingstead::store::valkey
