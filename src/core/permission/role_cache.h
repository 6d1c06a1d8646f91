// What callers may do beyond their authority: the roles of the groups that they are in.
#pragma once
#include <cstddef>
#include <memory>

#include "base/error.h"
#include "base/metrics.h"
#include "core/caller.h"
#include "core/entity_events.h"
#include "core/permission/permissions.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Groups that a user may be in, and rights that they may have; what is over it is not looked at.
inline constexpr std::int32_t user_groups_max = 1'000;
inline constexpr std::int32_t user_rights_max = 10'000;

/// What the roles of the caller's groups give it: those that have it as a member, and the group All
/// of its owner. Null: no role is bound, so it has what its authority gives. Groups that were made
/// public give what they give beside the authority.
Result<std::shared_ptr<const Permissions>> load_permissions(store::Reader& reader,
                                                            const Caller& caller);

/// Keeps what load_permissions() found, by user; what changes is told through `events`, and forgets
/// it. Thread-safe.
class RoleCache {
  public:
    /// Keeps at most `users_max`, and forgets who asked least recently. All of it outlives the
    /// cache.
    RoleCache(store::EntityStore& store, EntityEvents& events, std::size_t users_max,
              MetricsRegistry& metrics);
    ~RoleCache();

    /// The caller with its permissions. No store is asked for whom it knows. Errors: expired - the
    /// user is gone, or is not anymore what its token says: "Token has expired"; unavailable.
    Task<Result<Caller>> complete(Caller caller);
    /// Changes may have been missed.
    void forget();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::core
