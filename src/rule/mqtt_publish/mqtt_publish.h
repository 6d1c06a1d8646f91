// What the nodes share that publish to an MQTT broker: their configuration's credentials, the
// client of the node's id, and a message's way to the broker.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"
#include "client/mqtt/mqtt_client.h"
#include "net/tls.h"
#include "rule/external.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule {

enum class MqttProtocol : std::uint8_t { v3_1, v3_1_1, v5 };
constexpr auto enum_names(MqttProtocol) {
    using namespace std::literals;
    return std::array{
        std::pair{MqttProtocol::v3_1,   "MQTT_3_1"sv  },
        std::pair{MqttProtocol::v3_1_1, "MQTT_3_1_1"sv},
        std::pair{MqttProtocol::v5,     "MQTT_5"sv    }
    };
}
mqtt::Version version_of(MqttProtocol protocol);

/// Texts of `credentials`; what a type does not have stays empty.
struct MqttCredentials {
    std::string type;
    std::string user_name, password;                              ///< basic
    std::string ca_cert, certificate, private_key, key_password;  ///< cert.PEM; sas: ca_cert
    std::string sas_key;                                          ///< sas
};
/// Errors: invalid_argument - there is no type, or a member is no text.
Result<MqttCredentials> read_mqtt_credentials(const json::value& credentials);
/// TLS as the credentials have it. Errors: invalid_argument - a text is no PEM.
Result<net::SslContext> mqtt_tls(const MqttCredentials& credentials);

/// Errors: invalid_argument - longer than the version allows.
Result<> check_client_id(std::string_view client_id, MqttProtocol protocol);

/// The messages of one node. Belongs to the worker's thread.
class MqttPublisher {
  public:
    /// `configuration` tells clients of the node apart. The connection is made in the background:
    /// until its first attempt has ended messages wait.
    /// Errors: unsupported - brokers are not reached from here.
    static Result<std::unique_ptr<MqttPublisher>> open(const NodeInfo& info, NodeServices& services,
                                                       std::string_view configuration,
                                                       client::MqttClientSettings settings);

    /// What the node answers. `plain_text`: data that is one JSON text is sent without its quotes.
    Step publish(Visit& visit, const Pattern& topic, bool retain, bool plain_text);

  private:
    MqttPublisher(const NodeInfo& info, NodeServices& services,
                  std::shared_ptr<client::MqttClient> client)
        : requests_(info, services), client_(std::move(client)) {}

    ExternalRequests requests_;
    std::shared_ptr<client::MqttClient> client_;
};

}  // namespace thingstead::rule
