#include "core/alarm/alarms.h"

#include <utility>

#include "core/alarm/alarm_write.h"
#include "core/entity/read.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::Alarm;

/// The partial index that lets an originator have one alarm of a type at a time.
constexpr std::string_view active_constraint = "alarm_active_unq_key";
/// So often another writer may be first.
constexpr int write_attempts_max = 5;

Result<> check_asked(const Alarm& alarm) {
    if (Result<> valid = model::validate(alarm); !valid) return valid;
    if (alarm.originator.uuid == Uuid{}) return invalid("Alarm originator should be specified!");
    if (alarm.end_ts != 0 && alarm.start_ts > alarm.end_ts)
        return invalid("Alarm start ts can't be greater then alarm end ts!");
    return {};
}

Result<> check_customer(const Alarm& asked, const AlarmOrigin& origin) {
    if (!asked.customer_id || *asked.customer_id == model::no_customer) return {};
    if (!origin.customer)
        return invalid("Can't assign alarm to customer. Originator is not assigned to customer!");
    if (*origin.customer != *asked.customer_id)
        return invalid("Can't assign alarm to customer. Originator belongs to different customer!");
    return {};
}

void fill_in_times(Alarm& alarm, EpochMs now_ms) {
    if (alarm.start_ts <= 0) alarm.start_ts = now_ms;
    if (alarm.end_ts <= 0) alarm.end_ts = alarm.start_ts;
}

bool spreads_alike(const Alarm& one, const Alarm& other) {
    return one.propagate == other.propagate && one.propagate_to_owner == other.propagate_to_owner &&
           one.propagate_to_tenant == other.propagate_to_tenant &&
           one.propagate_relation_types == other.propagate_relation_types;
}

bool is_alike(const Alarm& one, const Alarm& other) {
    return spreads_alike(one, other) && one.severity == other.severity &&
           one.start_ts == other.start_ts && one.end_ts == other.end_ts &&
           one.details == other.details;
}

/// What an update takes of what was asked for.
Alarm updated(const Alarm& before, const Alarm& asked) {
    Alarm after = before;
    after.severity = asked.severity;
    after.start_ts = asked.start_ts;
    after.end_ts = asked.end_ts;
    after.details = asked.details;
    after.propagate = asked.propagate;
    after.propagate_to_owner = asked.propagate_to_owner;
    after.propagate_to_tenant = asked.propagate_to_tenant;
    after.propagate_relation_types = asked.propagate_relation_types;
    return after;
}

Result<> tell_severity(store::Transaction& transaction, const Alarm& before, const Alarm& after,
                       EpochMs now_ms) {
    const std::string was(enum_name(before.severity)), is(enum_name(after.severity));
    return add_system_comment(transaction, after.id, std::nullopt,
                              "Alarm severity was updated from " + was + " to " + is,
                              "SEVERITY_CHANGED",
                              {
                                  {"oldSeverity", was},
                                  {"newSeverity", is }
    },
                              now_ms);
}

Result<AlarmChange> update_alarm(store::Transaction& transaction, const Platform& platform,
                                 const Caller& caller, const Alarm& before, const Alarm& asked) {
    if (Result<> may = check(transaction, caller, Operation::write, subject_of(before)); !may)
        return may.error();
    const Alarm after = updated(before, asked);
    if (is_alike(before, after)) return left_unchanged(transaction, before);
    const bool other_severity = after.severity != before.severity;
    if (other_severity)
        if (Result<> told = tell_severity(transaction, before, after, platform.clock.now_ms());
            !told)
            return told.error();
    if (!spreads_alike(before, after))
        if (const auto spread = spread_alarm(transaction, after, platform.clock); !spread)
            return spread.error();
    return write_changed(transaction, before, after,
                         other_severity ? AlarmOutcome::severity_changed : AlarmOutcome::updated);
}

Result<AlarmChange> create_alarm(store::Transaction& transaction, const Platform& platform,
                                 const Caller& caller, const AlarmOrigin& origin,
                                 const Alarm& asked) {
    Alarm alarm = updated(asked, asked);
    alarm.id = model::AlarmId::make();
    alarm.created_time = platform.clock.now_ms();
    alarm.tenant_id = origin.tenant;
    alarm.customer_id = origin.customer;
    alarm.acknowledged = alarm.cleared = false;
    alarm.assignee_id.reset();
    alarm.ack_ts = alarm.clear_ts = alarm.assign_ts = 0;
    alarm.status = model::alarm_status(false, false);
    if (Result<> may = check(transaction, caller, Operation::create, subject_of(alarm)); !may)
        return may.error();
    if (Result<> written = transaction.insert(alarm); !written) return written.error();
    if (Result<> noted = note_alarm_type(transaction, alarm); !noted) return noted.error();
    AlarmChange change;
    change.outcome = AlarmOutcome::created;
    auto spread = spread_alarm(transaction, alarm, platform.clock);
    if (!spread) return spread.error();
    change.shown_on = *std::move(spread);
    auto info = with_names(transaction, std::move(alarm));
    if (!info) return info.error();
    change.alarm = *std::move(info);
    return change;
}

}  // namespace

Task<Result<AlarmChange>> write_alarm(const Platform& platform, const AlarmWork& work) {
    for (int attempt = 1;; ++attempt) {
        std::optional<AlarmChange> made;
        const std::function<Result<>(store::Transaction&)> whole =
            [&](store::Transaction& transaction) -> Result<> {
            Result<AlarmChange> done = work(transaction);
            if (!done) return done.error();
            made = *std::move(done);
            return {};
        };
        const Result<> done = co_await platform.store.write(whole);
        if (done) co_return *std::move(made);
        const bool raced =
            done.error().code == ErrorCode::conflict && done.error().message == active_constraint;
        if (!raced || attempt == write_attempts_max) co_return in_words(done.error());
    }
}

Result<AlarmChange> write_changed(store::Transaction& transaction, const Alarm& before, Alarm after,
                                  AlarmOutcome outcome) {
    after.status = model::alarm_status(after.cleared, after.acknowledged);
    if (Result<> written = transaction.update(after); !written) return written.error();
    AlarmChange change;
    change.outcome = outcome;
    change.before = before;
    auto places = shown_on(transaction, after.id);
    if (!places) return places.error();
    change.shown_on = *std::move(places);
    auto info = with_names(transaction, std::move(after));
    if (!info) return info.error();
    change.alarm = *std::move(info);
    return change;
}

Result<AlarmChange> left_unchanged(store::Reader& reader, const Alarm& alarm) {
    AlarmChange change;
    change.before = alarm;
    auto places = shown_on(reader, alarm.id);
    if (!places) return places.error();
    change.shown_on = *std::move(places);
    auto info = with_names(reader, alarm);
    if (!info) return info.error();
    change.alarm = *std::move(info);
    return change;
}

Result<std::optional<Alarm>> active_alarm(store::Reader& reader, model::EntityId originator,
                                          const std::string& type) {
    return reader.find<Alarm>({
        {"originator", store::ColumnCodec<model::EntityId>::write(originator)},
        {"type",       store::without_nul(type)                              },
        {"cleared",    false                                                 }
    });
}

Task<Result<AlarmChange>> save_alarm(const Platform& platform, Caller caller, Alarm alarm) {
    alarm.type = store::without_nul(alarm.type);
    if (Result<> valid = check_asked(alarm); !valid) co_return valid.error();
    fill_in_times(alarm, platform.clock.now_ms());
    const AlarmWork work = [&](store::Transaction& transaction) -> Result<AlarmChange> {
        if (alarm.id.uuid != Uuid{}) {
            const Result<Alarm> before =
                load<Alarm>(transaction, caller, Operation::write, alarm.id);
            if (!before) return before.error();
            return update_alarm(transaction, platform, caller, *before, alarm);
        }
        const Result<AlarmOrigin> origin = origin_of(transaction, caller, alarm.originator);
        if (!origin) return origin.error();
        if (Result<> fits = check_customer(alarm, *origin); !fits) return fits.error();
        const auto active = active_alarm(transaction, alarm.originator, alarm.type);
        if (!active) return active.error();
        if (*active) return update_alarm(transaction, platform, caller, **active, alarm);
        return create_alarm(transaction, platform, caller, *origin, alarm);
    };
    co_return co_await write_alarm(platform, work);
}

Task<Result<Alarm>> get_alarm(const Platform& platform, Caller caller, model::AlarmId id) {
    const std::function<Result<Alarm>(store::Reader&)> work = [&](store::Reader& reader) {
        return load<Alarm>(reader, caller, Operation::read, id);
    };
    co_return co_await read<Alarm>(platform, work);
}

Task<Result<model::AlarmInfo>> get_alarm_info(const Platform& platform, Caller caller,
                                              model::AlarmId id) {
    const std::function<Result<model::AlarmInfo>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<model::AlarmInfo> {
        Result<Alarm> alarm = load<Alarm>(reader, caller, Operation::read, id);
        if (!alarm) return alarm.error();
        return with_names(reader, *std::move(alarm));
    };
    co_return co_await read<model::AlarmInfo>(platform, work);
}

Task<Result<std::optional<model::AlarmInfo>>> find_active_alarm(const Platform& platform,
                                                                Caller caller,
                                                                model::EntityId originator,
                                                                std::string type) {
    using Found = std::optional<model::AlarmInfo>;
    const std::function<Result<Found>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Found> {
        const auto alarm = active_alarm(reader, originator, type);
        if (!alarm) return alarm.error();
        if (!*alarm) return Found();
        const Result<> may = check(reader, caller, Operation::read, subject_of(**alarm));
        if (!may && may.error().code != ErrorCode::forbidden) return may.error();
        if (!may) return Found();
        auto info = with_names(reader, **alarm);
        if (!info) return info.error();
        return Found(*std::move(info));
    };
    co_return co_await read<Found>(platform, work);
}

}  // namespace thingstead::core
