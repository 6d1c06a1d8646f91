// The save of an entity of any kind. In one transaction: what its fields may hold, CREATE or WRITE
// for the caller, the tenant's limit, the version, the rules of the kind, the row.
//
// Each kind specialises EntityRules in a header that whoever saves or removes it includes; all of
// its members are optional:
//   template <> struct EntityRules<model::Asset> {
//       /// Fills what the server owns and checks what the entity refers to.
//       static Result<> prepare(Save<model::Asset>& save);
//       /// After the row was written.
//       static Result<> written(Save<model::Asset>& save);
//       /// Before the row is removed: refuses, or removes what belongs to it.
//       static Result<> removing(Removal<model::Asset>& removal);
//       /// The member of the tenant profile's configuration that limits how many there may be.
//       static constexpr std::string_view limit = "maxAssets";
//   };
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/entity/limits.h"
#include "core/entity/read.h"
#include "core/entity/unique_name.h"
#include "core/entity_events.h"
#include "model/validate.h"

namespace thingstead::core {

/// Has a constructor because g++ 12 copies aggregates bit by bit into a coroutine that is awaited.
struct SaveOptions {
    SaveOptions() {}
    explicit SaveOptions(NamePolicy policy) : name_policy(std::move(policy)) {}
    NamePolicy name_policy;
};

/// A save under way; belongs to the work of its transaction.
template <class T>
struct Save {
    store::Transaction& transaction;
    const Caller& caller;
    EpochMs now_ms;
    T& entity;
    const std::optional<T>& before;  ///< As stored; none: it is created.
    /// Told with the change after it is durable.
    EntityChange& change;

    bool creates() const { return !before.has_value(); }
};

template <class T>
struct Saved {
    T entity;
    bool created = false;
    std::optional<T> before{};
};

/// No default: a kind whose rules were not included must not be saved without them.
template <class T>
struct EntityRules;

namespace detail {

template <class T>
Result<> prepare_new(Save<T>& save) {
    T& entity = save.entity;
    if constexpr (requires { entity.tenant_id; })
        if (!save.caller.is(model::Authority::sys_admin) || entity.tenant_id.uuid == Uuid{})
            entity.tenant_id = save.caller.tenant;
    // What a customer's user makes belongs to its customer, unless it names one below.
    const model::CustomerId own = save.caller.customer;
    if constexpr (requires { entity.customer_id; })
        if (entity.customer_id.uuid == Uuid{} || entity.customer_id == model::no_customer)
            entity.customer_id = own;
    if constexpr (requires { entity.parent_customer_id; })
        if (!entity.parent_customer_id && own != model::no_customer)
            entity.parent_customer_id = own;
    if (Result<> allowed =
            check(save.transaction, save.caller, Operation::create, subject_of(entity));
        !allowed)
        return allowed;
    if constexpr (requires { EntityRules<T>::limit; })
        if (Result<> within = check_limit<T>(save.transaction, EntityKind<T>::tenant(entity),
                                             EntityRules<T>::limit);
            !within)
            return within;
    entity.id = IdOf<T>::make();
    entity.created_time = save.now_ms;
    if constexpr (requires { entity.version = 1; }) entity.version = 1;
    return {};
}

template <class T>
Result<> prepare_update(Save<T>& save) {
    T& entity = save.entity;
    const T& before = *save.before;
    if constexpr (requires { entity.version.has_value(); }) {
        if (entity.version && entity.version != before.version)
            return changed_by_another(EntityKind<T>::noun());
        entity.version = before.version.value_or(0) + 1;
    }
    entity.created_time = before.created_time;
    if constexpr (requires { entity.tenant_id; }) entity.tenant_id = before.tenant_id;
    // A customer's users may change what they have, but not whose it is: core/owner.
    if (save.caller.customer != model::no_customer) {
        if constexpr (requires { entity.customer_id; }) entity.customer_id = before.customer_id;
        if constexpr (requires { entity.parent_customer_id; })
            entity.parent_customer_id = before.parent_customer_id;
    }
    return {};
}

template <class T>
Result<> save_inside(Save<T>& save, const NamePolicy& policy) {
    if (Result<> valid = model::validate(save.entity); !valid) return valid;
    if (Result<> done = save.creates() ? prepare_new(save) : prepare_update(save); !done)
        return done;
    if constexpr (requires { EntityRules<T>::prepare(save); })
        if (Result<> done = EntityRules<T>::prepare(save); !done) return done;
    if (Result<> done = make_unique(save.transaction, save.entity, policy); !done) return done;
    Result<> written = save.creates() ? save.transaction.insert(save.entity)
                                      : save.transaction.update(save.entity);
    if (!written) return in_words(written.error());
    if constexpr (requires { EntityRules<T>::written(save); })
        if (Result<> done = EntityRules<T>::written(save); !done) return in_words(done.error());
    return {};
}

}  // namespace detail

/// Within a transaction of the caller's: for works that save more than one entity. `change` is to
/// be published once the transaction is durable.
template <class T>
Result<Saved<T>> save_in(store::Transaction& transaction, const Caller& caller, EpochMs now_ms,
                         T entity, EntityChange& change, const SaveOptions& options = {}) {
    Saved<T> saved{std::move(entity)};
    if (saved.entity.id.uuid != Uuid{}) {
        Result<T> before = load<T>(transaction, caller, Operation::write, saved.entity.id);
        if (!before) return before.error();
        saved.before = *std::move(before);
    }
    saved.created = !saved.before;
    change = EntityChange{saved.created ? ChangeKind::created : ChangeKind::updated, caller.tenant,
                          saved.entity.id};
    Save<T> save{transaction, caller, now_ms, saved.entity, saved.before, change};
    if (Result<> done = detail::save_inside(save, options.name_policy); !done) return done.error();
    change.entity = saved.entity.id;
    change.tenant = EntityKind<T>::tenant(saved.entity);
    return saved;
}

/// Creates (null id) or updates. Errors: invalid_argument - the interface's texts; forbidden;
/// not_found; conflict - the version; limit_reached.
template <class T>
Task<Result<Saved<T>>> save(const Platform& platform, Caller caller, T entity,
                            SaveOptions options = {}) {
    EntityChange change{ChangeKind::updated, caller.tenant, model::EntityId(entity.id)};
    const std::function<Result<Saved<T>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return save_in(transaction, caller, platform.clock.now_ms(), entity, change, options);
        };
    Result<Saved<T>> saved = co_await write<Saved<T>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

}  // namespace thingstead::core
