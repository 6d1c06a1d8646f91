// Time series: writes and deletions.
#include <algorithm>
#include <chrono>

#include "api/rest/audit_note.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_events.h"
#include "api/rest/telemetry/handlers.h"
#include "core/entity/kind.h"
#include "model/payload.h"

namespace thingstead::api::telemetry {
namespace {

using core::invalid;

/// Longest time to live accepted: a hundred years.
constexpr std::int64_t ttl_seconds_max = 100LL * 366 * 24 * 3600;

Result<std::chrono::seconds> ttl_of(const Call& call) {
    if (call.route.pattern.find("{ttl}") == std::string_view::npos) return std::chrono::seconds(0);
    const std::string& text = call.variable("ttl");
    const bool digits =
        !text.empty() && text.size() <= 10 &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::int64_t seconds = digits ? std::stoll(text) : -1;
    if (seconds < 0 || seconds > ttl_seconds_max)
        return invalid("Parameter 'ttl' is not a number of seconds: \"" + text + "\"");
    return std::chrono::seconds(seconds);
}

Result<std::vector<model::TelemetryEntry>> entries_of(const std::string& body, EpochMs now_ms) {
    model::PayloadParser parser;
    auto entries = parser.telemetry(body, now_ms, model::NullValue::refuse);
    if (entries) return entries;
    if (entries.error().code == ErrorCode::malformed)
        return invalid("Unable to parse time series payload: Invalid JSON body!");
    return invalid("Unable to parse time series payload. Invalid JSON body: " +
                   entries.error().message);
}

std::string entries_text(const std::vector<model::TelemetryEntry>& entries) {
    std::string text = "{\"timeseries\":[";
    for (const model::TelemetryEntry& entry : entries) {
        if (&entry != entries.data()) text += ',';
        text += "{\"ts\":" + std::to_string(entry.ts) + ",\"values\":";
        text += model::to_json_object(entry.values) + "}";
    }
    return text + "]}";
}

/// [start, end) of a deletion, or everything. Errors: invalid_argument.
Result<core::Telemetry::Removal> removal_of(const Call& call) {
    core::Telemetry::Removal removal;
    removal.keys = call.list("keys", "key");
    const std::pair<const char*, bool*> flags[] = {
        {"deleteAllDataForKeys",   &removal.all_data                 },
        {"deleteLatest",           &removal.delete_latest            },
        {"rewriteLatestIfDeleted", &removal.rewrite_latest_if_deleted}
    };
    for (const auto& [name, target] : flags) {
        const Result<bool> flag = call.flag(name, *target);
        if (!flag) return flag.error();
        *target = *flag;
    }
    const Result<std::optional<std::int64_t>> start = call.integer("startTs");
    const Result<std::optional<std::int64_t>> end = call.integer("endTs");
    if (!start) return start.error();
    if (!end) return end.error();
    if (!removal.all_data && (!*start || !*end))
        return invalid(
            "When deleteAllDataForKeys is false, start and end timestamp values shouldn't be "
            "empty");
    removal.start_ms = start->value_or(0);
    removal.end_ms = end->value_or(0);
    return removal;
}

}  // namespace

Task<Result<net::Reply>> save_series(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    const Result<std::chrono::seconds> ttl = ttl_of(call);
    if (!ttl) co_return ttl.error();
    auto entries = entries_of(call.request.body, call.services.clock.now_ms());
    if (!entries) co_return entries.error();

    RuleEvent event{model::msg_type::timeseries_updated, *entity, entries_text(*entries)};
    core::AuditNote note = note_of(model::ActionType::timeseries_updated, *entity);
    add_data(note, "timeseries", texts_of(*entries));
    const Result<> saved =
        co_await call.services.telemetry.save(call.caller, *entity, *std::move(entries), *ttl);
    co_await audit(call.services, call.caller, std::move(note), saved);
    if (!saved) co_return saved.error();
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

Task<Result<net::Reply>> delete_series(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    Result<core::Telemetry::Removal> removal = removal_of(call);
    if (!removal) co_return removal.error();

    const EpochMs end_ms = removal->all_data ? call.services.clock.now_ms() : removal->end_ms;
    std::string data = "{\"timeseries\":" + text_of(removal->keys);
    data += ",\"startTs\":" + std::to_string(removal->start_ms);
    data += ",\"endTs\":" + std::to_string(end_ms) + "}";
    core::AuditNote note = note_of(model::ActionType::timeseries_deleted, *entity);
    add_data(note, "timeseries", array_of(removal->keys));
    add_data(note, "startTs", removal->start_ms);
    add_data(note, "endTs", end_ms);
    RuleEvent event{model::msg_type::timeseries_deleted, *entity, std::move(data)};
    const Result<> removed =
        co_await call.services.telemetry.remove(call.caller, *entity, *std::move(removal));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

}  // namespace thingstead::api::telemetry
