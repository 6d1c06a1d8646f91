#include "core/subscriptions.h"

namespace thingstead::core {

Subscriptions::Subscriptions(MetricsRegistry& registry)
    : active_(registry, "thingstead_subscriptions",
              "Live subscriptions to telemetry and attributes."),
      delivered_(registry, "thingstead_subscription_updates_total",
                 "Values handed to subscribers.") {}

Subscriptions::Id Subscriptions::subscribe(SubscriptionRequest request, OnUpdates on_updates) {
    const Id id = next_id_.fetch_add(1);
    const model::EntityId entity = request.entity;
    {
        const std::lock_guard lock(ids_mutex_);
        entity_of_.emplace(id, entity);
    }
    Shard& shard = shard_of(entity);
    {
        const std::lock_guard lock(shard.mutex);
        shard.by_entity[entity].emplace(id, std::make_shared<Subscription>(Subscription{
                                                std::move(request), std::move(on_updates)}));
    }
    count_.fetch_add(1);
    active_.add(1);
    return id;
}

void Subscriptions::unsubscribe(Id id) {
    model::EntityId entity;
    {
        const std::lock_guard lock(ids_mutex_);
        const auto it = entity_of_.find(id);
        if (it == entity_of_.end()) return;
        entity = it->second;
        entity_of_.erase(it);
    }
    Shard& shard = shard_of(entity);
    {
        const std::lock_guard lock(shard.mutex);
        const auto it = shard.by_entity.find(entity);
        if (it != shard.by_entity.end()) {
            it->second.erase(id);
            if (it->second.empty()) shard.by_entity.erase(it);
        }
    }
    count_.fetch_sub(1);
    active_.add(-1);
}

std::vector<std::shared_ptr<Subscriptions::Subscription>> Subscriptions::matching(
    model::EntityId entity, SubscriptionKind kind) const {
    std::vector<std::shared_ptr<Subscription>> found;
    if (count_.load(std::memory_order_relaxed) == 0) return found;
    const Shard& shard = shards_[std::hash<model::EntityId>{}(entity) % shard_count];
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.by_entity.find(entity);
    if (it == shard.by_entity.end()) return found;
    for (const auto& [id, subscription] : it->second)
        if (subscription->request.kind == kind) found.push_back(subscription);
    return found;
}

namespace {

bool wants(const SubscriptionRequest& request, const std::string& key) {
    return request.keys.empty() || request.keys.contains(key);
}

bool wants(const SubscriptionRequest& request, model::AttributeScope scope) {
    return !request.scope || *request.scope == scope;
}

std::vector<Update> wanted(const SubscriptionRequest& request, EpochMs ts,
                           std::span<const model::KeyValue> values) {
    std::vector<Update> updates;
    for (const model::KeyValue& each : values)
        if (wants(request, each.key)) updates.push_back({each.key, ts, each.value});
    return updates;
}

}  // namespace

void Subscriptions::on_telemetry(model::EntityId entity, EpochMs ts,
                                 std::span<const model::KeyValue> values) {
    for (const auto& subscription : matching(entity, SubscriptionKind::telemetry)) {
        const std::vector<Update> updates = wanted(subscription->request, ts, values);
        if (updates.empty()) continue;
        delivered_.add(updates.size());
        subscription->on_updates(updates);
    }
}

void Subscriptions::on_telemetry_removed(model::EntityId entity,
                                         const std::vector<Update>& updates) {
    for (const auto& subscription : matching(entity, SubscriptionKind::telemetry)) {
        std::vector<Update> mine;
        for (const Update& each : updates)
            if (wants(subscription->request, each.key)) mine.push_back(each);
        if (!mine.empty()) subscription->on_updates(mine);
    }
}

void Subscriptions::on_attributes(model::EntityId entity, model::AttributeScope scope, EpochMs ts,
                                  std::span<const model::KeyValue> values) {
    for (const auto& subscription : matching(entity, SubscriptionKind::attributes)) {
        if (!wants(subscription->request, scope)) continue;
        const std::vector<Update> updates = wanted(subscription->request, ts, values);
        if (updates.empty()) continue;
        delivered_.add(updates.size());
        subscription->on_updates(updates);
    }
}

void Subscriptions::on_attributes_removed(model::EntityId entity, model::AttributeScope scope,
                                          std::span<const std::string> keys) {
    for (const auto& subscription : matching(entity, SubscriptionKind::attributes)) {
        if (!wants(subscription->request, scope)) continue;
        std::vector<Update> updates;
        for (const std::string& key : keys)
            if (wants(subscription->request, key)) updates.push_back({key, 0, std::nullopt});
        if (!updates.empty()) subscription->on_updates(updates);
    }
}

}  // namespace thingstead::core
