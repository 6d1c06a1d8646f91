// A time-series store over another one, as it was when the window of a replay began: what is
// written stays in memory, and reads see it. Nothing reaches the store below.
#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "rule/replay/effects.h"
#include "store/timeseries_store.h"

namespace thingstead::rule {

/// What of the store below a replay sees. The window's own points are there already, for its
/// messages were run once: a series of an entity whose messages are run again, or that the run has
/// written, is seen as it was before the window; any other as it was at the sandbox's time.
struct PastView {
    EpochMs window_start_ms = 0;
    std::function<bool(model::EntityId)> is_replayed;
};

/// Thread-safe.
class SandboxTimeseries final : public store::TimeseriesStore {
  public:
    /// All outlive it.
    SandboxTimeseries(store::TimeseriesStore& below, PastView past, const Clock& clock,
                      Effects& effects, Memory& memory)
        : below_(below),
          past_(std::move(past)),
          clock_(clock),
          effects_(effects),
          memory_(memory) {}

    /// Always takes the points; over the limit of memory they are not kept, and Memory::over().
    bool write(const store::PointsWrite& points,
               std::optional<store::SourceOffset> source) override;
    Task<> room() override { co_return; }
    Task<Result<>> flush() override { co_return Result<>(); }
    void processed(std::int32_t, std::int64_t) override {}
    std::int64_t checkpointed(std::int32_t) const override { return -1; }

    Task<Result<std::vector<model::TimedValue>>> range(store::RangeQuery query) override;
    Task<Result<std::vector<store::LatestValue>>> latest(model::EntityId entity,
                                                         std::vector<std::string> keys) override;
    Task<Result<store::DeleteOutcome>> remove(store::DeleteRange range) override;
    Task<Result<>> remove_entity(model::EntityId entity) override;
    /// The store below is not this one's.
    void stop() override {}

  private:
    struct Series {
        std::map<EpochMs, model::Value> points;
        std::optional<model::TimedValue> latest;
        bool latest_removed = false;                       ///< Whatever the store below says.
        std::vector<std::pair<EpochMs, EpochMs>> removed;  ///< Of the store below: [start, end).
    };
    struct OfEntity {
        bool removed = false;  ///< Nothing of the store below is seen.
        std::map<std::string, Series> series;
    };

    static std::string name_of(model::EntityId entity);
    /// Until when, exclusively, points of the store below are seen.
    EpochMs seen_until(model::EntityId entity, const std::string& key) const;
    std::vector<std::pair<EpochMs, EpochMs>> seen_below(const store::RangeQuery& query) const;
    Task<Result<std::vector<model::TimedValue>>> range_below(store::RangeQuery query);
    Task<Result<std::optional<model::TimedValue>>> newest_below(model::EntityId entity,
                                                                std::string key);

    store::TimeseriesStore& below_;
    const PastView past_;
    const Clock& clock_;
    Effects& effects_;
    Memory& memory_;

    mutable std::mutex mutex_;  ///< Guards what follows; not held while the store below answers.
    std::map<std::string, OfEntity> entities_;
};

}  // namespace thingstead::rule
