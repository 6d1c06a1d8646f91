#include "core/telemetry.h"

#include <algorithm>
#include <limits>

#include "core/aggregate.h"
#include "core/keys.h"

namespace thingstead::core {
namespace {

constexpr std::int64_t intervals_max = 700;
constexpr std::size_t points_per_read = 10'000;

Error invalid_telemetry(std::string message) {
    return {ErrorCode::invalid_argument, std::move(message)};
}

Result<> check_history(const HistoryQuery& query) {
    if (query.aggregation == Aggregation::none) {
        if (query.limit < 1)
            return invalid_telemetry("Incorrect TsKvQuery. Limit must be greater than zero");
        return {};
    }
    if (query.interval_ms < 1)
        return invalid_telemetry("Invalid TsKvQuery: 'interval' must be greater than 0, but got " +
                                 std::to_string(query.interval_ms) + ".");
    const std::int64_t intervals =
        (query.end_ms - query.start_ms) / std::max<std::int64_t>(query.interval_ms, 1000);
    if (intervals > intervals_max)
        return invalid_telemetry(
            "Incorrect TsKvQuery. Number of intervals is to high - " + std::to_string(intervals) +
            ". Please increase 'interval' parameter for your query or reduce the time range of the "
            "query.");
    return {};
}

}  // namespace

Telemetry::Telemetry(store::TimeseriesStore& store, EntityAccess& access,
                     Subscriptions& subscriptions, const Clock& clock)
    : store_(store), access_(access), subscriptions_(subscriptions), clock_(clock) {}

bool Telemetry::try_save(const RuleSave& save) {
    if (save.history || save.latest) {
        store::PointsWrite write{save.entity, save.ts,      save.values,
                                 save.ttl,    save.history, save.latest};
        if (!store_.write(write, save.source)) return false;
    }
    if (save.subscribers && subscriptions_.size() != 0)
        subscriptions_.on_telemetry(save.entity, save.ts, save.values);
    return true;
}

Task<> Telemetry::save(RuleSave save) {
    while (!try_save(save)) co_await store_.room();
}

Result<> Telemetry::check_entries(model::EntityId entity,
                                  const std::vector<model::TelemetryEntry>& entries) const {
    if (entity.type == model::EntityType::entity_view)
        return invalid_telemetry("Telemetry data can't be stored for entity view. Read only");
    const bool any = std::any_of(entries.begin(), entries.end(),
                                 [](const auto& each) { return !each.values.empty(); });
    if (!any) return invalid_telemetry("No time series data found in request body!");
    for (const model::TelemetryEntry& entry : entries)
        if (Result<> valid = check_keys(entry.values); !valid) return valid;
    return {};
}

Task<Result<>> Telemetry::save(Caller caller, model::EntityId entity,
                               std::vector<model::TelemetryEntry> entries,
                               std::chrono::seconds ttl) {
    if (Result<> valid = check_entries(entity, entries); !valid) co_return valid;
    if (Result<> allowed = co_await access_.check(caller, Operation::write_telemetry, entity);
        !allowed)
        co_return allowed;
    for (model::TelemetryEntry& entry : entries) {
        RuleSave one{entity, entry.ts, std::move(entry.values), ttl};
        co_await save(std::move(one));
    }
    co_return co_await store_.flush();
}

Task<Result<std::vector<Telemetry::Latest>>> Telemetry::latest(Caller caller,
                                                               model::EntityId entity,
                                                               std::vector<std::string> keys) {
    if (Result<> allowed = co_await access_.check(caller, Operation::read_telemetry, entity);
        !allowed)
        co_return allowed.error();
    auto stored = co_await store_.latest(entity, keys);
    if (!stored) co_return stored.error();
    std::vector<Latest> found;
    if (keys.empty()) {
        for (store::LatestValue& each : *stored)
            found.push_back({each.key, each.ts, std::move(each.value)});
        co_return found;
    }
    for (const std::string& key : keys) {
        const auto it = std::find_if(stored->begin(), stored->end(),
                                     [&](const auto& each) { return each.key == key; });
        if (it == stored->end())
            found.push_back({key, clock_.now_ms(), std::nullopt});
        else
            found.push_back({key, it->ts, it->value});
    }
    co_return found;
}

Task<Result<std::vector<store::LatestValue>>> Telemetry::latest(model::EntityId entity,
                                                                std::vector<std::string> keys) {
    return store_.latest(entity, std::move(keys));
}

Task<Result<std::vector<std::string>>> Telemetry::keys(Caller caller, model::EntityId entity) {
    auto values = co_await latest(caller, entity, {});
    if (!values) co_return values.error();
    std::vector<std::string> keys;
    for (const Latest& each : *values) keys.push_back(each.key);
    co_return keys;
}

Task<Result<std::vector<model::TimedValue>>> Telemetry::aggregate(model::EntityId entity,
                                                                  HistoryQuery query) {
    Aggregator aggregator(query.aggregation, query.start_ms, query.end_ms, query.interval_ms);
    store::RangeQuery part{entity,       query.key,       query.start_ms,
                           query.end_ms, points_per_read, store::Order::ascending};
    for (;;) {
        auto points = co_await store_.range(part);
        if (!points) co_return points.error();
        for (const model::TimedValue& each : *points) aggregator.take(each);
        if (points->size() < points_per_read) co_return aggregator.finish();
        part.start_ms = points->back().ts + 1;
    }
}

Task<Result<std::vector<KeyHistory>>> Telemetry::history(Caller caller, model::EntityId entity,
                                                         std::vector<HistoryQuery> queries) {
    if (Result<> allowed = co_await access_.check(caller, Operation::read_telemetry, entity);
        !allowed)
        co_return allowed.error();
    co_return co_await history(entity, std::move(queries));
}

Task<Result<std::vector<KeyHistory>>> Telemetry::history(model::EntityId entity,
                                                         std::vector<HistoryQuery> queries) {
    for (const HistoryQuery& query : queries)
        if (Result<> valid = check_history(query); !valid) co_return valid.error();
    std::vector<KeyHistory> histories;
    for (const HistoryQuery& query : queries) {
        store::RangeQuery range{entity,       query.key,   query.start_ms,
                                query.end_ms, query.limit, query.order};
        Result<std::vector<model::TimedValue>> points = std::vector<model::TimedValue>();
        if (query.aggregation == Aggregation::none)
            points = co_await store_.range(range);
        else
            points = co_await aggregate(entity, query);
        if (!points) co_return points.error();
        if (!points->empty()) histories.push_back({query.key, *std::move(points)});
    }
    co_return histories;
}

Task<Result<>> Telemetry::remove(Caller caller, model::EntityId entity, Removal removal) {
    if (removal.keys.empty()) co_return invalid_telemetry("Empty keys: []");
    if (Result<> allowed = co_await access_.check(caller, Operation::write_telemetry, entity);
        !allowed)
        co_return allowed;
    std::vector<Update> updates;
    for (const std::string& key : removal.keys) {
        store::DeleteRange range{entity,
                                 key,
                                 removal.start_ms,
                                 removal.end_ms,
                                 removal.delete_latest,
                                 removal.rewrite_latest_if_deleted};
        if (removal.all_data) {
            range.start_ms = std::numeric_limits<EpochMs>::min();
            range.end_ms = clock_.now_ms() + 1;
            range.delete_latest = true;
            range.rewrite_latest_if_deleted = false;
        }
        auto outcome = co_await store_.remove(range);
        if (!outcome) co_return outcome.error();
        if (outcome->latest_rewritten)
            updates.push_back(
                {key, outcome->latest_rewritten->ts, outcome->latest_rewritten->value});
        else if (outcome->latest_deleted)
            updates.push_back({key, 0, std::nullopt});
    }
    if (!updates.empty()) subscriptions_.on_telemetry_removed(entity, updates);
    co_return Result<>();
}

Task<Result<>> Telemetry::copy_latest(model::EntityId from, model::EntityId to,
                                      std::optional<std::vector<std::string>> keys,
                                      EpochMs start_ms, EpochMs end_ms) {
    if (Result<> gone = co_await store_.remove_entity(to); !gone) co_return gone;
    if (keys && keys->empty()) co_return Result<>();
    std::vector<std::string> wanted;
    if (keys) wanted = *std::move(keys);
    const auto found = co_await store_.latest(from, std::move(wanted));
    if (!found) co_return found.error();
    for (const store::LatestValue& each : *found) {
        if (each.ts < start_ms || (end_ms != 0 && each.ts > end_ms)) continue;
        RuleSave one{to, each.ts, {}};
        one.values.push_back({each.key, each.value});
        one.history = false;
        co_await save(std::move(one));
    }
    co_return co_await store_.flush();
}

Task<Result<>> Telemetry::remove_entity(model::EntityId entity) {
    co_return co_await store_.remove_entity(entity);
}

}  // namespace thingstead::core
