// Diagnostic events of entities as users see them, and how long events and audit entries are kept.
#pragma once
#include <chrono>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/error.h"
#include "base/log.h"
#include "core/access.h"
#include "core/caller.h"
#include "core/rule_trace.h"
#include "net/task.h"
#include "store/event_store.h"

namespace thingstead::core {

class EventLog {
  public:
    EventLog(store::EventStore& store, EntityAccess& access) : store_(store), access_(access) {}

    /// Before anybody asks. Null: no messages are run by this process.
    void set_trace(const RuleTrace* trace) { trace_ = trace; }
    /// Where messages of the caller's tenant went last, as far as this process ran them.
    /// Errors: forbidden.
    Result<std::vector<TracedHop>> trace(const Caller& caller, TraceQuery query) const;

    /// Events under `entity`, which the caller must be let in to. Errors: not_found, forbidden;
    /// those of EventStore::find().
    Task<Result<store::Page<model::Event>>> find(Caller caller, model::EntityId entity,
                                                 store::EventQuery query);
    /// Removes what `query` finds under an entity that the caller may write. Errors: as find().
    Task<Result<>> clear(Caller caller, model::EntityId entity, store::EventQuery query);

  private:
    Task<Result<>> check(Caller caller, Operation operation, model::EntityId entity);

    store::EventStore& store_;
    EntityAccess& access_;
    const RuleTrace* trace_ = nullptr;
};

/// 0: for ever.
struct RetentionSettings {
    std::chrono::hours audit{0};
    std::chrono::hours events{0};
    std::chrono::hours debug_events{168};
    std::chrono::seconds interval{3'600};
};

constexpr auto describe(const RetentionSettings*) {
    return fields(
        field("audit", &RetentionSettings::audit, "Hours that audit entries are kept; 0: for ever.",
              between(0, 876'000), on_restart),
        field("events", &RetentionSettings::events,
              "Hours that errors, life cycle and statistics are kept; 0: for ever.",
              between(0, 876'000), on_restart),
        field("debug_events", &RetentionSettings::debug_events,
              "Hours that events of debug mode are kept; 0: for ever.", between(0, 876'000),
              on_restart),
        field("interval", &RetentionSettings::interval,
              "Seconds between two removals of what is too old.", between(1, 604'800), on_restart));
}

/// Removes what is too old. Every server may do it.
class EventRetention {
  public:
    EventRetention(store::EventStore& store, RetentionSettings settings, const Clock& clock,
                   Log log)
        : store_(store), settings_(settings), clock_(clock), log_(std::move(log)) {}

    /// At once, then every interval, until it is cancelled.
    Task<> run();
    /// Once. What fails is logged, and left to the next time.
    Task<> remove_old();

  private:
    Task<> remove(std::optional<model::EventKind> kind, std::chrono::hours kept);

    store::EventStore& store_;
    const RetentionSettings settings_;
    const Clock& clock_;
    const Log log_;
};

}  // namespace thingstead::core
