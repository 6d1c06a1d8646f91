#include "core/cluster/subscription_relay.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "core/cluster/topics.h"

namespace thingstead::core::cluster {
namespace {

namespace asio = boost::asio;

constexpr std::array attribute_scopes{model::AttributeScope::client, model::AttributeScope::server,
                                      model::AttributeScope::shared};

queue::TopicSettings topic_of(const ServiceId& node) {
    return single_topic(core_notifications_topic(node));
}

}  // namespace

struct SubscriptionRelay::Waiting {
    Waiting(const asio::any_io_executor& executor, std::uint64_t for_number)
        : timer(executor), number(for_number) {}
    asio::steady_timer timer;  ///< Of its executor's thread, as `is_over`.
    const std::uint64_t number;
    bool is_over = false;
};

SubscriptionRelay::SubscriptionRelay(RelaySettings settings, Subscriptions& subscriptions,
                                     Directory& directory, Outbox& outbox, MetricsRegistry& metrics)
    : settings_(settings),
      subscriptions_(subscriptions),
      directory_(directory),
      outbox_(outbox),
      of_others_(metrics, "thingstead_cluster_interests",
                 "Entities that users look at over other nodes."),
      sent_(metrics, "thingstead_cluster_updates_total", "Live values sent to other nodes."),
      dropped_(metrics, "thingstead_cluster_updates_dropped_total",
               "Live values for other nodes that found no room on the way out."),
      refused_(metrics, "thingstead_cluster_interests_refused_total",
               "Entities that another node looks at beyond the limit, and is not told of."),
      impatient_(metrics, "thingstead_cluster_interests_unconfirmed_total",
                 "Subscriptions answered before every node knew of them.") {}

void SubscriptionRelay::stop() {
    std::map<ServiceId, OfNode> ended;
    {
        const std::lock_guard lock(relayed_mutex_);
        ended.swap(relayed_);
    }
    for (const auto& [node, relayed] : ended) {
        for (const auto& [entity, ids] : relayed.now) drop(ids);
        for (const auto& [entity, ids] : relayed.before) drop(ids);
    }
}

// --- what users of this node look at ---

void SubscriptionRelay::tell(const ServiceId& node, Interests what) {
    // What it was not told, it must not rely on: it is greeted once more, and greets back.
    if (!outbox_.send(topic_of(node), Uuid{}, encode(Notification(std::move(what)))))
        directory_.forget(node);
}

/// Under the mutex: numbers reach each node in order.
void SubscriptionRelay::tell_others(std::vector<model::EntityId> begun,
                                    std::vector<model::EntityId> ended) {
    const Interests what{directory_.self().id, ++last_number_, false, std::move(begun),
                         std::move(ended)};
    for (const ServiceInfo& each : directory_.others())
        if (each.is_node()) tell(each.id, what);
}

void SubscriptionRelay::subscribed(model::EntityId entity) {
    const std::lock_guard lock(mutex_);
    Interest& interest = interests_[entity];
    if (interest.subscriptions++ > 0) return;
    tell_others({entity}, {});
    interest.number = last_number_;
}

void SubscriptionRelay::unsubscribed(model::EntityId entity) {
    const std::lock_guard lock(mutex_);
    const auto it = interests_.find(entity);
    if (it == interests_.end() || --it->second.subscriptions > 0) return;
    interests_.erase(it);
    tell_others({}, {entity});
}

void SubscriptionRelay::on_greeting(const ServiceId& node) {
    const std::lock_guard lock(mutex_);
    Interests what{directory_.self().id, ++last_number_, true, {}, {}};
    for (const auto& [entity, interest] : interests_) {
        if (what.begun.size() >= settings_.entities_per_record) {
            what.more = true;
            tell(node, std::move(what));
            what = Interests{directory_.self().id, ++last_number_, false, {}, {}};
        }
        what.begun.push_back(entity);
    }
    tell(node, std::move(what));
}

bool SubscriptionRelay::is_known(std::uint64_t number) const {
    for (const ServiceInfo& each : directory_.others()) {
        if (!each.is_node()) continue;
        const auto it = taken_.find(each.id);
        if (it == taken_.end() || it->second < number) return false;
    }
    return true;
}

Task<> SubscriptionRelay::known_everywhere(model::EntityId entity) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    std::shared_ptr<Waiting> waiting;
    {
        const std::lock_guard lock(mutex_);
        const auto it = interests_.find(entity);
        if (it == interests_.end() || is_known(it->second.number)) co_return;
        waiting = std::make_shared<Waiting>(executor, it->second.number);
        waiting->timer.expires_after(settings_.patience);
        // A node that does not answer at all would let them add up.
        const auto now = std::chrono::steady_clock::now();
        if (now >= sweep_at_) {
            std::erase_if(waiting_, [](const auto& each) { return each.expired(); });
            sweep_at_ = now + settings_.patience;
        }
        waiting_.push_back(waiting);
    }
    const auto wait = asio::as_tuple(asio::use_awaitable);
    if (!waiting->is_over) co_await waiting->timer.async_wait(wait);
    if (!waiting->is_over) impatient_.add();
}

void SubscriptionRelay::on_taken(const InterestsTaken& taken) {
    const std::lock_guard lock(mutex_);
    std::uint64_t& last = taken_[taken.node];
    last = std::max(last, taken.number);
    end_waits();
}

/// Under the mutex: of those whose nodes all know, or have gone.
void SubscriptionRelay::end_waits() {
    std::erase_if(waiting_, [&](const std::weak_ptr<Waiting>& each) {
        const std::shared_ptr<Waiting> one = each.lock();
        if (!one) return true;
        if (!is_known(one->number)) return false;
        const asio::any_io_executor executor = one->timer.get_executor();
        asio::post(executor, [one] {
            one->is_over = true;
            one->timer.cancel();
        });
        return true;
    });
}

void SubscriptionRelay::on_updates(const EntityUpdates& updates) {
    subscriptions_.on_remote(updates.entity, updates.kind, updates.scope, updates.updates);
}

// --- what users of other nodes look at ---

void SubscriptionRelay::on_interests(const Interests& interests) {
    std::vector<Subscriptions::Id> ended;
    {
        const std::lock_guard lock(relayed_mutex_);
        auto& [relayed, before] = relayed_[interests.node];
        if (interests.all) {
            relayed.merge(before);
            before = std::exchange(relayed, {});
        }
        for (const model::EntityId& each : interests.begun) {
            // One that goes on is kept, not made anew: nothing is missed between.
            if (auto kept = before.extract(each))
                relayed.insert(std::move(kept));
            else if (relayed.contains(each))
                continue;
            else if (relayed.size() >= settings_.interests_max)
                refused_.add();
            else
                relay(interests.node, each, relayed);
        }
        for (const model::EntityId& each : interests.ended)
            if (auto gone = relayed.extract(each)) before.insert(std::move(gone));
        if (!interests.more) {
            for (const auto& [entity, ids] : before)
                ended.insert(ended.end(), ids.begin(), ids.end());
            before.clear();
        }
    }
    drop(std::move(ended));
    of_others_.set(static_cast<std::int64_t>(size()));
    const Notification taken = InterestsTaken{directory_.self().id, interests.number};
    if (!outbox_.send(topic_of(interests.node), Uuid{}, encode(taken)))
        directory_.forget(interests.node);
}

/// Under the mutex.
void SubscriptionRelay::relay(const ServiceId& node, model::EntityId entity, Relayed& into) {
    std::vector<Subscriptions::Id>& ids = into[entity];
    const auto add = [&](SubscriptionKind kind, std::optional<model::AttributeScope> scope) {
        SubscriptionRequest request{entity, kind};
        request.scope = scope;
        request.for_another = true;
        ids.push_back(subscriptions_.subscribe(
            std::move(request), [this, topic = topic_of(node), entity, kind,
                                 scope](const std::vector<Update>& updates) {
                const Notification what = EntityUpdates{entity, kind, scope, updates};
                if (outbox_.send(topic, Uuid{}, encode(what)))
                    sent_.add(updates.size());
                else
                    dropped_.add(updates.size());
            }));
    };
    add(SubscriptionKind::telemetry, std::nullopt);
    for (const model::AttributeScope scope : attribute_scopes)
        add(SubscriptionKind::attributes, scope);
}

void SubscriptionRelay::drop(std::vector<Subscriptions::Id> ids) {
    for (const Subscriptions::Id id : ids) subscriptions_.unsubscribe(id);
}

void SubscriptionRelay::on_service(const ServiceInfo& service, Directory::News news) {
    if (news != Directory::News::went || !service.is_node()) return;
    std::vector<Subscriptions::Id> ended;
    {
        const std::lock_guard lock(relayed_mutex_);
        const auto it = relayed_.find(service.id);
        if (it != relayed_.end()) {
            it->second.now.merge(it->second.before);
            for (const auto& [entity, ids] : it->second.now)
                ended.insert(ended.end(), ids.begin(), ids.end());
            relayed_.erase(it);
        }
    }
    drop(std::move(ended));
    of_others_.set(static_cast<std::int64_t>(size()));
    const std::lock_guard lock(mutex_);
    taken_.erase(service.id);
    end_waits();
}

std::size_t SubscriptionRelay::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

std::size_t SubscriptionRelay::size() const {
    const std::lock_guard lock(relayed_mutex_);
    std::size_t count = 0;
    for (const auto& [node, relayed] : relayed_) count += relayed.now.size();
    return count;
}

}  // namespace thingstead::core::cluster
