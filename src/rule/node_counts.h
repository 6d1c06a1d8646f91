// How often nodes were visited and failed: by class as metrics, by node for the events of
// statistics. Workers count for themselves and add up after a pack.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "rule/node.h"

namespace thingstead::rule {

/// Of all nodes of a class.
struct ClassCounts {
    ClassCounts(MetricsRegistry& registry, const std::string& type);
    Counter visits;
    Counter failures;
    Counter microseconds;
};

/// Of a node or a chain since the statistics were told last, all workers together.
struct PartCounts {
    model::TenantId tenant;
    Uuid entity;
    std::atomic<std::int64_t> processed{0};
    std::atomic<std::int64_t> errors{0};
};

/// A node's counts by one worker; belongs to its thread.
struct NodeTally {
    std::uint32_t number = 0;  ///< The flight recorder's.
    ClassCounts* of_class = nullptr;
    std::shared_ptr<PartCounts> of_node;
    std::shared_ptr<PartCounts> of_chain;
    std::uint64_t visits = 0;  ///< Since the last flush.
    std::uint64_t failures = 0;
    std::uint64_t nanoseconds = 0;
};

/// Thread-safe.
class NodeCounts {
  public:
    explicit NodeCounts(MetricsRegistry& registry) : registry_(registry) {}

    ClassCounts& of_class(const std::string& type);
    std::shared_ptr<PartCounts> of_part(model::TenantId tenant, const Uuid& entity);

    struct Taken {
        model::TenantId tenant;
        Uuid entity;
        std::int64_t processed;
        std::int64_t errors;
    };
    /// What is not zero, which begins anew; forgets what nobody counts for any more.
    std::vector<Taken> take();

  private:
    MetricsRegistry& registry_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<ClassCounts>> classes_;
    std::map<Uuid, std::shared_ptr<PartCounts>> parts_;
};

}  // namespace thingstead::rule
