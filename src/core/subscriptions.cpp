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
    const bool for_another = request.for_another;
    {
        const std::lock_guard lock(ids_mutex_);
        known_.emplace(id, Known{entity, for_another});
    }
    Shard& shard = shard_of(entity);
    {
        const std::lock_guard lock(shard.mutex);
        shard.by_entity[entity].emplace(id, std::make_shared<Subscription>(Subscription{
                                                std::move(request), std::move(on_updates)}));
    }
    count_.fetch_add(1);
    active_.add(1);
    if (remote_ && !for_another) remote_->subscribed(entity);
    return id;
}

Task<> Subscriptions::known_everywhere(model::EntityId entity) {
    if (remote_) co_await remote_->known_everywhere(entity);
}

void Subscriptions::unsubscribe(Id id) {
    Known known;
    {
        const std::lock_guard lock(ids_mutex_);
        const auto it = known_.find(id);
        if (it == known_.end()) return;
        known = it->second;
        known_.erase(it);
    }
    const model::EntityId entity = known.entity;
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
    if (remote_ && !known.for_another) remote_->unsubscribed(entity);
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

std::vector<Update> wanted(const SubscriptionRequest& request, const std::vector<Update>& updates) {
    std::vector<Update> mine;
    for (const Update& each : updates)
        if (wants(request, each.key)) mine.push_back(each);
    return mine;
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
        const std::vector<Update> mine = wanted(subscription->request, updates);
        if (!mine.empty()) subscription->on_updates(mine);
    }
}

void Subscriptions::on_remote(model::EntityId entity, SubscriptionKind kind,
                              std::optional<model::AttributeScope> scope,
                              const std::vector<Update>& updates) {
    for (const auto& subscription : matching(entity, kind)) {
        if (subscription->request.for_another) continue;
        if (scope && !wants(subscription->request, *scope)) continue;
        const std::vector<Update> mine = wanted(subscription->request, updates);
        if (mine.empty()) continue;
        delivered_.add(mine.size());
        subscription->on_updates(mine);
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
