// The end of an entity of any kind: the row, its relations, attributes and memberships in one
// transaction; telemetry and what else may be large in the background.
#pragma once
#include <functional>
#include <utility>

#include "core/entity/read.h"
#include "core/entity/save.h"
#include "model/cleanup.h"

namespace thingstead::core {

/// A removal under way; belongs to the work of its transaction.
template <class T>
struct Removal {
    store::Transaction& transaction;
    const Caller& caller;
    EpochMs now_ms;
    const T& entity;
    EntityChange& change;
};

/// Removes what others have of the entity: relations both ways, attributes, memberships in groups.
/// With `leaves_data`, notes that telemetry and the like are still to be removed (core/cleanup.h).
Result<> forget_entity(store::Transaction& transaction, model::TenantId tenant,
                       model::EntityId entity, EpochMs now_ms, bool leaves_data = true);

/// Within a transaction of the caller's. No rights are asked for.
template <class T>
Result<> remove_in(store::Transaction& transaction, const Caller& caller, EpochMs now_ms,
                   const T& entity, EntityChange& change) {
    change = EntityChange{ChangeKind::deleted, EntityKind<T>::tenant(entity), entity.id};
    Removal<T> removal{transaction, caller, now_ms, entity, change};
    if constexpr (requires { EntityRules<T>::removing(removal); })
        if (Result<> done = EntityRules<T>::removing(removal); !done) return done;
    if (Result<> done =
            forget_entity(transaction, EntityKind<T>::tenant(entity), entity.id, now_ms);
        !done)
        return done;
    const auto gone = transaction.remove<T>({
        {"id", entity.id.uuid}
    });
    if (!gone) return in_words(gone.error());
    return {};
}

/// Removes the entity and returns what it was. Errors: not_found, forbidden; invalid_argument - it
/// is in use, in the interface's words.
template <class T>
Task<Result<T>> remove(const Platform& platform, Caller caller, IdOf<T> id) {
    EntityChange change{ChangeKind::deleted, caller.tenant, id};
    const std::function<Result<T>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<T> {
        Result<T> entity = load<T>(transaction, caller, Operation::remove, id);
        if (!entity) return entity.error();
        if (Result<> done =
                remove_in(transaction, caller, platform.clock.now_ms(), *entity, change);
            !done)
            return done.error();
        return entity;
    };
    Result<T> removed = co_await write<T>(platform, work);
    if (removed) platform.events.publish(change);
    co_return removed;
}

}  // namespace thingstead::core
