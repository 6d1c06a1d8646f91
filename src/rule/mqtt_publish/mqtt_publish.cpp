#include "rule/mqtt_publish/mqtt_publish.h"

#include <algorithm>

#include "net/tls_pem.h"
#include "rule/shared_clients.h"
#include "rule/told.h"

namespace thingstead::rule {
namespace {

constexpr std::size_t client_id_max_3_1 = 23, client_id_max = 256;

/// Not of the node: the request may outlive it.
Task<ExternalAnswer> publish_to(std::shared_ptr<client::MqttClient> client,
                                client::MqttMessage message) {
    const std::function<void(std::function<void(Result<>)>)> begin =
        [client, message = std::move(message)](std::function<void(Result<>)> done) {
            client->publish(message, std::move(done));
        };
    Task<Result<>> telling = told<void>(begin);
    const Result<> done = co_await std::move(telling);
    if (!done) co_return ExternalAnswer::failed(done.error());
    co_return ExternalAnswer();
}

std::string payload_of(const model::Msg& msg, bool plain_text) {
    if (!plain_text || msg.data.empty() || msg.data.front() != '"') return msg.data;
    const Result<json::value> text = parse_json(msg.data);
    return text && text->is_string() ? std::string(text->get_string()) : msg.data;
}

/// A text that may be null or missing: empty then.
Result<> read_text(const json::object& from, std::string_view name, std::string& into) {
    const json::value* const value = from.if_contains(name);
    if (!value || value->is_null()) return {};
    if (!value->is_string())
        return Error{ErrorCode::invalid_argument,
                     "credentials." + std::string(name) + ": expected a string"};
    into = std::string(value->get_string());
    return {};
}

}  // namespace

mqtt::Version version_of(MqttProtocol protocol) {
    switch (protocol) {
        case MqttProtocol::v3_1:   return mqtt::Version::v3_1;
        case MqttProtocol::v3_1_1: return mqtt::Version::v3_1_1;
        case MqttProtocol::v5:     return mqtt::Version::v5;
    }
    return mqtt::Version::v3_1_1;
}

Result<MqttCredentials> read_mqtt_credentials(const json::value& credentials) {
    const json::object* const object = credentials.if_object();
    if (!object) return Error{ErrorCode::invalid_argument, "credentials: expected an object"};
    MqttCredentials out;
    const std::pair<std::string_view, std::string*> members[] = {
        {"type",       &out.type       },
        {"username",   &out.user_name  },
        {"password",   &out.password   },
        {"caCert",     &out.ca_cert    },
        {"cert",       &out.certificate},
        {"privateKey", &out.private_key},
        {"sasKey",     &out.sas_key    }
    };
    for (const auto& [name, into] : members)
        if (Result<> read = read_text(*object, name, *into); !read) return read.error();
    if (out.type == "cert.PEM") out.key_password = std::exchange(out.password, {});
    return out;
}

Result<net::SslContext> mqtt_tls(const MqttCredentials& credentials) {
    net::TlsClientTexts texts;
    texts.authorities = credentials.ca_cert;
    texts.certificate = credentials.certificate;
    texts.private_key = credentials.private_key;
    texts.private_key_password = credentials.key_password;
    return net::make_tls_client_context(texts);
}

Result<> check_client_id(std::string_view client_id, MqttProtocol protocol) {
    const auto characters = static_cast<std::size_t>(std::ranges::count_if(
        client_id, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
    const std::size_t most = protocol == MqttProtocol::v3_1 ? client_id_max_3_1 : client_id_max;
    if (characters <= most) return {};
    return Error{ErrorCode::invalid_argument, "Client ID is too long '" + std::string(client_id) +
                                                  "'. " + std::string(enum_name(protocol)) +
                                                  " allows " + std::to_string(most) +
                                                  " characters!"};
}

Result<std::unique_ptr<MqttPublisher>> MqttPublisher::open(const NodeInfo& info,
                                                           NodeServices& services,
                                                           std::string_view configuration,
                                                           client::MqttClientSettings settings) {
    SharedClients* const clients = services.outside.clients;
    if (!clients) return Error{ErrorCode::unsupported, "MQTT brokers are not reached from here!"};
    settings.egress = clients->egress();
    const auto make = [&]() -> Result<std::unique_ptr<client::MqttClient>> {
        return std::make_unique<client::MqttClient>(clients->context(), std::move(settings),
                                                    services.log);
    };
    auto client = clients->of<client::MqttClient>(info.rule_node, configuration, make);
    if (!client) return client.error();
    return std::unique_ptr<MqttPublisher>(new MqttPublisher(info, services, *std::move(client)));
}

Step MqttPublisher::publish(Visit& visit, const Pattern& topic, bool retain, bool plain_text) {
    Result<std::string> to = topic.fill(visit.msg);
    if (!to) return to.error();
    client::MqttMessage message(*std::move(to), payload_of(visit.msg, plain_text));
    message.retain = retain;
    return requests_.run(visit, publish_to(client_, std::move(message)));
}

}  // namespace thingstead::rule
