// The port of the event store: audit entries and diagnostic events, append-only, in a database of
// their own, so that a storm of them never slows down queries of entities.
// Drivers: store/sqlite (embedded), store/postgres. Every driver passes store/event_conformance.h.
//
// Records are gathered in memory and written in batches by one thread. Audit entries and events
// have a limit each. At theirs, audit entries wait and are then refused to the caller; events are
// dropped and counted, for they are diagnostics.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "model/audit.h"
#include "model/events.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::store {

/// What every driver is bounded by.
struct EventLimits {
    std::size_t readers = 2;
    std::size_t reads_waiting_max = 1'024;
    std::size_t audit_bytes_max = 16 << 20;
    std::chrono::milliseconds audit_wait_max{5'000};
    std::size_t event_bytes_max = 32 << 20;
    std::size_t batch_records_max = 1'000;
    std::chrono::milliseconds batch_delay{100};
};

constexpr auto describe(const EventLimits*) {
    return fields(
        field("readers", &EventLimits::readers, "Threads that read, each with its own connection.",
              between(1, 64), on_restart),
        field("reads_waiting_max", &EventLimits::reads_waiting_max,
              "Reads that may wait; more are refused as unavailable.", between(1, 1'000'000),
              on_restart),
        field("audit_bytes_max", &EventLimits::audit_bytes_max,
              "Audit entries in memory that are not yet stored; at it operations wait.",
              between(64 * 1024, std::int64_t{1} << 31), in_bytes, on_restart),
        field("audit_wait_max", &EventLimits::audit_wait_max,
              "Milliseconds that an audit entry waits for room; after that it is lost and counted.",
              between(0, 600'000), on_restart),
        field("event_bytes_max", &EventLimits::event_bytes_max,
              "Events in memory that are not yet stored; at it new ones are dropped.",
              between(64 * 1024, std::int64_t{1} << 31), in_bytes, on_restart),
        field("batch_records_max", &EventLimits::batch_records_max,
              "Most records of one transaction.", between(1, 10'000), on_restart),
        field("batch_delay", &EventLimits::batch_delay,
              "Milliseconds that records wait for company, unless somebody waits for them.",
              between(0, 10'000), on_restart));
}

/// Both ends inclusive; nothing: no bound.
struct TimeWindow {
    std::optional<EpochMs> start_ms{};
    std::optional<EpochMs> end_ms{};
};

/// Pages are sorted by time, then id, unless the link names another field of describe(). A text
/// search looks at entity type and name, user name, action and status.
struct AuditQuery {
    model::TenantId tenant{};
    std::optional<model::CustomerId> customer{};
    std::optional<model::UserId> user{};
    std::optional<model::EntityId> entity{};
    std::vector<model::ActionType> actions{};  ///< Empty: every one.
    TimeWindow window{};
    PageLink link{};
};

/// A condition on a field of an event's body, by its name there, or on "server".
struct EventCondition {
    enum class Is : std::uint8_t {
        // clang-format off
        equal, containing, at_least, at_most, set, unset,
        // clang-format on
    };
    std::string field;
    Is is = Is::equal;
    Cell value{};  ///< containing: a text, in any case. set, unset: none.
};

/// Pages are sorted by time, then id; `ts` is another name of createdTime. A text search looks at
/// the texts of the body.
struct EventQuery {
    model::EventKind kind = model::EventKind::error;
    model::TenantId tenant{};
    Uuid entity{};
    TimeWindow window{};
    std::vector<EventCondition> conditions{};
    PageLink link{};
};

class EventStore {
  public:
    virtual ~EventStore() = default;

    /// Takes audit entries, in order; returns at once while there is room, which is always but in
    /// trouble. They are durable within a moment, or when flush() returned.
    /// Errors: unavailable - no room for `audit_wait_max`, or stopping: nothing was taken.
    virtual Task<Result<>> append(std::vector<model::AuditLog> entries) = 0;
    /// Takes events; never waits. False: over the limit, or stopping: all of them were dropped and
    /// counted. Thread-safe.
    virtual bool offer(std::vector<model::Event> events) = 0;
    /// Returns when what was taken so far is durable. Errors: unavailable - the database cannot be
    /// written now; what was taken is kept and tried again.
    virtual Task<Result<>> flush() = 0;

    /// What this server took before is seen. Errors: invalid_argument - sort property, page link, a
    /// field or value of a condition; unavailable - too much waits, or the database is away.
    virtual Task<Result<Page<model::AuditLog>>> find(AuditQuery query) = 0;
    virtual Task<Result<Page<model::Event>>> find(EventQuery query) = 0;

    /// Removes what `query` finds on all pages; returns how many.
    virtual Task<Result<std::int64_t>> remove(EventQuery query) = 0;
    /// Removes what is older than `before`; nothing: audit entries. A driver that keeps periods
    /// removes whole ones only: up to one period of older records may stay.
    virtual Task<Result<>> remove_older_than(std::optional<model::EventKind> kind,
                                             EpochMs before) = 0;

    /// Writes what was taken, closes. Idempotent. Blocks. Executors of coroutines that waited for
    /// the store must live until it returned.
    virtual void stop() = 0;
};

}  // namespace thingstead::store
