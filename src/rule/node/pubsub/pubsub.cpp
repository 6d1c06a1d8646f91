// Source: Google Cloud's Pub/Sub REST reference, projects.topics.publish; RFC 7523 (a signed claim
// for an access token).
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/crypto.h"
#include "net/url.h"
#include "protocol/google/service_account.h"
#include "rule/aws_call.h"
#include "rule/external.h"
#include "rule/message_body.h"
#include "rule/pattern.h"

namespace thingstead::rule::pubsub {
namespace {

Error wrong(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

struct Config {
    std::string project = "my-google-cloud-project-id";
    std::string topic = "my-pubsub-topic-name";
    json::value attributes = json::object();
    std::optional<std::string> account;
    std::optional<std::string> account_file;
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(
        field("projectId", &C::project), field("topicName", &C::topic),
        field("messageAttributes", &C::attributes, "Names and values, patterns."),
        field("serviceAccountKey", &C::account, "The key of the service account, JSON.", secret),
        field("serviceAccountKeyFileName", &C::account_file, "For people to read."));
}

/// Of a node; what it got is used by all of its messages.
struct Access {
    google::ServiceAccount account;
    google::AccessToken token{};
};

Error refused(const net::HttpAnswer& got) {
    return {ErrorCode::internal,
            "Google Pub/Sub refused: " + google::refusal_text(got.status, got.body)};
}

/// The token that is held, or a new one. `access` outlives a node.
Task<Result<std::string>> token_of(NodeServices& services, std::shared_ptr<Access> access) {
    const EpochMs now_ms = services.clock.now_ms();
    if (access->token.good_at(now_ms)) co_return access->token.text;
    Result<std::string> form =
        google::token_form(access->account, "https://www.googleapis.com/auth/pubsub", now_ms);
    if (!form) co_return form.error();
    net::HttpCall call;
    call.method = net::Method::post;
    call.url = access->account.token_uri;
    call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    call.body = *std::move(form);
    const Result<net::HttpAnswer> got = co_await send_http(services.outside.http, std::move(call));
    if (!got) co_return got.error();
    Result<google::AccessToken> token = google::access_token_of(got->status, got->body, now_ms);
    if (!token) co_return refused(*got);
    access->token = *std::move(token);
    co_return access->token.text;
}

/// Not of the node, which it may outlive.
Task<ExternalAnswer> publish(NodeServices& services, std::shared_ptr<Access> access,
                             net::HttpCall call) {
    Result<std::string> token = co_await token_of(services, access);
    if (!token) co_return ExternalAnswer::failed(token.error());
    call.headers.emplace_back("Authorization", "Bearer " + *token);
    const Result<net::HttpAnswer> got = co_await send_http(services.outside.http, std::move(call));
    if (!got) co_return ExternalAnswer::failed(got.error());
    if (got->status == 401) access->token.ends_ms = 0;  // The next message asks for a new token.
    const Result<json::value> document = parse_json(got->body);
    const json::object* members = document ? document->if_object() : nullptr;
    const json::value* ids = members ? members->if_contains("messageIds") : nullptr;
    const json::array* list = ids ? ids->if_array() : nullptr;
    if (got->status != 200 || !list || list->empty())
        co_return ExternalAnswer::failed(refused(*got));
    ExternalAnswer answer;
    answer.metadata.put("messageId", text_of(list->front()));
    co_return answer;
}

class PubSubNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        if (config.project.empty()) return wrong("Project ID should be specified!");
        if (config.topic.empty()) return wrong("Topic name should be specified!");
        if (!config.attributes.is_object() && !config.attributes.is_null())
            return wrong("Message attributes should be an object!");
        Result<google::ServiceAccount> account =
            google::service_account_of(config.account.value_or(""));
        if (!account) return account.error();
        return std::unique_ptr<Node>(
            std::make_unique<PubSubNode>(config, *std::move(account), info, services));
    }

    PubSubNode(const Config& config, google::ServiceAccount account, const NodeInfo& info,
               NodeServices& services)
        : url_(services.external.pubsub_url + "/v1/projects/" +
               net::percent_encode(config.project) + "/topics/" +
               net::percent_encode(config.topic) + ":publish"),
          services_(services),
          requests_(info, services) {
        access_->account = std::move(account);
        if (const json::object* attributes = config.attributes.if_object())
            for (const auto& [name, value] : *attributes)
                attributes_.emplace_back(Pattern(std::string(name)), Pattern(text_of(value)));
    }

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        json::object message, attributes, body;
        for (const auto& [name, value] : attributes_)
            attributes[name.fill(*source)] = value.fill(*source);
        message["data"] = core::base64(visit.msg.data);
        message["attributes"] = std::move(attributes);
        body["messages"] = json::array({std::move(message)});
        net::HttpCall call;
        call.method = net::Method::post;
        call.url = url_;
        call.headers.emplace_back("Content-Type", "application/json");
        call.body = json::serialize(body);
        return requests_.run(visit, publish(services_, access_, std::move(call)));
    }

  private:
    std::string url_;
    std::shared_ptr<Access> access_ = std::make_shared<Access>();
    std::vector<std::pair<Pattern, Pattern>> attributes_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.gcp.pubsub.TbPubSubNode",
    .name = "gcp pubsub",
    .kind = NodeKind::external,
    .summary = "Publishes the data of a message to a topic of Google Cloud Pub/Sub.",
    .form = "tbExternalNodePubSubConfig",
    .icon = "cloud",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<PubSubNode, Config>,
};

}  // namespace thingstead::rule::pubsub
