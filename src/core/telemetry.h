// Telemetry: saving, reading with aggregation, deleting; told to subscribers.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "core/access.h"
#include "core/aggregation.h"
#include "core/caller.h"
#include "core/subscriptions.h"
#include "model/payload.h"
#include "net/task.h"
#include "store/timeseries_store.h"

namespace thingstead::core {

/// A history request for one key.
struct HistoryQuery {
    std::string key;
    EpochMs start_ms = 0;
    EpochMs end_ms = 0;
    std::int64_t interval_ms = 0;
    Aggregation aggregation = Aggregation::none;
    std::size_t limit = 100;  ///< Of raw points.
    store::Order order = store::Order::descending;
};

struct KeyHistory {
    std::string key;
    std::vector<model::TimedValue> points;
};

/// What one save of the rule engine carries; no caller: the chain was let in by its tenant.
struct RuleSave {
    model::EntityId entity;
    EpochMs ts = 0;
    std::vector<model::KeyValue> values;
    std::chrono::seconds ttl{0};
    bool history = true;
    bool latest = true;
    bool subscribers = true;
    std::optional<store::SourceOffset> source{};  ///< The queue record it comes from.
};

class Telemetry {
  public:
    Telemetry(store::TimeseriesStore& store, EntityAccess& access, Subscriptions& subscriptions,
              const Clock& clock);

    /// Cheap and immediate; false: the store is full, await room() and try again.
    bool try_save(const RuleSave& save);
    Task<> room() { return store_.room(); }
    /// Awaits room as needed.
    Task<> save(RuleSave save);

    /// From REST: every entry is durable on return. `ttl` 0: for ever.
    /// Errors: not_found, forbidden, invalid_argument, unavailable.
    Task<Result<>> save(Caller caller, model::EntityId entity,
                        std::vector<model::TelemetryEntry> entries, std::chrono::seconds ttl);
    /// Latest values of `keys` (all if empty). With `keys`, one that was never written comes back
    /// with the current time and no value. Sorted as asked, or by key.
    struct Latest {
        std::string key;
        EpochMs ts;
        std::optional<model::Value> value;
    };
    Task<Result<std::vector<Latest>>> latest(Caller caller, model::EntityId entity,
                                             std::vector<std::string> keys);
    Task<Result<std::vector<std::string>>> keys(Caller caller, model::EntityId entity);
    /// One item per query that has points. Errors: also invalid_argument - interval, number of
    /// intervals, limit.
    Task<Result<std::vector<KeyHistory>>> history(Caller caller, model::EntityId entity,
                                                  std::vector<HistoryQuery> queries);
    /// The same without a caller: for the rule engine, which asks for entities of its tenant alone.
    /// Keys that were never written are left out.
    Task<Result<std::vector<store::LatestValue>>> latest(model::EntityId entity,
                                                         std::vector<std::string> keys);
    Task<Result<std::vector<KeyHistory>>> history(model::EntityId entity,
                                                  std::vector<HistoryQuery> queries);
    struct Removal {
        std::vector<std::string> keys;
        bool all_data = false;  ///< Everything up to now, and the latest values.
        EpochMs start_ms = 0;
        EpochMs end_ms = 0;
        bool delete_latest = true;
        bool rewrite_latest_if_deleted = false;
    };
    Task<Result<>> remove(Caller caller, model::EntityId entity, Removal removal);
    /// Makes the latest values of `keys` (all if none are given) of `from` that lie between the
    /// times (0: open) the only ones of `to`: for entity views. No caller: its service has checked.
    Task<Result<>> copy_latest(model::EntityId from, model::EntityId to,
                               std::optional<std::vector<std::string>> keys, EpochMs start_ms,
                               EpochMs end_ms);
    /// When an entity is gone. No caller: its service has checked.
    Task<Result<>> remove_entity(model::EntityId entity);

  private:
    Result<> check_entries(model::EntityId entity,
                           const std::vector<model::TelemetryEntry>& entries) const;
    Task<Result<std::vector<model::TimedValue>>> aggregate(model::EntityId entity,
                                                           HistoryQuery query);

    store::TimeseriesStore& store_;
    EntityAccess& access_;
    Subscriptions& subscriptions_;
    const Clock& clock_;
};

}  // namespace thingstead::core
