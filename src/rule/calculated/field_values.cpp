#include "rule/calculated/field_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace thingstead::rule {
namespace {

using core::ArgumentType;
using core::FieldArgument;

std::optional<double> double_in(std::string_view text) {
    double number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

std::size_t value_bytes(const model::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return text->size();
    if (const auto* document = std::get_if<model::JsonText>(&value)) return document->text.size();
    return sizeof(double);
}

}  // namespace

bool takes(const FieldArgument& argument, const ChangedValue& change) {
    if (argument.key != change.key) return false;
    if (argument.type != ArgumentType::attribute) return !change.attribute;
    return change.attribute && argument.scope == change.scope;
}

std::optional<double> number_of(const model::Value& value) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? 1.0 : 0.0;
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const double* real = std::get_if<double>(&value)) return *real;
    if (const auto* text = std::get_if<std::string>(&value)) return double_in(*text);
    return std::nullopt;
}

model::Value default_value(const std::string& text) {
    if (text == "true" || text == "false") return text == "true";
    std::int64_t integer = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), integer);
    if (failed == std::errc() && end == text.data() + text.size()) return integer;
    if (const auto number = double_in(text)) return *number;
    return text;
}

FieldValues::FieldValues(const core::FieldConfiguration& configuration, const FieldLimits& limits)
    : configuration_(&configuration),
      limits_(&limits),
      values_(configuration.arguments.size()),
      related_(configuration.arguments.size()) {}

std::size_t FieldValues::points_max(const FieldArgument& argument) const {
    const std::size_t granted = limits_->rolling_points_max;
    if (argument.points_max == 0) return granted == 0 ? 1000 : granted;
    return granted == 0 ? argument.points_max : std::min(argument.points_max, granted);
}

void FieldValues::set(std::size_t argument, ArgumentValue value) {
    std::sort(value.points.begin(), value.points.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    values_[argument] = std::move(value);
}

bool FieldValues::apply(std::size_t argument, const ChangedValue& change) {
    const FieldArgument& which = configuration_->arguments[argument];
    ArgumentValue& known = values_[argument];
    if (which.type != ArgumentType::ts_rolling) {
        if (known.value && change.ts < known.ts) return false;
        known.ts = change.ts;
        known.value = change.value;
        return true;
    }
    if (!change.value) {
        known.points.clear();
        return true;
    }
    const double number = number_of(*change.value).value_or(std::nan(""));
    auto& points = known.points;
    const auto at =
        std::lower_bound(points.begin(), points.end(), change.ts,
                         [](const auto& point, EpochMs ts) { return point.first < ts; });
    if (at != points.end() && at->first == change.ts)
        at->second = number;
    else
        points.insert(at, {change.ts, number});
    if (const std::size_t most = points_max(which); points.size() > most)
        points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(most));
    return true;
}

void FieldValues::set_related(std::size_t argument, std::vector<RelatedValue> values) {
    std::sort(values.begin(), values.end(), [](const RelatedValue& a, const RelatedValue& b) {
        return std::pair(a.entity.type, a.entity.uuid) < std::pair(b.entity.type, b.entity.uuid);
    });
    related_[argument] = std::move(values);
}

std::optional<bool> FieldValues::apply_related(std::size_t argument, model::EntityId source,
                                               const ChangedValue& change) {
    for (RelatedValue& each : related_[argument]) {
        if (each.entity != source) continue;
        if (each.value.value && change.ts < each.value.ts) return false;
        each.value.ts = change.ts;
        each.value.value = change.value;
        return true;
    }
    return std::nullopt;
}

void FieldValues::roll(EpochMs now) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const FieldArgument& which = configuration_->arguments[i];
        if (which.type != ArgumentType::ts_rolling) continue;
        auto& points = values_[i].points;
        const EpochMs oldest = now - which.window.count();
        const auto first = std::find_if(points.begin(), points.end(),
                                        [&](const auto& point) { return point.first >= oldest; });
        points.erase(points.begin(), first);
    }
}

bool FieldValues::complete() const {
    for (std::size_t i = 0; i < values_.size(); ++i)
        if (!values_[i].value && values_[i].points.empty() &&
            !configuration_->arguments[i].otherwise && !configuration_->arguments[i].many)
            return false;
    return true;
}

std::optional<model::Value> FieldValues::value(std::size_t argument) const {
    const FieldArgument& which = configuration_->arguments[argument];
    if (which.type == ArgumentType::ts_rolling) return std::nullopt;
    if (values_[argument].value) return values_[argument].value;
    if (which.otherwise) return default_value(*which.otherwise);
    return std::nullopt;
}

EpochMs FieldValues::latest_ts() const {
    EpochMs latest = 0;
    for (const ArgumentValue& each : values_) {
        if (each.value) latest = std::max(latest, each.ts);
        if (!each.points.empty()) latest = std::max(latest, each.points.back().first);
    }
    for (const auto& argument : related_)
        for (const RelatedValue& each : argument)
            if (each.value.value) latest = std::max(latest, each.value.ts);
    return latest;
}

std::optional<std::string> FieldValues::over_limit() const {
    std::size_t all = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const std::size_t bytes = values_[i].value ? value_bytes(*values_[i].value) : 0;
        if (limits_->value_bytes_max != 0 && bytes > limits_->value_bytes_max)
            return "Argument '" + configuration_->arguments[i].name + "' is larger than " +
                   std::to_string(limits_->value_bytes_max) + " bytes!";
        all += bytes + values_[i].points.size() * sizeof(std::pair<EpochMs, double>);
        // Perimeters of zones are as long as they are: only all together count.
        for (const RelatedValue& each : related_[i])
            if (each.value.value) all += value_bytes(*each.value.value);
    }
    if (limits_->state_bytes_max != 0 && all > limits_->state_bytes_max)
        return "State is larger than " + std::to_string(limits_->state_bytes_max) + " bytes!";
    return std::nullopt;
}

}  // namespace thingstead::rule
