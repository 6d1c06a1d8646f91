#include "rule/aggregate.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

std::optional<double> aggregated_number(const json::value& value) {
    if (value.is_number()) return value.to_number<double>();
    const json::string* text = value.if_string();
    if (!text) return std::nullopt;
    double number = 0;
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (failed != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

Result<> add_unique_text(std::vector<std::string>& known, std::string text) {
    const auto at = std::lower_bound(known.begin(), known.end(), text);
    if (at != known.end() && *at == text) return {};
    if (known.size() >= aggregate_unique_max)
        return Error{ErrorCode::too_large, "Too many different values are aggregated!"};
    known.insert(at, std::move(text));
    return {};
}

}  // namespace

Result<> add(Aggregate& to, AggregateFunction function, const json::value& value) {
    if (function == AggregateFunction::count_unique) {
        if (Result<> added = add_unique_text(to.unique, text_of(value)); !added) return added;
    } else if (function != AggregateFunction::count) {
        const std::optional<double> number = aggregated_number(value);
        if (!number)
            return Error{ErrorCode::invalid_argument, "The value is no number: " + text_of(value)};
        to.sum += *number;
        to.min = to.count == 0 ? *number : std::min(to.min, *number);
        to.max = to.count == 0 ? *number : std::max(to.max, *number);
    }
    ++to.count;
    return {};
}

json::value result_of(const Aggregate& of, AggregateFunction function) {
    switch (function) {
        case AggregateFunction::min: return of.min;
        case AggregateFunction::max: return of.max;
        case AggregateFunction::sum: return of.sum;
        case AggregateFunction::avg:
            return of.count == 0 ? 0 : of.sum / static_cast<double>(of.count);
        case AggregateFunction::count:        return of.count;
        case AggregateFunction::count_unique: return of.unique.size();
    }
    return nullptr;
}

}  // namespace thingstead::rule
