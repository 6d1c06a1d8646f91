#include "core/permission/check.h"

#include "core/permission/permissions.h"
#include "model/entities.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::Authority;
using model::CustomerId;
using model::EntityType;

/// Kinds of which the installation has its own, that every tenant may read.
bool is_shared_by_system(Resource resource) {
    return resource == Resource::widgets_bundle || resource == Resource::widget_type ||
           resource == Resource::tb_resource || resource == Resource::queue ||
           resource == Resource::oauth2_configuration_template;
}

Result<> check_system(const Caller& caller, Operation operation, const Subject& subject) {
    if (!permissions_of(caller).generic.of(subject.resource).contains(operation))
        return permission_denied();
    switch (subject.resource) {
        case Resource::tenant:
        case Resource::tenant_profile:
        case Resource::admin_settings:
        case Resource::domain:
        case Resource::oauth2_configuration_template:
        case Resource::mobile_app_settings:
        case Resource::api_key:
        case Resource::dashboard:                     return {};
        case Resource::user:
            return subject.owner == model::no_customer ? Result<>() : Result<>(permission_denied());
        default:
            return subject.tenant == model::system_tenant ? Result<>()
                                                          : Result<>(permission_denied());
    }
}

/// Its own owner: of a customer, the one above it.
Result<CustomerId> owner_of(store::Reader& reader, const Subject& subject) {
    if (subject.id.type != EntityType::customer) return subject.owner;
    const auto customer = reader.find<model::Customer>({
        {"id", subject.id.uuid}
    });
    if (!customer) return customer.error();
    return *customer ? (*customer)->parent_customer_id.value_or(model::no_customer)
                     : model::no_customer;
}

/// Whether a group that has the entity gives the operation.
Result<bool> granted_by_group(store::Reader& reader, const Permissions& permissions,
                              Operation operation, const Subject& subject) {
    if (subject.id.type == EntityType::entity_group) {
        const auto own = permissions.groups.find(subject.id.uuid);
        return own != permissions.groups.end() && on_group_itself().contains(operation) &&
               own->second.operations.contains(operation);
    }
    std::vector<model::EntityGroupId> groups;
    std::vector<CustomerId> owners;
    for (const auto& [id, grant] : permissions.groups) {
        if (grant.type != subject.id.type || !grant.operations.contains(operation)) continue;
        if (grant.all)
            owners.push_back(grant.owner);
        else
            groups.push_back({id});
    }
    if (!owners.empty()) {
        const Result<CustomerId> owner = owner_of(reader, subject);
        if (!owner) return owner.error();
        for (const CustomerId each : owners)
            if (each == *owner) return true;
    }
    if (groups.empty()) return false;
    const auto member = reader.find<model::EntityGroupMember>({
        store::one_of("groupId", groups), {"entityId", subject.id.uuid}
    });
    if (!member) return member.error();
    return member->has_value();
}

bool is_own_account(const Caller& caller, const Subject& subject) {
    return subject.resource == Resource::user && subject.id.type == EntityType::user &&
           subject.id.uuid == caller.user.uuid;
}

/// The customer itself is above its users: what they may do with those below it, they may not with
/// it.
bool is_own_customer(const Caller& caller, const Subject& subject) {
    return subject.id.type == EntityType::customer && caller.customer != model::no_customer &&
           subject.id.uuid == caller.customer.uuid;
}

Result<bool> is_within(store::Reader& reader, const Caller& caller, const Subject& subject) {
    Result<bool> within = is_under(reader, caller, subject.owner);
    for (const CustomerId each : subject.shared_with) {
        if (!within || *within) return within;
        within = is_under(reader, caller, each);
    }
    return within;
}

/// The caller's own customer, whether branches are known or not, and those below it.
store::Condition under(const Caller& caller, std::string_view field) {
    return store::either({
        {{field, caller.customer.uuid}},
        {store::chosen_from<model::CustomerBranch>(field, "descendantId",
         {{"ancestorId", caller.customer.uuid}})},
    });
}

/// Of a group that has all of an owner's.
store::Condition owned(EntityType type, const OwnerFields& fields, CustomerId owner) {
    if (type != EntityType::customer) return {fields.owner, owner.uuid};
    return {"parentCustomerId",
            owner == model::no_customer ? store::Cell() : store::Cell(owner.uuid)};
}

}  // namespace

Error permission_denied() {
    return {ErrorCode::forbidden, "You don't have permission to perform this operation!"};
}

const Permissions& permissions_of(const Caller& caller) {
    return caller.permissions ? *caller.permissions : built_in_permissions(caller.authority);
}

Result<bool> is_under(store::Reader& reader, const Caller& caller, CustomerId owner) {
    if (caller.customer == model::no_customer) return true;
    if (owner == caller.customer) return true;
    if (owner == model::no_customer) return false;
    const auto branch = reader.find<model::CustomerBranch>({
        {"ancestorId",   caller.customer.uuid},
        {"descendantId", owner.uuid          }
    });
    if (!branch) return branch.error();
    return branch->has_value();
}

Result<> check(store::Reader& reader, const Caller& caller, Operation operation,
               const Subject& subject) {
    if (caller.is(Authority::sys_admin)) return check_system(caller, operation, subject);
    if (caller.tenant != subject.tenant) {
        const bool readable_by_all = operation == Operation::read &&
                                     subject.tenant == model::system_tenant &&
                                     is_shared_by_system(subject.resource);
        return readable_by_all ? check(caller, operation, subject.resource)
                               : Result<>(permission_denied());
    }
    const Permissions& permissions = permissions_of(caller);
    if (is_own_account(caller, subject) && on_own_account().contains(operation)) return {};
    if (permissions.tenant_wide.of(subject.resource).contains(operation)) return {};
    const bool above = is_own_customer(caller, subject) && !on_own_customer().contains(operation);
    if (!above && permissions.generic.of(subject.resource).contains(operation)) {
        const Result<bool> within = is_within(reader, caller, subject);
        if (!within) return within.error();
        if (*within) return {};
    }
    const Result<bool> granted = granted_by_group(reader, permissions, operation, subject);
    if (!granted) return granted.error();
    return *granted ? Result<>() : Result<>(permission_denied());
}

Result<> check(const Caller& caller, Operation operation, Resource resource) {
    const Permissions& permissions = permissions_of(caller);
    if (permissions.generic.of(resource).contains(operation) ||
        permissions.tenant_wide.of(resource).contains(operation))
        return {};
    for (const auto& [id, grant] : permissions.groups)
        if (resource_of(grant.type) == resource && grant.operations.contains(operation)) return {};
    return permission_denied();
}

Result<store::Filter> readable(const Caller& caller, Resource resource, EntityType type,
                               const OwnerFields& fields) {
    const Permissions& permissions = permissions_of(caller);
    const bool generic = permissions.generic.of(resource).contains(Operation::read);
    store::Filter filter;
    if (caller.is(Authority::sys_admin))
        return generic ? Result<store::Filter>(filter) : permission_denied();
    filter.emplace_back(fields.tenant, caller.tenant.uuid);
    const bool tenant_wide = permissions.tenant_wide.of(resource).contains(Operation::read);
    if (tenant_wide || (generic && caller.customer == model::no_customer)) return filter;

    std::vector<store::Filter> ways;
    if (generic && !fields.owner.empty()) ways.push_back({under(caller, fields.owner)});
    std::vector<model::EntityGroupId> groups;
    for (const auto& [id, grant] : permissions.groups) {
        if (grant.type != type || !grant.operations.contains(Operation::read)) continue;
        if (!grant.all)
            groups.push_back({id});
        else if (!fields.owner.empty())
            ways.push_back({owned(type, fields, grant.owner)});
    }
    if (!groups.empty())
        ways.push_back({store::chosen_from<model::EntityGroupMember>(
            fields.id, "entityId", {store::one_of("groupId", groups)})});
    if (ways.empty()) return permission_denied();
    if (ways.size() == 1)
        filter.push_back(std::move(ways.front().front()));
    else
        filter.push_back(store::either(std::move(ways)));
    return filter;
}

}  // namespace thingstead::core
