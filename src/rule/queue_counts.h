// What became of the messages of a queue, by tenant, since it was told last.
// Source: the interface's rule engine, statistics.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "model/ids.h"
#include "rule/pack.h"

namespace thingstead::rule {

/// Of one tenant. Messages that will be run again count as "for now".
struct TenantCounts {
    std::int64_t total = 0;
    std::int64_t successful = 0;
    std::int64_t timed_out = 0;
    std::int64_t failed = 0;
    std::int64_t timed_out_for_now = 0;
    std::int64_t failed_for_now = 0;
    std::string exception{};  ///< JSON of the first failure; empty: there was none.
};

/// Thread-safe.
class QueueCounts {
  public:
    using ByTenant = std::map<model::TenantId, TenantCounts>;

    /// An attempt of a pack has ended; `again`: what did not succeed is retried.
    void add(const Pack& pack, bool again);
    ByTenant take();

  private:
    std::mutex mutex_;
    ByTenant counts_;
};

}  // namespace thingstead::rule
