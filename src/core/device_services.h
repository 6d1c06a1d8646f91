// What transports ask of the rest of the house. Behind each of these stands the thing itself where
// a process has the stores, or core/cluster, which asks a node over the queue.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "core/device_identity.h"
#include "model/kv.h"
#include "net/task.h"

namespace thingstead::core {

/// What a credentials id stands for.
struct CredentialsEntry {
    model::CredentialsType type{};
    std::string value;  ///< Of MQTT basic credentials and certificates.
    DeviceIdentityPtr identity;
};
/// Null: nobody has these credentials, or their device is gone.
using CredentialsEntryPtr = std::shared_ptr<const CredentialsEntry>;

/// Where credentials are kept; DeviceAuth caches what it says. Thread-safe.
class CredentialsSource {
  public:
    virtual ~CredentialsSource() = default;
    /// Errors of both: unavailable, timeout - it does not answer.
    virtual Task<Result<CredentialsEntryPtr>> find(std::string credentials_id) = 0;
    /// Null: there is no such device.
    virtual Task<Result<DeviceIdentityPtr>> identity(model::DeviceId device) = 0;
};

struct DeviceView {
    std::vector<model::Attribute> client;
    std::vector<model::Attribute> shared;
};

/// Thread-safe.
class DeviceAttributeReader {
  public:
    virtual ~DeviceAttributeReader() = default;
    /// Nullopt key list: that scope is not asked for; empty list: every key.
    /// Errors: unavailable, timeout.
    virtual Task<Result<DeviceView>> read_for_device(
        model::DeviceId device, std::optional<std::vector<std::string>> client_keys,
        std::optional<std::vector<std::string>> shared_keys) = 0;
};

/// Who hears that devices are there. Thread-safe and cheap: noted, worked on later. Times in the
/// past of what is known are ignored.
class DeviceConnectivity {
  public:
    virtual ~DeviceConnectivity() = default;
    /// Each connected() is followed by one disconnected(): of asynchronous sessions.
    virtual void connected(const DeviceIdentityPtr& device, EpochMs at_ms) = 0;
    virtual void disconnected(const DeviceIdentityPtr& device, EpochMs at_ms) = 0;
    virtual void active(const DeviceIdentityPtr& device, EpochMs at_ms) = 0;
    /// A session without connected() begins, that of a long poll: what is pushed to the device
    /// shall find it. Counts as activity.
    virtual void polls(const DeviceIdentityPtr& device, EpochMs at_ms) { active(device, at_ms); }
};

/// The way down to the sessions of a device, wherever they are. Thread-safe and cheap; a device
/// without a session hears nothing, and asks when it is back.
class DevicePush {
  public:
    virtual ~DevicePush() = default;
    virtual void push_shared_attributes(model::DeviceId device,
                                        const std::vector<model::KeyValue>& updated) = 0;
    virtual void push_shared_attributes_removed(model::DeviceId device,
                                                const std::vector<std::string>& keys) = 0;
};

}  // namespace thingstead::core
