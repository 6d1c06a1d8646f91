// Auth: how tokens are signed, as administrators set it.
#include <chrono>

#include "core/crypto.h"
#include "core/identity/auth_impl.h"
#include "core/identity/settings.h"
#include "core/permission/check.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::int32_t refresh_life_s_min = 15 * 60;
constexpr std::int32_t life_s_min = 60;

/// The order of the checks is the interface's.
Result<> check_settings(const model::JwtSettings& settings) {
    if (model::is_blank(settings.issuer)) return invalid("JWT token issuer should be specified!");
    const std::int32_t refresh_s = settings.refresh_token_life_s.value_or(0);
    const std::int32_t access_s = settings.token_life_s.value_or(0);
    if (refresh_s < refresh_life_s_min)
        return invalid("JWT refresh token expiration time should be at least 15 minutes!");
    if (access_s < life_s_min)
        return invalid("JWT token expiration time should be at least 1 minute!");
    if (access_s >= refresh_s)
        return invalid(
            "JWT token expiration time should greater than JWT refresh token expiration time!");
    if (std::chrono::seconds(refresh_s) > token_life_max)
        return invalid("JWT refresh token expiration time should be at most one year!");
    if (model::is_blank(settings.signing_key))
        return invalid("JWT token signing key should be specified!");
    const auto key = base64_decode(settings.signing_key);
    if (!key)
        return invalid(
            "JWT token signing key should be a valid Base64 encoded string! It has characters or a "
            "padding that Base64 does not know.");
    if (key->empty())
        return invalid("JWT token signing key should be non-empty after Base64 decoding!");
    if (key->size() < signing_key_bytes_min)
        return invalid(
            "JWT token signing key should be a Base64 encoded string representing at least 512 "
            "bits of data!");
    return {};
}

}  // namespace

Task<Result<model::JwtSettings>> Auth::jwt_settings(Caller caller) {
    if (Result<> allowed = check(caller, Operation::read, Resource::admin_settings); !allowed)
        co_return allowed.error();
    if (Result<> fresh = co_await impl_->freshen(); !fresh) co_return fresh.error();
    co_return impl_->signer.settings();
}

/// Saves and uses settings with the former keys that stay good, and signs anew for the caller.
Task<Result<TokenPair>> Auth::Impl::adopt(Caller caller, model::JwtSettings settings,
                                          std::vector<SigningKey> former) {
    std::optional<Account> account;
    model::AdminSettingsId id;
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        auto own = find_account(transaction, {
                                                 {"id", caller.user.uuid}
        });
        if (!own) return own.error();
        account = *std::move(own);
        Result<> put =
            put_setting(transaction, setting_key::former_jwt_keys, document_of(former), now_ms());
        if (put) put = put_setting(transaction, setting_key::jwt, to_json(settings), now_ms());
        if (!put) return put;
        const auto saved = find_setting(transaction, setting_key::jwt);
        if (!saved) return saved.error();
        if (*saved) id = (*saved)->id;
        return {};
    };
    if (Result<> done = co_await platform.store.write(work); !done) co_return done.error();
    signer.use(settings, std::move(former));
    platform.events.publish(
        EntityChange{ChangeKind::updated, model::system_tenant, model::EntityId(id)});
    if (!account) co_return not_found("User", caller.user.uuid);
    co_return signer.pair_of(account->user);
}

Task<Result<TokenPair>> Auth::save_jwt_settings(Caller caller, model::JwtSettings settings) {
    if (Result<> allowed = check(caller, Operation::write, Resource::admin_settings); !allowed)
        co_return allowed.error();
    if (Result<> good = check_settings(settings); !good) co_return good.error();
    if (Result<> fresh = co_await impl_->freshen(); !fresh) co_return fresh.error();
    // Whoever sets another key means that nothing of before opens anything.
    std::vector<SigningKey> former;
    if (settings.signing_key == impl_->signer.settings().signing_key)
        former = impl_->signer.former_keys();
    co_return co_await impl_->adopt(std::move(caller), std::move(settings), std::move(former));
}

Task<Result<TokenPair>> Auth::rotate_signing_key(Caller caller) {
    if (Result<> allowed = check(caller, Operation::write, Resource::admin_settings); !allowed)
        co_return allowed.error();
    if (Result<> fresh = co_await impl_->freshen(); !fresh) co_return fresh.error();
    model::JwtSettings settings = impl_->signer.settings();
    settings.signing_key = new_signing_key();
    std::vector<SigningKey> former = impl_->signer.retired_keys();
    co_return co_await impl_->adopt(std::move(caller), std::move(settings), std::move(former));
}

}  // namespace thingstead::core
