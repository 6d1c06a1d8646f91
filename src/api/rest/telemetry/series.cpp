// Time series: keys, latest values, history.
#include <algorithm>

#include "api/rest/json_text.h"
#include "api/rest/telemetry/handlers.h"

namespace thingstead::api::telemetry {
namespace {

/// `typed`: with its JSON type; else every value is a text.
void append_value(std::string& out, const model::Value& value, bool typed) {
    if (typed)
        model::append_json(out, value);
    else
        model::append_json_string(out, model::to_text(value));
}

void append_point(std::string& out, EpochMs ts, const model::Value* value, bool typed) {
    out += "{\"ts\":";
    out += std::to_string(ts);
    out += ",\"value\":";
    if (value)
        append_value(out, *value, typed);
    else
        out += "null";
    out += '}';
}

void append_key(std::string& out, const std::string& key) {
    if (out.size() > 1) out += ',';
    model::append_json_string(out, key);
    out += ":[";
}

/// Histories of one key follow each other: the parts of a calendar.
std::string history_text(const std::vector<core::KeyHistory>& histories, bool typed) {
    std::string body = "{";
    const std::string* open_key = nullptr;
    for (const core::KeyHistory& history : histories) {
        const bool more = open_key && *open_key == history.key;
        if (!more) {
            if (open_key) body += ']';
            append_key(body, history.key);
            open_key = &history.key;
        }
        bool first = !more;
        for (const model::TimedValue& point : history.points) {
            if (!first) body += ',';
            first = false;
            append_point(body, point.ts, &point.value, typed);
        }
    }
    body += open_key ? "]}" : "}";
    return body;
}

}  // namespace

Task<Result<net::Reply>> get_series_keys(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    const Result<std::vector<std::string>> keys =
        co_await call.services.telemetry.keys(call.caller, *entity);
    if (!keys) co_return keys.error();
    co_return json_reply_of(*keys);
}

Task<Result<net::Reply>> get_latest(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    const Result<bool> typed = call.flag("useStrictDataTypes", false);
    if (!typed) co_return typed.error();
    const auto latest =
        co_await call.services.telemetry.latest(call.caller, *entity, call.list("keys", "key"));
    if (!latest) co_return latest.error();
    std::string body = "{";
    for (const core::Telemetry::Latest& each : *latest) {
        append_key(body, each.key);
        append_point(body, each.ts, each.value ? &*each.value : nullptr, *typed);
        body += ']';
    }
    body += '}';
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> get_history(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    const Result<bool> typed = call.flag("useStrictDataTypes", false);
    if (!typed) co_return typed.error();
    Result<std::vector<core::HistoryQuery>> queries = history_queries(call);
    if (!queries) co_return queries.error();
    const auto histories =
        co_await call.services.telemetry.history(call.caller, *entity, *std::move(queries));
    if (!histories) co_return histories.error();
    co_return json_reply(history_text(*histories, *typed));
}

}  // namespace thingstead::api::telemetry
