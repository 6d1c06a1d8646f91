// Live subscriptions to telemetry and attributes of entities, and their delivery.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/metrics.h"
#include "model/ids.h"
#include "model/kv.h"

namespace thingstead::core {

/// One value that changed, or a key that is gone (`value` empty: the interface sends ts 0 and "").
struct Update {
    std::string key;
    EpochMs ts = 0;
    std::optional<model::Value> value;
};

enum class SubscriptionKind : std::uint8_t { telemetry, attributes };

struct SubscriptionRequest {
    model::EntityId entity;
    SubscriptionKind kind = SubscriptionKind::telemetry;
    std::unordered_set<std::string> keys{};  ///< Empty: every key.
    /// Attributes only; nullopt: every scope.
    std::optional<model::AttributeScope> scope{};
};

/// Runs on the thread that saved the values: it must only hand them over (post) and must not block.
using OnUpdates = std::function<void(const std::vector<Update>&)>;

class Subscriptions {
  public:
    explicit Subscriptions(MetricsRegistry& registry);

    using Id = std::uint64_t;
    /// Thread-safe. After it returns every later save is delivered.
    Id subscribe(SubscriptionRequest request, OnUpdates on_updates);
    /// Thread-safe. A delivery that runs meanwhile may still arrive.
    void unsubscribe(Id id);
    std::size_t size() const { return count_.load(std::memory_order_relaxed); }

    /// Called with what was saved. Cheap when nobody subscribed to the entity. Thread-safe.
    void on_telemetry(model::EntityId entity, EpochMs ts, std::span<const model::KeyValue> values);
    void on_telemetry_removed(model::EntityId entity, const std::vector<Update>& updates);
    void on_attributes(model::EntityId entity, model::AttributeScope scope, EpochMs ts,
                       std::span<const model::KeyValue> values);
    void on_attributes_removed(model::EntityId entity, model::AttributeScope scope,
                               std::span<const std::string> keys);

  private:
    struct Subscription {
        SubscriptionRequest request;
        OnUpdates on_updates;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<model::EntityId, std::unordered_map<Id, std::shared_ptr<Subscription>>>
            by_entity;
    };
    static constexpr std::size_t shard_count = 64;

    std::vector<std::shared_ptr<Subscription>> matching(model::EntityId entity,
                                                        SubscriptionKind kind) const;
    Shard& shard_of(model::EntityId entity) {
        return shards_[std::hash<model::EntityId>{}(entity) % shard_count];
    }

    std::array<Shard, shard_count> shards_;
    std::mutex ids_mutex_;
    std::unordered_map<Id, model::EntityId> entity_of_;
    std::atomic<Id> next_id_{1};
    std::atomic<std::size_t> count_{0};
    Gauge active_;
    Counter delivered_;
};

}  // namespace thingstead::core
