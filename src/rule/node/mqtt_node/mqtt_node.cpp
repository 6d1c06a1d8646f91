#include "base/random.h"
#include "base/uuid.h"
#include "rule/mqtt_publish/mqtt_publish.h"
#include "rule/node.h"

namespace thingstead::rule::mqtt_node {
namespace {

json::value anonymous() {
    return json::object{
        {"type", "anonymous"}
    };
}

struct Config {
    std::string topic_pattern = "my-topic";
    std::optional<std::string> host;
    std::uint16_t port = 1883;
    std::int32_t connect_timeout_s = 10;
    std::optional<std::string> client_id;
    bool append_client_id_suffix = false;
    bool retained_message = false;
    bool clean_session = true;
    bool ssl = false;
    bool parse_to_plain_text = false;
    MqttProtocol protocol_version = MqttProtocol::v3_1_1;
    json::value credentials = anonymous();
};
constexpr auto describe(const Config*) {
    return fields(
        field("topicPattern", &Config::topic_pattern, "Topic that is published to."),
        field("host", &Config::host, "Name or address of the broker."),
        field("port", &Config::port, "TCP port of the broker.", between(1, 65'535)),
        field("connectTimeoutSec", &Config::connect_timeout_s,
              "Longest wait for a connection, in seconds.", between(1, 200)),
        field("clientId", &Config::client_id, "Name of the client; empty: a random one."),
        field("appendClientIdSuffix", &Config::append_client_id_suffix,
              "Whether the server's id is added to the client's."),
        field("retainedMessage", &Config::retained_message, "Whether the broker keeps the last."),
        field("cleanSession", &Config::clean_session, "Whether each connection begins anew."),
        field("ssl", &Config::ssl, "Whether TLS is used."),
        field("parseToPlainText", &Config::parse_to_plain_text,
              "Whether data that is one JSON text is sent without its quotes."),
        field("protocolVersion", &Config::protocol_version, "Version of MQTT."),
        field("credentials", &Config::credentials, "How the client shows who it is."));
}

/// Within the 23 characters of MQTT 3.1.
std::string random_client_id() { return "ts" + new_random_uuid().to_string().substr(0, 18); }

Result<std::string> client_id_of(const Config& config, const NodeServices& services) {
    std::string id = config.client_id.value_or("");
    if (id.empty()) return random_client_id();
    if (config.append_client_id_suffix) id += "_" + services.service_id;
    if (Result<> fits = check_client_id(id, config.protocol_version); !fits) return fits.error();
    return id;
}

class MqttNode final : public Node {
  public:
    MqttNode(Config config, std::unique_ptr<MqttPublisher> publisher)
        : topic_(std::move(config.topic_pattern)),
          retained_(config.retained_message),
          plain_text_(config.parse_to_plain_text),
          publisher_(std::move(publisher)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (config.host.value_or("").empty())
            return Error{ErrorCode::invalid_argument, "Host of the MQTT broker is not set!"};
        const Result<MqttCredentials> credentials = read_mqtt_credentials(config.credentials);
        if (!credentials) return credentials.error();
        Result<std::string> client_id = client_id_of(config, services);
        if (!client_id) return client_id.error();
        client::MqttClientSettings settings;
        settings.address = {*config.host, config.port};
        settings.connect_timeout = std::chrono::seconds(config.connect_timeout_s);
        settings.session.answer_timeout = settings.connect_timeout;
        settings.session.version = version_of(config.protocol_version);
        settings.session.client_id = *std::move(client_id);
        settings.session.clean_start = config.clean_session;
        if (Result<> done = authenticate(config, *credentials, settings); !done)
            return done.error();
        auto publisher = MqttPublisher::open(info, services, json::serialize(to_json(config)),
                                             std::move(settings));
        if (!publisher) return publisher.error();
        return std::unique_ptr<Node>(
            std::make_unique<MqttNode>(std::move(config), *std::move(publisher)));
    }

    Step on_message(Visit& visit) override {
        return publisher_->publish(visit, topic_, retained_, plain_text_);
    }

  private:
    static Result<> authenticate(const Config& config, const MqttCredentials& credentials,
                                 client::MqttClientSettings& settings) {
        if (credentials.type == "basic") {
            if (!credentials.user_name.empty()) settings.session.user_name = credentials.user_name;
            if (!credentials.password.empty()) settings.session.password = credentials.password;
        } else if (credentials.type != "anonymous" && credentials.type != "cert.PEM") {
            return Error{ErrorCode::invalid_argument,
                         "Credentials type is not supported: '" + credentials.type + "'!"};
        }
        if (!config.ssl) return {};
        Result<net::SslContext> tls = mqtt_tls(credentials);
        if (!tls) return tls.error();
        settings.tls = *std::move(tls);
        return {};
    }

    Pattern topic_;
    bool retained_;
    bool plain_text_;
    std::unique_ptr<MqttPublisher> publisher_;
};

/// 0: nodes of old sent data as it is. 1: they spoke MQTT 3.1.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from < 1 && !configuration.contains("parseToPlainText"))
        configuration["parseToPlainText"] = false;
    if (!configuration.contains("protocolVersion")) configuration["protocolVersion"] = "MQTT_3_1";
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.mqtt.TbMqttNode",
    .name = "mqtt",
    .kind = NodeKind::external,
    .summary = "Publishes a message's data to an MQTT broker.",
    .configuration_version = 2,
    .clustering = Clustering::as_users_say,
    .form = "tbExternalNodeMqttConfig",
    .icon = "call_split",
    .details =
        "Waits for the broker's acknowledgement (QoS 1). If there is none, the message goes "
        "on by <code>Failure</code>, with the reason in its metadata <code>error</code>.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<MqttNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::mqtt_node
