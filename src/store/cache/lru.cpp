#include "store/cache/lru.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace thingstead::store::cache {

void Trust::extend(SteadyTime until) {
    const std::int64_t wanted = until.time_since_epoch().count();
    std::int64_t now = until_.load(std::memory_order_relaxed);
    while (now != ended && now < wanted &&
           !until_.compare_exchange_weak(now, wanted, std::memory_order_release)) {
    }
}

Lru::Lru(Limits limits)
    : shard_entries_max_(std::max<std::size_t>(limits.entries_max / shard_count, 1)),
      shard_bytes_max_(limits.bytes_max / shard_count) {
    for (Shard& shard : shards_) shard.generations.fill(1);
}

Lru::Place Lru::place_of(std::string_view key) {
    const std::size_t hash = std::hash<std::string_view>{}(key);
    Shard& shard = shards_[hash % shard_count];
    return {shard, shard.generations[hash / shard_count % shard.generations.size()]};
}

/// Moves the entry to `grave`, which is destroyed outside the lock: values may be large.
void Lru::drop(Shard& shard, Order::iterator entry, Order& grave) {
    shard.index.erase(entry->key);
    const std::size_t bytes = entry->bytes();
    shard.bytes -= bytes;
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    entries_.fetch_sub(1, std::memory_order_relaxed);
    grave.splice(grave.begin(), shard.order, entry);
}

CacheValue Lru::get(std::string_view key, SteadyTime now) {
    Order grave;
    Shard& shard = place_of(key).shard;
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) return {};
    const Order::iterator entry = found->second;
    if (now >= entry->expires || (entry->trust && !entry->trust->holds(now))) {
        drop(shard, entry, grave);
        return {};
    }
    shard.order.splice(shard.order.begin(), shard.order, entry);
    return entry->value;
}

std::uint64_t Lru::generation(std::string_view key) {
    const Place place = place_of(key);
    const std::lock_guard lock(place.shard.mutex);
    return place.generation;
}

bool Lru::put(std::string_view key, CacheValue value, SteadyTime expires, std::uint64_t generation,
              std::shared_ptr<const Trust> trust) {
    Order fresh, grave;
    fresh.push_back({std::string(key), std::move(value), expires, std::move(trust)});
    const std::size_t bytes = fresh.front().bytes();
    if (bytes > shard_bytes_max_) return false;
    const Place place = place_of(key);
    Shard& shard = place.shard;
    const std::lock_guard lock(shard.mutex);
    if (place.generation != generation) return false;
    if (const auto old = shard.index.find(key); old != shard.index.end())
        drop(shard, old->second, grave);
    while (shard.order.size() >= shard_entries_max_ ||
           (shard.bytes + bytes > shard_bytes_max_ && !shard.order.empty())) {
        drop(shard, std::prev(shard.order.end()), grave);
        evictions_.fetch_add(1, std::memory_order_relaxed);
    }
    shard.order.splice(shard.order.begin(), fresh);
    shard.index.emplace(shard.order.front().key, shard.order.begin());
    shard.bytes += bytes;
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    entries_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void Lru::erase(std::string_view key) {
    Order grave;
    const Place place = place_of(key);
    const std::lock_guard lock(place.shard.mutex);
    ++place.generation;
    const auto found = place.shard.index.find(key);
    if (found != place.shard.index.end()) drop(place.shard, found->second, grave);
}

void Lru::clear() {
    for (Shard& shard : shards_) {
        Order grave;
        const std::lock_guard lock(shard.mutex);
        for (std::uint64_t& generation : shard.generations) ++generation;
        shard.index.clear();
        bytes_.fetch_sub(std::exchange(shard.bytes, 0), std::memory_order_relaxed);
        entries_.fetch_sub(shard.order.size(), std::memory_order_relaxed);
        grave.swap(shard.order);
    }
}

}  // namespace thingstead::store::cache
