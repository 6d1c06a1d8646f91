// Alarms: what is wrong with an entity, how bad it is, who looks after it; and what people say of
// it. Source: the interface's alarms.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

using AlarmId = Id<EntityType::alarm>;

/// The worst comes first.
enum class AlarmSeverity : std::uint8_t { critical, major, minor, warning, indeterminate };
constexpr auto enum_names(AlarmSeverity) {
    using namespace std::literals;
    using enum AlarmSeverity;
    return std::array{
        std::pair{critical,      "CRITICAL"sv     },
        std::pair{major,         "MAJOR"sv        },
        std::pair{minor,         "MINOR"sv        },
        std::pair{warning,       "WARNING"sv      },
        std::pair{indeterminate, "INDETERMINATE"sv}
    };
}

enum class AlarmStatus : std::uint8_t { active_unack, active_ack, cleared_unack, cleared_ack };
constexpr auto enum_names(AlarmStatus) {
    using namespace std::literals;
    using enum AlarmStatus;
    return std::array{
        std::pair{active_unack,  "ACTIVE_UNACK"sv },
        std::pair{active_ack,    "ACTIVE_ACK"sv   },
        std::pair{cleared_unack, "CLEARED_UNACK"sv},
        std::pair{cleared_ack,   "CLEARED_ACK"sv  }
    };
}
constexpr AlarmStatus alarm_status(bool cleared, bool acknowledged) {
    using enum AlarmStatus;
    if (cleared) return acknowledged ? cleared_ack : cleared_unack;
    return acknowledged ? active_ack : active_unack;
}

/// What lists ask for.
enum class AlarmSearchStatus : std::uint8_t { any, active, cleared, ack, unack };
constexpr auto enum_names(AlarmSearchStatus) {
    using namespace std::literals;
    using enum AlarmSearchStatus;
    return std::array{
        std::pair{any,     "ANY"sv    },
        std::pair{active,  "ACTIVE"sv },
        std::pair{cleared, "CLEARED"sv},
        std::pair{ack,     "ACK"sv    },
        std::pair{unack,   "UNACK"sv  }
    };
}

/// Of one originator and type there is at most one that is not cleared.
struct Alarm {
    AlarmId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::optional<CustomerId> customer_id;  ///< Of the originator.
    std::string type;                       ///< Also answered as `name`.
    EntityId originator;
    AlarmSeverity severity = AlarmSeverity::indeterminate;
    bool acknowledged = false;
    bool cleared = false;
    std::optional<UserId> assignee_id;
    EpochMs start_ts = 0;
    EpochMs end_ts = 0;
    EpochMs ack_ts = 0;  ///< 0, as the next two: not yet.
    EpochMs clear_ts = 0;
    EpochMs assign_ts = 0;
    json::value details;
    bool propagate = false;  ///< To what leads to the originator by relations.
    bool propagate_to_owner = false;
    bool propagate_to_tenant = false;
    std::vector<std::string> propagate_relation_types;  ///< None: any.
    /// Follows from `cleared` and `acknowledged`; kept because lists search and sort by it.
    AlarmStatus status = AlarmStatus::active_unack;
};
constexpr auto describe(const Alarm*) {
    return fields(
        field("id", &Alarm::id), field("createdTime", &Alarm::created_time, "", server_owned),
        field("tenantId", &Alarm::tenant_id, "", server_owned),
        field("customerId", &Alarm::customer_id),
        field("type", &Alarm::type, "", searchable, short_text,
              required_as("Alarm type should be specified!")),
        field("originator", &Alarm::originator, "",
              required_as("Alarm originator should be specified!")),
        field("severity", &Alarm::severity, "", searchable, of_schema("AlarmSeverity")),
        field("acknowledged", &Alarm::acknowledged), field("cleared", &Alarm::cleared),
        field("assigneeId", &Alarm::assignee_id), field("startTs", &Alarm::start_ts),
        field("endTs", &Alarm::end_ts), field("ackTs", &Alarm::ack_ts),
        field("clearTs", &Alarm::clear_ts), field("assignTs", &Alarm::assign_ts),
        field("details", &Alarm::details), field("propagate", &Alarm::propagate),
        field("propagateToOwner", &Alarm::propagate_to_owner),
        field("propagateToTenant", &Alarm::propagate_to_tenant),
        field("propagateRelationTypes", &Alarm::propagate_relation_types),
        field("name", &Alarm::type, "", wire_only, server_owned),
        field("status", &Alarm::status, "", server_owned, searchable, of_schema("AlarmStatus")));
}
constexpr std::string_view table_name(const Alarm*) { return "alarm"; }

/// Who looks after an alarm.
struct AlarmAssignee {
    UserId id;
    std::optional<std::string> first_name;
    std::optional<std::string> last_name;
    std::string email;
};
constexpr auto describe(const AlarmAssignee*) {
    return fields(field("id", &AlarmAssignee::id), field("firstName", &AlarmAssignee::first_name),
                  field("lastName", &AlarmAssignee::last_name),
                  field("email", &AlarmAssignee::email));
}

/// An alarm with the names of what it refers to.
struct AlarmInfo : Alarm {
    std::string originator_name;  ///< "Deleted" if it is gone, as the next two.
    std::string originator_label;
    std::string originator_display_name;
    std::optional<AlarmAssignee> assignee;
};
constexpr auto describe(const AlarmInfo*) {
    return joined(describe(static_cast<const Alarm*>(nullptr)),
                  fields(field("originatorName", &AlarmInfo::originator_name),
                         field("originatorLabel", &AlarmInfo::originator_label),
                         field("originatorDisplayName", &AlarmInfo::originator_display_name),
                         field("assignee", &AlarmInfo::assignee, "", of_schema("AlarmAssignee"))));
}

/// An entity that an alarm shows on: its originator, and what it is propagated to.
struct EntityAlarm {
    EntityId entity_id;
    AlarmId alarm_id;
    TenantId tenant_id;
    EpochMs created_time = 0;  ///< Of the alarm, as its type.
    std::string alarm_type;
};
constexpr auto describe(const EntityAlarm*) {
    return fields(field("entityId", &EntityAlarm::entity_id, "", in_key),
                  field("alarmId", &EntityAlarm::alarm_id, "", in_key),
                  field("tenantId", &EntityAlarm::tenant_id),
                  field("createdTime", &EntityAlarm::created_time),
                  field("alarmType", &EntityAlarm::alarm_type));
}
constexpr std::string_view table_name(const EntityAlarm*) { return "entity_alarm"; }

/// A type of which the tenant has an alarm.
struct AlarmType {
    TenantId tenant_id;
    std::string type;
};
constexpr auto describe(const AlarmType*) {
    return fields(field("tenantId", &AlarmType::tenant_id, "", in_key),
                  field("type", &AlarmType::type, "", in_key, searchable));
}
constexpr std::string_view table_name(const AlarmType*) { return "alarm_types"; }

enum class AlarmCommentType : std::uint8_t { system, other };
constexpr auto enum_names(AlarmCommentType) {
    using namespace std::literals;
    return std::array{
        std::pair{AlarmCommentType::system, "SYSTEM"sv},
        std::pair{AlarmCommentType::other,  "OTHER"sv }
    };
}

/// Longest text of a comment, in characters.
inline constexpr std::size_t alarm_comment_length_max = 10'000;

struct AlarmComment {
    PlainId id;
    EpochMs created_time = 0;
    AlarmId alarm_id;
    std::optional<UserId> user_id;  ///< None: the server's.
    AlarmCommentType type = AlarmCommentType::other;
    json::value comment;  ///< {"text", …}
    std::string name{};   ///< The comment as JSON text; filled in when it is shown.
};
constexpr auto describe(const AlarmComment*) {
    return fields(field("id", &AlarmComment::id, "", of_schema("AlarmCommentId")),
                  field("createdTime", &AlarmComment::created_time, "", server_owned),
                  field("alarmId", &AlarmComment::alarm_id, "", server_owned),
                  field("userId", &AlarmComment::user_id, "", server_owned),
                  field("type", &AlarmComment::type, "", of_schema("AlarmCommentType")),
                  field("comment", &AlarmComment::comment, "", up_to(alarm_comment_length_max)),
                  field("name", &AlarmComment::name, "", wire_only, server_owned));
}
constexpr std::string_view table_name(const AlarmComment*) { return "alarm_comment"; }

/// With the names of who wrote it.
struct AlarmCommentInfo : AlarmComment {
    std::optional<std::string> first_name;
    std::optional<std::string> last_name;
    std::optional<std::string> email;
};
constexpr auto describe(const AlarmCommentInfo*) {
    return joined(describe(static_cast<const AlarmComment*>(nullptr)),
                  fields(field("firstName", &AlarmCommentInfo::first_name),
                         field("lastName", &AlarmCommentInfo::last_name),
                         field("email", &AlarmCommentInfo::email)));
}

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::Alarm)
TS_JSON_ELSEWHERE(model::AlarmAssignee)
TS_JSON_ELSEWHERE(model::AlarmInfo)
TS_JSON_ELSEWHERE(model::EntityAlarm)
TS_JSON_ELSEWHERE(model::AlarmType)
TS_JSON_ELSEWHERE(model::AlarmComment)
TS_JSON_ELSEWHERE(model::AlarmCommentInfo)
}  // namespace thingstead
