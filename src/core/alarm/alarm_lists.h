// Lists of alarms: of the tenant, of an entity, by what they are like.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/alarm/alarms.h"

namespace thingstead::core {

/// Conditions that all hold; what is empty is not asked for.
struct AlarmQuery {
    /// Alarms that show on it; none: all that the caller may read.
    std::optional<model::EntityId> entity{};
    std::optional<bool> cleared{};
    std::optional<bool> acknowledged{};
    std::vector<model::AlarmStatus> statuses{};
    std::vector<model::AlarmSeverity> severities{};
    std::vector<std::string> types{};
    std::optional<model::UserId> assignee{};
    std::optional<EpochMs> created_from{};
    std::optional<EpochMs> created_to{};  ///< Inclusive.
};

/// Adds what `status` says. ACTIVE with CLEARED say nothing, as ACK with UNACK and ANY.
void add_search_statuses(AlarmQuery& query, const std::vector<model::AlarmSearchStatus>& statuses);

/// The conditions on rows of model::Alarm; whose they are is not among them.
store::Filter alarm_filter(const AlarmQuery& query);

/// Errors: not_found, forbidden - of the entity or assignee asked for; invalid_argument - the link.
Task<Result<store::Page<model::AlarmInfo>>> page_of_alarms(const Platform& platform, Caller caller,
                                                           AlarmQuery query, store::PageLink link);
/// None: no alarm fits. Errors: as page_of_alarms().
Task<Result<std::optional<model::AlarmSeverity>>> highest_severity(const Platform& platform,
                                                                   Caller caller, AlarmQuery query);
/// Types of which the tenant has an alarm.
Task<Result<store::Page<model::AlarmType>>> alarm_types(const Platform& platform, Caller caller,
                                                        store::PageLink link);
/// Users of the tenant that the alarm may be assigned to: administrators, and users of the
/// customers that it belongs to.
Task<Result<store::Page<model::User>>> users_to_assign(const Platform& platform, Caller caller,
                                                       model::AlarmId alarm, store::PageLink link);

// --- within a read of the caller's; no rights are asked for ---

/// Alarms that fit.
Result<std::int64_t> count_alarms(store::Reader& reader, model::TenantId tenant,
                                  const AlarmQuery& query);

}  // namespace thingstead::core
