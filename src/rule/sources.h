// Where nodes without input are, which make messages by themselves: their chains are loaded before
// a message of their tenant comes.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "model/entities.h"
#include "rule/node.h"
#include "rule/node_registry.h"

namespace thingstead::rule {

/// A node without input, and the place of its queue that runs it.
struct Source {
    NodeInfo node;
    Uuid key{};
};

/// Those of a tenant's chain; damaged ones and configurations have none.
std::vector<Source> sources_of(const model::RuleChain& chain, const NodeRegistry& registry);

/// Thread-safe.
class Sources {
  public:
    /// Replaces what a tenant has.
    void set(model::TenantId tenant, std::vector<Source> sources);
    /// Grows with every change.
    std::uint64_t version() const { return version_; }
    std::vector<Source> all() const;
    /// Places may be others' now.
    void moved() { ++version_; }

  private:
    std::atomic<std::uint64_t> version_{1};
    mutable std::mutex mutex_;
    std::map<model::TenantId, std::vector<Source>> by_tenant_;
};

}  // namespace thingstead::rule
