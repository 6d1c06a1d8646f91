#include "core/oauth2/account.h"

#include "core/installation.h"
#include "core/oauth2/oauth2_rules.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using store::Transaction;

Error account_refused(std::string why) { return {ErrorCode::unauthenticated, std::move(why)}; }

/// The tenant that the mapper names; made if there is none of that title.
Result<model::TenantId> tenant_of(Transaction& transaction, const model::OAuth2Client& client,
                                  const MappedUser& mapped, EpochMs now_ms,
                                  std::vector<EntityChange>& changes) {
    if (client.tenant_id != model::system_tenant) return client.tenant_id;
    if (mapped.tenant) {
        const auto found = transaction.find<model::Tenant>({
            {"id", mapped.tenant->uuid}
        });
        if (!found) return found.error();
        if (!*found) return account_refused("The tenant of the user doesn't exist!");
        return *mapped.tenant;
    }
    if (mapped.tenant_name.empty()) return account_refused("The user leads to no tenant!");
    const auto found = transaction.find<model::Tenant>({
        {"title", mapped.tenant_name}
    });
    if (!found) return found.error();
    if (*found) return (*found)->id;
    const Result<model::Tenant> made = create_tenant(transaction, mapped.tenant_name, now_ms);
    if (!made) return made.error();
    changes.push_back({ChangeKind::created, made->id, made->id});
    return made->id;
}

Result<model::CustomerId> create_customer(Transaction& transaction, model::TenantId tenant,
                                          const std::string& title, EpochMs now_ms,
                                          std::vector<EntityChange>& changes) {
    model::Customer customer;
    customer.id = model::CustomerId::make();
    customer.created_time = now_ms;
    customer.tenant_id = tenant;
    customer.title = title;
    customer.version = 1;
    if (Result<> made = transaction.insert(customer); !made) return made.error();
    const model::CustomerBranch branch{customer.id, customer.id};
    if (Result<> made = transaction.put(branch); !made) return made.error();
    changes.push_back({ChangeKind::created, tenant, customer.id});
    return customer.id;
}

Result<model::CustomerId> customer_of(Transaction& transaction, model::TenantId tenant,
                                      const MappedUser& mapped, EpochMs now_ms,
                                      std::vector<EntityChange>& changes) {
    if (!mapped.customer && mapped.customer_name.empty()) return model::no_customer;
    store::Filter filter{
        {"tenantId", tenant.uuid}
    };
    if (mapped.customer)
        filter.emplace_back("id", mapped.customer->uuid);
    else
        filter.emplace_back("title", mapped.customer_name);
    const auto found = transaction.find<model::Customer>(filter);
    if (!found) return found.error();
    if (*found) return (*found)->id;
    if (mapped.customer) return account_refused("The customer of the user doesn't exist!");
    return create_customer(transaction, tenant, mapped.customer_name, now_ms, changes);
}

Result<model::User> create_oauth2_user(Transaction& transaction, const model::OAuth2Client& client,
                                       const MappedUser& mapped, EpochMs now_ms,
                                       std::vector<EntityChange>& changes) {
    const auto tenant = tenant_of(transaction, client, mapped, now_ms, changes);
    if (!tenant) return tenant.error();
    const auto customer = customer_of(transaction, *tenant, mapped, now_ms, changes);
    if (!customer) return customer.error();
    model::User user;
    user.id = model::UserId::make();
    user.created_time = now_ms;
    user.tenant_id = *tenant;
    user.customer_id = *customer;
    user.email = mapped.email;
    user.authority = *customer == model::no_customer ? model::Authority::tenant_admin
                                                     : model::Authority::customer_user;
    user.first_name = mapped.first_name;
    user.last_name = mapped.last_name;
    user.version = 1;
    json::object info;
    if (const auto provider = model::info_of(client).provider_name)
        info["authProviderName"] = *provider;
    if (mapped.always_full_screen) info["defaultDashboardFullscreen"] = true;
    user.additional_info = std::move(info);
    if (Result<> made = transaction.insert(user); !made) return made.error();
    model::UserCredentials credentials;  // Without a password: none logs in.
    credentials.id = new_time_uuid();
    credentials.created_time = now_ms;
    credentials.user_id = user.id;
    credentials.enabled = client.mapper->activate_user;
    if (Result<> made = transaction.insert(credentials); !made) return made.error();
    changes.push_back({ChangeKind::created, user.tenant_id, user.id});
    return user;
}

Result<> log_in(Transaction& transaction, const model::User& user, EpochMs now_ms) {
    const store::Filter filter{
        {"userId", user.id.uuid}
    };
    const auto credentials = transaction.find<model::UserCredentials>(filter);
    if (!credentials) return credentials.error();
    if (!*credentials || !(*credentials)->enabled)
        return account_refused("User account is not active");
    const auto changed = transaction.change<model::UserCredentials>(
        {
            {"lastLoginTs", store::Cell(now_ms)}
    },
        filter);
    if (!changed) return changed.error();
    return {};
}

}  // namespace

Result<OAuth2Account> oauth2_account(Transaction& transaction, const model::OAuth2Client& client,
                                     const MappedUser& mapped, EpochMs now_ms) {
    const auto known = transaction.find<model::User>({
        {"email", mapped.email}
    });
    if (!known) return known.error();
    OAuth2Account account;
    if (*known) {
        account.user = **known;
        if (client.tenant_id != model::system_tenant && account.user.tenant_id != client.tenant_id)
            return account_refused("User not found: " + mapped.email);
        if (Result<> done = log_in(transaction, account.user, now_ms); !done) return done.error();
        return account;
    }
    if (!client.mapper || !client.mapper->allow_user_creation)
        return account_refused("User not found: " + mapped.email);
    const auto made = create_oauth2_user(transaction, client, mapped, now_ms, account.changes);
    if (!made) return made.error();
    account.user = *made;
    // One that is not to be active stays, and waits to be activated.
    if (!client.mapper->activate_user) return account;
    if (Result<> done = log_in(transaction, account.user, now_ms); !done) return done.error();
    return account;
}

}  // namespace thingstead::core
