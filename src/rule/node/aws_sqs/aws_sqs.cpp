// Source: Amazon SQS's API reference, SendMessage (2012-11-05).
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "rule/aws_call.h"
#include "rule/external.h"
#include "rule/message_body.h"
#include "rule/pattern.h"

namespace thingstead::rule::aws_sqs {
namespace {

enum class Kind : std::uint8_t { standard, fifo };
constexpr auto enum_names(Kind) {
    using namespace std::literals;
    return std::array{
        std::pair{Kind::standard, "STANDARD"sv},
        std::pair{Kind::fifo,     "FIFO"sv    }
    };
}

struct Config {
    Kind kind = Kind::standard;
    std::string queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/my-queue-name";
    std::int32_t delay_s = 0;
    json::value attributes = json::object();
    std::string access_key_id;
    std::string secret_access_key;
    std::string region = "us-east-1";
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(field("queueType", &C::kind, "STANDARD or FIFO."),
                  field("queueUrlPattern", &C::queue_url, "The queue, a pattern."),
                  field("delaySeconds", &C::delay_s, "Of STANDARD queues.", between(0, 900)),
                  field("messageAttributes", &C::attributes, "Names and values, patterns."),
                  field("accessKeyId", &C::access_key_id),
                  field("secretAccessKey", &C::secret_access_key, {}, secret),
                  field("region", &C::region));
}

/// Not of the node, which it may outlive.
Task<ExternalAnswer> put(net::HttpClient* http, net::HttpCall call) {
    const Result<net::HttpAnswer> got = co_await send_http(http, std::move(call));
    ExternalAnswer answer = aws_answer(got);
    if (answer.failure) co_return answer;
    put_aws_text(answer, got->body, "MessageId", "messageId");
    put_aws_text(answer, got->body, "RequestId", "requestId");
    put_aws_text(answer, got->body, "MD5OfMessageBody", "messageBodyMd5");
    put_aws_text(answer, got->body, "MD5OfMessageAttributes", "messageAttributesMd5");
    put_aws_text(answer, got->body, "SequenceNumber", "sequenceNumber");
    co_return answer;
}

class AwsSqsNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        const AwsAccess access{config.access_key_id, config.secret_access_key, config.region};
        if (Result<> valid = check_aws_access(access); !valid) return valid.error();
        const auto wrong = [](const char* why) { return Error{ErrorCode::invalid_argument, why}; };
        if (config.queue_url.empty()) return wrong("Queue URL should be specified!");
        if (!config.attributes.is_object() && !config.attributes.is_null())
            return wrong("Message attributes should be an object!");
        return std::unique_ptr<Node>(std::make_unique<AwsSqsNode>(config, access, info, services));
    }

    AwsSqsNode(const Config& config, AwsAccess access, const NodeInfo& info, NodeServices& services)
        : kind_(config.kind),
          delay_s_(config.delay_s),
          access_(std::move(access)),
          queue_url_(config.queue_url),
          services_(services),
          requests_(info, services) {
        if (const json::object* attributes = config.attributes.if_object())
            for (const auto& [name, value] : *attributes)
                attributes_.emplace_back(Pattern(std::string(name)), Pattern(text_of(value)));
    }

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        auto place = split_url(queue_url_.fill(*source));
        if (!place) return place.error();
        AwsRequest request = aws_form("sqs", form_of(visit.msg, *source));
        request.url = std::move(place->first);
        request.path = place->second.empty() ? "/" : std::move(place->second);
        net::HttpCall call = aws_call(std::move(request), access_, services_.external.aws_url,
                                      services_.clock.now_ms());
        call.timeout = std::chrono::seconds(15);  // Ten to connect, five to answer.
        return requests_.run(visit, put(services_.outside.http, std::move(call)));
    }

  private:
    net::Query form_of(const model::Msg& msg, const PatternSource& source) const {
        net::Query form;
        form.add("Action", "SendMessage");
        form.add("Version", "2012-11-05");
        form.add("MessageBody", msg.data);
        if (kind_ == Kind::standard) {
            form.add("DelaySeconds", std::to_string(delay_s_));
        } else {
            form.add("MessageDeduplicationId", msg.id.to_string());
            form.add("MessageGroupId", msg.originator.uuid.to_string());
        }
        for (std::size_t i = 0; i < attributes_.size(); ++i) {
            const std::string which = "MessageAttribute." + std::to_string(i + 1) + ".";
            form.add(which + "Name", attributes_[i].first.fill(source));
            form.add(which + "Value.DataType", "String");
            form.add(which + "Value.StringValue", attributes_[i].second.fill(source));
        }
        return form;
    }

    Kind kind_;
    std::int32_t delay_s_;
    AwsAccess access_;
    Pattern queue_url_;
    std::vector<std::pair<Pattern, Pattern>> attributes_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.aws.sqs.TbSqsNode",
    .name = "aws sqs",
    .kind = NodeKind::external,
    .summary = "Puts the data of a message into a queue of Amazon SQS.",
    .form = "tbExternalNodeSqsConfig",
    .icon = "queue",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AwsSqsNode, Config>,
};

}  // namespace thingstead::rule::aws_sqs
