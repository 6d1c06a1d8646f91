// How many alarms an entity has, by mappings of a node's configuration: what the node that is told
// of alarms and the one that counts in periods have in common.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/error.h"
#include "core/alarm/alarm_lists.h"
#include "model/alarm.h"
#include "store/entity_store.h"

namespace thingstead::rule {

struct AlarmCountMapping {
    std::string target = "alarmsCount";
    std::vector<std::string> types{};
    std::vector<model::AlarmSeverity> severities{};
    std::vector<std::string> statuses{};
    std::int64_t latest_interval_ms = 0;
};
constexpr auto describe(const AlarmCountMapping*) {
    using Mapping = AlarmCountMapping;
    return fields(
        field("target", &Mapping::target, "Key of the count."),
        field("typesList", &Mapping::types, "Types of the alarms; none: all."),
        field("severityList", &Mapping::severities, "Severities of the alarms; none: all."),
        field("statusList", &Mapping::statuses,
              "Statuses (ACTIVE_UNACK) or kinds of them (ACTIVE) that are counted; none: all."),
        field("latestInterval", &Mapping::latest_interval_ms,
              "Milliseconds: alarms created before are not counted; 0: all are.",
              between(0, std::int64_t{1} << 52)));
}

class AlarmCounts {
  public:
    /// Errors: invalid_argument - an unknown status.
    static Result<AlarmCounts> make(const std::vector<AlarmCountMapping>& mappings);

    std::size_t size() const { return counted_.size(); }
    const std::string& target(std::size_t at) const { return counted_[at].target; }
    /// Alarms that show on the entity and fit the mapping, within a read.
    Result<std::int64_t> count(store::Reader& reader, model::TenantId tenant, std::size_t at,
                               model::EntityId entity, EpochMs now) const;

  private:
    struct Counted {
        std::string target;
        core::AlarmQuery query;
        std::int64_t latest_interval_ms;
    };
    std::vector<Counted> counted_;
};

}  // namespace thingstead::rule
