// Live values among nodes: each tells the others what its users look at, and is told what they
// save of it.
//
//   this node                          another node
//   subscribed() --- Interests ------> on_interests(): a subscription of its own for us
//   known_everywhere() <- Taken ------
//   subscriptions <---- Updates ------ what it saves from then on
//
// Every node knows every interest, so that a partition may move without one being lost.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/metrics.h"
#include "core/cluster/directory.h"
#include "core/cluster/messages.h"
#include "core/cluster/outbox.h"
#include "core/subscriptions.h"

namespace thingstead::core::cluster {

struct RelaySettings {
    /// A user waits so long, at most, for the first answer to a subscription because of a node that
    /// does not say that it knows.
    std::chrono::milliseconds patience{2'000};
    std::size_t interests_max =
        1'000'000;  ///< Entities that one node may look at; more are not told.
    std::size_t entities_per_record = 10'000;
};

/// Thread-safe.
class SubscriptionRelay final : public RemoteSubscriptions {
  public:
    /// All of these outlive it.
    SubscriptionRelay(RelaySettings settings, Subscriptions& subscriptions, Directory& directory,
                      Outbox& outbox, MetricsRegistry& metrics);
    /// Ends what others look at; before the subscriptions end. What is saved meanwhile may still
    /// come, so the relay outlives who saves.
    void stop();

    void subscribed(model::EntityId entity) override;
    void unsubscribed(model::EntityId entity) override;
    Task<> known_everywhere(model::EntityId entity) override;

    // --- what others say ---
    /// `node` may know nothing of us: it is told all we look at.
    void on_greeting(const ServiceId& node);
    void on_interests(const Interests& interests);
    void on_taken(const InterestsTaken& taken);
    void on_updates(const EntityUpdates& updates);
    void on_service(const ServiceInfo& service, Directory::News news);

    /// Entities that other nodes look at; one may count more than once.
    std::size_t size() const;
    /// Subscriptions that wait, or did within the last `patience`.
    std::size_t waiting() const;

  private:
    struct Interest {
        std::size_t subscriptions = 0;
        std::uint64_t number = 0;  ///< Of the message that told it.
    };
    /// A user's subscription that waits for nodes to know of it.
    struct Waiting;
    /// What another node looks at: the subscriptions that stand for it here.
    using Relayed = std::unordered_map<model::EntityId, std::vector<Subscriptions::Id>>;
    struct OfNode {
        Relayed now;
        /// While it tells everything anew: what it had told before, and may tell again.
        Relayed before;
    };

    void tell(const ServiceId& node, Interests what);
    void tell_others(std::vector<model::EntityId> begun, std::vector<model::EntityId> ended);
    bool is_known(std::uint64_t number) const;
    void end_waits();
    void relay(const ServiceId& node, model::EntityId entity, Relayed& into);
    void drop(std::vector<Subscriptions::Id> ids);

    const RelaySettings settings_;
    Subscriptions& subscriptions_;
    Directory& directory_;
    Outbox& outbox_;

    mutable std::mutex mutex_;  ///< Of what this node looks at, and who knows it.
    std::unordered_map<model::EntityId, Interest> interests_;
    std::uint64_t last_number_ = 0;
    std::map<ServiceId, std::uint64_t> taken_;  ///< The last number that a node has taken.
    std::vector<std::weak_ptr<Waiting>> waiting_;
    std::chrono::steady_clock::time_point sweep_at_;  ///< When those who gave up are taken out.

    mutable std::mutex relayed_mutex_;  ///< Of what others look at.
    std::map<ServiceId, OfNode> relayed_;

    Gauge of_others_;
    Counter sent_;
    Counter dropped_;
    Counter refused_;
    Counter impatient_;
};

}  // namespace thingstead::core::cluster
