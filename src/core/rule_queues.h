// Which queues the rule engine runs: into which topic a tenant's message goes that is meant for a
// queue by its name. Filled by the rule engine, read by whoever sends messages.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/ids.h"

namespace thingstead::core {

inline constexpr std::string_view main_queue = "Main";
inline constexpr std::string_view main_topic = "tb_rule_engine.main";

/// Thread-safe. Without anything set, all messages go into the topic of Main.
class RuleQueues {
  public:
    struct Entry {
        model::TenantId tenant;  ///< The system's, or one that has queues of its own.
        std::string name;
        std::string topic;  ///< Open in this process.
    };

    /// Replaces what was known.
    void set(std::vector<Entry> queues);
    /// By `name` (empty: Main): the tenant's own queue, else the system's, else Main's topic.
    std::string topic_of(model::TenantId tenant, std::string_view name) const;
    /// Whether the answer is Main's topic for every tenant; cheap.
    bool is_main(std::string_view name) const {
        return (name.empty() || name == main_queue) && main_is_everyones_;
    }

  private:
    using Key = std::pair<model::TenantId, std::string>;

    std::atomic<bool> main_is_everyones_{true};
    mutable std::mutex mutex_;
    std::map<Key, std::string> topics_;
};

}  // namespace thingstead::core
