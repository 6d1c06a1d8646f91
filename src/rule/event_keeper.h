// Diagnostic events of rule nodes and chains on their way to the event store: the tenants' limit of
// debug events, and which starts and stops of nodes were told already, for every worker starts its
// own. Source: the interface's rule engine, events.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "model/events.h"
#include "rule/node.h"
#include "rule/settings.h"
#include "store/event_store.h"

namespace thingstead::rule {

/// A rule node, or a chain itself, as a worker built it.
struct PartStart {
    Uuid entity{};
    model::RuleChainId chain{};
    std::int64_t version = 0;        ///< Of the stored chain.
    bool elsewhere = false;          ///< Another worker runs it, and tells.
    std::optional<Error> failure{};  ///< Why it did not start.
};

/// Thread-safe; shared by all workers of the process.
class EventKeeper {
  public:
    /// `store` may be null: nothing is kept then.
    EventKeeper(store::EventStore* store, const Settings& settings, const Clock& clock,
                std::string service_id, MetricsRegistry& registry);

    bool keeps() const { return store_ != nullptr; }
    std::size_t symbols_max() const { return symbols_max_; }
    /// Whether one more debug event of the tenant is kept. The first that is not leaves a note
    /// under the chain.
    bool admit(model::TenantId tenant, model::RuleChainId chain);
    /// The same of a calculated field; fields have a limit of their own.
    bool admit_field(model::TenantId tenant, const Uuid& field);
    /// A new event of now.
    model::Event event(model::TenantId tenant, const Uuid& entity, model::EventBody body) const;
    /// Never waits; what the store has no room for is dropped, and counted there.
    void offer(std::vector<model::Event> events);
    /// Tells what started, changed or ended since a worker built the tenant's chains last.
    void built(model::TenantId tenant, const std::vector<PartStart>& parts);

  private:
    struct Allowance {
        double left;
        EpochMs at_ms;
        bool told = false;
    };
    struct Known {
        model::RuleChainId chain;
        std::int64_t version;
        bool seen = true;  ///< While a build is compared.
    };
    using Parts = std::map<Uuid, Known>;

    using Allowances = std::map<model::TenantId, Allowance>;
    enum class Admitted : std::uint8_t { yes, no, first_refused };

    Allowance& allowance(Allowances& allowances, model::TenantId tenant, EpochMs now_ms) const;
    Admitted take_one(Allowances& allowances, model::TenantId tenant);
    void tell(model::TenantId tenant, const PartStart& part, bool known,
              std::vector<model::Event>& events) const;

    store::EventStore* const store_;
    const std::size_t symbols_max_;
    const double events_max_;
    const double time_ms_;
    const Clock& clock_;
    const std::string service_id_;
    Counter over_limit_;
    std::mutex mutex_;
    Allowances allowances_, field_allowances_;
    std::map<model::TenantId, Parts> parts_;
};

/// `text`, cut to `symbols_max` bytes at the end of a character; what is left out is counted.
std::string shortened(std::string text, std::size_t symbols_max);

}  // namespace thingstead::rule
