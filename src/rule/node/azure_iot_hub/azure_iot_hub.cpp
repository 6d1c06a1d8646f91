// Sources: "Communicate with an IoT hub using the MQTT protocol" and "Control access to IoT Hub
// with shared access signatures" of Microsoft's documentation.
#include "core/crypto.h"
#include "rule/mqtt_publish/mqtt_publish.h"
#include "rule/node.h"
#include "rule/node/azure_iot_hub/sas_token.h"

namespace thingstead::rule::azure_iot_hub {
namespace {

constexpr std::uint16_t hub_port = 8883;

json::value sas_credentials() {
    return json::object{
        {"type",   "sas"  },
        {"sasKey", nullptr},
        {"caCert", nullptr}
    };
}

struct Config {
    std::string topic_pattern = "devices/<device_id>/messages/events/";
    std::optional<std::string> host = "<iot-hub-name>.azure-devices.net";
    std::uint16_t port = hub_port;
    std::int32_t connect_timeout_s = 10;
    std::optional<std::string> client_id;
    bool append_client_id_suffix = false;
    bool retained_message = false;
    bool clean_session = true;
    bool ssl = true;
    bool parse_to_plain_text = false;
    MqttProtocol protocol_version = MqttProtocol::v3_1_1;
    json::value credentials = sas_credentials();
};
constexpr auto describe(const Config*) {
    return fields(
        field("topicPattern", &Config::topic_pattern, "Topic of the hub that is published to."),
        field("host", &Config::host, "Name of the hub's server."),
        field("port", &Config::port, "Not used: a hub listens on 8883.", between(1, 65'535)),
        field("connectTimeoutSec", &Config::connect_timeout_s,
              "Longest wait for a connection, in seconds.", between(1, 200)),
        field("clientId", &Config::client_id, "The device's id in the hub."),
        field("appendClientIdSuffix", &Config::append_client_id_suffix, "Not used."),
        field("retainedMessage", &Config::retained_message, "Not used."),
        field("cleanSession", &Config::clean_session, "Not used: each connection begins anew."),
        field("ssl", &Config::ssl, "Not used: a hub speaks TLS alone."),
        field("parseToPlainText", &Config::parse_to_plain_text, "Not used."),
        field("protocolVersion", &Config::protocol_version, "Version of MQTT."),
        field("credentials", &Config::credentials, "A shared access key, or a certificate."));
}

class AzureIotHubNode final : public Node {
  public:
    AzureIotHubNode(Config config, std::unique_ptr<MqttPublisher> publisher)
        : topic_(std::move(config.topic_pattern)), publisher_(std::move(publisher)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const std::string host = config.host.value_or("");
        const std::string device = config.client_id.value_or("");
        if (host.empty()) return Error{ErrorCode::invalid_argument, "Host of the hub is not set!"};
        if (device.empty())
            return Error{ErrorCode::invalid_argument, "Device ID of the hub is not set!"};
        if (Result<> fits = check_client_id(device, config.protocol_version); !fits)
            return fits.error();
        const Result<MqttCredentials> credentials = read_mqtt_credentials(config.credentials);
        if (!credentials) return credentials.error();
        client::MqttClientSettings settings;
        settings.address = {host, hub_port};
        settings.connect_timeout = std::chrono::seconds(config.connect_timeout_s);
        settings.session.answer_timeout = settings.connect_timeout;
        settings.session.version = version_of(config.protocol_version);
        settings.session.client_id = device;
        settings.session.user_name = host + "/" + device + "/?api-version=2018-06-30";
        if (Result<> done = authenticate(*credentials, host, services.clock, settings); !done)
            return done.error();
        auto publisher = MqttPublisher::open(info, services, json::serialize(to_json(config)),
                                             std::move(settings));
        if (!publisher) return publisher.error();
        return std::unique_ptr<Node>(
            std::make_unique<AzureIotHubNode>(std::move(config), *std::move(publisher)));
    }

    Step on_message(Visit& visit) override {
        return publisher_->publish(visit, topic_, false, false);
    }

  private:
    static Result<> authenticate(const MqttCredentials& credentials, const std::string& host,
                                 const Clock& clock, client::MqttClientSettings& settings) {
        if (credentials.type == "sas") {
            const std::optional<std::string> key = core::base64_decode(credentials.sas_key);
            if (!key || key->empty())
                return Error{ErrorCode::invalid_argument, "SAS key is not base64!"};
            // A token that runs out ends the connection; the next one begins with a new token.
            settings.fresh_password = [host, device = settings.session.client_id, key = *key,
                                       &clock] {
                return sas_token(host, device, key, clock.now_ms());
            };
        } else if (credentials.type != "cert.PEM") {
            return Error{ErrorCode::invalid_argument,
                         "Credentials type is not supported: '" + credentials.type + "'!"};
        }
        Result<net::SslContext> tls = mqtt_tls(credentials);
        if (!tls) return tls.error();
        settings.tls = *std::move(tls);
        return {};
    }

    Pattern topic_;
    std::unique_ptr<MqttPublisher> publisher_;
};

/// 0 → 1: the version of MQTT can be chosen.
Result<> upgrade(std::int32_t, json::object& configuration) {
    if (!configuration.contains("protocolVersion")) configuration["protocolVersion"] = "MQTT_3_1_1";
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.mqtt.azure.TbAzureIotHubNode",
    .name = "azure iot hub",
    .kind = NodeKind::external,
    .summary = "Publishes a message's data to an Azure IoT Hub.",
    .configuration_version = 1,
    .clustering = Clustering::one_server,
    .form = "tbExternalNodeAzureIotHubConfig",
    .icon = "cloud_upload",
    .details =
        "Waits for the hub's acknowledgement (QoS 1). If there is none, the message goes on "
        "by <code>Failure</code>, with the reason in its metadata <code>error</code>.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AzureIotHubNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::azure_iot_hub
