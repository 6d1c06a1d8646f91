// What users and the server say of an alarm.
#pragma once
#include "core/alarm/alarms.h"

namespace thingstead::core {

/// A comment that was saved, and the alarm it is of.
struct CommentChange {
    model::AlarmComment comment;
    model::Alarm alarm;
    bool created = false;
};

/// Without an id: a new comment of the caller's. With one: its text becomes another. Errors:
/// invalid_argument - "System alarm comment can't be updated!", no text or one that is too long;
/// forbidden - a comment of somebody else; not_found.
Task<Result<CommentChange>> save_alarm_comment(const Platform& platform, Caller caller,
                                               model::AlarmId alarm, model::AlarmComment comment);
/// Puts a comment of the server's in its place, which says who removed it. Errors: invalid_argument
/// - "System comment could not be deleted"; forbidden - of somebody else, unless the caller is an
/// administrator; not_found.
Task<Result<CommentChange>> delete_alarm_comment(const Platform& platform, Caller caller,
                                                 model::AlarmId alarm, Uuid comment);
/// With the names of the writers.
Task<Result<store::Page<model::AlarmCommentInfo>>> page_of_alarm_comments(const Platform& platform,
                                                                          Caller caller,
                                                                          model::AlarmId alarm,
                                                                          store::PageLink link);

}  // namespace thingstead::core
