#include "core/identity/token_signer.h"

#include <utility>
#include <vector>

#include "base/random.h"
#include "core/crypto.h"
#include "core/identity/settings.h"
#include "core/jwt.h"

namespace thingstead::core {
namespace {

/// Marks that are read at a start; more are older than what is still in use.
constexpr std::int32_t marks_read_max = 100'000;

Error bad_credentials() { return {ErrorCode::unauthenticated, "Invalid username or password"}; }
Error expired() { return {ErrorCode::expired, "Token has expired"}; }

std::int32_t refresh_life_s_of(const model::JwtSettings& settings) {
    return settings.refresh_token_life_s.value_or(604'800);
}

/// What is stored, with the defaults for what it does not say.
Result<model::JwtSettings> settings_of(const json::value& stored, const model::JwtSettings& first) {
    Result<model::JwtSettings> settings = from_json<model::JwtSettings>(stored, Binding::stored);
    if (!settings) return settings.error();
    if (!settings->token_life_s) settings->token_life_s = first.token_life_s;
    if (!settings->refresh_token_life_s)
        settings->refresh_token_life_s = first.refresh_token_life_s;
    if (settings->issuer.empty()) settings->issuer = first.issuer;
    if (!signing_key_of(settings->signing_key))
        return Error{ErrorCode::unavailable, "the stored token signing key is damaged"};
    return settings;
}

}  // namespace

bool is_before_mark(std::int64_t issued_s, EpochMs mark_ms) { return issued_s < mark_ms / 1000; }

std::string text_claim(const json::object& claims, std::string_view name) {
    const json::value* value = claims.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Uuid id_claim(const json::object& claims, std::string_view name) {
    const Result<Uuid> id = parse_uuid(text_claim(claims, name));
    return id ? *id : null_uuid;
}

std::string scope_claim(const json::object& claims) {
    const json::value* scopes = claims.if_contains("scopes");
    if (!scopes || !scopes->is_array() || scopes->get_array().empty()) return {};
    const json::value& first = scopes->get_array().front();
    return first.is_string() ? std::string(first.get_string()) : std::string();
}

bool flag_claim(const json::object& claims, std::string_view name) {
    const json::value* value = claims.if_contains(name);
    return value && value->is_bool() && value->get_bool();
}

TokenSigner::TokenSigner(model::JwtSettings first, const Clock& clock) : clock_(clock) {
    use(first);
}

Result<> TokenSigner::open(store::Transaction& transaction) {
    const auto stored = find_setting(transaction, setting_key::jwt);
    if (!stored) return stored.error();
    if (!*stored) {
        model::JwtSettings fresh = settings();
        fresh.signing_key = new_signing_key();
        Result<> put = put_setting(transaction, setting_key::jwt, to_json(fresh), clock_.now_ms());
        if (!put) return put;
    }
    const auto marks = transaction.all<model::TokenMark>(
        {
            {"expires", store::Compare::at_least, clock_.now_ms()}
    },
        marks_read_max);
    if (!marks) return marks.error();
    for (const model::TokenMark& each : *marks) mark(each.id, each.valid_from_ms);
    return reload(transaction);
}

Result<> TokenSigner::reload(store::Reader& reader) {
    const auto stored = find_setting(reader, setting_key::jwt);
    if (!stored) return stored.error();
    if (!*stored) return Error{ErrorCode::unavailable, "there is no token signing key"};
    const Result<model::JwtSettings> now = settings_of((*stored)->json_value, settings());
    if (!now) return now.error();
    const auto kept = find_setting(reader, setting_key::former_jwt_keys);
    if (!kept) return kept.error();
    Result<std::vector<SigningKey>> former =
        former_keys_of(*kept ? (*kept)->json_value : json::value(), clock_.now_ms());
    if (!former) return former.error();
    use(*now, *std::move(former));
    return {};
}

std::shared_ptr<const TokenSigner::Key> TokenSigner::key() const {
    const std::lock_guard lock(mutex_);
    return key_;
}

model::JwtSettings TokenSigner::settings() const { return key()->settings; }

void TokenSigner::use(const model::JwtSettings& settings, std::vector<SigningKey> former) {
    auto fresh = std::make_shared<const Key>(Key{
        settings, signing_key_of(settings.signing_key).value_or(SigningKey()), std::move(former)});
    const std::lock_guard lock(mutex_);
    key_ = std::move(fresh);
}

std::vector<SigningKey> TokenSigner::retired_keys() const {
    const std::shared_ptr<const Key> with = key();
    std::vector<SigningKey> out = with->former;
    std::erase_if(out, [&](const SigningKey& each) {
        return each.valid_until_ms <= clock_.now_ms() || each.id == with->signing.id;
    });
    out.push_back(with->signing);
    out.back().valid_until_ms =
        clock_.now_ms() + 1'000 * std::int64_t{refresh_life_s_of(with->settings)};
    return out;
}

const SigningKey* TokenSigner::Key::find(std::string_view id, EpochMs now_ms) const {
    if (id.empty() || id == signing.id) return &signing;
    for (const SigningKey& each : former)
        if (each.id == id && each.valid_until_ms > now_ms) return &each;
    return nullptr;
}

std::string TokenSigner::sign(const json::object& claims, const Key& with) {
    return sign_jwt(claims, with.signing.bytes, with.signing.id);
}

json::object TokenSigner::common_claims(const std::string& subject, const Uuid& user,
                                        const Key& with) const {
    return {
        {"sub",       subject                      },
        {"userId",    user.to_string()             },
        {"sessionId", new_random_uuid().to_string()},
        {"iss",       with.settings.issuer         },
        {"iat",       now_s()                      }
    };
}

TokenPair TokenSigner::sign_pair(json::object access, json::object refresh, const Key& with) const {
    access["exp"] = now_s() + with.settings.token_life_s.value_or(9'000);
    refresh["scopes"] = json::array{refresh_scope};
    refresh["exp"] = now_s() + refresh_life_s_of(with.settings);
    refresh["isPublic"] = access["isPublic"];
    refresh["jti"] = new_random_uuid().to_string();
    TokenPair pair;
    pair.token = sign(access, with);
    pair.refresh_token = sign(refresh, with);
    return pair;
}

TokenPair TokenSigner::pair_of(const model::User& user) const {
    const std::shared_ptr<const Key> with = key();
    json::object refresh = common_claims(user.email, user.id.uuid, *with);
    json::object access = refresh;
    access["scopes"] = json::array{enum_name(user.authority)};
    if (user.first_name) access["firstName"] = *user.first_name;
    if (user.last_name) access["lastName"] = *user.last_name;
    access["enabled"] = true;
    access["isPublic"] = false;
    access["tenantId"] = user.tenant_id.to_string();
    access["customerId"] = user.customer_id.to_string();
    return sign_pair(std::move(access), std::move(refresh), *with);
}

TokenPair TokenSigner::public_pair(const model::Customer& customer) const {
    const std::shared_ptr<const Key> with = key();
    json::object refresh = common_claims(customer.id.to_string(), null_uuid, *with);
    json::object access = refresh;
    access["scopes"] = json::array{enum_name(model::Authority::customer_user)};
    access["firstName"] = "Public";
    access["lastName"] = "Public";
    access["enabled"] = true;
    access["isPublic"] = true;
    access["tenantId"] = customer.tenant_id.to_string();
    access["customerId"] = customer.id.to_string();
    return sign_pair(std::move(access), std::move(refresh), *with);
}

TokenPair TokenSigner::unfinished(const model::User& user, TokenScope scope,
                                  std::chrono::seconds life) const {
    const std::shared_ptr<const Key> with = key();
    json::object claims = common_claims(user.email, user.id.uuid, *with);
    claims["scopes"] = json::array{enum_name(scope)};
    claims["tenantId"] = user.tenant_id.to_string();
    claims["customerId"] = user.customer_id.to_string();
    claims["exp"] = now_s() + life.count();
    TokenPair pair;
    pair.token = sign(claims, *with);
    pair.scope = scope;
    return pair;
}

std::string TokenSigner::seal(std::string_view purpose, json::object claims,
                              std::chrono::seconds life) const {
    claims["scopes"] = json::array{purpose};
    claims["exp"] = now_s() + life.count();
    return sign(claims, *key());
}

Result<json::object> TokenSigner::unseal(std::string_view purpose, std::string_view sealed) const {
    Result<json::object> claims = claims_of(sealed);
    if (claims && scope_claim(*claims) != purpose) return expired();
    return claims;
}

Result<json::object> TokenSigner::claims_of(std::string_view token) const {
    const Result<std::string> id = key_id_of_jwt(token);
    if (!id) return bad_credentials();
    const std::shared_ptr<const Key> with = key();
    const SigningKey* signed_by = with->find(*id, clock_.now_ms());
    if (!signed_by) return expired();
    Result<json::object> claims = verify_jwt(token, signed_by->bytes);
    if (!claims) {
        if (claims.error().code == ErrorCode::malformed) return bad_credentials();
        return claims.error();
    }
    const json::value* expires = claims->if_contains("exp");
    if (!expires || !expires->is_int64() || expires->get_int64() <= now_s()) return expired();
    return claims;
}

bool TokenSigner::is_marked(std::int64_t issued_s, std::initializer_list<Uuid> ids) {
    for (const Uuid& id : ids) {
        const std::optional<EpochMs> mark_ms = marks_.get(id);
        if (mark_ms && is_before_mark(issued_s, *mark_ms)) return true;
    }
    return false;
}

bool TokenSigner::is_void(const json::object& claims) {
    const json::value* issued = claims.if_contains("iat");
    if (!issued || !issued->is_int64()) return true;
    return is_marked(issued->get_int64(),
                     {id_claim(claims, "userId"), id_claim(claims, "sessionId"),
                      id_claim(claims, "tenantId"), id_claim(claims, "customerId")});
}

Result<std::shared_ptr<const TokenSigner::KnownToken>> TokenSigner::known(
    const std::string& token) {
    const std::shared_ptr<const Key> with = key();
    if (const auto found = known_.get(token); found && (*found)->with == with) return *found;
    const Result<json::object> claims = claims_of(token);
    if (!claims) return claims.error();
    const json::value* issued = claims->if_contains("iat");
    if (!issued || !issued->is_int64()) return expired();
    auto made = std::make_shared<KnownToken>();
    made->with = with;
    made->issued_s = issued->get_int64();
    made->expires_s = claims->at("exp").get_int64();
    made->session = id_claim(*claims, "sessionId");
    Caller& caller = made->caller;
    const std::string scope = scope_claim(*claims);
    if (const auto unfinished = enum_value<TokenScope>(std::string_view(scope)))
        caller.scope = *unfinished;
    else if (const auto authority = enum_value<model::Authority>(std::string_view(scope)))
        caller.authority = *authority;
    else
        return bad_credentials();  // a refresh token opens nothing
    caller.tenant = {id_claim(*claims, "tenantId")};
    caller.customer = {id_claim(*claims, "customerId")};
    caller.user = {id_claim(*claims, "userId")};
    caller.email = text_claim(*claims, "sub");
    caller.first_name = text_claim(*claims, "firstName");
    caller.last_name = text_claim(*claims, "lastName");
    caller.session = text_claim(*claims, "sessionId");
    caller.is_public = flag_claim(*claims, "isPublic");
    std::shared_ptr<const KnownToken> kept = std::move(made);
    known_.put(token, kept);
    return kept;
}

Result<Caller> TokenSigner::caller_of(const std::string& token) {
    const auto found = known(token);
    if (!found) return found.error();
    const KnownToken& it = **found;
    if (it.expires_s <= now_s() ||
        is_marked(it.issued_s, {it.caller.user.uuid, it.session, it.caller.tenant.uuid,
                                it.caller.customer.uuid}))
        return expired();
    return it.caller;
}

void TokenSigner::mark(const Uuid& id, EpochMs valid_from_ms) {
    if (id == null_uuid || id == Uuid{}) return;
    const std::optional<EpochMs> before = marks_.get(id);
    if (!before || *before < valid_from_ms) marks_.put(id, valid_from_ms);
}

}  // namespace thingstead::core
