#include "api/ws/session.h"

#include <algorithm>

#include "core/attributes.h"
#include "core/permission/role_cache.h"

namespace thingstead::api::ws {
namespace {

constexpr std::string_view latest_scope = "LATEST_TELEMETRY";
constexpr std::size_t default_limit = 100;

std::vector<std::string> keys_of(std::string_view text) {
    std::vector<std::string> keys;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string key(text.substr(0, comma));
        if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end())
            keys.push_back(std::move(key));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return keys;
}

Result<std::optional<model::AttributeScope>> scope_of(const std::string& name) {
    using Scope = std::optional<model::AttributeScope>;
    if (name.empty()) return Scope();
    if (name == "CLIENT_SCOPE") return Scope(model::AttributeScope::client);
    if (name == "SERVER_SCOPE") return Scope(model::AttributeScope::server);
    if (name == "SHARED_SCOPE") return Scope(model::AttributeScope::shared);
    return Error{ErrorCode::invalid_argument, "Invalid scope: " + name};
}

Result<core::Aggregation> aggregation_of(const Command& command) {
    if (command.agg.empty() || command.interval == 0) return core::Aggregation::none;
    if (const auto known = enum_value<core::Aggregation>(command.agg)) return *known;
    return Error{ErrorCode::invalid_argument,
                 "Aggregation \"" + command.agg + "\" is not supported!"};
}

}  // namespace

Session::Session(const Services& services, core::Caller caller,
                 std::shared_ptr<net::WebSocket> socket)
    : services_(services), caller_(std::move(caller)), socket_(std::move(socket)) {}

Session::~Session() {
    for (const auto& [command_id, live] : live_) {
        services_.subscriptions.unsubscribe(live.id);
        live.subscription->end();
    }
}

Task<> Session::run(Command command) {
    const bool is_history = command.type == "TIMESERIES_HISTORY";
    if (!is_history && command.type != "ATTRIBUTES" && command.type != "TIMESERIES") {
        // There is nothing to cancel of what was never served.
        if (!command.type.ends_with("_UNSUBSCRIBE"))
            refuse(command, CommandError::bad_request,
                   "Command type " + command.type + " is not supported!");
        co_return;
    }
    if (command.cmd_id < 0) {
        refuse(command, CommandError::bad_request, "Cmd id is negative value!");
        co_return;
    }
    if (command.unsubscribe) {
        unsubscribe(command.cmd_id);
        co_return;
    }
    const Result<model::EntityId> entity = entity_of(command);
    if (!entity) {
        refuse(command, CommandError::bad_request, entity.error().message);
        co_return;
    }
    // A socket may be open for days: each command is one of the caller as it is by then.
    Result<core::Caller> caller = co_await services_.roles.complete(caller_);
    if (!caller) {
        refuse(command, CommandError::bad_request, caller.error().message);
        co_return;
    }
    caller_ = *std::move(caller);
    if (is_history)
        co_await history(std::move(command), *entity);
    else if (command.type == "ATTRIBUTES")
        co_await attributes(std::move(command), *entity);
    else
        co_await time_series(std::move(command), *entity);
}

Result<model::EntityId> Session::entity_of(const Command& command) {
    const auto invalid = [](std::string message) {
        return Error{ErrorCode::invalid_argument, std::move(message)};
    };
    if (command.entity_id.empty() || command.entity_type.empty())
        return invalid("Device id is empty!");
    const std::optional<model::EntityType> type = model::entity_type_of(command.entity_type);
    if (!type) return invalid("EntityType \"" + command.entity_type + "\" is not supported!");
    const Result<Uuid> id = parse_uuid(command.entity_id);
    if (!id) return id.error();
    return model::EntityId(*type, *id);
}

Task<> Session::attributes(Command command, model::EntityId entity) {
    const auto scope = scope_of(command.scope);
    if (!scope) {
        refuse(command, CommandError::bad_request, scope.error().message);
        co_return;
    }
    std::vector<std::string> keys = keys_of(command.keys);
    core::SubscriptionRequest request{entity, core::SubscriptionKind::attributes};
    request.keys.insert(keys.begin(), keys.end());
    request.scope = *scope;
    const auto live = subscribe(command, std::move(request));
    if (!live) co_return;
    co_await services_.subscriptions.known_everywhere(entity);
    const Result<Values> first = co_await read_attributes(entity, *scope, std::move(keys));
    if (first) {
        live->start(*first);
        co_return;
    }
    unsubscribe(command.cmd_id);
    refuse(command, first.error(), "Failed to fetch attributes!");
}

Task<> Session::time_series(Command command, model::EntityId entity) {
    std::vector<std::string> keys = keys_of(command.keys);
    core::SubscriptionRequest request{entity, core::SubscriptionKind::telemetry};
    request.keys.insert(keys.begin(), keys.end());
    const auto live = subscribe(command, std::move(request));
    if (!live) co_return;
    co_await services_.subscriptions.known_everywhere(entity);
    Result<Values> first = Values();
    if (keys.empty() || command.time_window <= 0)
        first = co_await read_latest(entity, std::move(keys));
    else
        first = co_await read_history(command, entity, command.start_ts + command.time_window);
    if (first) {
        live->start(*first);
        co_return;
    }
    unsubscribe(command.cmd_id);
    refuse(command, first.error(), "Failed to fetch data!");
}

Task<> Session::history(Command command, model::EntityId entity) {
    if (keys_of(command.keys).empty()) {
        refuse(command, CommandError::bad_request, "Keys are empty!");
        co_return;
    }
    const Result<Values> values = co_await read_history(command, entity, command.end_ts);
    if (values)
        send_or_close(*socket_, update_text(command.cmd_id, *values));
    else
        refuse(command, values.error(), "Failed to fetch data!");
}

Task<Result<Values>> Session::read_attributes(model::EntityId entity,
                                              std::optional<model::AttributeScope> scope,
                                              std::vector<std::string> keys) {
    const auto stored = co_await services_.attributes.read(caller_, entity, scope, keys);
    if (!stored) co_return stored.error();
    Values values;
    for (const model::Attribute& each : *stored)
        values[each.key].push_back({each.last_update_ms, model::to_text(each.value)});
    for (const std::string& key : keys)
        if (!values.contains(key)) values[key].push_back({services_.clock.now_ms()});
    co_return values;
}

Task<Result<Values>> Session::read_latest(model::EntityId entity, std::vector<std::string> keys) {
    const auto latest = co_await services_.telemetry.latest(caller_, entity, std::move(keys));
    if (!latest) co_return latest.error();
    Values values;
    for (const core::Telemetry::Latest& each : *latest) {
        Point point{each.ts};
        if (each.value) point.text = model::to_text(*each.value);
        values[each.key].push_back(std::move(point));
    }
    co_return values;
}

Task<Result<Values>> Session::read_history(Command command, model::EntityId entity,
                                           EpochMs end_ms) {
    const Result<core::Aggregation> aggregation = aggregation_of(command);
    if (!aggregation) co_return aggregation.error();
    std::vector<core::HistoryQuery> queries;
    for (std::string& key : keys_of(command.keys)) {
        core::HistoryQuery query;
        query.key = std::move(key);
        query.start_ms = command.start_ts;
        query.end_ms = end_ms;
        query.interval_ms = command.interval;
        query.aggregation = *aggregation;
        query.limit = command.limit > 0 ? static_cast<std::size_t>(command.limit) : default_limit;
        queries.push_back(std::move(query));
    }
    const auto histories =
        co_await services_.telemetry.history(caller_, entity, std::move(queries));
    if (!histories) co_return histories.error();
    Values values;
    for (const core::KeyHistory& history : *histories)
        for (const model::TimedValue& point : history.points)
            values[history.key].push_back({point.ts, model::to_text(point.value)});
    co_return values;
}

std::shared_ptr<LiveSubscription> Session::subscribe(const Command& command,
                                                     core::SubscriptionRequest request) {
    unsubscribe(command.cmd_id);  // A command id is reused for something new.
    if (live_.size() >= services_.settings.ws_subscriptions_max) {
        refuse(command, CommandError::bad_request, "Max subscriptions limit reached!");
        return nullptr;
    }
    LiveSubscription::Options options;
    options.command_id = command.cmd_id;
    options.newer_only = request.kind == core::SubscriptionKind::attributes;
    options.latest_only =
        request.kind == core::SubscriptionKind::telemetry && command.scope == latest_scope;
    options.pending_max = services_.settings.ws_pending_values_max;
    auto live = std::make_shared<LiveSubscription>(options, socket_);
    const core::Subscriptions::Id id = services_.subscriptions.subscribe(
        std::move(request),
        [live](const std::vector<core::Update>& updates) { live->push(updates); });
    live_.emplace(command.cmd_id, Live{id, live});
    return live;
}

void Session::unsubscribe(std::int32_t command_id) {
    const auto it = live_.find(command_id);
    if (it == live_.end()) return;
    services_.subscriptions.unsubscribe(it->second.id);
    it->second.subscription->end();
    live_.erase(it);
}

void Session::refuse(const Command& command, CommandError code, std::string_view message) {
    send_or_close(*socket_, error_text(command.cmd_id, code, message));
}

void Session::refuse(const Command& command, const Error& error, std::string_view message) {
    // What is wrong with the question is said; what is there to see is not.
    if (error.code == ErrorCode::invalid_argument)
        refuse(command, CommandError::bad_request, error.message);
    else
        refuse(command, CommandError::internal, message);
}

}  // namespace thingstead::api::ws
