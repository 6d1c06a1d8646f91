#include "core/user/users.h"

#include <algorithm>

#include "core/dashboard/home.h"
#include "core/entity/read.h"
#include "core/entity_events.h"
#include "core/identity/credentials.h"
#include "core/user/user_rules.h"

namespace thingstead::core {
namespace {

using model::MobileSession;
using model::User;

constexpr std::size_t phones_max = 50;
constexpr std::size_t phone_token_bytes_max = 4'096;

using Users = store::Page<User>;

Task<Result<Users>> users_of(const Platform& platform, store::Filter filter, store::PageLink link) {
    const std::function<Result<Users>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.page<User>(filter, link);
    };
    co_return co_await read<Users>(platform, work);
}

/// Ends the oldest sessions beyond phones_max.
Result<> keep_newest(store::Transaction& transaction, model::UserId user) {
    auto phones = transaction.all<MobileSession>({
        {"userId", user.uuid}
    });
    if (!phones) return phones.error();
    if (phones->size() <= phones_max) return {};
    std::sort(phones->begin(), phones->end(),
              [](const auto& a, const auto& b) { return a.token_time > b.token_time; });
    for (std::size_t i = phones_max; i < phones->size(); ++i)
        if (const auto gone = transaction.remove<MobileSession>({
                {"token", (*phones)[i].token}
        });
            !gone)
            return gone.error();
    return {};
}

}  // namespace

Task<Result<User>> user_details(const Platform& platform, Caller caller, model::UserId id) {
    const std::function<Result<User>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<User> {
        Result<User> user = load<User>(reader, caller, Operation::read, id);
        if (!user) return user;
        if (Result<> done = forget_lost_dashboards(reader, user->additional_info); !done)
            return done.error();
        if (Result<> done = add_login_facts(reader, *user); !done) return done.error();
        return user;
    };
    co_return co_await read<User>(platform, work);
}

Task<Result<>> remove_new_user(const Platform& platform, User user) {
    const std::function<Result<>(store::Transaction&)> work = [&](store::Transaction& transaction) {
        return remove_user_in(transaction, user, platform.clock.now_ms());
    };
    const Result<> gone = co_await platform.store.write(work);
    const EntityChange change{ChangeKind::deleted, user.tenant_id, user.id};
    if (gone) platform.events.publish(change);
    co_return gone;
}

Task<Result<Users>> tenant_administrators(const Platform& platform, Caller caller,
                                          model::TenantId tenant, store::PageLink link) {
    if (Result<> allowed = check(caller, Operation::read, Resource::user); !allowed)
        co_return allowed.error();
    if (!caller.is(model::Authority::sys_admin)) co_return permission_denied();
    store::Filter filter;
    filter.emplace_back("tenantId", tenant.uuid);
    filter.emplace_back("authority", std::string(enum_name(model::Authority::tenant_admin)));
    co_return co_await users_of(platform, std::move(filter), std::move(link));
}

Task<Result<Users>> customer_users(const Platform& platform, Caller caller,
                                   model::CustomerId customer, store::PageLink link) {
    const auto found = co_await get<model::Customer>(platform, caller, customer);
    if (!found) co_return found.error();
    Result<store::Filter> filter = readable(caller, Resource::user, model::EntityType::user);
    if (!filter) co_return filter.error();
    filter->emplace_back("customerId", customer.uuid);
    co_return co_await users_of(platform, *std::move(filter), std::move(link));
}

Task<Result<std::optional<MobileSession>>> mobile_session(const Platform& platform, Caller caller,
                                                          std::string token) {
    using Found = std::optional<MobileSession>;
    const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.find<MobileSession>({
            {"token",  token           },
            {"userId", caller.user.uuid}
        });
    };
    co_return co_await read<Found>(platform, work);
}

Task<Result<>> save_mobile_session(const Platform& platform, Caller caller, std::string token,
                                   EpochMs token_time) {
    if (token.empty() || token.size() > phone_token_bytes_max)
        co_return invalid("Mobile token should have 1 to 4096 characters!");
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const auto there = transaction.count<User>({
            {"id", caller.user.uuid}
        });
        if (!there) return there.error();
        if (*there == 0) return permission_denied();
        if (Result<> done = transaction.put(MobileSession{token, caller.user, token_time}); !done)
            return done;
        return keep_newest(transaction, caller.user);
    };
    co_return co_await platform.store.write(work);
}

Task<Result<>> remove_mobile_session(const Platform& platform, Caller caller, std::string token) {
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const auto gone = transaction.remove<MobileSession>({
            {"token",  token           },
            {"userId", caller.user.uuid}
        });
        if (!gone) return gone.error();
        return {};
    };
    co_return co_await platform.store.write(work);
}

}  // namespace thingstead::core
