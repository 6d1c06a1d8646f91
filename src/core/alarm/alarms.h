// Alarms of entities, for users and for rule chains: made or updated, acknowledged, cleared,
// assigned, deleted. Source: the interface's alarms.
//
// Of one originator and type there is at most one alarm that is not cleared, whoever writes at the
// same time: a unique rule of the store says so, and a save that meets it is done again.
// Each change is one transaction, with the comments that the server writes itself.
//
// `caller` is a user, or a rule chain in the name of its tenant (no user: nothing is said of who
// did it). All functions: errors not_found - "Alarm with id […] is not found"; forbidden; those of
// the store.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/entity/kind.h"
#include "core/platform.h"
#include "model/alarm.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

template <>
struct EntityKind<model::Alarm> {
    static constexpr model::EntityType type = model::EntityType::alarm;
    static Resource resource() { return Resource::alarm; }
    static std::string_view noun() { return "Alarm"; }
    static model::TenantId tenant(const model::Alarm& alarm) { return alarm.tenant_id; }
    static model::CustomerId owner(const model::Alarm& alarm) {
        return alarm.customer_id.value_or(model::no_customer);
    }
    static const std::string& name(const model::Alarm& alarm) { return alarm.type; }
};

enum class AlarmOutcome : std::uint8_t {
    unchanged,  ///< It was like that already.
    created,
    updated,           ///< Also: acknowledged, cleared, assigned, unassigned.
    severity_changed,  ///< Updated, and what else may have changed, the severity did.
};

/// What became of an alarm.
struct AlarmChange {
    AlarmOutcome outcome = AlarmOutcome::unchanged;
    model::AlarmInfo alarm;              ///< As it is now.
    std::optional<model::Alarm> before;  ///< None: it was created.
    /// Where it shows: the originator, and what it is propagated to. Of a deleted alarm, where it
    /// did.
    std::vector<model::EntityId> shown_on;

    bool changed() const { return outcome != AlarmOutcome::unchanged; }
};

/// Without an id: creates the alarm, or updates the one of its originator and type that is not
/// cleared. With an id: updates that one. An update takes severity, times, details and propagation;
/// nothing of `acknowledged`, `cleared` and the assignee is looked at. startTs 0 is now, endTs 0 is
/// startTs. Errors: invalid_argument - the interface's texts; of the originator, those of
/// load_summary().
Task<Result<AlarmChange>> save_alarm(const Platform& platform, Caller caller, model::Alarm alarm);

Task<Result<AlarmChange>> acknowledge_alarm(const Platform& platform, Caller caller,
                                            model::AlarmId id);
/// `details`: what they become; none: they stay.
Task<Result<AlarmChange>> clear_alarm(const Platform& platform, Caller caller, model::AlarmId id,
                                      std::optional<json::value> details = std::nullopt);
/// Errors: of the assignee, those of load(); forbidden - the assignee may not read the alarm.
Task<Result<AlarmChange>> assign_alarm(const Platform& platform, Caller caller, model::AlarmId id,
                                       model::UserId assignee);
Task<Result<AlarmChange>> unassign_alarm(const Platform& platform, Caller caller,
                                         model::AlarmId id);
/// With its comments. What it was is `before` and `alarm`.
Task<Result<AlarmChange>> delete_alarm(const Platform& platform, Caller caller, model::AlarmId id);

Task<Result<model::Alarm>> get_alarm(const Platform& platform, Caller caller, model::AlarmId id);
Task<Result<model::AlarmInfo>> get_alarm_info(const Platform& platform, Caller caller,
                                              model::AlarmId id);
/// The alarm of the originator and type that is not cleared; none: there is none, or the caller may
/// not read it.
Task<Result<std::optional<model::AlarmInfo>>> find_active_alarm(const Platform& platform,
                                                                Caller caller,
                                                                model::EntityId originator,
                                                                std::string type);

}  // namespace thingstead::core
