#include "core/alarm/alarm_comments.h"

#include <unordered_map>
#include <utility>

#include "core/alarm/alarm_rows.h"
#include "core/entity/many.h"
#include "core/entity/read.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::Alarm;
using model::AlarmComment;
using model::AlarmCommentType;

void fill_in_name(AlarmComment& comment) {
    comment.name = comment.comment.is_null() ? std::string() : json::serialize(comment.comment);
}

Result<> check_text(const AlarmComment& comment) {
    if (!comment.comment.is_object() || comment.comment.get_object().empty())
        return invalid("Alarm comment should be specified!");
    return model::validate(comment);
}

Result<AlarmComment> load_comment(store::Reader& reader, model::AlarmId alarm, const Uuid& id) {
    auto found = reader.find<AlarmComment>({
        {"id",      id        },
        {"alarmId", alarm.uuid}
    });
    if (!found) return found.error();
    if (!*found) return not_found("Alarm comment", id);
    return **std::move(found);
}

AlarmComment new_comment(model::AlarmId alarm, EpochMs now_ms) {
    AlarmComment comment;
    comment.id.id = new_time_uuid();
    comment.created_time = now_ms;
    comment.alarm_id = alarm;
    return comment;
}

/// What a comment says, changed by its writer.
Result<AlarmComment> edited(const Caller& caller, AlarmComment stored, const AlarmComment& asked,
                            EpochMs now_ms) {
    if (stored.type == AlarmCommentType::system)
        return invalid("System alarm comment can't be updated!");
    if (stored.user_id != caller.user) return permission_denied();
    json::object said = asked.comment.get_object();
    said["edited"] = "true";
    said["editedOn"] = now_ms;
    stored.comment = std::move(said);
    return stored;
}

}  // namespace

Result<> add_system_comment(store::Transaction& transaction, model::AlarmId alarm,
                            std::optional<model::UserId> user, std::string text,
                            std::string_view subtype, json::object members, EpochMs now_ms) {
    AlarmComment comment = new_comment(alarm, now_ms);
    comment.type = AlarmCommentType::system;
    comment.user_id = user;
    members["text"] = std::move(text);
    members["subtype"] = subtype;
    comment.comment = std::move(members);
    return transaction.insert(comment);
}

Task<Result<CommentChange>> save_alarm_comment(const Platform& platform, Caller caller,
                                               model::AlarmId alarm, AlarmComment comment) {
    if (Result<> valid = check_text(comment); !valid) co_return valid.error();
    const std::function<Result<CommentChange>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<CommentChange> {
        const Result<Alarm> of = load<Alarm>(transaction, caller, Operation::write, alarm);
        if (!of) return of.error();
        const EpochMs now = platform.clock.now_ms();
        CommentChange change;
        change.alarm = *of;
        change.created = comment.id.id == Uuid{};
        Result<> written;
        if (change.created) {
            change.comment = new_comment(alarm, now);
            change.comment.user_id = caller.user;
            change.comment.comment = comment.comment;
            written = transaction.insert(change.comment);
        } else {
            Result<AlarmComment> stored = load_comment(transaction, alarm, comment.id.id);
            if (!stored) return stored.error();
            Result<AlarmComment> changed = edited(caller, *std::move(stored), comment, now);
            if (!changed) return changed.error();
            change.comment = *std::move(changed);
            written = transaction.update(change.comment);
        }
        if (!written) return written.error();
        fill_in_name(change.comment);
        return change;
    };
    co_return co_await write<CommentChange>(platform, work);
}

Task<Result<CommentChange>> delete_alarm_comment(const Platform& platform, Caller caller,
                                                 model::AlarmId alarm, Uuid comment) {
    const std::function<Result<CommentChange>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<CommentChange> {
        const Result<Alarm> of = load<Alarm>(transaction, caller, Operation::write, alarm);
        if (!of) return of.error();
        Result<AlarmComment> stored = load_comment(transaction, alarm, comment);
        if (!stored) return stored.error();
        if (stored->type == AlarmCommentType::system)
            return invalid("System comment could not be deleted");
        if (stored->user_id != caller.user && !caller.is(model::Authority::tenant_admin))
            return permission_denied();
        stored->type = AlarmCommentType::system;
        stored->user_id.reset();
        const std::string who = user_title(caller);
        stored->comment = json::object{
            {"text",     "User " + who + " deleted a comment"},
            {"subtype",  "COMMENT_DELETED"                   },
            {"userId",   caller.user.to_string()             },
            {"userName", who                                 }
        };
        if (Result<> written = transaction.update(*stored); !written) return written.error();
        CommentChange change;
        change.alarm = *of;
        change.comment = *std::move(stored);
        fill_in_name(change.comment);
        return change;
    };
    co_return co_await write<CommentChange>(platform, work);
}

Task<Result<store::Page<model::AlarmCommentInfo>>> page_of_alarm_comments(const Platform& platform,
                                                                          Caller caller,
                                                                          model::AlarmId alarm,
                                                                          store::PageLink link) {
    using Infos = store::Page<model::AlarmCommentInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        const Result<Alarm> of = load<Alarm>(reader, caller, Operation::read, alarm);
        if (!of) return of.error();
        auto page = reader.page<AlarmComment>(
            {
                {"alarmId", alarm.uuid}
        },
            link);
        if (!page) return page.error();
        std::vector<Uuid> ids;
        for (const AlarmComment& each : page->data)
            if (each.user_id) ids.push_back(each.user_id->uuid);
        const auto users = find_many<model::User>(reader, std::move(ids));
        if (!users) return users.error();
        Infos infos;
        infos.total_elements = page->total_elements;
        infos.total_pages = page->total_pages;
        infos.has_next = page->has_next;
        for (AlarmComment& each : page->data) {
            model::AlarmCommentInfo& info = infos.data.emplace_back();
            static_cast<AlarmComment&>(info) = std::move(each);
            fill_in_name(info);
            if (!info.user_id) continue;
            const auto user = users->find(info.user_id->uuid);
            if (user == users->end()) continue;
            info.first_name = user->second.first_name;
            info.last_name = user->second.last_name;
            info.email = user->second.email;
        }
        return infos;
    };
    co_return co_await read<Infos>(platform, work);
}

}  // namespace thingstead::core
