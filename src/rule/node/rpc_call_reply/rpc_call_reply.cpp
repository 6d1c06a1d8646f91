#include <charconv>

#include "core/replies.h"
#include "rule/node.h"
#include "rule/reply_to.h"

namespace thingstead::rule::rpc_call_reply {
namespace {

struct Config {
    std::string service_id_key = "serviceId";
    std::string session_id_key = "sessionId";
    std::string request_id_key = "requestId";
};
constexpr auto describe(const Config*) {
    return fields(
        field("serviceIdMetaDataAttribute", &Config::service_id_key,
              "Metadata key of the server that holds the device's session; empty: serviceId."),
        field("sessionIdMetaDataAttribute", &Config::session_id_key,
              "Metadata key of the session; empty: sessionId."),
        field("requestIdMetaDataAttribute", &Config::request_id_key,
              "Metadata key of the call's number; empty: requestId."));
}

Result<std::int32_t> number_of_call(const std::string& text) {
    std::int32_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size())
        return Error{ErrorCode::invalid_argument, "Request id '" + text + "' is not a number!"};
    return number;
}

class RpcCallReplyNode final : public Node {
  public:
    RpcCallReplyNode(Config config, const NodeInfo&, NodeServices& services)
        : config_(std::move(config)), services_(services) {}

    Step on_message(Visit& visit) override {
        const model::Metadata& metadata = visit.msg.metadata;
        if (visit.msg.originator.type != model::EntityType::device)
            return Error{ErrorCode::unsupported, "Message originator is not a device entity!"};
        if (!metadata.get("edgeId").empty())
            return Error{ErrorCode::unsupported, "Devices behind an edge cannot be answered!"};
        const auto request =
            reply_address(metadata, config_.request_id_key, "requestId", "Request id");
        if (!request) return request.error();
        const auto service =
            reply_address(metadata, config_.service_id_key, "serviceId", "Service id");
        if (!service) return service.error();
        const auto session =
            reply_address(metadata, config_.session_id_key, "sessionId", "Session id");
        if (!session) return session.error();
        auto body = reply_body(visit.msg);
        if (!body) return body.error();
        const Result<std::int32_t> number = number_of_call(*request);
        if (!number) return number.error();
        const Result<Uuid> session_id = parse_uuid(*session);
        if (!session_id) return session_id.error();
        if (!services_.replies) return core::no_such_service(*service);
        const Result<> sent = services_.replies->to_device(
            *service,
            {model::DeviceId{visit.msg.originator.uuid}, *session_id, *number, *std::move(body)});
        return sent ? Step("Success") : Step(sent.error());
    }

  private:
    const Config config_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.rpc.TbSendRPCReplyNode",
    .name = "rpc call reply",
    .kind = NodeKind::action,
    .summary = "Answers a call that a device made with the message's data.",
    .beyond_stores = true,
    .form = "tbActionNodeRpcReplyConfig",
    .icon = "call_merge",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RpcCallReplyNode, Config>,
};

}  // namespace thingstead::rule::rpc_call_reply
