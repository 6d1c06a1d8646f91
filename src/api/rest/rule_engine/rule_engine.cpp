// Calls of the rule engine: a message, and the answer that a rule chain gives to it.
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <charconv>

#include "api/rest/audit_note.h"
#include "api/rest/call.h"
#include "api/rest/rule_engine/handlers.h"
#include "core/access.h"
#include "core/rule_ingress.h"
#include "core/rule_replay.h"
#include "core/rule_route.h"
#include "core/waiting_calls.h"
#include "model/msg.h"
#include "net/timer.h"

namespace thingstead::api::rule_engine {
namespace {

using enum net::Method;
using std::chrono::milliseconds;

constexpr milliseconds usual_timeout{10'000};
constexpr std::string_view rest_api_request = "REST_API_REQUEST";

bool names(const Call& call, std::string_view variable) {
    return call.route.pattern.find(variable) != std::string_view::npos;
}

/// The entity of the path, or the user who calls.
Result<model::EntityId> originator_of(const Call& call) {
    return names(call, "{entityType}") ? call.entity() : model::EntityId(call.caller.user);
}

/// As asked for, within the limit of the settings.
Result<milliseconds> timeout_of(const Call& call) {
    if (!names(call, "{timeout}"))
        return std::min(usual_timeout, call.services.settings.rule_call_timeout_max);
    const std::string& text = call.variable("timeout");
    std::int32_t ms = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (failed != std::errc() || end != text.data() + text.size() || ms < 0)
        return Error{ErrorCode::invalid_argument,
                     "Parameter 'timeout' is not a number of milliseconds: \"" + text + "\""};
    return std::min(milliseconds(ms), call.services.settings.rule_call_timeout_max);
}

model::QueuedMsg message_of(const Call& call, model::EntityId originator, const Uuid& request,
                            milliseconds wait) {
    const EpochMs now = call.services.clock.now_ms();
    model::QueuedMsg queued;
    queued.tenant = call.caller.tenant;
    model::Msg& msg = queued.msg;
    msg.id = new_random_uuid();
    msg.ts = now;
    msg.type = rest_api_request;
    msg.originator = originator;
    if (call.caller.customer != model::no_customer) msg.customer = call.caller.customer;
    msg.metadata.put("serviceId", call.services.facts.service_id);
    msg.metadata.put("requestUUID", request.to_string());
    msg.metadata.put("expirationTime", std::to_string(now + wait.count()));
    msg.data = call.request.body;
    return queued;
}

/// Sends the message and waits for the answer's text.
/// Errors: unavailable, rate_limited - no place to wait, or no room in the queue; timeout.
Task<Result<std::string>> ask(const Call& call, model::EntityId originator, milliseconds wait) {
    const Services& services = call.services;
    if (!services.calls)
        co_return Error{ErrorCode::unsupported, "The rule engine cannot be called here!"};
    auto route = co_await core::rule_route_of(services.platform.store, originator, {}, {});
    if (!route) co_return route.error();
    if (names(call, "{queueName}")) route->queue = call.variable("queueName");
    const auto executor = co_await boost::asio::this_coro::executor;
    Result<core::WaitingCalls::Place> place = services.calls->enter(call.caller.tenant, executor);
    if (!place) co_return place.error();
    std::vector<model::QueuedMsg> messages;
    messages.push_back(message_of(call, originator, place->request(), wait));
    messages.front().msg.rule_chain = route->chain;
    core::RuleIngress& way = services.ingress.of(executor).way_to(call.caller.tenant, route->queue);
    Task<Result<>> push = way.push(std::move(messages));
    const Result<> taken =
        co_await net::with_deadline(std::move(push), services.settings.rule_event_timeout);
    if (!taken)
        co_return Error{ErrorCode::unavailable, "The rule engine takes no more messages now!",
                        taken.error().message};
    co_return co_await place->answer(wait);
}

/// 200 with the answer, 408 without one in time, 406 if it is not JSON.
Result<net::Reply> reply_of(Result<std::string> answer) {
    net::Reply reply;
    if (!answer && answer.error().code != ErrorCode::timeout) return answer.error();
    if (!answer) {
        reply.status = 408;
    } else if (!answer->empty() && !parse_json(*answer)) {
        reply.status = 406;
    } else if (!answer->empty()) {
        reply.content_type = "application/json";
        reply.body = *std::move(answer);
    }
    return reply;
}

Task<Result<net::Reply>> call_rule_engine(Call call) {
    const Result<model::EntityId> originator = originator_of(call);
    if (!originator) co_return originator.error();
    const Result<milliseconds> wait = timeout_of(call);
    if (!wait) co_return wait.error();
    if (!parse_json(call.request.body))
        co_return Error{ErrorCode::invalid_argument, "Invalid request body"};
    core::EntityAccess access(call.services.platform.store);
    const Result<> may = co_await access.check(call.caller, core::Operation::write, *originator);
    if (!may) co_return may.error();
    Result<std::string> answer = co_await ask(call, *originator, *wait);
    core::AuditNote note = note_of(model::ActionType::rest_api_rule_engine_call, *originator);
    co_await audit(call.services, call.caller, std::move(note), answer);
    co_return reply_of(std::move(answer));
}

constexpr Route row(std::string_view pattern, std::string_view summary) {
    return {.method = post,
            .pattern = pattern,
            .allowed = allow::users,
            .handler = &call_rule_engine,
            .summary = summary,
            .body = BodyKind::any,
            .answer = "JsonNode",
            .errors = ErrorForm::plain_text};
}

constexpr Route routes[] = {
    row("/api/rule-engine/", "Sends a message about the caller to the rule engine"),
    row("/api/rule-engine/{entityType}/{entityId}",
        "Sends a message about an entity to the rule engine"),
    row("/api/rule-engine/{entityType}/{entityId}/{timeout}",
        "The same, with the milliseconds to wait for the answer"),
    row("/api/rule-engine/{entityType}/{entityId}/{queueName}/{timeout}",
        "The same, over a queue that is named"),
    {.method = post,
       .pattern = "/api/ruleEngine/replay",
       .allowed = allow::tenant,
       .handler = &start_replay,
       .summary = "Runs stored messages again through a version of a rule chain, without effects; "
                "answers the id of the replay", .body = BodyKind::json,
       .answer = "JsonNode",
       .takes = "ReplayRequest"},
    {.method = get,
       .pattern = "/api/ruleEngine/replay",
       .allowed = allow::tenant,
       .handler = &list_replays,
       .summary = "Replays that run or are kept, without their reports",
       .answer = "[ReplayState]"},
    {.method = get,
       .pattern = "/api/ruleEngine/replay/{replayId}",
       .allowed = allow::tenant,
       .handler = &get_replay,
       .summary = "How far a replay is, and its report once it is done",
       .answer = "ReplayState"},
    {.method = del,
       .pattern = "/api/ruleEngine/replay/{replayId}",
       .allowed = allow::tenant,
       .handler = &remove_replay,
       .summary = "Ends a replay that runs, or forgets it"},
};

constexpr SchemaEntry schemas[] = {
    {"ReplayRequest",    &struct_schema<core::ReplayRequest>   },
    {"ReplayState",      &struct_schema<core::ReplayState>     },
    {"ReplayStatus",     &enum_schema<core::ReplayStatus>      },
    {"ReplayReport",     &struct_schema<core::ReplayReport>    },
    {"ReplaySums",       &struct_schema<core::ReplaySums>      },
    {"ReplayCount",      &struct_schema<core::ReplayCount>     },
    {"ReplayDifference", &struct_schema<core::ReplayDifference>},
};

}  // namespace

extern const Resource descriptor{
    "rule-engine", "Messages to the rule engine, its answers, and replays.", routes, schemas};

}  // namespace thingstead::api::rule_engine
