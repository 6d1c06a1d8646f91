// The chains of the tenants that are active, loaded from the entity store and kept until they
// change or others are used more.
#pragma once
#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/entity_events.h"
#include "rule/chain.h"

namespace thingstead::rule {

/// Tells one worker whose chains changed. Thread-safe.
class ChainChanges {
  public:
    void add(const core::EntityChange& change);
    void add_all();

    struct Taken {
        bool all = false;
        std::unordered_set<model::TenantId> tenants{};
        /// Devices and assets, of which calculated fields know something.
        std::unordered_set<Uuid> entities{};
        bool all_entities = false;
    };
    /// What changed since the last call; cheap when nothing did.
    std::optional<Taken> take();

  private:
    static constexpr std::size_t tenants_max = 1000;     ///< More are told as `all`.
    static constexpr std::size_t entities_max = 10'000;  ///< More are told as `all_entities`.

    std::atomic<bool> any_{false};
    std::mutex mutex_;
    Taken changed_;
};

/// Belongs to one worker's thread.
class ChainCache {
  public:
    using Chains = std::shared_ptr<const TenantChains>;

    ChainCache(std::size_t tenants_max, const NodeRegistry& registry, NodeServices& services,
               std::shared_ptr<ChainChanges> changes);

    /// Forgets what changed; to be called before the messages of a poll are looked at.
    void refresh();
    /// Null: not loaded, or changed since.
    Chains find(model::TenantId tenant);
    /// Loads them; also kept for find(). Errors: unavailable - try again later.
    Task<Result<Chains>> load(model::TenantId tenant);
    /// Whose chains have nodes that run without messages, and changed.
    std::vector<model::TenantId> changed_sources() const;
    std::size_t size() const { return index_.size(); }

  private:
    struct Entry {
        model::TenantId tenant;
        Chains chains;
        bool stale;  ///< Kept for its nodes' memory until it is loaded anew.
    };
    using Order = std::list<Entry>;
    /// A load whose answer is not there yet.
    struct Load {
        model::TenantId tenant;
        bool overtaken = false;  ///< By a change: what it read may be of before.
    };
    class Underway;

    void put(Chains chains, bool stale);

    std::size_t tenants_max_;
    const NodeRegistry& registry_;
    NodeServices& services_;
    std::shared_ptr<ChainChanges> changes_;
    Order order_;  ///< Most recent first.
    std::unordered_map<model::TenantId, Order::iterator> index_;
    std::list<Load> loads_;
};

}  // namespace thingstead::rule
