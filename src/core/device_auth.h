// Credentials of devices → DeviceIdentity. Cached with negative answers; a change evicts.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "core/device_services.h"
#include "core/entity_events.h"
#include "net/task.h"

namespace thingstead::core {

struct DeviceAuthSettings {
    std::size_t entries_max = 100'000;         ///< Cached credentials, refused ones included.
    std::chrono::minutes entry_life{24 * 60};  ///< Then they are read again.
};

/// SHA3-256, lower-case hexadecimal, of `text` without PEM armour and line breaks: the credentials
/// id of certificates and of MQTT client ids.
std::string credentials_hash(std::string_view text);
/// Standard Base64 of a DER certificate, hashed.
std::string certificate_hash(const std::vector<std::byte>& der);
/// The credentials id of MQTT_BASIC fields; errors: invalid_argument - with the interface's text.
Result<std::string> basic_credentials_id(std::string_view client_id, std::string_view user_name,
                                         std::string_view password);

class DeviceAuth {
  public:
    DeviceAuth(CredentialsSource& source, EntityEvents& events, DeviceAuthSettings settings,
               const Clock& clock, MetricsRegistry& metrics);
    ~DeviceAuth();

    /// Errors of all: unauthenticated; unavailable - the source does not answer.
    Task<Result<DeviceIdentityPtr>> by_token(std::string token);
    Task<Result<DeviceIdentityPtr>> by_mqtt_basic(std::string client_id, std::string user_name,
                                                  std::string password);
    Task<Result<DeviceIdentityPtr>> by_certificate(std::vector<std::byte> leaf_der);
    /// A fresh snapshot of a device that is connected. Errors: not_found, unavailable, timeout.
    Task<Result<DeviceIdentityPtr>> refresh(model::DeviceId device);

    /// Empties the cache: changes may have been missed. Thread-safe.
    void forget();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::core
