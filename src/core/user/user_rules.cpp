#include "core/user/user_rules.h"

#include "core/contact_check.h"
#include "core/identity/credentials.h"
#include "model/notification.h"
#include "model/user_settings.h"

namespace thingstead::core {
namespace {

using model::Authority;
using model::User;

/// What may not change once it is there.
Result<> check_unchanged(const User& user, const User& before) {
    if (user.authority != before.authority) return invalid("Can't update user authority!");
    if (user.customer_id != before.customer_id) return invalid("Can't update user customer id!");
    return {};
}

Result<> check_place(const User& user) {
    const bool of_tenant = user.tenant_id != model::system_tenant;
    const bool of_customer = user.customer_id != model::no_customer;
    switch (user.authority) {
        case Authority::sys_admin:
            if (of_tenant || of_customer)
                return invalid(
                    "System administrator can't be assigned neither to tenant nor to customer!");
            return {};
        case Authority::tenant_admin:
            if (!of_tenant) return invalid("Tenant administrator should be assigned to tenant!");
            if (of_customer) return invalid("Tenant administrator can't be assigned to customer!");
            return {};
        case Authority::customer_user:
            if (!of_tenant || !of_customer)
                return invalid("Customer user should be assigned to customer!");
            return {};
    }
    return {};
}

Result<> check_references(store::Reader& reader, const User& user) {
    if (user.tenant_id != model::system_tenant) {
        const auto tenant = reader.count<model::Tenant>({
            {"id", user.tenant_id.uuid}
        });
        if (!tenant) return tenant.error();
        if (*tenant == 0) return invalid("User is referencing to non-existent tenant!");
    }
    if (user.customer_id == model::no_customer) return {};
    const auto customer = reader.find<model::Customer>({
        {"id", user.customer_id.uuid}
    });
    if (!customer) return customer.error();
    if (!*customer) return invalid("User is referencing to non-existent customer!");
    if ((*customer)->tenant_id != user.tenant_id)
        return invalid("User can't be assigned to customer from different tenant!");
    return {};
}

Result<> check_email_is_free(store::Reader& reader, const User& user) {
    const auto other = reader.find<User>({
        {"email", user.email}
    });
    if (!other) return other.error();
    if (!*other || (*other)->id == user.id) return {};
    return invalid("User with email '" + user.email + "' already present in database!");
}

/// What administrators know of a user's credentials is added when it is read, not kept.
void forget_additions(json::value& additional_info) {
    json::object* const info = additional_info.if_object();
    if (!info) return;
    for (const std::string_view added : {"userCredentialsEnabled", "userActivated", "lastLoginTs"})
        info->erase(added);
}

}  // namespace

Result<> EntityRules<User>::prepare(Save<User>& save) {
    User& user = save.entity;
    forget_additions(user.additional_info);
    if (user.customer_id.uuid == Uuid{}) user.customer_id = model::no_customer;
    if (Result<> valid = check_email(user.email); !valid) return valid;
    if (!save.creates()) {
        if (Result<> same = check_unchanged(user, *save.before); !same) return same;
        return check_email_is_free(save.transaction, user);
    }
    if (user.authority == Authority::sys_admin && !save.caller.is(Authority::sys_admin))
        return permission_denied();
    if (Result<> valid = check_place(user); !valid) return valid;
    if (Result<> valid = check_references(save.transaction, user); !valid) return valid;
    return check_email_is_free(save.transaction, user);
}

Result<> EntityRules<User>::written(Save<User>& save) {
    if (!save.creates()) return {};
    return create_credentials(save.transaction, save.entity.id, save.now_ms);
}

Result<> EntityRules<User>::removing(Removal<User>& removal) {
    const User& user = removal.entity;
    if (user.authority == Authority::sys_admin && user.id == removal.caller.user)
        return Error{ErrorCode::forbidden, "Sysadmin is not allowed to delete himself"};
    if (user.authority == Authority::tenant_admin) {
        const auto left = removal.transaction.count<User>({
            {"tenantId",  user.tenant_id.uuid                            },
            {"authority", std::string(enum_name(Authority::tenant_admin))}
        });
        if (!left) return left.error();
        if (*left <= 1) return invalid("At least one tenant administrator must remain!");
    }
    return remove_user_rows(removal.transaction, user.id, removal.now_ms);
}

Result<> remove_user_rows(store::Transaction& transaction, model::UserId user, EpochMs now_ms) {
    if (Result<> gone = remove_credentials(transaction, user, now_ms); !gone) return gone;
    const store::Filter of_user{
        {"userId", user.uuid}
    };
    if (const auto gone = transaction.remove<model::UserSettings>(of_user); !gone)
        return gone.error();
    if (const auto gone = transaction.remove<model::MobileSession>(of_user); !gone)
        return gone.error();
    const auto told = transaction.remove<model::Notification>({
        {"recipientId", user.uuid}
    });
    if (!told) return told.error();
    return {};
}

Result<> remove_user_in(store::Transaction& transaction, const User& user, EpochMs now_ms) {
    if (Result<> gone = remove_user_rows(transaction, user.id, now_ms); !gone) return gone;
    if (Result<> gone = forget_entity(transaction, user.tenant_id, user.id, now_ms); !gone)
        return gone;
    const auto gone = transaction.remove<User>({
        {"id", user.id.uuid}
    });
    if (!gone) return gone.error();
    return {};
}

}  // namespace thingstead::core
