#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "model/validate.h"
#include "rule/decimals.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"
#include "rule/turns.h"

namespace thingstead::rule::calculate_delta {
namespace {

/// Remembered at most; others are read from the store again.
constexpr std::size_t originators_max = 1'000'000;
constexpr std::int32_t decimals_max = 15;

struct Config {
    std::string input_key = "pulseCounter";
    std::string output_key = "delta";
    bool use_cache = true;
    bool add_period = false;
    std::string period_key = "periodInMs";
    std::optional<std::int32_t> decimals;
    bool tell_negative = true;
    bool exclude_zero = false;
};
constexpr auto describe(const Config*) {
    return fields(
        field("inputValueKey", &Config::input_key, "Key of the value in the data."),
        field("outputValueKey", &Config::output_key, "Key of the difference."),
        field("useCache", &Config::use_cache, "Remember the last value of each originator."),
        field("addPeriodBetweenMsgs", &Config::add_period, "Add the time between the two values."),
        field("periodValueKey", &Config::period_key, "Key of that time, in milliseconds."),
        field("round", &Config::decimals, "Decimals of the difference; null: as it is."),
        field("tellFailureIfDeltaIsNegative", &Config::tell_negative,
              "A message with a negative difference fails."),
        field("excludeZeroDeltas", &Config::exclude_zero,
              "Leave a message as it is if there is no difference."));
}

constexpr std::string_view relations[] = {"Success", "Failure", "Other"};

/// Blanks around it do not count; nullopt: it is no number.
std::optional<double> number_of(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    double number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// What is no number counts as 0.
double coerced(const json::value& value) {
    if (value.is_number()) return value.to_number<double>();
    if (const bool* flag = value.if_bool()) return *flag ? 1 : 0;
    if (const json::string* text = value.if_string()) return number_of(*text).value_or(0);
    return 0;
}

json::value number(double value) {
    constexpr double integer_max = 9.2e18;
    if (value == std::trunc(value) && std::fabs(value) < integer_max)
        return static_cast<std::int64_t>(value);
    return value;
}

struct Previous {
    EpochMs ts = 0;
    double value = 0;
};

class CalculateDeltaNode final : public Node {
  public:
    CalculateDeltaNode(Config config, NodeServices& services)
        : config_(std::move(config)), services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        const auto blank = [](std::string_view what) {
            return Error{ErrorCode::invalid_argument, std::string(what) + " can't be blank!"};
        };
        if (model::is_blank(config.input_key)) return blank("inputValueKey");
        if (model::is_blank(config.output_key)) return blank("outputValueKey");
        if (config.add_period && model::is_blank(config.period_key)) return blank("periodValueKey");
        if (config.decimals && (*config.decimals < 0 || *config.decimals > decimals_max))
            return Error{ErrorCode::invalid_argument, "round must be between 0 and 15"};
        return std::unique_ptr<Node>(
            std::make_unique<CalculateDeltaNode>(std::move(config), services));
    }

    Step on_message(Visit& visit) override {
        if (visit.msg.type != model::msg_type::post_telemetry) return "Other";
        Result<json::value> data = body(visit.msg);
        if (!data) return data.error();
        json::object* const object = data->if_object();
        const json::value* const value = object ? object->if_contains(config_.input_key) : nullptr;
        if (!value) return "Other";
        const Previous current{visit.msg.metadata_ts(), coerced(*value)};
        if (turns_.free(visit.msg.originator))
            if (const auto known = last_.find(visit.msg.originator); known != last_.end())
                return tell(visit, known->second, current, *object);
        auto turn = std::make_unique<Turns::Turn>(turns_, visit.msg.originator);
        return after_those_before(visit, std::move(turn), current, std::move(*object));
    }

  private:
    /// In the order in which the messages came.
    Task<Outcome> after_those_before(Visit& visit, std::unique_ptr<Turns::Turn> turn,
                                     Previous current, json::object object) {
        if (Result<> came = co_await turn->come(); !came) co_return Outcome(came.error());
        std::optional<Previous> previous;
        if (const auto known = last_.find(visit.msg.originator); known != last_.end()) {
            previous = known->second;
        } else {
            const auto stored = co_await stored_value(visit.msg.originator);
            if (!stored) co_return Outcome(stored.error());
            previous = *stored;
        }
        co_return tell(visit, previous, current, object);
    }

    Task<Result<std::optional<Previous>>> stored_value(model::EntityId originator) {
        std::vector<std::string> keys{config_.input_key};
        const auto found = co_await net::with_deadline(
            services_.telemetry.latest(originator, std::move(keys)), answer_time_max);
        if (!found) co_return found.error();
        if (found->empty()) co_return std::optional<Previous>();
        const store::LatestValue& latest = found->front();
        if (const auto* integer = std::get_if<std::int64_t>(&latest.value))
            co_return std::optional(Previous{latest.ts, static_cast<double>(*integer)});
        if (const auto* real = std::get_if<double>(&latest.value))
            co_return std::optional(Previous{latest.ts, *real});
        if (const auto* text = std::get_if<std::string>(&latest.value))
            if (const std::optional<double> read = number_of(*text))
                co_return std::optional(Previous{latest.ts, *read});
        co_return Error{ErrorCode::invalid_argument,
                        "The latest value of " + config_.input_key + " is no number"};
    }

    /// The outcome; `current` is remembered whatever it is.
    Outcome tell(Visit& visit, std::optional<Previous> previous, Previous current,
                 json::object& object) {
        if (config_.use_cache) remember(visit.msg.originator, current);
        double delta = previous ? current.value - previous->value : 0;
        if (config_.tell_negative && delta < 0)
            return Error{ErrorCode::invalid_argument, "Delta value is negative!"};
        if (config_.exclude_zero && delta == 0) return Relation("Success");
        if (config_.decimals) delta = rounded(delta, *config_.decimals);
        object[config_.output_key] = number(delta);
        if (config_.add_period)
            object[config_.period_key] = previous ? current.ts - previous->ts : 0;
        set_body(visit.msg, object);
        return Relation("Success");
    }

    void remember(const model::EntityId& originator, Previous value) {
        if (last_.size() >= originators_max && !last_.contains(originator))
            last_.erase(last_.begin());
        last_[originator] = value;
    }

    Config config_;
    NodeServices& services_;
    std::unordered_map<model::EntityId, Previous> last_;  ///< Only with the cache.
    Turns turns_;
};

/// 0 → 1: `excludeZeroDeltas` came.
Result<> upgrade(std::int32_t, json::object& configuration) {
    configuration["excludeZeroDeltas"] = false;
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.CalculateDeltaNode",
    .name = "calculate delta",
    .kind = NodeKind::enrichment,
    .summary = "Adds the difference from the originator's value before to a message.",
    .configuration_version = 1,
    .relations = relations,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<CalculateDeltaNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::calculate_delta
