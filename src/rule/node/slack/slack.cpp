// Source: Slack's Web API, method chat.postMessage.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/identity/settings.h"
#include "net/http_client.h"
#include "rule/entity_reads.h"
#include "rule/external.h"
#include "rule/pattern.h"

namespace thingstead::rule::slack {
namespace {

Error wrong(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

enum class Kind : std::uint8_t { direct, public_channel, private_channel };
constexpr auto enum_names(Kind) {
    using namespace std::literals;
    return std::array{
        std::pair{Kind::direct,          "DIRECT"sv         },
        std::pair{Kind::public_channel,  "PUBLIC_CHANNEL"sv },
        std::pair{Kind::private_channel, "PRIVATE_CHANNEL"sv}
    };
}

struct Conversation {
    std::string type;
    std::string id;
    std::string name;
    std::string whole_name;
    std::string email;
};
constexpr auto describe(const Conversation*) {
    using C = Conversation;
    return fields(field("type", &C::type), field("id", &C::id), field("name", &C::name),
                  field("wholeName", &C::whole_name), field("email", &C::email));
}

struct Config {
    std::string bot_token = "xoxb-";
    bool system = true;
    std::string message = "Device ${deviceId}: temperature is $[temperature]";
    Kind kind = Kind::public_channel;
    std::optional<Conversation> conversation;
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(field("botToken", &C::bot_token, "Token of the bot.", secret),
                  field("useSystemSettings", &C::system, "Whether the installation's is used."),
                  field("messageTemplate", &C::message, "The text, a pattern."),
                  field("conversationType", &C::kind, "DIRECT, PUBLIC_CHANNEL, PRIVATE_CHANNEL."),
                  field("conversation", &C::conversation, "Where it is written to."));
}

/// `deliveryMethodsConfigs.SLACK.botToken` of the installation's settings; empty: none.
Result<std::string> token_in(const json::object& settings) {
    const json::value* it = settings.if_contains("deliveryMethodsConfigs");
    for (const char* name : {"SLACK", "botToken"}) {
        const json::object* members = it ? it->if_object() : nullptr;
        it = members ? members->if_contains(name) : nullptr;
    }
    return it && it->is_string() ? std::string(it->get_string()) : std::string();
}

Task<Result<std::string>> system_token(NodeServices& services) {
    const std::function<Result<std::string>(store::Reader&)> read =
        [](store::Reader& reader) -> Result<std::string> {
        const auto settings = core::setting_members(reader, core::setting_key::notifications);
        if (!settings) return settings.error();
        return token_in(*settings);
    };
    co_return co_await read_entities<std::string>(services, read);
}

ExternalAnswer answer_of(const Result<net::HttpAnswer>& got) {
    if (!got) return ExternalAnswer::failed(got.error());
    const Result<json::value> document = parse_json(got->body);
    const json::object* members = document ? document->if_object() : nullptr;
    if (got->status == 200 && members && core::flag_member(*members, "ok")) return ExternalAnswer();
    const std::string why = members ? core::text_member(*members, "error") : std::string();
    return ExternalAnswer::failed(Error{
        ErrorCode::internal, "Failed to send message via Slack: " +
                                 (why.empty() ? "status " + std::to_string(got->status) : why)});
}

/// Not of the node, which it may outlive.
Task<ExternalAnswer> post(NodeServices& services, std::string token, std::string channel,
                          std::string text) {
    if (token.empty()) {
        Result<std::string> found = co_await system_token(services);
        if (!found) co_return ExternalAnswer::failed(found.error());
        token = *std::move(found);
    }
    if (token.empty())
        co_return ExternalAnswer::failed(wrong("Slack token is missing in system settings"));
    if (!services.outside.http)
        co_return ExternalAnswer::failed(
            Error{ErrorCode::unavailable, "No HTTP calls are made by this server!"});
    net::HttpCall call;
    call.method = net::Method::post;
    call.url = services.external.slack_url + "/chat.postMessage";
    call.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    call.headers.emplace_back("Authorization", "Bearer " + token);
    json::object body;
    body["channel"] = channel;
    body["text"] = text;
    call.body = json::serialize(body);
    const Result<net::HttpAnswer> got = co_await services.outside.http->send(std::move(call));
    co_return answer_of(got);
}

class SlackNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        if (!config.system && (config.bot_token.empty() || config.bot_token == "xoxb-"))
            return wrong("Slack token should be specified!");
        if (!config.conversation || config.conversation->id.empty())
            return wrong("Slack conversation should be specified!");
        return std::unique_ptr<Node>(std::make_unique<SlackNode>(config, info, services));
    }

    SlackNode(const Config& config, const NodeInfo& info, NodeServices& services)
        : token_(config.system ? std::string() : config.bot_token),
          channel_(config.conversation->id),
          text_(config.message),
          services_(services),
          requests_(info, services) {}

    Step on_message(Visit& visit) override {
        Result<std::string> text = text_.fill(visit.msg);
        if (!text) return text.error();
        return requests_.run(visit, post(services_, token_, channel_, *std::move(text)));
    }

  private:
    std::string token_;  ///< Empty: the installation's.
    std::string channel_;
    Pattern text_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.notification.TbSlackNode",
    .name = "send to slack",
    .kind = NodeKind::external,
    .summary = "Writes a message into a conversation of Slack.",
    .form = "tbExternalNodeSlackConfig",
    .icon = "send",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<SlackNode, Config>,
};

}  // namespace thingstead::rule::slack
