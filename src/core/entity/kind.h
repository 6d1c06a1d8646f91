// What the services of all entities ask of one, whichever its kind: its id, tenant, owner, name.
// They follow from its members; a kind that differs specialises EntityKind.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/permission/check.h"
#include "model/entities.h"
#include "model/ids.h"

namespace thingstead::core {

template <class T>
using IdOf = std::decay_t<decltype(T::id)>;

template <class T>
struct EntityKind {
    static constexpr model::EntityType type = IdOf<T>::kind;
    static Resource resource() { return *resource_of(type); }
    /// In messages: "Device profile".
    static std::string_view noun() { return model::normal_name(type); }
    static model::TenantId tenant(const T& entity) {
        if constexpr (requires { entity.tenant_id; })
            return entity.tenant_id;
        else
            return model::system_tenant;
    }
    static model::CustomerId owner(const T& entity) {
        if constexpr (requires { entity.customer_id; })
            return entity.customer_id;
        else
            return model::no_customer;
    }
    static std::string name(const T& entity) {
        if constexpr (requires { entity.name; })
            return entity.name;
        else if constexpr (requires { entity.title; })
            return entity.title;
        else if constexpr (requires { entity.email; })
            return entity.email;
        else
            return {};
    }
};

/// A customer is its own owner: its users may read it. One that is not there yet belongs to whoever
/// is to be above it.
template <>
struct EntityKind<model::Customer> {
    static constexpr model::EntityType type = model::EntityType::customer;
    static Resource resource() { return Resource::customer; }
    static std::string_view noun() { return "Customer"; }
    static model::TenantId tenant(const model::Customer& customer) { return customer.tenant_id; }
    static model::CustomerId owner(const model::Customer& customer) {
        if (customer.id.uuid != Uuid{}) return customer.id;
        return customer.parent_customer_id.value_or(model::no_customer);
    }
    static const std::string& name(const model::Customer& customer) { return customer.title; }
};

template <>
struct EntityKind<model::Tenant> {
    static constexpr model::EntityType type = model::EntityType::tenant;
    static Resource resource() { return Resource::tenant; }
    static std::string_view noun() { return "Tenant"; }
    static model::TenantId tenant(const model::Tenant& tenant) { return tenant.id; }
    static model::CustomerId owner(const model::Tenant&) { return model::no_customer; }
    static const std::string& name(const model::Tenant& tenant) { return tenant.title; }
};

template <class T>
Subject subject_of(const T& entity) {
    using Kind = EntityKind<T>;
    Subject subject{Kind::resource(), entity.id, Kind::tenant(entity), Kind::owner(entity)};
    if constexpr (requires { entity.assigned_customers; })
        for (const auto& each : entity.assigned_customers)
            subject.shared_with.push_back(each.customer_id);
    return subject;
}

/// "Device with id [<uuid>] is not found"
Error not_found(std::string_view noun, const Uuid& id);
/// "Requested item wasn't found!"
Error item_not_found();
/// "<Noun> was already changed by someone else"
Error changed_by_another(std::string_view noun);
Error invalid(std::string message);

/// Unique rules of the tables in the interface's words; other errors pass through.
Error in_words(const Error& error);

}  // namespace thingstead::core
