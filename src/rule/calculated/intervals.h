// When the results of a field of type ENTITY_AGGREGATION are due. Plain values: no store, no clock.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "base/json.h"
#include "core/calculated_field/aggregation.h"
#include "rule/calculated/field_values.h"

namespace thingstead::rule {

/// An interval of which a result is due.
struct DueInterval {
    core::TimeSpan span;
    bool only_with_data = false;  ///< No defaults if it is empty.
    friend bool operator==(const DueInterval&, const DueInterval&) = default;
};

class IntervalPlan {
  public:
    /// More intervals that ended unnoticed are left out.
    static constexpr std::size_t missed_max = 100;

    /// `part` and `limits` outlive it. Begins with the interval before `now`, which whoever knew
    /// the entity earlier may not have made a result of.
    IntervalPlan(const core::EntityAggregation& part, const FieldLimits& limits, EpochMs now);

    /// A value of `ts` was saved or removed. One that comes after the watermark is left out.
    void take(EpochMs ts, EpochMs now);
    /// What is due, and is not any more; in rising time.
    std::vector<DueInterval> due(EpochMs now);
    /// When something is due next.
    EpochMs next() const;

    /// As it is kept: what was due before it is known again still is.
    json::object document() const;
    /// Nullopt: the document says nothing.
    static std::optional<IntervalPlan> restored(const core::EntityAggregation& part,
                                                const FieldLimits& limits,
                                                const json::object& document);
    friend bool operator==(const IntervalPlan&, const IntervalPlan&) = default;

  private:
    const core::EntityAggregation* part_;
    const FieldLimits* limits_;
    core::TimeSpan current_;
    std::optional<DueInterval> before_{};
    std::map<EpochMs, core::TimeSpan> late_{};  ///< Ended, with values that came after it.
    EpochMs late_at_ = 0;
    std::optional<EpochMs> intermediate_at_{};
};

}  // namespace thingstead::rule
