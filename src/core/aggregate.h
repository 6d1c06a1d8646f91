// Aggregation of points into consecutive intervals from the start of a range.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "core/aggregation.h"
#include "model/kv.h"

namespace thingstead::core {

/// Takes points of one series in rising time and gives one value per interval that has any: time =
/// interval start
/// + half of its length, the last interval cut at the end of the range.
class Aggregator {
  public:
    /// [start, end) in steps of `interval_ms` >= 1.
    Aggregator(Aggregation kind, EpochMs start_ms, EpochMs end_ms, std::int64_t interval_ms);
    /// `point.ts` in [start, end), not below the one before.
    void take(const model::TimedValue& point);
    /// What was taken; the aggregator is done.
    std::vector<model::TimedValue> finish();

  private:
    void close();

    Aggregation kind_;
    EpochMs start_ms_, end_ms_;
    std::int64_t interval_ms_;
    std::int64_t bucket_ = -1;
    std::int64_t count_ = 0;    ///< Of all values.
    std::int64_t numbers_ = 0;  ///< Of LONG and DOUBLE values.
    bool any_double_ = false;
    std::int64_t long_sum_ = 0;
    double double_sum_ = 0;
    double least_ = 0, most_ = 0;
    std::int64_t long_least_ = 0, long_most_ = 0;
    std::optional<std::string> text_least_, text_most_;
    std::vector<model::TimedValue> out_;
};

}  // namespace thingstead::core
