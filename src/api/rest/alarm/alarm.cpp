// Alarms: saved, acknowledged, cleared, assigned, deleted, and the table of their routes.
#include "api/rest/alarm/handlers.h"
#include "api/rest/json_text.h"
#include "core/entity/kind.h"
#include "model/msg.h"

namespace thingstead::api::alarm {
namespace {

using core::AlarmChange;
using core::AlarmOutcome;
using model::ActionType;
using model::Alarm;
using model::AlarmId;

constexpr AlarmAction acknowledged{ActionType::alarm_ack, "ALARM_ACK"};
constexpr AlarmAction cleared{ActionType::alarm_clear, "ALARM_CLEAR"};
constexpr AlarmAction assigned{ActionType::alarm_assigned, "ALARM_ASSIGNED"};
constexpr AlarmAction unassigned{ActionType::alarm_unassigned, "ALARM_UNASSIGNED"};
constexpr AlarmAction deleted{ActionType::alarm_delete, "ALARM_DELETE"};
constexpr AlarmAction added{ActionType::added, model::msg_type::entity_created};
constexpr AlarmAction updated{ActionType::updated, model::msg_type::entity_updated};

/// A change that somebody asked for and that was there already is refused in the interface's words.
Result<AlarmChange> or_refused(Result<AlarmChange> done, std::string_view already) {
    if (done && !done->changed()) return core::invalid(std::string(already));
    return done;
}

Task<Result<AlarmChange>> run_acknowledge(Call& call, AlarmId id) {
    Result<AlarmChange> done =
        or_refused(co_await core::acknowledge_alarm(call.services.platform, call.caller, id),
                   "Alarm was already acknowledged!");
    co_await tell_alarm(call.services, call.caller, acknowledged, id, done);
    co_return done;
}

Task<Result<AlarmChange>> run_clear(Call& call, AlarmId id) {
    Result<AlarmChange> done = or_refused(
        co_await core::clear_alarm(call.services.platform, call.caller, id, std::nullopt),
        "Alarm was already cleared!");
    co_await tell_alarm(call.services, call.caller, cleared, id, done);
    co_return done;
}

Task<Result<AlarmChange>> run_assign(Call& call, AlarmId id, model::UserId user) {
    Result<AlarmChange> done =
        or_refused(co_await core::assign_alarm(call.services.platform, call.caller, id, user),
                   "Alarm was already assigned to this user!");
    co_await tell_alarm(call.services, call.caller, assigned, id, done);
    co_return done;
}

Task<Result<AlarmChange>> run_unassign(Call& call, AlarmId id) {
    Result<AlarmChange> done =
        or_refused(co_await core::unassign_alarm(call.services.platform, call.caller, id),
                   "Alarm was already unassigned!");
    co_await tell_alarm(call.services, call.caller, unassigned, id, done);
    co_return done;
}

/// What the body says beside what a save takes, one after the other.
Task<Result<AlarmChange>> apply_flags(Call& call, const Alarm& asked, AlarmChange saved) {
    Result<AlarmChange> now = std::move(saved);
    const AlarmId id = now->alarm.id;
    if (asked.acknowledged && !now->alarm.acknowledged) now = co_await run_acknowledge(call, id);
    if (!now) co_return now;
    if (asked.cleared && !now->alarm.cleared) now = co_await run_clear(call, id);
    if (!now || asked.assignee_id == now->alarm.assignee_id) co_return now;
    if (asked.assignee_id) co_return co_await run_assign(call, id, *asked.assignee_id);
    co_return co_await run_unassign(call, id);
}

Task<Result<net::Reply>> save_alarm(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const json::object* members = body->if_object();
    const json::value* severity = members ? members->if_contains("severity") : nullptr;
    Result<Alarm> asked = from_json<Alarm>(*body);
    if (!asked) co_return asked.error();
    if (!severity || severity->is_null())
        co_return core::invalid("Alarm severity should be specified!");
    Result<AlarmChange> saved =
        co_await core::save_alarm(call.services.platform, call.caller, *asked);
    const bool fresh = saved ? saved->outcome == AlarmOutcome::created : asked->id.uuid == Uuid{};
    if (!saved || saved->changed())
        co_await tell_alarm(call.services, call.caller, fresh ? added : updated, asked->id, saved);
    if (!saved) co_return saved.error();
    const Result<AlarmChange> now = co_await apply_flags(call, *asked, *std::move(saved));
    if (!now) co_return now.error();
    co_return json_reply_of(static_cast<const Alarm&>(now->alarm));
}

Result<net::Reply> info_reply(const Result<AlarmChange>& done) {
    if (!done) return done.error();
    return json_reply_of(done->alarm);
}

Task<Result<net::Reply>> acknowledge(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    co_return info_reply(co_await run_acknowledge(call, *id));
}

Task<Result<net::Reply>> clear(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    co_return info_reply(co_await run_clear(call, *id));
}

Task<Result<net::Reply>> assign(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    const auto user = call.id<model::UserId>("assigneeId");
    if (!user) co_return user.error();
    co_return info_reply(co_await run_assign(call, *id, *user));
}

Task<Result<net::Reply>> unassign(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    co_return info_reply(co_await run_unassign(call, *id));
}

Task<Result<net::Reply>> remove(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    const Result<AlarmChange> gone =
        co_await core::delete_alarm(call.services.platform, call.caller, *id);
    co_await tell_alarm(call.services, call.caller, deleted, *id, gone);
    if (!gone) co_return gone.error();
    co_return json_reply("true");
}

Task<Result<net::Reply>> get_one(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    const Result<Alarm> alarm = co_await core::get_alarm(call.services.platform, call.caller, *id);
    if (!alarm) co_return alarm.error();
    co_return json_reply_of(*alarm);
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    const Result<model::AlarmInfo> alarm =
        co_await core::get_alarm_info(call.services.platform, call.caller, *id);
    if (!alarm) co_return alarm.error();
    co_return json_reply_of(*alarm);
}

using enum net::Method;

constexpr std::string_view list_parameters =
    "pageSize!,page!,searchStatus,status,assigneeId,textSearch,sortProperty,sortOrder,startTime,"
    "endTime,fetchOriginator";
constexpr std::string_view list_v2_parameters =
    "pageSize!,page!,statusList,severityList,typeList,assigneeId,textSearch,sortProperty,sortOrder,"
    "startTime,endTime";
constexpr std::string_view comment_parameters = "pageSize!,page!,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/alarm",
     .allowed = allow::tenant_or_customer,
     .handler = &save_alarm,
     .summary = "Creates an alarm, or updates the active one of its originator and type",
     .body = BodyKind::json,
     .answer = "Alarm",
     .takes = "Alarm"},
    {.method = get,
     .pattern = "/api/alarm/{alarmId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_one,
     .summary = "One alarm by its id",
     .answer = "Alarm"},
    {.method = get,
     .pattern = "/api/alarm/info/{alarmId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_info,
     .summary = "One alarm with the names of its originator and assignee",
     .answer = "AlarmInfo"},
    {.method = del,
     .pattern = "/api/alarm/{alarmId}",
     .allowed = allow::tenant_or_customer,
     .handler = &remove,
     .summary = "Deletes an alarm with its comments",
     .answer = "boolean"},
    {.method = post,
     .pattern = "/api/alarm/{alarmId}/ack",
     .allowed = allow::tenant_or_customer,
     .handler = &acknowledge,
     .summary = "Acknowledges an alarm",
     .answer = "AlarmInfo"},
    {.method = post,
     .pattern = "/api/alarm/{alarmId}/clear",
     .allowed = allow::tenant_or_customer,
     .handler = &clear,
     .summary = "Clears an alarm",
     .answer = "AlarmInfo"},
    {.method = post,
     .pattern = "/api/alarm/{alarmId}/assign/{assigneeId}",
     .allowed = allow::tenant_or_customer,
     .handler = &assign,
     .summary = "Assigns an alarm to a user",
     .answer = "Alarm"},
    {.method = del,
     .pattern = "/api/alarm/{alarmId}/assign",
     .allowed = allow::tenant_or_customer,
     .handler = &unassign,
     .summary = "Takes an alarm from its user",
     .answer = "Alarm"},
    {.method = get,
     .pattern = "/api/alarm/{entityType}/{entityId}",
     .allowed = allow::users,
     .handler = &list_alarms,
     .summary = "A page of the alarms that show on an entity",
     .parameters = list_parameters,
     .answer = "PageData<AlarmInfo>"},
    {.method = get,
     .pattern = "/api/alarms",
     .allowed = allow::tenant_or_customer,
     .handler = &list_alarms,
     .summary = "A page of the alarms there are",
     .parameters = list_parameters,
     .answer = "PageData<AlarmInfo>"},
    {.method = get,
     .pattern = "/api/v2/alarm/{entityType}/{entityId}",
     .allowed = allow::users,
     .handler = &list_alarms_v2,
     .summary = "A page of the alarms that show on an entity, by lists of conditions",
     .parameters = list_v2_parameters,
     .answer = "PageData<AlarmInfo>"},
    {.method = get,
     .pattern = "/api/v2/alarms",
     .allowed = allow::tenant_or_customer,
     .handler = &list_alarms_v2,
     .summary = "A page of the alarms there are, by lists of conditions",
     .parameters = list_v2_parameters,
     .answer = "PageData<AlarmInfo>"},
    {.method = get,
     .pattern = "/api/alarm/highestSeverity/{entityType}/{entityId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_highest_severity,
     .summary = "The worst severity among the alarms of an entity",
     .parameters = "searchStatus,status,assigneeId",
     .answer = "AlarmSeverity"},
    {.method = get,
     .pattern = "/api/alarm/types",
     .allowed = allow::tenant_or_customer,
     .handler = &list_alarm_types,
     .summary = "A page of the types of alarms there are",
     .parameters = "pageSize!,page!,textSearch,sortOrder",
     .answer = "PageData<EntitySubtype>"},
    {.method = post,
     .pattern = "/api/alarm/{alarmId}/comment",
     .allowed = allow::tenant_or_customer,
     .handler = &save_comment,
     .summary = "Comments an alarm, or changes a comment",
     .body = BodyKind::json,
     .answer = "AlarmComment",
     .takes = "AlarmComment"},
    {.method = get,
     .pattern = "/api/alarm/{alarmId}/comment",
     .allowed = allow::users,
     .handler = &list_comments,
     .summary = "A page of the comments of an alarm",
     .parameters = comment_parameters,
     .answer = "PageData<AlarmCommentInfo>"},
    {.method = del,
     .pattern = "/api/alarm/{alarmId}/comment/{commentId}",
     .allowed = allow::tenant_or_customer,
     .handler = &delete_comment,
     .summary = "Removes what a comment says"},
};

constexpr SchemaEntry schemas[] = {
    {"Alarm",            &struct_schema<model::Alarm>           },
    {"AlarmInfo",        &struct_schema<model::AlarmInfo>       },
    {"AlarmAssignee",    &struct_schema<model::AlarmAssignee>   },
    {"AlarmComment",     &struct_schema<model::AlarmComment>    },
    {"AlarmCommentInfo", &struct_schema<model::AlarmCommentInfo>},
    {"AlarmCommentId",   &struct_schema<model::PlainId>         },
    {"AlarmSeverity",    &enum_schema<model::AlarmSeverity>     },
    {"AlarmStatus",      &enum_schema<model::AlarmStatus>       },
    {"AlarmCommentType", &enum_schema<model::AlarmCommentType>  },
};

}  // namespace

extern const Resource descriptor{"alarm", "Alarms and their comments.", routes, schemas};

}  // namespace thingstead::api::alarm
