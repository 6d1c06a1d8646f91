#include "core/cleanup/cleanup.h"

#include <utility>

#include "core/alarm/alarm_removal.h"
#include "core/alarm/alarm_retention.h"
#include "core/cleanup/tenant_steps.h"
#include "core/entity/read.h"
#include "core/entity_events.h"
#include "core/telemetry.h"
#include "model/events.h"
#include "net/timer.h"

namespace thingstead::core {
namespace {

using model::CleanupTask;

/// Somebody else has the task now.
Error lost() { return {ErrorCode::conflict, "the task was taken by another server"}; }

store::Filter waiting_at(EpochMs now_ms) {
    return {
        {"takenUntil", store::Compare::at_most, now_ms}
    };
}

/// Writes how far the task is, if it is still ours.
Result<> write_progress(store::Transaction& transaction, const CleanupTask& task) {
    const auto ours = transaction.change<CleanupTask>(
        {
            {"step",       task.step       },
            {"done",       task.done       },
            {"takenUntil", task.taken_until}
    },
        {{"id", task.id}, {"worker", *task.worker}});
    if (!ours) return ours.error();
    return *ours == 0 ? Result<>(lost()) : Result<>();
}

/// A transaction's part of what an entity leaves among the alarms.
struct AlarmsLeft {
    std::int64_t rows = 0;  ///< 0: nothing is left.
    std::vector<model::AlarmInfo> unassigned{};
};

Result<AlarmsLeft> remove_part(store::Transaction& transaction, const CleanupTask& task,
                               std::int32_t rows_max, EpochMs now_ms) {
    AlarmsLeft left;
    const model::EntityId entity(task.entity_type, task.entity_id);
    const Result<std::int64_t> removed = remove_alarms_of(transaction, entity, rows_max);
    if (!removed) return removed.error();
    left.rows = *removed;
    if (task.entity_type == model::EntityType::user) {
        auto unassigned = unassign_alarms_of(transaction, task.tenant_id,
                                             model::UserId{task.entity_id}, rows_max, now_ms);
        if (!unassigned) return unassigned.error();
        left.unassigned = *std::move(unassigned);
        left.rows += static_cast<std::int64_t>(left.unassigned.size());
    }
    if (task.entity_type == model::EntityType::customer) {
        const auto forgotten =
            forget_customer_of_alarms(transaction, model::CustomerId{task.entity_id}, rows_max);
        if (!forgotten) return forgotten.error();
        left.rows += *forgotten;
    }
    return left;
}

}  // namespace

Cleanup::Metrics::Metrics(MetricsRegistry& registry)
    : waiting(registry, "thingstead_cleanup_tasks_waiting",
              "Deleted entities whose data is still to be removed."),
      done(registry, "thingstead_cleanup_tasks_done_total",
           "Deleted entities whose data was removed."),
      failed(registry, "thingstead_cleanup_tasks_failed_total",
             "Attempts to remove the data of deleted entities that failed and are repeated."),
      entities(registry, "thingstead_cleanup_entities_total",
               "Entities of deleted tenants that were removed.") {}

Cleanup::Cleanup(const Platform& platform, store::EventStore& events, CleanupSettings settings,
                 MetricsRegistry& metrics, IngressPool* ingress)
    : platform_(platform),
      events_(events),
      settings_(settings),
      metrics_(metrics),
      ingress_(ingress) {}

Task<> Cleanup::run() {
    for (;;) {
        const bool worked = co_await work_once();
        if (!worked) co_await net::sleep_for(settings_.idle);
    }
}

Task<bool> Cleanup::work_once() {
    Result<std::optional<CleanupTask>> taken = co_await take();
    if (!taken) {
        platform_.log.warn("cleanup.not_taken", taken.error());
        co_return false;
    }
    if (!*taken) co_return false;
    CleanupTask task = **std::move(taken);
    Result<> done = co_await remove_entities(task);
    if (done) done = co_await remove_alarms(task);
    if (done) done = co_await finish(task);
    if (done) {
        tell_done(task);
        metrics_.done.add();
    } else if (done.error().message != lost().message) {
        metrics_.failed.add();
        co_await put_back(task, done.error());
    }
    co_return true;
}

/// The oldest that waits. It is looked for by a read: most of the time there is none.
Task<Result<std::optional<CleanupTask>>> Cleanup::take() {
    using Found = std::optional<CleanupTask>;
    std::int64_t waiting = 0;
    const std::function<Result<bool>(store::Reader&)> look =
        [&](store::Reader& reader) -> Result<bool> {
        const auto all = reader.count<CleanupTask>({});
        if (!all) return all.error();
        waiting = *all;
        if (waiting == 0) return false;
        const auto free = reader.count<CleanupTask>(waiting_at(platform_.clock.now_ms()));
        if (!free) return free.error();
        return *free != 0;
    };
    const Result<bool> any = co_await read<bool>(platform_, look);
    if (!any) co_return any.error();
    metrics_.waiting.set(waiting);
    if (!*any) co_return Found();
    const std::function<Result<Found>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Found> {
        const EpochMs now = platform_.clock.now_ms();
        auto first = transaction.all<CleanupTask>(waiting_at(now), 1);
        if (!first) return first.error();
        if (first->empty()) return Found();
        CleanupTask& task = first->front();
        task.worker = worker_;
        task.taken_until = now + std::chrono::milliseconds(settings_.taken).count();
        if (Result<> done = transaction.update(task); !done) return done.error();
        return Found(std::move(task));
    };
    co_return co_await write<Found>(platform_, work);
}

Task<Result<>> Cleanup::remove_entities(CleanupTask& task) {
    if (task.entity_type != model::EntityType::tenant) co_return Result<>();
    for (;;) {
        const Result<bool> more = co_await step(task);
        if (!more) co_return more.error();
        if (!*more) co_return Result<>();
    }
}

/// One transaction of the step that the task is at. False: there are no more steps.
Task<Result<bool>> Cleanup::step(CleanupTask& task) {
    const std::span<const TenantStep> steps = tenant_steps();
    if (task.step < 0 || task.step >= static_cast<std::int64_t>(steps.size())) co_return false;
    const TenantStep& now_at = steps[static_cast<std::size_t>(task.step)];
    CleanupTask after;
    const std::function<Result<CleanupPart>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<CleanupPart> {
        const EpochMs now = platform_.clock.now_ms();
        Result<CleanupPart> part =
            now_at.run(transaction, model::TenantId{task.entity_id}, settings_.rows_max, now);
        if (!part) return part.error();
        after = task;
        after.done += part->rows;
        if (part->rows == 0) ++after.step;
        after.taken_until = now + std::chrono::milliseconds(settings_.taken).count();
        if (Result<> written = write_progress(transaction, after); !written) return written.error();
        return part;
    };
    const Result<CleanupPart> part = co_await write<CleanupPart>(platform_, work);
    if (!part) co_return part.error();
    task = after;
    metrics_.entities.add(static_cast<std::uint64_t>(part->rows));
    for (const EntityChange& each : part->changes) platform_.events.publish(each);
    tell_step(task, now_at.name);
    co_return true;
}

/// Those that the entity raised go; those that it only had to do with lose it.
Task<Result<>> Cleanup::remove_alarms(CleanupTask& task) {
    for (;;) {
        AlarmsLeft left;
        CleanupTask after;
        const std::function<Result<>(store::Transaction&)> work =
            [&](store::Transaction& transaction) -> Result<> {
            const EpochMs now = platform_.clock.now_ms();
            auto part = remove_part(transaction, task, settings_.rows_max, now);
            if (!part) return part.error();
            left = *std::move(part);
            if (left.rows == 0) return {};
            after = task;
            after.taken_until = now + std::chrono::milliseconds(settings_.taken).count();
            return write_progress(transaction, after);
        };
        if (Result<> done = co_await platform_.store.write(work); !done) co_return done;
        if (left.rows == 0) co_return Result<>();
        task = after;
        if (ingress_)
            co_await tell_of_alarms(platform_, *ingress_, "ALARM_UNASSIGNED",
                                    std::move(left.unassigned));
    }
}

Task<Result<>> Cleanup::remove_events(const CleanupTask& task) {
    for (const auto& named : enum_names(model::EventKind{})) {
        store::EventQuery query;
        query.kind = named.first;
        query.tenant = task.tenant_id;
        query.entity = task.entity_id;
        const Result<std::int64_t> removed = co_await events_.remove(std::move(query));
        if (!removed) co_return removed.error();
    }
    co_return Result<>();
}

/// Time series and events, then the row of the task.
Task<Result<>> Cleanup::finish(CleanupTask task) {
    const model::EntityId entity(task.entity_type, task.entity_id);
    if (Result<> gone = co_await platform_.telemetry.remove_entity(entity); !gone) co_return gone;
    if (Result<> gone = co_await remove_events(task); !gone) co_return gone;
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const auto ours = transaction.remove<CleanupTask>({
            {"id",     task.id     },
            {"worker", *task.worker}
        });
        if (!ours) return ours.error();
        return *ours == 0 ? Result<>(lost()) : Result<>();
    };
    co_return co_await platform_.store.write(work);
}

/// Others come first, until it is tried again.
Task<> Cleanup::put_back(const CleanupTask& task, const Error& why) {
    tell_failed(task, why);
    CleanupTask later = task;
    later.taken_until =
        platform_.clock.now_ms() + std::chrono::milliseconds(settings_.retry).count();
    const std::function<Result<>(store::Transaction&)> work = [&](store::Transaction& transaction) {
        return write_progress(transaction, later);
    };
    const Result<> written = co_await platform_.store.write(work);
    // Without it the task waits until its time is over.
    if (!written) platform_.log.debug("cleanup.not_put_back");
}

void Cleanup::tell_step(const CleanupTask& task, std::string_view kind) const {
    platform_.log.debug(
        "cleanup.tenant_step",
        {
            {"tenant", task.entity_id.to_string()},
            {"kind",   kind                      },
            {"done",   task.done                 }
    });
}

void Cleanup::tell_failed(const CleanupTask& task, const Error& why) const {
    platform_.log.warn("cleanup.failed", why,
                       {
                           {"entity_type", wire_name(task.entity_type)},
                           {"entity",      task.entity_id.to_string() },
                           {"done",        task.done                  }
    });
}

void Cleanup::tell_done(const CleanupTask& task) const {
    if (task.entity_type == model::EntityType::tenant)
        platform_.log.info("cleanup.tenant_done",
                           {
                               {"tenant",   task.entity_id.to_string()},
                               {"entities", task.done                 }
        });
}

}  // namespace thingstead::core
