// The live sessions of devices: what is pushed down to them, and who must go when something
// changes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/lru_cache.h"
#include "base/metrics.h"
#include "base/uuid.h"
#include "core/device_services.h"
#include "core/entity_events.h"
#include "core/replies.h"
#include "model/kv.h"

namespace thingstead::core {

enum class SessionCloseReason : std::uint8_t {
    credentials_updated,
    device_deleted,
    newer_session,  ///< A device has at most sessions_per_device_max asynchronous sessions.
};

/// The transport's end. Called from any thread: implementations post to their own.
class DeviceDownlink {
  public:
    virtual ~DeviceDownlink() = default;
    virtual void on_shared_attributes(const std::vector<model::KeyValue>& updated) = 0;
    virtual void on_shared_attributes_removed(const std::vector<std::string>& keys) = 0;
    /// The device or its profile changed: ask DeviceAuth for a fresh identity.
    virtual void on_device_changed() = 0;
    virtual void on_close(SessionCloseReason reason) = 0;
    /// The answer to a call that the device made in this session.
    virtual void on_reply(std::int32_t request_id, std::string data) = 0;
};

struct DeviceSessionsSettings {
    std::size_t sessions_per_device_max = 1;
};

/// Thread-safe.
class DeviceSessions final : public DevicePush {
  public:
    DeviceSessions(DeviceSessionsSettings settings, EntityEvents& events, MetricsRegistry& metrics);

    struct SessionId {
        model::DeviceId device{};
        std::uint64_t number = 0;  ///< 1, 2, 3 … over all devices; 0: no session.
    };
    /// `counted`: an asynchronous session (MQTT), which pushes out the eldest over the limit; a
    /// long poll is not counted. A session whose credentials are void already is told to close.
    SessionId open(DeviceIdentityPtr device, std::shared_ptr<DeviceDownlink> downlink,
                   bool counted);
    /// True if that was the device's last counted session. Idempotent.
    bool close(SessionId id);
    /// Whether the session wants on_shared_attributes.
    void want_attributes(SessionId id, bool wanted);
    std::size_t size() const;
    /// Names the session to others; no other session, of this or another process, has it.
    Uuid uuid_of(SessionId id) const { return Uuid{life_.msb, id.number}; }
    /// Takes the answer to the session that it is for; lost if that is over.
    void reply(DeviceReply reply);

    void push_shared_attributes(model::DeviceId device,
                                const std::vector<model::KeyValue>& updated) override;
    void push_shared_attributes_removed(model::DeviceId device,
                                        const std::vector<std::string>& keys) override;

  private:
    static constexpr std::size_t changes_kept = 4096;
    static constexpr std::int64_t gone = std::numeric_limits<std::int64_t>::max();

    struct Session {
        std::uint64_t number;
        model::DeviceProfileId profile;
        std::int64_t credentials_version;
        std::shared_ptr<DeviceDownlink> downlink;
        bool counted;
        bool wants_attributes = false;
    };
    using Downlinks = std::vector<std::shared_ptr<DeviceDownlink>>;

    void on_change(const EntityChange& change);
    void on_credentials(const EntityChange& change);
    template <class Select>
    Downlinks select(model::DeviceId device, Select select) const;

    DeviceSessionsSettings settings_;
    const Uuid life_ = new_random_uuid();  ///< Of this process: numbers begin anew with the next.
    mutable std::mutex mutex_;
    std::unordered_map<model::DeviceId, std::vector<Session>> by_device_;
    std::size_t count_ = 0;
    std::uint64_t next_number_ = 1;
    /// Devices that changed a moment ago → the least version of credentials that is not void: the
    /// session of a log-in that began before opens only now. `gone` of deleted ones.
    LruCache<model::DeviceId, std::int64_t> valid_from_{changes_kept};
    Gauge active_;
    Counter opened_;
};

}  // namespace thingstead::core
