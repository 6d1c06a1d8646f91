#include "core/customer/customer_rules.h"

#include "core/contact_check.h"
#include "core/customer/assigned_kinds.h"
#include "core/customer/branches.h"
#include "core/dashboard/assignment.h"
#include "core/entity/field_references.h"
#include "core/user/user_rules.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::Customer;
using model::CustomerId;

Result<> check_parent(Save<Customer>& save) {
    if (save.entity.parent_customer_id == model::no_customer)
        save.entity.parent_customer_id.reset();
    const std::optional<CustomerId> parent = save.entity.parent_customer_id;
    if (!parent) return {};
    const auto found = save.transaction.find<Customer>({
        {"id", parent->uuid}
    });
    if (!found) return found.error();
    if (!*found) return invalid("Customer is referencing to non-existent parent customer!");
    if ((*found)->tenant_id != save.entity.tenant_id)
        return invalid("Customer can't have a parent customer from different tenant!");
    if (is_public(**found)) return invalid("Public customer can't have customers of its own!");
    if (save.creates()) return {};
    const Result<bool> circle = is_below(save.transaction, save.entity.id, *parent);
    if (!circle) return circle.error();
    return *circle ? Result<>(invalid("Customer can't be moved below itself!")) : Result<>();
}

/// Devices of the customer have another identity now: who keeps copies is told.
Result<> tell_devices(store::Reader& reader, const Customer& customer, EntityChange& change) {
    const auto credentials = reader.all<model::DeviceCredentials>({
        store::chosen_from<model::Device>(
            "deviceId", "id",
            {{"tenantId", customer.tenant_id.uuid}, {"customerId", customer.id.uuid}}
             )
    });
    if (!credentials) return credentials.error();
    for (const model::DeviceCredentials& each : *credentials)
        change.also.push_back(
            {ChangeKind::updated, customer.tenant_id, each.device_id, {each.credentials_id}});
    return {};
}

/// Groups that the customer owns, with their members and what they are granted, and its roles.
Result<> remove_rights(store::Transaction& transaction, const Customer& customer) {
    const store::Filter owned{
        {"tenantId",   customer.tenant_id.uuid},
        {"customerId", customer.id.uuid       }
    };
    const auto groups = [&](std::string_view field) {
        return store::Filter{store::chosen_from<model::EntityGroup>(field, "id", owned)};
    };
    if (const auto gone = transaction.remove<model::EntityGroupMember>(groups("groupId")); !gone)
        return gone.error();
    for (const std::string_view field : {"userGroupId", "entityGroupId"})
        if (const auto gone = transaction.remove<model::GroupPermission>(groups(field)); !gone)
            return gone.error();
    if (const auto gone = transaction.remove<model::GroupPermission>(
            {store::chosen_from<model::Role>("roleId", "id", owned)});
        !gone)
        return gone.error();
    if (const auto gone = transaction.remove<model::EntityGroup>(owned); !gone) return gone.error();
    if (const auto gone = transaction.remove<model::Role>(owned); !gone) return gone.error();
    return {};
}

}  // namespace

Result<> EntityRules<Customer>::prepare(Save<Customer>& save) {
    if (save.entity.title == public_customer_title)
        return invalid("'Public' title for customer is system reserved!");
    if (Result<> valid = check_email(save.entity.email); !valid) return valid;
    return check_parent(save);
}

Result<> EntityRules<Customer>::written(Save<Customer>& save) {
    const Customer& customer = save.entity;
    if (save.creates())
        return add_branch(save.transaction, customer.id, customer.parent_customer_id);
    if (customer.parent_customer_id != save.before->parent_customer_id)
        if (Result<> moved =
                move_branch(save.transaction, customer.id, customer.parent_customer_id);
            !moved)
            return moved;
    const bool looks_the_same =
        customer.title == save.before->title && is_public(customer) == is_public(*save.before);
    return looks_the_same ? Result<>() : refresh_titles(save.transaction, customer);
}

Result<> unassign_everything(store::Transaction& transaction, const Customer& customer) {
    if (Result<> done = unassign_all(transaction, customer.id); !done) return done;
    std::optional<Error> failed;
    const auto unassign_kind = [&]<class T>(const T*) {
        if (failed) return;
        const auto changed = transaction.change<T>(
            {
                {"customerId", model::no_customer.uuid}
        },
            {{"tenantId", customer.tenant_id.uuid}, {"customerId", customer.id.uuid}});
        if (!changed) failed = changed.error();
    };
    std::apply([&](const auto&... each) { (unassign_kind(&each), ...); }, AssignedKinds{});
    if (failed) return *std::move(failed);
    return {};
}

Result<> EntityRules<Customer>::removing(Removal<Customer>& removal) {
    store::Transaction& transaction = removal.transaction;
    const Customer& customer = removal.entity;
    const Result<bool> needed =
        is_in_calculated_fields(transaction, customer.tenant_id, customer.id);
    if (!needed) return needed.error();
    if (*needed) return invalid("Can't delete customer that is referenced in calculated fields!");
    if (Result<> done = tell_devices(transaction, customer, removal.change); !done) return done;
    if (Result<> done = unassign_everything(transaction, customer); !done) return done;
    const auto users = transaction.all<model::User>({
        {"tenantId",   customer.tenant_id.uuid},
        {"customerId", customer.id.uuid       }
    });
    if (!users) return users.error();
    for (const model::User& user : *users) {
        if (Result<> gone = remove_user_in(transaction, user, removal.now_ms); !gone) return gone;
        removal.change.also.push_back({ChangeKind::deleted, user.tenant_id, user.id});
    }
    if (Result<> gone = remove_rights(transaction, customer); !gone) return gone;
    return remove_branch(transaction, customer.id, customer.parent_customer_id);
}

}  // namespace thingstead::core
