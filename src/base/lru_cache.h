// A bounded map that forgets what was not used longest. Sharded, thread-safe; values are copied
// out.
#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace thingstead {

template <class Key, class Value>
class LruCache {
  public:
    /// `entries_max` of all shards together; at least one a shard.
    explicit LruCache(std::size_t entries_max, std::size_t shards = 16)
        : shards_(shards), shard_entries_max_(std::max<std::size_t>(entries_max / shards, 1)) {}

    std::optional<Value> get(const Key& key) {
        Shard& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        const auto it = shard.index.find(key);
        if (it == shard.index.end()) return std::nullopt;
        shard.order.splice(shard.order.begin(), shard.order, it->second);
        return it->second->second;
    }

    void put(const Key& key, Value value) {
        Shard& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        if (const auto it = shard.index.find(key); it != shard.index.end()) {
            it->second->second = std::move(value);
            shard.order.splice(shard.order.begin(), shard.order, it->second);
            return;
        }
        shard.order.emplace_front(key, std::move(value));
        shard.index.emplace(shard.order.front().first, shard.order.begin());
        if (shard.order.size() <= shard_entries_max_) return;
        shard.index.erase(shard.order.back().first);
        shard.order.pop_back();
    }

    void erase(const Key& key) {
        Shard& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        const auto it = shard.index.find(key);
        if (it == shard.index.end()) return;
        const auto entry = it->second;
        shard.index.erase(it);  // first: its key may look at the entry
        shard.order.erase(entry);
    }

    void clear() {
        for (Shard& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            shard.index.clear();
            shard.order.clear();
        }
    }

    std::size_t size() const {
        std::size_t sum = 0;
        for (const Shard& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            sum += shard.order.size();
        }
        return sum;
    }

  private:
    /// A text is kept once: the index looks at the one in the list.
    using IndexKey = std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;

    struct Shard {
        mutable std::mutex mutex;
        std::list<std::pair<Key, Value>> order;  ///< Most recent first.
        std::unordered_map<IndexKey, typename std::list<std::pair<Key, Value>>::iterator> index;
    };

    Shard& shard_of(const Key& key) { return shards_[std::hash<Key>{}(key) % shards_.size()]; }

    std::vector<Shard> shards_;
    std::size_t shard_entries_max_;
};

}  // namespace thingstead
