// Answers of rule chains to those who asked: users who call the rule engine over REST, and devices
// that call a method of the server. Rule nodes send them; who waits may be at another server.
#pragma once
#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/uuid.h"
#include "model/ids.h"

namespace thingstead::core {

/// To a call that a user makes over REST.
struct UserReply {
    model::TenantId tenant;  ///< Whose chain answers; others' calls it cannot answer.
    Uuid request;
    std::string data;
};

/// To a call that a device makes in one of its sessions.
struct DeviceReply {
    model::DeviceId device;
    Uuid session;  ///< DeviceSessions::uuid_of().
    std::int32_t request_id = 0;
    std::string data;
};

/// Thread-safe and cheap. That nobody waits any more is no error.
class Replies {
  public:
    virtual ~Replies() = default;
    /// Takes the answer on its way to the server `service`.
    /// Errors: not_found - no such server is there; unavailable - the way there is full.
    virtual Result<> to_user(const std::string& service, UserReply reply) = 0;
    virtual Result<> to_device(const std::string& service, DeviceReply reply) = 0;
};

class DeviceSessions;
class WaitingCalls;

/// Of a process: what is for itself it takes to who waits, the rest goes to `others`.
class OwnReplies final : public Replies {
  public:
    /// `others`: null, this process is all there is. All of it outlives the object.
    OwnReplies(std::string self, WaitingCalls& calls, DeviceSessions& sessions, Replies* others);
    Result<> to_user(const std::string& service, UserReply reply) override;
    Result<> to_device(const std::string& service, DeviceReply reply) override;

  private:
    const std::string self_;
    WaitingCalls& calls_;
    DeviceSessions& sessions_;
    Replies* others_;
};

/// not_found, in words for who wrote the chain.
Error no_such_service(const std::string& service);

}  // namespace thingstead::core
