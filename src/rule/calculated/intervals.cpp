#include "rule/calculated/intervals.h"

#include <algorithm>
#include <utility>

namespace thingstead::rule {
namespace {

EpochMs in_ms(std::chrono::seconds time) { return std::chrono::milliseconds(time).count(); }

}  // namespace

IntervalPlan::IntervalPlan(const core::EntityAggregation& part, const FieldLimits& limits,
                           EpochMs now)
    : part_(&part), limits_(&limits), current_(core::interval_at(part.interval, now)) {
    before_ = DueInterval{core::interval_at(part.interval, current_.start - 1), true};
}

void IntervalPlan::take(EpochMs ts, EpochMs now) {
    if (ts >= current_.end) return;
    if (ts >= current_.start) {
        if (part_->intermediate && !intermediate_at_)
            intermediate_at_ = now + in_ms(limits_->intermediate_interval);
        return;
    }
    const core::TimeSpan span = core::interval_at(part_->interval, ts);
    if (now >= span.end + in_ms(part_->watermark)) return;
    if (late_.empty()) late_at_ = now + in_ms(limits_->recheck_interval);
    late_.insert_or_assign(span.start, span);
}

std::vector<DueInterval> IntervalPlan::due(EpochMs now) {
    std::vector<DueInterval> due;
    if (before_) due.push_back(*std::exchange(before_, std::nullopt));
    if (!late_.empty() && now >= late_at_) {
        for (const auto& [start, span] : std::exchange(late_, {})) due.push_back({span});
        late_at_ = 0;
    }
    for (std::size_t i = 0; now >= current_.end && i < missed_max; ++i) {
        due.push_back({current_});
        current_ = core::interval_at(part_->interval, current_.end);
        intermediate_at_.reset();
    }
    if (now >= current_.end) current_ = core::interval_at(part_->interval, now);
    if (intermediate_at_ && now >= *intermediate_at_) {
        due.push_back({current_});
        intermediate_at_.reset();
    }
    return due;
}

json::object IntervalPlan::document() const {
    json::object out{
        {"start", current_.start}
    };
    if (before_) out["before"] = before_->span.start;
    if (intermediate_at_) out["intermediateAt"] = *intermediate_at_;
    if (late_.empty()) return out;
    json::array late;
    for (const auto& [start, span] : late_) late.push_back(start);
    out["late"] = std::move(late);
    out["lateAt"] = late_at_;
    return out;
}

std::optional<IntervalPlan> IntervalPlan::restored(const core::EntityAggregation& part,
                                                   const FieldLimits& limits,
                                                   const json::object& document) {
    const auto time = [&](std::string_view name) -> std::optional<EpochMs> {
        const json::value* value = document.if_contains(name);
        if (!value || !value->is_int64()) return std::nullopt;
        return value->get_int64();
    };
    const auto start = time("start");
    if (!start) return std::nullopt;
    IntervalPlan plan(part, limits, *start);
    plan.before_.reset();
    if (const auto before = time("before"))
        plan.before_ = DueInterval{core::interval_at(part.interval, *before), true};
    plan.intermediate_at_ = time("intermediateAt");
    plan.late_at_ = time("lateAt").value_or(0);
    const json::value* late = document.if_contains("late");
    if (late && late->is_array())
        for (const json::value& each : late->get_array())
            if (each.is_int64())
                plan.late_.emplace(each.get_int64(),
                                   core::interval_at(part.interval, each.get_int64()));
    return plan;
}

EpochMs IntervalPlan::next() const {
    EpochMs next = current_.end;
    if (before_) next = std::min(next, current_.start);
    if (!late_.empty()) next = std::min(next, late_at_);
    if (intermediate_at_) next = std::min(next, *intermediate_at_);
    return next;
}

}  // namespace thingstead::rule
