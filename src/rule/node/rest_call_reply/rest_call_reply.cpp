#include "core/replies.h"
#include "rule/node.h"
#include "rule/reply_to.h"

namespace thingstead::rule::rest_call_reply {
namespace {

struct Config {
    std::string service_id_key = "serviceId";
    std::string request_id_key = "requestUUID";
};
constexpr auto describe(const Config*) {
    return fields(field("serviceIdMetaDataAttribute", &Config::service_id_key,
                        "Metadata key of the server that waits; empty: serviceId."),
                  field("requestIdMetaDataAttribute", &Config::request_id_key,
                        "Metadata key of the call; empty: requestUUID."));
}

class RestCallReplyNode final : public Node {
  public:
    RestCallReplyNode(Config config, const NodeInfo&, NodeServices& services)
        : config_(std::move(config)), services_(services) {}

    Step on_message(Visit& visit) override {
        const model::Metadata& metadata = visit.msg.metadata;
        const auto request =
            reply_address(metadata, config_.request_id_key, "requestUUID", "Request id");
        if (!request) return request.error();
        const auto service =
            reply_address(metadata, config_.service_id_key, "serviceId", "Service id");
        if (!service) return service.error();
        auto body = reply_body(visit.msg);
        if (!body) return body.error();
        const Result<Uuid> id = parse_uuid(*request);
        if (!id) return id.error();
        if (!services_.replies) return core::no_such_service(*service);
        const Result<> sent =
            services_.replies->to_user(*service, {visit.tenant, *id, *std::move(body)});
        return sent ? Step("Success") : Step(sent.error());
    }

  private:
    const Config config_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.rest.TbSendRestApiCallReplyNode",
    .name = "rest call reply",
    .kind = NodeKind::action,
    .summary = "Answers a call of the rule engine over REST with the message's data.",
    .beyond_stores = true,
    .form = "tbActionNodeSendRestApiCallReplyConfig",
    .icon = "call_merge",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RestCallReplyNode, Config>,
};

}  // namespace thingstead::rule::rest_call_reply
