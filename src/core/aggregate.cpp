#include "core/aggregate.h"

#include <algorithm>

namespace thingstead::core {

Aggregator::Aggregator(Aggregation kind, EpochMs start_ms, EpochMs end_ms, std::int64_t interval_ms)
    : kind_(kind), start_ms_(start_ms), end_ms_(end_ms), interval_ms_(interval_ms) {}

void Aggregator::take(const model::TimedValue& point) {
    const std::int64_t bucket = (point.ts - start_ms_) / interval_ms_;
    if (bucket != bucket_) {
        close();
        bucket_ = bucket;
    }
    ++count_;
    double number = 0;
    if (const auto* integer = std::get_if<std::int64_t>(&point.value)) {
        number = static_cast<double>(*integer);
        // A sum that would leave 64 bits goes on as a double.
        if (__builtin_add_overflow(long_sum_, *integer, &long_sum_)) any_double_ = true;
        long_least_ = numbers_ == 0 ? *integer : std::min(long_least_, *integer);
        long_most_ = numbers_ == 0 ? *integer : std::max(long_most_, *integer);
    } else if (const auto* real = std::get_if<double>(&point.value)) {
        number = *real;
        any_double_ = true;
    } else {
        std::string text = model::to_text(point.value);
        if (!text_least_ || text < *text_least_) text_least_ = text;
        if (!text_most_ || text > *text_most_) text_most_ = std::move(text);
        return;
    }
    double_sum_ += number;
    least_ = numbers_ == 0 ? number : std::min(least_, number);
    most_ = numbers_ == 0 ? number : std::max(most_, number);
    ++numbers_;
}

void Aggregator::close() {
    if (count_ == 0) return;
    const auto number = [&](std::int64_t integer, double real) {
        return any_double_ ? model::Value(real) : model::Value(integer);
    };
    std::optional<model::Value> value;
    switch (kind_) {
        case Aggregation::none:  break;
        case Aggregation::count: value = model::Value(count_); break;
        case Aggregation::avg:
            if (numbers_ != 0) value = model::Value(double_sum_ / static_cast<double>(numbers_));
            break;
        case Aggregation::sum:
            if (numbers_ != 0) value = number(long_sum_, double_sum_);
            break;
        case Aggregation::min:
            if (numbers_ != 0)
                value = number(long_least_, least_);
            else if (text_least_)
                value = model::Value(*text_least_);
            break;
        case Aggregation::max:
            if (numbers_ != 0)
                value = number(long_most_, most_);
            else if (text_most_)
                value = model::Value(*text_most_);
            break;
    }
    const EpochMs from = start_ms_ + bucket_ * interval_ms_;
    const EpochMs to = std::min(end_ms_, from + interval_ms_);
    if (value) out_.push_back({from + (to - from) / 2, *std::move(value)});
    count_ = numbers_ = long_sum_ = 0;
    double_sum_ = 0;
    any_double_ = false;
    text_least_.reset();
    text_most_.reset();
}

std::vector<model::TimedValue> Aggregator::finish() {
    close();
    return std::move(out_);
}

}  // namespace thingstead::core
