// Source: Amazon SNS's API reference, Publish (2010-03-31).
#include <memory>
#include <utility>

#include "rule/aws_call.h"
#include "rule/external.h"
#include "rule/pattern.h"

namespace thingstead::rule::aws_sns {
namespace {

struct Config {
    std::string topic = "arn:aws:sns:us-east-1:123456789012:MyNewTopic";
    std::string access_key_id;
    std::string secret_access_key;
    std::string region = "us-east-1";
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(field("topicArnPattern", &C::topic, "The topic, a pattern."),
                  field("accessKeyId", &C::access_key_id),
                  field("secretAccessKey", &C::secret_access_key, {}, secret),
                  field("region", &C::region));
}

/// Not of the node, which it may outlive.
Task<ExternalAnswer> publish(net::HttpClient* http, net::HttpCall call) {
    const Result<net::HttpAnswer> got = co_await send_http(http, std::move(call));
    ExternalAnswer answer = aws_answer(got);
    if (answer.failure) co_return answer;
    put_aws_text(answer, got->body, "MessageId", "messageId");
    put_aws_text(answer, got->body, "RequestId", "requestId");
    co_return answer;
}

class AwsSnsNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        const AwsAccess access{config.access_key_id, config.secret_access_key, config.region};
        if (Result<> valid = check_aws_access(access); !valid) return valid.error();
        if (config.topic.empty())
            return Error{ErrorCode::invalid_argument, "Topic ARN should be specified!"};
        return std::unique_ptr<Node>(std::make_unique<AwsSnsNode>(config, access, info, services));
    }

    AwsSnsNode(const Config& config, AwsAccess access, const NodeInfo& info, NodeServices& services)
        : access_(std::move(access)),
          topic_(config.topic),
          services_(services),
          requests_(info, services) {}

    Step on_message(Visit& visit) override {
        Result<std::string> topic = topic_.fill(visit.msg);
        if (!topic) return topic.error();
        net::Query form;
        form.add("Action", "Publish");
        form.add("Version", "2010-03-31");
        form.add("TopicArn", *std::move(topic));
        form.add("Message", visit.msg.data);
        net::HttpCall call = aws_call(aws_form("sns", form), access_, services_.external.aws_url,
                                      services_.clock.now_ms());
        call.timeout = std::chrono::seconds(15);  // Ten to connect, five to answer.
        return requests_.run(visit, publish(services_.outside.http, std::move(call)));
    }

  private:
    AwsAccess access_;
    Pattern topic_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.aws.sns.TbSnsNode",
    .name = "aws sns",
    .kind = NodeKind::external,
    .summary = "Publishes the data of a message to a topic of Amazon SNS.",
    .form = "tbExternalNodeSnsConfig",
    .icon = "campaign",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AwsSnsNode, Config>,
};

}  // namespace thingstead::rule::aws_sns
