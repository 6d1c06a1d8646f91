#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <variant>

#include "core/calculated_field/expression.h"
#include "model/validate.h"
#include "rule/decimals.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"
#include "rule/node.h"
#include "rule/node/math_function/config.h"
#include "rule/node/math_function/operation.h"
#include "rule/pattern.h"
#include "rule/scope.h"
#include "rule/turns.h"

namespace thingstead::rule::math_function {
namespace {

Error wrong(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }

/// Blanks around it do not count.
Result<double> number_in(std::string_view text) {
    std::string_view trimmed = text;
    while (!trimmed.empty() && trimmed.front() == ' ') trimmed.remove_prefix(1);
    while (!trimmed.empty() && trimmed.back() == ' ') trimmed.remove_suffix(1);
    if (!trimmed.empty() && trimmed.front() == '+') trimmed.remove_prefix(1);
    double number = 0;
    const auto [end, failed] =
        std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
    if (failed != std::errc() || end != trimmed.data() + trimmed.size())
        return wrong("Can't convert value '" + std::string(text) + "' to double!");
    return number;
}

/// What is missing, or the value that stands for it.
Result<double> or_default(const Argument& argument, std::string missing) {
    if (argument.otherwise) return *argument.otherwise;
    return wrong(std::move(missing));
}

Result<double> from_body(const Argument& argument, const json::object& data,
                         const std::string& key) {
    const json::value* value = data.if_contains(key);
    if (!value) return or_default(argument, "Message body has no '" + key + "'!");
    if (value->is_null()) return or_default(argument, "Message body has null '" + key + "'!");
    if (value->is_number()) return value->to_number<double>();
    if (!value->is_string())
        return wrong("Can't convert value '" + json_text(*value) + "' to double!");
    if (model::is_blank(value->get_string()))
        return or_default(argument, "Message value is empty for '" + key + "'!");
    return number_in(value->get_string());
}

Result<double> number_of(const model::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return number_in(text_of(json_of(value)));
}

class MathFunctionNode final : public Node {
  public:
    using Function = std::variant<const Operation*, core::Expression>;

    MathFunctionNode(Config config, Function function, NodeServices& services)
        : config_(std::move(config)),
          function_(std::move(function)),
          result_key_(config_.result.key),
          services_(services) {
        for (const Argument& each : config_.arguments) keys_.emplace_back(each.key);
    }

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        if (Result<> valid = check_places(config); !valid) return valid.error();
        Result<Function> function = function_of(config);
        if (!function) return function.error();
        return std::unique_ptr<Node>(
            std::make_unique<MathFunctionNode>(std::move(config), *std::move(function), services));
    }

    Step on_message(Visit& visit) override {
        if (needs_store()) return compute_in_turn(visit);
        Work work;
        if (Result<> read = read_message(visit.msg, work); !read) return read.error();
        Result<double> result = compute(work.values);
        if (!result) return result.error();
        if (Result<> done = write_message(visit.msg, work, *result); !done) return done.error();
        return "Success";
    }

  private:
    struct Work {
        std::vector<std::string> keys{};
        std::string result_key{};
        json::object data{};
        std::vector<double> values{};
    };

    static Result<> check_places(const Config& config) {
        const auto check_scope = [](const std::optional<std::string>& scope) -> Result<> {
            const auto known = scope_of(scope.value_or(""));
            return known ? Result<>() : Result<>(known.error());
        };
        for (const Argument& each : config.arguments) {
            if (each.type == Place::attribute)
                if (Result<> valid = check_scope(each.scope); !valid) return valid;
            if (each.type == Place::constant)
                if (const Result<double> valid = number_in(each.key); !valid) return valid.error();
        }
        if (config.result.type == Place::constant) return wrong("The result can't be a constant!");
        if (config.result.key.empty()) return wrong("Key of the result should be specified!");
        if (config.result.type != Place::attribute) return {};
        return check_scope(config.result.scope);
    }

    static Result<Function> function_of(const Config& config) {
        if (config.operation == "CUSTOM") {
            if (config.arguments.size() > arguments_max)
                return wrong("More than " + std::to_string(arguments_max) + " arguments!");
            if (model::is_blank(config.formula.value_or("")))
                return wrong("Custom function is blank!");
            std::vector<std::string> names;
            for (const Argument& each : config.arguments) names.push_back(each.name);
            auto parsed = core::Expression::parse(*config.formula, names);
            if (!parsed) return parsed.error();
            return Function(*std::move(parsed));
        }
        const Operation* operation = find_operation(config.operation);
        if (!operation) return wrong("Unknown operation: " + config.operation);
        if (operation->arguments != config.arguments.size())
            return wrong("Args count: " + std::to_string(config.arguments.size()) +
                         " does not match operation: " + config.operation);
        return Function(operation);
    }

    bool needs_store() const {
        const auto stored = [](Place place) {
            return place == Place::attribute || place == Place::time_series;
        };
        return stored(config_.result.type) ||
               std::any_of(config_.arguments.begin(), config_.arguments.end(),
                           [&](const Argument& each) { return stored(each.type); });
    }

    bool needs_body() const {
        return config_.result.type == Place::body || config_.result.to_body ||
               std::any_of(config_.arguments.begin(), config_.arguments.end(),
                           [](const Argument& each) { return each.type == Place::body; });
    }

    bool makes_integer() const {
        const auto* operation = std::get_if<const Operation*>(&function_);
        return config_.result.decimals == 0 || (operation && (*operation)->makes_integer);
    }

    /// Keys, and the arguments that the message itself has; room for the others.
    Result<> read_message(const model::Msg& msg, Work& work) const {
        const Result<PatternSource> source = PatternSource::of(msg);
        if (!source) return source.error();
        work.result_key = result_key_.fill(*source);
        if (needs_body()) {
            Result<json::object> data = body_object(msg);
            if (!data) return data.error();
            work.data = *std::move(data);
        }
        for (std::size_t i = 0; i < config_.arguments.size(); ++i) {
            const Argument& argument = config_.arguments[i];
            work.keys.push_back(argument.type == Place::constant ? argument.key
                                                                 : keys_[i].fill(*source));
            Result<double> value = 0.0;
            if (argument.type == Place::constant) value = number_in(argument.key);
            if (argument.type == Place::body) value = from_body(argument, work.data, work.keys[i]);
            if (argument.type == Place::metadata) {
                const std::string_view text = msg.metadata.get(work.keys[i]);
                value = text.empty() ? or_default(argument,
                                                  "Message metadata has no '" + work.keys[i] + "'!")
                                     : number_in(text);
            }
            if (!value) return value.error();
            work.values.push_back(*value);
        }
        return {};
    }

    Result<double> compute(const std::vector<double>& values) const {
        Result<double> result = 0.0;
        if (const auto* operation = std::get_if<const Operation*>(&function_))
            result = apply(**operation, values);
        else
            result = std::get<core::Expression>(function_).evaluate(values);
        if (result && !std::isfinite(*result)) return wrong("Infinite or NaN");
        return result;
    }

    model::Value stored_value(double result) const {
        if (makes_integer()) return static_cast<std::int64_t>(clamped(result));
        return rounded(result, config_.result.decimals);
    }
    static double clamped(double result) {
        constexpr double limit = 9.2e18;
        return std::min(std::max(result, -limit), limit);
    }

    Result<> write_message(model::Msg& msg, Work& work, double result) const {
        const json::value value = json_of(stored_value(result));
        const Target& target = config_.result;
        if (target.type == Place::body || target.to_body) {
            work.data[work.result_key] = value;
            set_body(msg, work.data);
        }
        if (target.type == Place::metadata || target.to_metadata)
            msg.metadata.put(work.result_key, text_of(value));
        return {};
    }

    // --- with the stores: one message of an originator after the other ---

    Task<Outcome> compute_in_turn(Visit& visit) {
        Turns::Turn turn(turns_, visit.msg.originator);
        if (Result<> came = co_await turn.come(); !came) co_return Outcome(came.error());
        Work work;
        if (Result<> read = read_message(visit.msg, work); !read) co_return Outcome(read.error());
        if (Result<> read = co_await read_attributes(visit, work); !read)
            co_return Outcome(read.error());
        if (Result<> read = co_await read_telemetry(visit, work); !read)
            co_return Outcome(read.error());
        const Result<double> result = compute(work.values);
        if (!result) co_return Outcome(result.error());
        if (Result<> saved = co_await save(visit, *result); !saved)
            co_return Outcome(saved.error());
        if (Result<> done = write_message(visit.msg, work, *result); !done)
            co_return Outcome(done.error());
        co_return Outcome(Relation("Success"));
    }

    Task<Result<>> read_attributes(const Visit& visit, Work& work) {
        using Values = std::vector<double>;
        const model::EntityId originator = visit.msg.originator;
        const std::function<Result<Values>(store::Reader&)> read =
            [&](store::Reader& reader) -> Result<Values> {
            Values values = work.values;
            for (std::size_t i = 0; i < config_.arguments.size(); ++i) {
                const Argument& argument = config_.arguments[i];
                if (argument.type != Place::attribute) continue;
                const auto found =
                    reader.attributes(originator, *scope_of(*argument.scope), {work.keys[i]});
                if (!found) return found.error();
                const Result<double> value =
                    found->empty()
                        ? or_default(argument,
                                     "Attribute: " + work.keys[i] +
                                         " with scope: " + *argument.scope +
                                         " not found for entity: " + originator.uuid.to_string())
                        : number_of(found->front().value);
                if (!value) return value.error();
                values[i] = *value;
            }
            return values;
        };
        Result<Values> values = co_await read_entities<Values>(services_, read);
        if (!values) co_return values.error();
        work.values = *std::move(values);
        co_return Result<>();
    }

    Task<Result<>> read_telemetry(const Visit& visit, Work& work) {
        const model::EntityId originator = visit.msg.originator;
        for (std::size_t i = 0; i < config_.arguments.size(); ++i) {
            const Argument& argument = config_.arguments[i];
            if (argument.type != Place::time_series) continue;
            std::vector<std::string> keys{work.keys[i]};
            const auto found = co_await net::with_deadline(
                services_.telemetry.latest(originator, std::move(keys)), answer_time_max);
            if (!found) co_return found.error();
            const Result<double> value = found->empty()
                                             ? or_default(argument, "Time-series: " + work.keys[i] +
                                                                        " not found for entity: " +
                                                                        originator.uuid.to_string())
                                             : number_of(found->front().value);
            if (!value) co_return value.error();
            work.values[i] = *value;
        }
        co_return Result<>();
    }

    /// Under the key as it is configured: patterns are not filled in here, nor is telemetry
    /// rounded.
    Task<Result<>> save(Visit& visit, double result) {
        const Target& target = config_.result;
        if (target.type == Place::attribute) {
            core::Attributes::RuleSave attribute;
            attribute.entity = visit.msg.originator;
            attribute.scope = *scope_of(*target.scope);
            attribute.values.push_back({target.key, stored_value(result)});
            attribute.notify_device = true;
            const auto saved = co_await services_.attributes.save(std::move(attribute));
            if (!saved) co_return saved.error();
        }
        if (target.type == Place::time_series) {
            core::RuleSave point;
            point.entity = visit.msg.originator;
            point.ts = services_.clock.now_ms();
            point.values.push_back({target.key, result});
            point.ttl = visit.limits.storage_ttl;
            point.source = visit.source;
            visit.waits_for_storage = true;
            co_await services_.telemetry.save(std::move(point));
            visit.waits_for_storage = false;
        }
        co_return Result<>();
    }

    Config config_;
    Function function_;
    std::vector<Pattern> keys_;
    Pattern result_key_;
    NodeServices& services_;
    Turns turns_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.math.TbMathNode",
    .name = "math function",
    .kind = NodeKind::action,
    .summary = "Computes a number of others, and writes it.",
    .form = "tbActionNodeMathFunctionConfig",
    .icon = "calculate",
    .default_configuration = &new_configuration,
    .make = &make_node<MathFunctionNode, Config>,
};

}  // namespace thingstead::rule::math_function
