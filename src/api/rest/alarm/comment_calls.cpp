// Comments of alarms.
#include "api/rest/alarm/handlers.h"
#include "api/rest/audit_note.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_events.h"
#include "core/alarm/alarm_comments.h"

namespace thingstead::api::alarm {
namespace {

using core::CommentChange;
using model::ActionType;
using model::AlarmId;

/// The audit log; and what the comment is about, to rule chains: of the alarm itself.
Task<> tell_comment(const Services& services, core::Caller caller, ActionType action, AlarmId id,
                    Result<CommentChange> done) {
    core::AuditNote note = note_of(action, model::EntityId(id));
    if (done) {
        note.entity_name = done->alarm.type;
        if (done->alarm.customer_id) note.entity_customer = *done->alarm.customer_id;
        note.data = json::object{
            {"comment", to_json(done->comment)}
        };
    }
    co_await audit(services, caller, std::move(note), done);
    if (!done || action == ActionType::deleted_comment) co_return;
    RuleEvent event{action == ActionType::added_comment ? "COMMENT_CREATED" : "COMMENT_UPDATED",
                    model::EntityId(id), text_of(done->alarm)};
    event.customer = done->alarm.customer_id;
    event.metadata = {
        {"entityName", done->alarm.type                                },
        {"entityType", std::string(wire_name(model::EntityType::alarm))},
        {"comment",    text_of(done->comment)                          }
    };
    co_await tell_rules(services, std::move(caller), std::move(event));
}

}  // namespace

Task<Result<net::Reply>> save_comment(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    Result<model::AlarmComment> comment = call.body_as<model::AlarmComment>();
    if (!comment) co_return comment.error();
    const bool fresh = comment->id.id == Uuid{};
    const Result<CommentChange> done = co_await core::save_alarm_comment(
        call.services.platform, call.caller, *id, *std::move(comment));
    co_await tell_comment(call.services, call.caller,
                          fresh ? ActionType::added_comment : ActionType::updated_comment, *id,
                          done);
    if (!done) co_return done.error();
    co_return json_reply_of(done->comment);
}

Task<Result<net::Reply>> delete_comment(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    const Result<Uuid> comment = call.uuid("commentId");
    if (!comment) co_return comment.error();
    const Result<CommentChange> done =
        co_await core::delete_alarm_comment(call.services.platform, call.caller, *id, *comment);
    co_await tell_comment(call.services, call.caller, ActionType::deleted_comment, *id, done);
    if (!done) co_return done.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> list_comments(Call call) {
    const auto id = call.id<AlarmId>("alarmId");
    if (!id) co_return id.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    link->text_search.clear();
    // The newest come first unless it is said otherwise.
    if (link->sort_property.empty()) {
        link->sort_property = "createdTime";
        link->descending = !call.parameter("sortOrder") || link->descending;
    }
    const auto page = co_await core::page_of_alarm_comments(call.services.platform, call.caller,
                                                            *id, *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

}  // namespace thingstead::api::alarm
