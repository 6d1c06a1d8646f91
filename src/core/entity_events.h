// What changed, told to those inside the process who keep copies: caches, sessions, rule chains.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model/ids.h"

namespace thingstead::core {

enum class ChangeKind : std::uint8_t {
    created,
    updated,
    deleted,
    credentials_updated,
    session_ended,  ///< A user logged out.
};

struct EntityChange {
    ChangeKind kind;
    model::TenantId tenant;
    model::EntityId entity;
    /// Of devices: the credentials ids that were or are valid and may be cached. Of users: the
    /// session that ended; with credentials_updated the time (ms) before which tokens are void.
    std::vector<std::string> credentials_ids{};
    /// Of devices, with credentials_updated: the version that is valid now; 0: no session may stay.
    std::int64_t credentials_version = 0;
    /// Told by another process: not to be told on.
    bool from_afar = false;
    /// What else the same write changed; told after it.
    std::vector<EntityChange> also{};
};

/// Thread-safe. Listeners run on the publisher's thread, after the change is durable: they must be
/// cheap, must not block and must not publish.
class EntityEvents {
  public:
    using Listener = std::function<void(const EntityChange&)>;
    /// Listens until the event source ends: for services that live as long as the process.
    void listen(Listener listener);
    /// Hears of changes before those of listen(), in the order of these calls: caches, so that who
    /// asks again because of a change is not answered with what they kept.
    void listen_first(Listener listener);
    void publish(const EntityChange& change) const;
    /// Hears that changes may have been missed: what is kept must be read again.
    void listen_missed(std::function<void()> listener);
    void publish_missed() const;

  private:
    mutable std::mutex mutex_;
    std::vector<Listener> listeners_;
    std::vector<std::function<void()>> missed_listeners_;
    std::size_t first_ = 0;  ///< So many of them hear first.
};

}  // namespace thingstead::core
