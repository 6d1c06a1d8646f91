// What becomes of an alarm that is there: acknowledged, cleared, assigned, deleted.
#include <utility>

#include "core/alarm/alarm_removal.h"
#include "core/alarm/alarm_write.h"
#include "core/entity/read.h"

namespace thingstead::core {
namespace {

using model::Alarm;
using model::AlarmId;

json::object told_by(const Caller& caller) {
    return {
        {"userId",   caller.user.to_string()},
        {"userName", user_title(caller)     }
    };
}

/// Says who did what, if it was a user.
Result<> tell_step(store::Transaction& transaction, const Caller& caller, AlarmId alarm,
                   std::string_view done, std::string_view subtype, EpochMs now_ms) {
    if (!by_user(caller)) return {};
    return add_system_comment(transaction, alarm, std::nullopt,
                              "Alarm was " + std::string(done) + " by user " + user_title(caller),
                              subtype, told_by(caller), now_ms);
}

/// An assignee must be able to read what it is to look after.
Result<model::User> load_assignee(store::Reader& reader, const Caller& caller, const Alarm& alarm,
                                  model::UserId id) {
    Result<model::User> user = load<model::User>(reader, caller, Operation::read, id);
    if (!user) return user;
    Caller its_own;
    its_own.authority = user->authority;
    its_own.tenant = user->tenant_id;
    its_own.customer = user->customer_id;
    its_own.user = user->id;
    if (Result<> may = check(reader, its_own, Operation::read, subject_of(alarm)); !may)
        return may.error();
    return user;
}

Result<> tell_assigned(store::Transaction& transaction, const Caller& caller, const Alarm& alarm,
                       const model::User& assignee, EpochMs now_ms) {
    if (!by_user(caller)) return {};
    const std::string name = user_title(assignee.first_name, assignee.last_name, assignee.email);
    json::object members = told_by(caller);
    members["assigneeId"] = assignee.id.to_string();
    members["assigneeName"] = name;
    return add_system_comment(
        transaction, alarm.id, std::nullopt,
        "Alarm was assigned by user " + user_title(caller) + " to user " + name, "ASSIGNED_TO_USER",
        std::move(members), now_ms);
}

}  // namespace

Task<Result<AlarmChange>> acknowledge_alarm(const Platform& platform, Caller caller, AlarmId id) {
    const AlarmWork work = [&](store::Transaction& transaction) -> Result<AlarmChange> {
        const Result<Alarm> before = load<Alarm>(transaction, caller, Operation::write, id);
        if (!before) return before.error();
        if (before->acknowledged) return left_unchanged(transaction, *before);
        const EpochMs now = platform.clock.now_ms();
        Alarm after = *before;
        after.acknowledged = true;
        after.ack_ts = now;
        if (Result<> told =
                tell_step(transaction, caller, id, "acknowledged", "ACKED_BY_USER", now);
            !told)
            return told.error();
        return write_changed(transaction, *before, std::move(after), AlarmOutcome::updated);
    };
    co_return co_await write_alarm(platform, work);
}

Task<Result<AlarmChange>> clear_alarm(const Platform& platform, Caller caller, AlarmId id,
                                      std::optional<json::value> details) {
    const AlarmWork work = [&](store::Transaction& transaction) -> Result<AlarmChange> {
        const Result<Alarm> before = load<Alarm>(transaction, caller, Operation::write, id);
        if (!before) return before.error();
        if (before->cleared) return left_unchanged(transaction, *before);
        const EpochMs now = platform.clock.now_ms();
        Alarm after = *before;
        after.cleared = true;
        after.clear_ts = now;
        if (details) after.details = *details;
        if (Result<> told = tell_step(transaction, caller, id, "cleared", "CLEARED_BY_USER", now);
            !told)
            return told.error();
        return write_changed(transaction, *before, std::move(after), AlarmOutcome::updated);
    };
    co_return co_await write_alarm(platform, work);
}

Task<Result<AlarmChange>> assign_alarm(const Platform& platform, Caller caller, AlarmId id,
                                       model::UserId assignee) {
    const AlarmWork work = [&](store::Transaction& transaction) -> Result<AlarmChange> {
        const Result<Alarm> before = load<Alarm>(transaction, caller, Operation::write, id);
        if (!before) return before.error();
        const auto user = load_assignee(transaction, caller, *before, assignee);
        if (!user) return user.error();
        if (before->assignee_id == assignee) return left_unchanged(transaction, *before);
        const EpochMs now = platform.clock.now_ms();
        Alarm after = *before;
        after.assignee_id = assignee;
        after.assign_ts = now;
        if (Result<> told = tell_assigned(transaction, caller, *before, *user, now); !told)
            return told.error();
        return write_changed(transaction, *before, std::move(after), AlarmOutcome::updated);
    };
    co_return co_await write_alarm(platform, work);
}

Task<Result<AlarmChange>> unassign_alarm(const Platform& platform, Caller caller, AlarmId id) {
    const AlarmWork work = [&](store::Transaction& transaction) -> Result<AlarmChange> {
        const Result<Alarm> before = load<Alarm>(transaction, caller, Operation::write, id);
        if (!before) return before.error();
        if (!before->assignee_id) return left_unchanged(transaction, *before);
        const EpochMs now = platform.clock.now_ms();
        Alarm after = *before;
        after.assignee_id.reset();
        after.assign_ts = now;
        if (Result<> told =
                tell_step(transaction, caller, id, "unassigned", "UNASSIGNED_BY_USER", now);
            !told)
            return told.error();
        return write_changed(transaction, *before, std::move(after), AlarmOutcome::updated);
    };
    co_return co_await write_alarm(platform, work);
}

Task<Result<AlarmChange>> delete_alarm(const Platform& platform, Caller caller, AlarmId id) {
    const AlarmWork work = [&](store::Transaction& transaction) -> Result<AlarmChange> {
        const Result<Alarm> alarm = load<Alarm>(transaction, caller, Operation::remove, id);
        if (!alarm) return alarm.error();
        Result<AlarmChange> change = left_unchanged(transaction, *alarm);
        if (!change) return change;
        change->outcome = AlarmOutcome::updated;
        if (Result<> gone = remove_alarm(transaction, *alarm); !gone) return gone.error();
        return change;
    };
    co_return co_await write_alarm(platform, work);
}

}  // namespace thingstead::core
