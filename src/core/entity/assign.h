// Entities that belong to a customer: assigning them, and taking them back to the tenant.
#pragma once
#include <functional>
#include <string>
#include <utility>

#include "core/entity/read.h"
#include "core/entity/save.h"
#include "core/entity_events.h"
#include "core/public_customer.h"

namespace thingstead::core {

template <class T>
struct Assigned {
    T entity;
    model::Customer customer;  ///< Who has it now, or had it before.
};

namespace detail {

/// Writes the new owner. Kinds that others keep copies of say in EntityRules<T>::touched() of
/// which.
template <class T>
Result<> change_owner(store::Transaction& transaction, T& entity, model::CustomerId owner,
                      EntityChange& change) {
    entity.customer_id = owner;
    entity.version = entity.version.value_or(0) + 1;
    change.tenant = entity.tenant_id;
    if constexpr (requires { EntityRules<T>::touched(transaction, entity, change); })
        if (Result<> done = EntityRules<T>::touched(transaction, entity, change); !done)
            return done;
    return transaction.update(entity);
}

/// Runs `work` and tells of what it changed.
template <class T>
Task<Result<Assigned<T>>> write_assignment(
    const Platform& platform, Caller caller, IdOf<T> id,
    std::function<Result<Assigned<T>>(store::Transaction&, EntityChange&)> work) {
    EntityChange change{ChangeKind::updated, caller.tenant, id};
    const std::function<Result<Assigned<T>>(store::Transaction&)> whole =
        [&](store::Transaction& transaction) {
            change = EntityChange{ChangeKind::updated, caller.tenant, id};
            return work(transaction, change);
        };
    Result<Assigned<T>> done = co_await write<Assigned<T>>(platform, whole);
    if (done) platform.events.publish(change);
    co_return done;
}

}  // namespace detail

/// Errors: not_found, forbidden - of the customer or the entity.
template <class T>
Task<Result<Assigned<T>>> assign_to_customer(const Platform& platform, Caller caller,
                                             model::CustomerId customer_id, IdOf<T> id) {
    const std::function<Result<Assigned<T>>(store::Transaction&, EntityChange&)> work =
        [&](store::Transaction& transaction, EntityChange& change) -> Result<Assigned<T>> {
        auto customer = load<model::Customer>(transaction, caller, Operation::read, customer_id);
        if (!customer) return customer.error();
        auto entity = load<T>(transaction, caller, Operation::assign_to_customer, id);
        if (!entity) return entity.error();
        if (Result<> done = detail::change_owner(transaction, *entity, customer->id, change); !done)
            return done.error();
        return Assigned<T>{*std::move(entity), *std::move(customer)};
    };
    co_return co_await detail::write_assignment<T>(platform, caller, id, work);
}

/// To the tenant's public customer, which is made if there is none.
template <class T>
Task<Result<Assigned<T>>> assign_to_public(const Platform& platform, Caller caller, IdOf<T> id) {
    const std::function<Result<Assigned<T>>(store::Transaction&, EntityChange&)> work =
        [&](store::Transaction& transaction, EntityChange& change) -> Result<Assigned<T>> {
        auto entity = load<T>(transaction, caller, Operation::assign_to_customer, id);
        if (!entity) return entity.error();
        auto customer = public_customer(transaction, entity->tenant_id, platform.clock.now_ms());
        if (!customer) return customer.error();
        if (Result<> done = detail::change_owner(transaction, *entity, customer->id, change); !done)
            return done.error();
        return Assigned<T>{*std::move(entity), *std::move(customer)};
    };
    co_return co_await detail::write_assignment<T>(platform, caller, id, work);
}

/// Errors: not_found, forbidden; invalid_argument - "Asset isn't assigned to any customer!".
template <class T>
Task<Result<Assigned<T>>> unassign_from_customer(const Platform& platform, Caller caller,
                                                 IdOf<T> id) {
    const std::function<Result<Assigned<T>>(store::Transaction&, EntityChange&)> work =
        [&](store::Transaction& transaction, EntityChange& change) -> Result<Assigned<T>> {
        auto entity = load<T>(transaction, caller, Operation::unassign_from_customer, id);
        if (!entity) return entity.error();
        if (entity->customer_id == model::no_customer)
            return invalid(std::string(EntityKind<T>::noun()) + " isn't assigned to any customer!");
        auto customer = transaction.find<model::Customer>({
            {"id", entity->customer_id.uuid}
        });
        if (!customer) return customer.error();
        model::Customer before;
        before.id = entity->customer_id;
        if (*customer) before = **std::move(customer);
        if (Result<> done = detail::change_owner(transaction, *entity, model::no_customer, change);
            !done)
            return done.error();
        return Assigned<T>{*std::move(entity), std::move(before)};
    };
    co_return co_await detail::write_assignment<T>(platform, caller, id, work);
}

}  // namespace thingstead::core
