// The parameters of a history request.
#include <algorithm>

#include "api/rest/telemetry/handlers.h"
#include "core/entity/kind.h"

namespace thingstead::api::telemetry {
namespace {

using core::invalid;

template <class E>
Result<E> word(const Call& call, std::string_view name, E otherwise, std::string_view kind) {
    const std::optional<std::string> text = call.parameter(name);
    if (!text) return otherwise;
    if (const std::optional<E> known = enum_value<E>(*text)) return *known;
    return invalid(std::string(kind) + " \"" + *text + "\" is not supported!");
}

Result<store::Order> order_of(const Call& call) {
    const std::string text = call.parameter("orderBy").value_or("DESC");
    if (text == "ASC" || text == "asc") return store::Order::ascending;
    if (text == "DESC" || text == "desc") return store::Order::descending;
    return invalid("Unsupported sort order '" + text +
                   "'! Only 'ASC' or 'DESC' types are allowed.");
}

/// Everything but the key. Errors: malformed, invalid_argument.
Result<core::HistoryQuery> common_of(const Call& call) {
    core::HistoryQuery query;
    const std::pair<const char*, EpochMs*> range[] = {
        {"startTs", &query.start_ms},
        {"endTs",   &query.end_ms  }
    };
    for (const auto& [name, target] : range) {
        if (const Result<std::string> given = call.required(name); !given) return given.error();
        const Result<std::optional<std::int64_t>> value = call.integer(name);
        if (!value) return value.error();
        if (!*value) return invalid("Parameter '" + std::string(name) + "' can't be empty!");
        *target = **value;
    }
    const Result<std::int64_t> interval = call.integer("interval", 0);
    if (!interval) return interval.error();
    const Result<std::int64_t> limit = call.integer("limit", 100);
    if (!limit) return limit.error();
    const auto aggregation = word(call, "agg", core::Aggregation::none, "Aggregation");
    if (!aggregation) return aggregation.error();
    const Result<store::Order> order = order_of(call);
    if (!order) return order.error();
    query.interval_ms = *interval;
    query.limit = static_cast<std::size_t>(std::max<std::int64_t>(*limit, 0));
    query.aggregation = *aggregation;
    query.order = *order;
    return query;
}

}  // namespace

Result<std::vector<core::HistoryQuery>> history_queries(const Call& call) {
    Result<core::HistoryQuery> common = common_of(call);
    if (!common) return common.error();
    const std::string interval_type = call.parameter("intervalType").value_or("MILLISECONDS");
    if (interval_type != "MILLISECONDS")
        return invalid("IntervalType \"" + interval_type + "\" is not supported!");
    if (common->interval_ms == 0) common->aggregation = core::Aggregation::none;
    std::vector<core::HistoryQuery> queries;
    for (std::string& key : call.list("keys", "key")) {
        const bool known = std::any_of(queries.begin(), queries.end(),
                                       [&](const auto& query) { return query.key == key; });
        if (known) continue;
        queries.push_back(*common);
        queries.back().key = std::move(key);
    }
    return queries;
}

}  // namespace thingstead::api::telemetry
