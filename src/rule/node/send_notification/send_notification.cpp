#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/notification/info.h"
#include "core/notification/outlets.h"
#include "core/notification/requests.h"
#include "rule/external.h"

namespace thingstead::rule::send_notification {
namespace {

/// Metadata that tells what was sent, and what was not.
constexpr std::string_view result_key = "notificationRequestResult";

struct Config {
    std::vector<Uuid> targets;
    std::optional<model::NotificationTemplateId> template_id;
};
constexpr auto describe(const Config*) {
    return fields(field("targets", &Config::targets, "Ids of those that it is sent to."),
                  field("templateId", &Config::template_id, "What it says."));
}

model::NotificationRequest request_of(const Config& config, const NodeInfo& info,
                                      const model::Msg& msg) {
    model::NotificationRequest request;
    request.tenant_id = info.tenant;
    request.targets = config.targets;
    request.template_id = config.template_id;
    request.info = core::info_of_message(msg);
    request.additional_config = json::object();
    request.originator_id = model::EntityId(info.rule_chain);
    return request;
}

/// Not of the node, which it may outlive. A request that is cut off by the deadline is finished in
/// the background (core/notification/worker.h).
Task<ExternalAnswer> notify(NodeServices& services, model::NotificationRequest request) {
    const core::NotificationOutlets outlets(services.platform(), services.outside.mailer,
                                            services.outside.texts, services.outside.http,
                                            services.external.slack_url);
    const Result<json::object> stats = co_await core::notify_now(outlets, std::move(request));
    if (!stats) co_return ExternalAnswer::failed(stats.error());
    ExternalAnswer answer;
    answer.metadata.put(result_key, json::serialize(*stats));
    co_return answer;
}

class SendNotificationNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (config.targets.empty())
            return Error{ErrorCode::invalid_argument, "Targets should be specified!"};
        if (!config.template_id || config.template_id->uuid == Uuid{})
            return Error{ErrorCode::invalid_argument, "Notification template should be specified!"};
        return std::unique_ptr<Node>(
            std::make_unique<SendNotificationNode>(std::move(config), info, services));
    }

    SendNotificationNode(Config config, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)), info_(info), services_(services), requests_(info, services) {}

    Step on_message(Visit& visit) override {
        return requests_.run(visit, notify(services_, request_of(config_, info_, visit.msg)));
    }

  private:
    Config config_;
    NodeInfo info_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.notification.TbNotificationNode",
    .name = "send notification",
    .kind = NodeKind::external,
    .summary = "Sends a notification to users, and to conversations in Slack and Microsoft Teams.",
    .form = "tbExternalNodeNotificationConfig",
    .icon = "notifications",
    .details =
        "The template may use the metadata and the data of the message, and "
        "<code>originatorType</code>, <code>originatorId</code>, <code>msgType</code> and "
        "<code>customerId</code>.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<SendNotificationNode, Config>,
};

}  // namespace thingstead::rule::send_notification
