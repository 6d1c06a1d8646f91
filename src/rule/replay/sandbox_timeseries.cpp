#include "rule/replay/sandbox_timeseries.h"

#include <algorithm>
#include <limits>

namespace thingstead::rule {
namespace {

constexpr std::size_t point_bytes = 96;  ///< Of the maps, for a point.

bool is_in(EpochMs ts, EpochMs start, EpochMs end) { return ts >= start && ts < end; }

}  // namespace

std::string SandboxTimeseries::name_of(model::EntityId entity) {
    return std::string(model::wire_name(entity.type)) + ":" + entity.uuid.to_string();
}

bool SandboxTimeseries::write(const store::PointsWrite& points,
                              std::optional<store::SourceOffset>) {
    const std::string name = name_of(points.entity);
    for (const model::KeyValue& each : points.values) {
        const std::string text = model::to_text(each.value);
        effects_.add(EffectKind::point, name + " " + each.key + " = " + text + " at " +
                                            std::to_string(points.ts) +
                                            (points.save_history ? "" : ", latest only") +
                                            (points.save_latest ? "" : ", history only"));
        if (!memory_.take(point_bytes + each.key.size() + text.size())) continue;
        const std::lock_guard lock(mutex_);
        Series& series = entities_[name].series[each.key];
        if (points.save_history) series.points.insert_or_assign(points.ts, each.value);
        if (points.save_latest && (!series.latest || points.ts >= series.latest->ts))
            series.latest = model::TimedValue{points.ts, each.value};
    }
    return true;
}

EpochMs SandboxTimeseries::seen_until(model::EntityId entity, const std::string& key) const {
    bool written = past_.is_replayed && past_.is_replayed(entity);
    if (!written) {
        const std::lock_guard lock(mutex_);
        const auto at = entities_.find(name_of(entity));
        written = at != entities_.end() && at->second.series.contains(key);
    }
    return written ? past_.window_start_ms : clock_.now_ms() + 1;
}

/// The parts of the query's time in which points of the store below are seen, rising.
std::vector<std::pair<EpochMs, EpochMs>> SandboxTimeseries::seen_below(
    const store::RangeQuery& query) const {
    const EpochMs until = std::min(query.end_ms, seen_until(query.entity, query.key));
    std::vector<std::pair<EpochMs, EpochMs>> removed;
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = entities_.find(name_of(query.entity)); at != entities_.end()) {
            if (at->second.removed) return {};
            if (const auto of = at->second.series.find(query.key); of != at->second.series.end())
                removed = of->second.removed;
        }
    }
    std::sort(removed.begin(), removed.end());
    std::vector<std::pair<EpochMs, EpochMs>> parts;
    EpochMs start = query.start_ms;
    for (const auto& [from, to] : removed) {
        if (from > start && start < until) parts.emplace_back(start, std::min(from, until));
        start = std::max(start, to);
    }
    if (start < until) parts.emplace_back(start, until);
    return parts;
}

Task<Result<std::vector<model::TimedValue>>> SandboxTimeseries::range_below(
    store::RangeQuery query) {
    std::vector<std::pair<EpochMs, EpochMs>> parts = seen_below(query);
    if (query.order == store::Order::descending) std::reverse(parts.begin(), parts.end());
    std::vector<model::TimedValue> found;
    for (const auto& [start, end] : parts) {
        if (found.size() >= query.limit) break;
        store::RangeQuery part = query;
        part.start_ms = start;
        part.end_ms = end;
        part.limit = query.limit - found.size();
        auto points = co_await below_.range(std::move(part));
        if (!points) co_return points.error();
        std::move(points->begin(), points->end(), std::back_inserter(found));
    }
    co_return found;
}

Task<Result<std::vector<model::TimedValue>>> SandboxTimeseries::range(store::RangeQuery query) {
    auto below = co_await range_below(query);
    if (!below) co_return below.error();
    std::map<EpochMs, model::Value> merged;
    for (model::TimedValue& each : *below) merged.insert_or_assign(each.ts, std::move(each.value));
    {
        const std::lock_guard lock(mutex_);
        const auto at = entities_.find(name_of(query.entity));
        if (at != entities_.end())
            if (const auto of = at->second.series.find(query.key); of != at->second.series.end())
                for (const auto& [ts, value] : of->second.points)
                    if (is_in(ts, query.start_ms, query.end_ms)) merged.insert_or_assign(ts, value);
    }
    std::vector<model::TimedValue> points;
    for (auto& [ts, value] : merged) points.push_back({ts, std::move(value)});
    if (query.order == store::Order::descending) std::reverse(points.begin(), points.end());
    if (points.size() > query.limit) points.resize(query.limit);
    co_return points;
}

Task<Result<std::optional<model::TimedValue>>> SandboxTimeseries::newest_below(
    model::EntityId entity, std::string key) {
    store::RangeQuery query{entity, std::move(key),          0, std::numeric_limits<EpochMs>::max(),
                            1,      store::Order::descending};
    auto points = co_await range_below(std::move(query));
    if (!points) co_return points.error();
    std::optional<model::TimedValue> newest;
    if (!points->empty()) newest = std::move(points->front());
    co_return newest;
}

Task<Result<std::vector<store::LatestValue>>> SandboxTimeseries::latest(
    model::EntityId entity, std::vector<std::string> keys) {
    auto below = co_await below_.latest(entity, keys);
    if (!below) co_return below.error();
    OfEntity over;
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = entities_.find(name_of(entity)); at != entities_.end()) {
            over.removed = at->second.removed;
            for (const auto& [key, series] : at->second.series) {
                Series& known = over.series[key];
                known.latest = series.latest;
                known.latest_removed = series.latest_removed;
            }
        }
    }
    std::map<std::string, store::LatestValue> merged;
    for (store::LatestValue& each : *below) {
        const auto of = over.series.find(each.key);
        const bool covered = of != over.series.end() && of->second.latest_removed;
        if (over.removed || covered) continue;
        if (each.ts >= seen_until(entity, each.key)) {
            // Of later than what is seen: the newest point of before takes its place.
            auto newest = co_await newest_below(entity, each.key);
            if (!newest) co_return newest.error();
            if (!*newest) continue;
            each.ts = (*newest)->ts;
            each.value = (*newest)->value;
        }
        merged.insert_or_assign(each.key, std::move(each));
    }
    for (auto& [key, series] : over.series) {
        const bool asked = keys.empty() || std::find(keys.begin(), keys.end(), key) != keys.end();
        if (!asked || !series.latest) continue;
        const auto there = merged.find(key);
        if (there == merged.end() || series.latest->ts >= there->second.ts)
            merged.insert_or_assign(
                key, store::LatestValue{key, series.latest->ts, std::move(series.latest->value)});
    }
    std::vector<store::LatestValue> values;
    for (auto& [key, value] : merged) values.push_back(std::move(value));
    co_return values;
}

Task<Result<store::DeleteOutcome>> SandboxTimeseries::remove(store::DeleteRange range) {
    std::vector<std::string> keys{range.key};
    auto before = co_await latest(range.entity, std::move(keys));
    if (!before) co_return before.error();
    effects_.add(EffectKind::point, name_of(range.entity) + " " + range.key + " removed from " +
                                        std::to_string(range.start_ms) + " to " +
                                        std::to_string(range.end_ms));
    store::DeleteOutcome outcome;
    {
        const std::lock_guard lock(mutex_);
        Series& series = entities_[name_of(range.entity)].series[range.key];
        series.points.erase(series.points.lower_bound(range.start_ms),
                            series.points.lower_bound(range.end_ms));
        series.removed.emplace_back(range.start_ms, range.end_ms);
        outcome.latest_deleted = range.delete_latest && !before->empty() &&
                                 is_in(before->front().ts, range.start_ms, range.end_ms);
        // What was the latest value stays as it was, wherever it came from, unless it goes too.
        series.latest.reset();
        if (!outcome.latest_deleted && !before->empty())
            series.latest = model::TimedValue{before->front().ts, before->front().value};
        series.latest_removed = true;
    }
    if (!outcome.latest_deleted || !range.rewrite_latest_if_deleted) co_return outcome;
    store::RangeQuery query{range.entity,   range.key, 0,
                            range.start_ms, 1,         store::Order::descending};
    auto newest = co_await this->range(std::move(query));
    if (!newest) co_return newest.error();
    if (newest->empty()) co_return outcome;
    outcome.latest_rewritten = newest->front();
    const std::lock_guard lock(mutex_);
    entities_[name_of(range.entity)].series[range.key].latest = newest->front();
    co_return outcome;
}

Task<Result<>> SandboxTimeseries::remove_entity(model::EntityId entity) {
    effects_.add(EffectKind::point, name_of(entity) + " all removed");
    const std::lock_guard lock(mutex_);
    OfEntity& of = entities_[name_of(entity)];
    of.series.clear();
    of.removed = true;
    co_return Result<>();
}

}  // namespace thingstead::rule
