#include "client/amqp/amqp_publisher.h"
#include "rule/external.h"
#include "rule/node.h"
#include "rule/pattern.h"
#include "rule/shared_clients.h"
#include "rule/told.h"

namespace thingstead::rule::rabbitmq {
namespace {

enum class MessageProperties : std::uint8_t {
    basic,
    text_plain,
    minimal_basic,
    minimal_persistent_basic,
    persistent_basic,
    persistent_text_plain
};
constexpr auto enum_names(MessageProperties) {
    using namespace std::literals;
    using M = MessageProperties;
    return std::array{
        std::pair{M::basic,                    "BASIC"sv                   },
        std::pair{M::text_plain,               "TEXT_PLAIN"sv              },
        std::pair{M::minimal_basic,            "MINIMAL_BASIC"sv           },
        std::pair{M::minimal_persistent_basic, "MINIMAL_PERSISTENT_BASIC"sv},
        std::pair{M::persistent_basic,         "PERSISTENT_BASIC"sv        },
        std::pair{M::persistent_text_plain,    "PERSISTENT_TEXT_PLAIN"sv   }
    };
}

struct Config {
    std::string exchange_name_pattern;
    std::string routing_key_pattern;
    std::optional<MessageProperties> message_properties;
    std::string host = "localhost";
    std::uint16_t port = 5672;
    std::string virtual_host = "/";
    std::string username = "guest";
    std::string password = "guest";
    bool automatic_recovery = false;
    std::int32_t connection_timeout_ms = 60'000;
    std::int32_t handshake_timeout_ms = 10'000;
    json::value client_properties = json::object();
};
constexpr auto describe(const Config*) {
    return fields(
        field("exchangeNamePattern", &Config::exchange_name_pattern,
              "Exchange that is published to; empty: the default one."),
        field("routingKeyPattern", &Config::routing_key_pattern, "Routing key of the message."),
        field("messageProperties", &Config::message_properties,
              "Content type, persistence and priority of the message; null: none of them."),
        field("host", &Config::host, "Name or address of the broker."),
        field("port", &Config::port, "TCP port of the broker.", between(1, 65'535)),
        field("virtualHost", &Config::virtual_host, "Virtual host of the broker."),
        field("username", &Config::username, "User."),
        field("password", &Config::password, "Password of the user.", secret),
        field("automaticRecoveryEnabled", &Config::automatic_recovery,
              "Not used: a lost connection is always replaced."),
        field("connectionTimeout", &Config::connection_timeout_ms,
              "Longest wait for a connection, in milliseconds; 0: a minute.",
              between(0, 3'600'000)),
        field("handshakeTimeout", &Config::handshake_timeout_ms,
              "Longest wait for the log-in, in milliseconds; 0: ten seconds.",
              between(0, 3'600'000)),
        field("clientProperties", &Config::client_properties,
              "Further properties that the client tells the broker."));
}

void apply(MessageProperties properties, client::AmqpMessage& message) {
    using M = MessageProperties;
    const bool text = properties == M::text_plain || properties == M::persistent_text_plain;
    const bool minimal =
        properties == M::minimal_basic || properties == M::minimal_persistent_basic;
    const bool persistent = properties == M::minimal_persistent_basic ||
                            properties == M::persistent_basic ||
                            properties == M::persistent_text_plain;
    if (persistent || !minimal) message.delivery_mode = persistent ? 2 : 1;
    if (minimal) return;
    message.content_type = text ? "text/plain" : "application/octet-stream";
    message.priority = 0;
}

std::chrono::milliseconds limit_or(std::int32_t limit_ms, std::chrono::milliseconds otherwise) {
    return limit_ms > 0 ? std::chrono::milliseconds(limit_ms) : otherwise;
}

Result<client::AmqpPublisherSettings> settings_of(const Config& config) {
    if (config.host.empty())
        return Error{ErrorCode::invalid_argument, "Host of RabbitMQ is not set!"};
    client::AmqpPublisherSettings settings;
    settings.address = {config.host, config.port};
    settings.virtual_host = config.virtual_host;
    settings.user = config.username;
    settings.password = config.password;
    settings.connect_timeout = limit_or(config.connection_timeout_ms, settings.connect_timeout);
    settings.handshake_timeout = limit_or(config.handshake_timeout_ms, settings.handshake_timeout);
    if (config.client_properties.is_null()) return settings;
    const json::object* const properties = config.client_properties.if_object();
    if (!properties)
        return Error{ErrorCode::invalid_argument, "clientProperties: expected an object"};
    for (const auto& [name, value] : *properties) {
        if (!value.is_string())
            return Error{ErrorCode::invalid_argument,
                         "clientProperties: " + std::string(name) + " must be a text"};
        settings.client_properties.emplace_back(name, value.get_string());
    }
    return settings;
}

/// Not of the node: the request may outlive it.
Task<ExternalAnswer> publish_to(std::shared_ptr<client::AmqpPublisher> publisher,
                                client::AmqpMessage message) {
    const std::function<void(std::function<void(Result<>)>)> begin =
        [publisher, message = std::move(message)](std::function<void(Result<>)> done) {
            publisher->publish(message, std::move(done));
        };
    Task<Result<>> telling = told<void>(begin);
    const Result<> done = co_await std::move(telling);
    if (!done) co_return ExternalAnswer::failed(done.error());
    co_return ExternalAnswer();
}

class RabbitMqNode final : public Node {
  public:
    RabbitMqNode(Config config, const NodeInfo& info, NodeServices& services,
                 std::shared_ptr<client::AmqpPublisher> publisher)
        : exchange_(std::move(config.exchange_name_pattern)),
          routing_key_(std::move(config.routing_key_pattern)),
          properties_(config.message_properties),
          requests_(info, services),
          publisher_(std::move(publisher)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        Result<client::AmqpPublisherSettings> settings = settings_of(config);
        if (!settings) return settings.error();
        SharedClients* const clients = services.outside.clients;
        if (!clients) return Error{ErrorCode::unsupported, "RabbitMQ is not reached from here!"};
        settings->egress = clients->egress();
        auto publisher = clients->of<client::AmqpPublisher>(
            info.rule_node, json::serialize(to_json(config)),
            [&]() -> Result<std::unique_ptr<client::AmqpPublisher>> {
                return std::make_unique<client::AmqpPublisher>(*settings, services.log);
            });
        if (!publisher) return publisher.error();
        return std::unique_ptr<Node>(std::make_unique<RabbitMqNode>(
            std::move(config), info, services, *std::move(publisher)));
    }

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        client::AmqpMessage message;
        message.exchange = exchange_.fill(*source);
        message.routing_key = routing_key_.fill(*source);
        message.body = visit.msg.data;
        if (message.exchange.size() > 255 || message.routing_key.size() > 255)
            return Error{ErrorCode::invalid_argument,
                         "Exchange or routing key is longer than 255 bytes!"};
        if (properties_) apply(*properties_, message);
        return requests_.run(visit, publish_to(publisher_, std::move(message)));
    }

  private:
    Pattern exchange_;
    Pattern routing_key_;
    std::optional<MessageProperties> properties_;
    ExternalRequests requests_;
    std::shared_ptr<client::AmqpPublisher> publisher_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.rabbitmq.TbRabbitMqNode",
    .name = "rabbitmq",
    .kind = NodeKind::external,
    .summary = "Publishes a message's data to RabbitMQ.",
    .form = "tbExternalNodeRabbitMqConfig",
    .icon = "",
    .details =
        "Waits until the broker confirms that it has the message. If it does not, the "
        "message goes on by <code>Failure</code>, with the reason in its metadata "
        "<code>error</code>.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RabbitMqNode, Config>,
};

}  // namespace thingstead::rule::rabbitmq
