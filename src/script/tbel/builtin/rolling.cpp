#include "script/tbel/builtin/rolling.h"

#include <cmath>
#include <limits>

#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"

namespace thingstead::script::tbel {
namespace rolling {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Value window_of(Run& run, const Rolling& from) {
    const Value out = run.map();
    put(run, *out.map, run.borrowed_text("startTs"), make_long(from.start_ts));
    put(run, *out.map, run.borrowed_text("endTs"), make_long(from.end_ts));
    return out;
}

Value read_only_values(Run& run, const Rolling& from) {
    const Value view = run.list();
    view.list->items = from.values->items;
    view.list->read_only = true;
    return view;
}

Value values(Call& call) { return read_only_values(call.run, *call.self.rolling); }
Value window(Call& call) { return window_of(call.run, *call.self.rolling); }
Value size(Call& call) { return int_value(call.self.rolling->values->items->size); }

double value_of(const Value& point) { return find_value(*point.map->table, "value")->double_; }
std::int64_t ts_of(const Value& point) { return find_value(*point.map->table, "ts")->long_; }

/// The values that count; NaN stays where it is not ignored.
std::vector<double> counted(Call& call) {
    const Rolling& own = *call.self.rolling;
    if (own.series != 1) fail("merged arguments have no such method");
    const bool ignores = boolean_at(call, 0, true);
    std::vector<double> out;
    call.run.tick(own.values->items->size);
    for (std::uint32_t i = 0; i < own.values->items->size; ++i) {
        const double value = value_of(own.values->items->data[i]);
        if (!ignores || !std::isnan(value)) out.push_back(value);
    }
    return out;
}

std::vector<double> some(Call& call) {
    std::vector<double> out = counted(call);
    if (out.empty()) fail("Rolling argument values are empty.");
    return out;
}

bool has_nan(const std::vector<double>& values) {
    return std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
}

double sum_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}
double max_of(const std::vector<double>& values) {
    return *std::max_element(values.begin(), values.end());
}
double min_of(const std::vector<double>& values) {
    return *std::min_element(values.begin(), values.end());
}
double mean_of(const std::vector<double>& values) {
    return sum_of(values) / static_cast<double>(values.size());
}
double std_of(const std::vector<double>& values) {
    const double mean = mean_of(values);
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / static_cast<double>(values.size()));
}
double median_of(const std::vector<double>& values) {
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

template <double (*of)(const std::vector<double>&)>
Value statistic(Call& call) {
    const std::vector<double> values = some(call);
    return make_double(has_nan(values) ? nan : of(values));
}
Value first(Call& call) { return make_double(some(call).front()); }
Value last(Call& call) { return make_double(some(call).back()); }
Value count(Call& call) { return int_value(static_cast<std::int64_t>(counted(call).size())); }

struct MergeSettings {
    bool ignores_nan = true;
    std::int64_t start_ts = 0;
    std::int64_t end_ts = 0;
};

MergeSettings settings_at(Call& call, const std::vector<const Rolling*>& series) {
    MergeSettings out{true, series[0]->start_ts, series[0]->end_ts};
    for (const Rolling* each : series) {
        out.start_ts = std::min(out.start_ts, each->start_ts);
        out.end_ts = std::max(out.end_ts, each->end_ts);
    }
    if (!call.has(1) || !call.at(1).is(Kind::map)) return out;
    const Table& table = *call.at(1).map->table;
    if (const Value* ignores = find_value(table, "ignoreNaN"))
        out.ignores_nan = convert_to_boolean(*ignores);
    const Value* window = find_value(table, "timeWindow");
    if (!window || !window->is(Kind::map)) return out;
    const auto bound = [&](std::string_view name, std::int64_t& into) {
        if (const Value* ts = find_value(*window->map->table, name))
            into = convert_to(call.run, *ts, Kind::long_).long_;
    };
    bound("startTs", out.start_ts);
    bound("endTs", out.end_ts);
    return out;
}

Value merged_point(Run& run, std::int64_t ts, const std::vector<double>& known) {
    const Value point = run.map();
    const Value values = run.list();
    for (const double value : known) push(run, values.list->own, make_double(value));
    put(run, *point.map, run.borrowed_text("ts"), make_long(ts));
    put(run, *point.map, run.borrowed_text("values"), values);
    static constexpr std::string_view names[] = {"v1", "v2", "v3", "v4", "v5"};
    for (std::size_t i = 0; i < std::min(known.size(), std::size(names)); ++i)
        put(run, *point.map, run.borrowed_text(names[i]), make_double(known[i]));
    return point;
}

/// All times of all series, each with the last value of every series.
Value merge_series(Call& call, const std::vector<const Rolling*>& series) {
    for (const Rolling* each : series)
        if (each->series != 1) fail("merged arguments cannot be merged again");
    const MergeSettings settings = settings_at(call, series);
    Rolling* const out = call.run.make<Rolling>();
    out->series = static_cast<std::uint32_t>(series.size());
    out->start_ts = settings.start_ts;
    out->end_ts = settings.end_ts;
    out->values = call.run.list().list;
    std::vector<std::uint32_t> at(series.size(), 0);
    std::vector<double> known(series.size(), nan);
    const auto next_ts = [&] {
        std::int64_t ts = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i < series.size(); ++i)
            if (at[i] < series[i]->values->items->size)
                ts = std::min(ts, ts_of(series[i]->values->items->data[at[i]]));
        return ts;
    };
    for (std::int64_t ts = next_ts(); ts != std::numeric_limits<std::int64_t>::max();
         ts = next_ts()) {
        call.run.tick(series.size() * 4);
        for (std::size_t i = 0; i < series.size(); ++i) {
            const Items& points = *series[i]->values->items;
            while (at[i] < points.size && ts_of(points.data[at[i]]) == ts)
                known[i] = value_of(points.data[at[i]++]);
        }
        const bool inside = ts >= settings.start_ts && ts < settings.end_ts;
        if (inside && !(settings.ignores_nan && has_nan(known)))
            push(call.run, *out->values->items, merged_point(call.run, ts, known));
    }
    return make_object(Kind::rolling, out);
}

const Rolling* series_of(const Value& value) {
    if (!value.is(Kind::rolling)) fail("only rolling arguments can be merged");
    return value.rolling;
}

Value merge(Call& call) { return merge_series(call, {call.self.rolling, series_of(call.at(0))}); }

Value merge_all(Call& call) {
    const Value others = elements_at(call, 0);
    std::vector<const Rolling*> series{call.self.rolling};
    for (std::uint32_t i = 0; i < others.list->own.size; ++i)
        series.push_back(series_of(others.list->own.data[i]));
    return merge_series(call, series);
}

constexpr Method methods[] = {
    // clang-format off
    {"getValues", values, 0, 0},
    {"getTimeWindow", window, 0, 0},
    {"getSize", size, 0, 0},
    {"size", size, 0, 0},
    {"max", statistic<max_of>, 0, 1},
    {"min", statistic<min_of>, 0, 1},
    {"mean", statistic<mean_of>, 0, 1},
    {"avg", statistic<mean_of>, 0, 1},
    {"sum", statistic<sum_of>, 0, 1},
    {"std", statistic<std_of>, 0, 1},
    {"median", statistic<median_of>, 0, 1},
    {"first", first, 0, 1},
    {"last", last, 0, 1},
    {"count", count, 0, 1},
    {"merge", merge, 1, 2},
    {"mergeAll", merge_all, 1, 2},
    // clang-format on
};

}  // namespace
}  // namespace rolling

std::span<const Method> rolling_methods() { return rolling::methods; }

Value from_rolling(Run& run, const RollingArgument& argument) {
    Rolling* const out = run.make<Rolling>();
    out->start_ts = argument.start_ts;
    out->end_ts = argument.end_ts;
    out->values = run.list(static_cast<std::uint32_t>(argument.values.size())).list;
    for (const auto& [ts, value] : argument.values) {
        const Value point = run.map(2);
        put_raw(run, point.map->own, run.borrowed_text("ts"), make_long(ts));
        put_raw(run, point.map->own, run.borrowed_text("value"), make_double(value));
        push(run, out->values->own, point);
    }
    return make_object(Kind::rolling, out);
}

Value rolling_as_map(Run& run, const Rolling& from) {
    const Value out = run.map();
    put(run, *out.map, run.borrowed_text("timeWindow"), rolling::window_of(run, from));
    put(run, *out.map, run.borrowed_text("values"), make_object(Kind::list, from.values));
    return out;
}

}  // namespace thingstead::script::tbel
