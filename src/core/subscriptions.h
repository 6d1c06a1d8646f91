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
#include "net/task.h"

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
    /// Made for another process: given what is saved here, and not what comes from others.
    bool for_another = false;
};

/// Runs on the thread that saved the values: it must only hand them over (post) and must not block.
using OnUpdates = std::function<void(const std::vector<Update>&)>;

/// Where entities are saved by other processes too: makes them tell this one. Thread-safe.
class RemoteSubscriptions {
  public:
    virtual ~RemoteSubscriptions() = default;
    /// One subscription more, or less, of this process's own.
    virtual void subscribed(model::EntityId entity) = 0;
    virtual void unsubscribed(model::EntityId entity) = 0;
    /// Waits until all others tell what they save of the entity, or for the longest time that a
    /// user should wait.
    virtual Task<> known_everywhere(model::EntityId entity) = 0;
};

class Subscriptions {
  public:
    explicit Subscriptions(MetricsRegistry& registry);

    /// Before the first subscription. `remote` outlives it.
    void listen_to_others(RemoteSubscriptions& remote) { remote_ = &remote; }

    using Id = std::uint64_t;
    /// Thread-safe. After it returns every later save of this process is delivered.
    Id subscribe(SubscriptionRequest request, OnUpdates on_updates);
    /// After it every later save of any process is delivered; at once where there is but one.
    Task<> known_everywhere(model::EntityId entity);
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
    /// What another process saved. Thread-safe.
    void on_remote(model::EntityId entity, SubscriptionKind kind,
                   std::optional<model::AttributeScope> scope, const std::vector<Update>& updates);

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

    RemoteSubscriptions* remote_ = nullptr;
    std::array<Shard, shard_count> shards_;
    std::mutex ids_mutex_;
    struct Known {
        model::EntityId entity;
        bool for_another = false;
    };
    std::unordered_map<Id, Known> known_;
    std::atomic<Id> next_id_{1};
    std::atomic<std::size_t> count_{0};
    Gauge active_;
    Counter delivered_;
};

}  // namespace thingstead::core
