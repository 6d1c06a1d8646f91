#include <charconv>
#include <random>

#include "core/device_rpc.h"
#include "model/msg.h"
#include "rule/node.h"

namespace thingstead::rule::rpc_call_request {
namespace {

struct Config {
    std::int32_t timeout_s = 60;
};
constexpr auto describe(const Config*) {
    return fields(field("timeoutInSeconds", &Config::timeout_s,
                        "Waited for the answer if the message names no expiration time.",
                        between(0, 2'147'483'647)));
}

/// The name on the wire of why a call failed.
std::string_view failure_name(ErrorCode code) {
    switch (code) {
        case ErrorCode::not_found:          return "NOT_FOUND";
        case ErrorCode::forbidden:
        case ErrorCode::limit_reached:
        case ErrorCode::password_expired:
        case ErrorCode::password_violation:
        case ErrorCode::unauthenticated:    return "FORBIDDEN";
        case ErrorCode::unavailable:        return "NO_ACTIVE_CONNECTION";
        case ErrorCode::timeout:
        case ErrorCode::expired:            return "TIMEOUT";
        case ErrorCode::malformed:
        case ErrorCode::invalid_argument:
        case ErrorCode::conflict:
        case ErrorCode::too_large:
        case ErrorCode::rate_limited:
        case ErrorCode::unsupported:
        case ErrorCode::internal:           return "INTERNAL";
    }
    return "INTERNAL";
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return number;
}

std::int32_t random_request_id() {
    static thread_local std::minstd_rand random{std::random_device{}()};
    return static_cast<std::int32_t>(random() & 0x7FFFFFFF);
}

/// The text of a string, the JSON text of anything else.
std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

class RpcCallRequestNode final : public Node {
  public:
    RpcCallRequestNode(Config config, const NodeInfo& info, NodeServices& services)
        : timeout_(config.timeout_s), info_(info), services_(services) {}

    Step on_message(Visit& visit) override {
        if (visit.msg.originator.type != model::EntityType::device)
            return Error{ErrorCode::unsupported, "Message originator is not a device entity!"};
        Result<core::DeviceRpcCall> call = call_of(visit);
        if (!call) return call.error();
        // The message is done; the answer comes as a message of its own.
        const bool started = services_.spawn(
            info_.name, answer(services_, info_, *std::move(call), continuation_of(visit)));
        if (!started)
            return Error{ErrorCode::unavailable, "Too many calls to devices are running!"};
        return Outcome(Consumed{});
    }

  private:
    Result<core::DeviceRpcCall> call_of(const Visit& visit) const {
        const model::Msg& msg = visit.msg;
        const Result<json::value> data = parse_json(msg.data);
        if (!data) return data.error();
        const json::object* body = data->if_object();
        const auto missing = [](const char* name) {
            return Error{ErrorCode::invalid_argument,
                         std::string(name) + " is not present in the message!"};
        };
        if (!body || !body->contains("method")) return missing("Method");
        if (!body->contains("params")) return missing("Params");

        core::DeviceRpcCall call;
        const Result<Uuid> named = parse_uuid(msg.metadata.get("requestUUID"));
        call.id = named ? *named : new_time_uuid();
        call.tenant = visit.tenant;
        call.device = model::DeviceId{msg.originator.uuid};
        call.method = text_of(body->at("method"));
        call.params = text_of(body->at("params"));
        if (const json::value* info = body->if_contains("additionalInfo"); info && !info->is_null())
            call.additional_info = text_of(*info);
        call.request_id = random_request_id();
        if (const json::value* id = body->if_contains("requestId"))
            if (const Result<std::int32_t> number = from_json<std::int32_t>(*id))
                call.request_id = *number;
        call.expires_ms =
            number_of<EpochMs>(msg.metadata.get("expirationTime"))
                .value_or(services_.clock.now_ms() + std::chrono::milliseconds(timeout_).count());
        call.retries = number_of<std::int32_t>(msg.metadata.get("retries"));
        call.oneway = msg.metadata.get("oneway") == "true";
        call.persistent = msg.metadata.get("persistent") == "true";
        return call;
    }

    /// The message that will go on behind this node.
    model::QueuedMsg continuation_of(const Visit& visit) const {
        model::QueuedMsg next{visit.tenant, visit.msg, {}, {}};
        next.msg.id = new_random_uuid();
        next.msg.rule_chain = info_.rule_chain;
        next.msg.rule_node = info_.rule_node;
        return next;
    }

    /// Not a member of the node: the chain may be changed while the device thinks.
    static Task<> answer(NodeServices& services, NodeInfo info, core::DeviceRpcCall call,
                         model::QueuedMsg next) {
        Result<std::string> answered = Error{ErrorCode::unavailable, "no transport carries RPC"};
        if (services.rpc) answered = co_await services.rpc->call(std::move(call));
        fill_in(next, answered);
        std::vector<model::QueuedMsg> messages;
        messages.push_back(std::move(next));
        const Result<> pushed = co_await services.ingress.push(std::move(messages));
        if (!pushed) tell_lost(services.log, info, pushed.error());
    }

    static void fill_in(model::QueuedMsg& next, const Result<std::string>& answered) {
        if (answered) {
            next.msg.data = answered->empty() ? "{}" : *answered;
            next.relations.emplace_back("Success");
            return;
        }
        const std::string_view name = failure_name(answered.error().code);
        next.msg.data = "{\"error\":\"" + std::string(name) + "\"}";
        next.relations.emplace_back("Failure");
        next.failure = name;
    }

    static void tell_lost(const Log& log, const NodeInfo& info, const Error& why) {
        log.error("rule.rpc.answer_lost", why,
                  {
                      {"tenant", info.tenant.to_string()},
                      {"chain",  info.chain_name        },
                      {"node",   info.name              }
        });
    }

    std::chrono::seconds timeout_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.rpc.TbSendRPCRequestNode",
    .name = "rpc call request",
    .kind = NodeKind::action,
    .summary = "Calls a method of the device that the message is about.",
    .beyond_stores = true,
    .form = "tbActionNodeRpcRequestConfig",
    .icon = "call_made",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RpcCallRequestNode, Config>,
};

}  // namespace thingstead::rule::rpc_call_request
