#include <algorithm>
#include <charconv>

#include "model/kv.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"
#include "rule/pattern.h"
#include "rule/time_unit.h"

namespace thingstead::rule::originator_telemetry {
namespace {

using core::Aggregation;

enum class FetchMode : std::uint8_t { first, last, all };
constexpr auto enum_names(FetchMode) {
    using namespace std::literals;
    return std::array{
        std::pair{FetchMode::first, "FIRST"sv},
        std::pair{FetchMode::last,  "LAST"sv },
        std::pair{FetchMode::all,   "ALL"sv  }
    };
}
enum class OrderBy : std::uint8_t { ascending, descending };
constexpr auto enum_names(OrderBy) {
    using namespace std::literals;
    return std::array{
        std::pair{OrderBy::ascending,  "ASC"sv },
        std::pair{OrderBy::descending, "DESC"sv}
    };
}

constexpr std::int32_t limit_least = 2;
constexpr std::int32_t limit_most = 1000;
/// Far beyond every point, so that a difference of two is no overflow.
constexpr EpochMs time_ms_max = EpochMs{1} << 60;

struct Config {
    std::vector<std::string> keys;
    std::optional<FetchMode> mode = FetchMode::first;
    std::optional<OrderBy> order = OrderBy::ascending;
    std::optional<Aggregation> aggregation = Aggregation::none;
    std::int32_t limit = limit_most;
    std::int32_t start = 2;
    TimeUnit start_unit = TimeUnit::minutes;
    std::int32_t end = 1;
    TimeUnit end_unit = TimeUnit::minutes;
    bool by_patterns = false;
    std::string start_pattern;
    std::string end_pattern;
};
constexpr auto describe(const Config*) {
    return fields(
        field("latestTsKeyNames", &Config::keys, "Patterns of the keys that are read."),
        field("fetchMode", &Config::mode, "FIRST or LAST point of the interval, or ALL."),
        field("orderBy", &Config::order, "Of ALL: ASC or DESC, by time."),
        field("aggregation", &Config::aggregation, "Of ALL: NONE, or one value for the interval."),
        field("limit", &Config::limit, "Of ALL: most points of a key, 2 to 1000."),
        field("startInterval", &Config::start, "The interval begins so long ago."),
        field("startIntervalTimeUnit", &Config::start_unit, "Unit of startInterval."),
        field("endInterval", &Config::end, "The interval ends so long ago."),
        field("endIntervalTimeUnit", &Config::end_unit, "Unit of endInterval."),
        field("useMetadataIntervalPatterns", &Config::by_patterns,
              "Patterns tell the interval, in milliseconds since 1970."),
        field("startIntervalPattern", &Config::start_pattern, "Where it begins."),
        field("endIntervalPattern", &Config::end_pattern, "Where it ends."));
}

struct Interval {
    EpochMs start_ms = 0;
    EpochMs end_ms = 0;
};

Error invalid(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }

/// A pattern without the signs of placeholders: what it asked for.
std::string asked_for(std::string_view pattern) {
    std::string out;
    for (const char c : pattern)
        if (std::string_view("$[]{}").find(c) == std::string_view::npos) out += c;
    return out;
}

/// Errors: invalid_argument - nothing was filled in, or no integer.
Result<EpochMs> time_of(const Pattern& pattern, const PatternSource& source) {
    const std::string text = pattern.fill(source);
    const std::string name = asked_for(pattern.text());
    if (text == pattern.text()) return invalid("Message value: '" + name + "' is undefined");
    EpochMs ts = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), ts);
    if (failed != std::errc() || end != text.data() + text.size() || text.empty())
        return invalid("Message value: '" + name + "' has invalid format");
    return std::clamp(ts, -time_ms_max, time_ms_max);
}

class OriginatorTelemetryNode final : public Node {
  public:
    OriginatorTelemetryNode(const Config& config, NodeServices& services)
        : keys_(patterns_of(config.keys)),
          mode_(*config.mode),
          by_patterns_(config.by_patterns),
          start_pattern_(config.start_pattern),
          end_pattern_(config.end_pattern),
          start_ago_ms_(duration_of(config.start, config.start_unit).count()),
          end_ago_ms_(duration_of(config.end, config.end_unit).count()),
          services_(services) {
        const bool all = mode_ == FetchMode::all;
        const bool descending =
            all ? *config.order == OrderBy::descending : mode_ == FetchMode::last;
        query_.order = descending ? store::Order::descending : store::Order::ascending;
        query_.aggregation = all ? *config.aggregation : Aggregation::none;
        query_.limit = all ? static_cast<std::size_t>(config.limit) : 1;
    }

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        if (config.keys.empty()) return invalid("Telemetry keys are not specified!");
        if (!config.mode)
            return invalid("fetchMode can't be null! Allowed values: FIRST, LAST, ALL");
        if (*config.mode == FetchMode::all) {
            if (!config.order) return invalid("orderBy can't be null! Allowed values: ASC, DESC");
            if (!config.aggregation) return invalid("aggregation can't be null!");
            if (config.limit < limit_least || config.limit > limit_most)
                return invalid("Limit should be in a range from 2 to 1000.");
        }
        return std::unique_ptr<Node>(std::make_unique<OriginatorTelemetryNode>(config, services));
    }

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        const Result<Interval> interval = interval_of(*source);
        if (!interval) return interval.error();
        if (interval->start_ms > interval->end_ms)
            return invalid("Interval start should be less than Interval end");
        std::vector<core::HistoryQuery> queries;
        for (const Pattern& key : keys_) {
            core::HistoryQuery query = query_;
            query.key = key.fill(*source);
            query.start_ms = interval->start_ms;
            query.end_ms = interval->end_ms;
            query.interval_ms = interval->end_ms - interval->start_ms;
            queries.push_back(std::move(query));
        }
        if (interval->start_ms == interval->end_ms) return "Success";
        return enrich(visit, std::move(queries));
    }

  private:
    Result<Interval> interval_of(const PatternSource& source) const {
        if (!by_patterns_) {
            const EpochMs now = services_.clock.now_ms();
            return Interval{now - start_ago_ms_, now - end_ago_ms_};
        }
        const Result<EpochMs> start = time_of(start_pattern_, source);
        if (!start) return start.error();
        const Result<EpochMs> end = time_of(end_pattern_, source);
        if (!end) return end.error();
        return Interval{*start, *end};
    }

    Task<Outcome> enrich(Visit& visit, std::vector<core::HistoryQuery> queries) {
        const auto found = co_await net::with_deadline(
            services_.telemetry.history(visit.msg.originator, std::move(queries)), answer_time_max);
        if (!found) co_return Outcome(found.error());
        for (const core::KeyHistory& each : *found)
            visit.msg.metadata.put(each.key, text_of_points(each.points));
        co_return Outcome(Relation("Success"));
    }

    /// Of one point its text as a JSON string, quotes and all; of all, [{ts:…,value:…}].
    std::string text_of_points(const std::vector<model::TimedValue>& points) const {
        std::string out;
        if (mode_ != FetchMode::all) {
            model::append_json_string(out, model::to_text(points.front().value));
            return out;
        }
        json::array list;
        for (const model::TimedValue& each : points)
            list.push_back(json::object{
                {"ts",    each.ts            },
                {"value", json_of(each.value)}
            });
        return json_text(list, MemberNames::bare);
    }

    std::vector<Pattern> keys_;
    FetchMode mode_;
    core::HistoryQuery query_;  ///< Without key and times.
    bool by_patterns_;
    Pattern start_pattern_, end_pattern_;
    std::int64_t start_ago_ms_, end_ago_ms_;
    NodeServices& services_;
};

/// What is missing, null or empty becomes `text`.
void fill_in(json::object& configuration, std::string_view name, std::string_view text) {
    json::value& value = configuration[name];
    const json::string* old = value.if_string();
    if (!old || old->empty()) value = text;
}

/// 0 → 1: order and aggregation as the mode has them. 1 → 2: what was added for ALL, and the limit.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    const json::value* mode = configuration.if_contains("fetchMode");
    const std::string name = mode && mode->is_string() ? std::string(mode->get_string()) : "";
    if (from < 1) {
        if (name == "ALL") {
            fill_in(configuration, "orderBy", "ASC");
            fill_in(configuration, "aggregation", "NONE");
        } else {
            if (name != "FIRST") configuration["fetchMode"] = "LAST";
            configuration["orderBy"] = name == "FIRST" ? "ASC" : "DESC";
            configuration["aggregation"] = "NONE";
        }
    }
    if (!configuration.contains("limit")) configuration["limit"] = limit_most;
    if (name == "ALL") {
        if (!configuration.contains("aggregation")) configuration["aggregation"] = "NONE";
        if (!configuration.contains("orderBy")) configuration["orderBy"] = "ASC";
    }
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetTelemetryNode",
    .name = "originator telemetry",
    .kind = NodeKind::enrichment,
    .summary = "Adds telemetry of the originator from an interval to the metadata of a message.",
    .configuration_version = 2,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<OriginatorTelemetryNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::originator_telemetry
