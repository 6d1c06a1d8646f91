#include "core/device_auth.h"

#include <array>
#include <atomic>

#include "base/bytes.h"
#include "base/json.h"
#include "base/lru_cache.h"
#include "core/crypto.h"

namespace thingstead::core {
namespace {

/// A cached answer; a "no" costs its key alone.
struct Cached {
    CredentialsEntryPtr entry;
    EpochMs loaded_ms = 0;
};

Error refused() { return {ErrorCode::unauthenticated, "Invalid device credentials"}; }

std::string text_member(const json::object* object, std::string_view name) {
    const json::value* member = object ? object->if_contains(name) : nullptr;
    const json::string* text = member ? member->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

enum class BasicMatch : std::uint8_t { yes, wrong_password, other };

/// The stored fields against those of a CONNECT: what is stored must be matched, what is not is
/// free.
BasicMatch match_basic(const CredentialsEntry& stored, const std::string& client_id,
                       const std::string& user_name, const std::string& password) {
    const Result<json::value> document = parse_json(stored.value);
    const json::object* fields = document ? document->if_object() : nullptr;
    const std::string want_client = text_member(fields, "clientId"),
                      want_user = text_member(fields, "userName"),
                      want_password = text_member(fields, "password");
    if (!want_client.empty() && want_client != client_id) return BasicMatch::other;
    if (!want_user.empty() && want_user != user_name) return BasicMatch::other;
    if (!want_password.empty() && !equal_secret(want_password, password))
        return BasicMatch::wrong_password;
    return BasicMatch::yes;
}

}  // namespace

std::string credentials_hash(std::string_view text) {
    std::string bare(text);
    for (const std::string_view armour :
         {"-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"})
        for (std::size_t at = bare.find(armour); at != std::string::npos; at = bare.find(armour))
            bare.erase(at, armour.size());
    std::erase_if(bare, [](char c) { return c == '\n' || c == '\r'; });
    return sha3_256_hex(bare);
}

std::string certificate_hash(const std::vector<std::byte>& der) {
    return sha3_256_hex(base64(as_text(der)));
}

Result<std::string> basic_credentials_id(std::string_view client_id, std::string_view user_name,
                                         std::string_view password) {
    if (client_id.empty() && user_name.empty())
        return Error{ErrorCode::invalid_argument, "Both mqtt client id and user name are empty!"};
    if (client_id.empty()) return std::string(user_name);
    if (!user_name.empty())
        return credentials_hash(std::string(client_id) + "|" + std::string(user_name));
    if (!password.empty())
        return Error{ErrorCode::invalid_argument,
                     "Password cannot be specified along with client id"};
    return credentials_hash(client_id);
}

struct DeviceAuth::Impl {
    Impl(CredentialsSource& from, DeviceAuthSettings with, const Clock& the_clock,
         MetricsRegistry& metrics)
        : source(from),
          settings(with),
          clock(the_clock),
          cache(with.entries_max),
          hits(metrics, "thingstead_device_auth_cache_hits_total",
               "Log-ins of devices answered from the cache."),
          misses(metrics, "thingstead_device_auth_cache_misses_total",
                 "Log-ins of devices that asked the store.") {}

    CredentialsSource& source;
    DeviceAuthSettings settings;
    const Clock& clock;
    LruCache<std::string, Cached> cache;
    std::atomic<std::uint64_t> evictions{0};
    Counter hits;
    Counter misses;

    void on_change(const EntityChange& change) {
        // Counted first: a load that began before this must not put what it read into the cache.
        evictions.fetch_add(1);
        if (change.entity.type == model::EntityType::device_profile) cache.clear();
        for (const std::string& id : change.credentials_ids) cache.erase(id);
    }

    Task<Result<CredentialsEntryPtr>> entry(std::string credentials_id) {
        if (const std::optional<Cached> cached = cache.get(credentials_id)) {
            const auto age = std::chrono::milliseconds(clock.now_ms() - cached->loaded_ms);
            if (age < settings.entry_life) {
                hits.add();
                co_return cached->entry;
            }
        }
        misses.add();
        const std::uint64_t before = evictions.load();
        const EpochMs asked_ms = clock.now_ms();
        const Result<CredentialsEntryPtr> found = co_await source.find(credentials_id);
        if (!found)
            co_return Error{ErrorCode::unavailable, "credentials cannot be checked now",
                            found.error().message};
        if (evictions.load() == before) cache.put(credentials_id, Cached{*found, asked_ms});
        co_return *found;
    }
};

DeviceAuth::DeviceAuth(CredentialsSource& source, EntityEvents& events, DeviceAuthSettings settings,
                       const Clock& clock, MetricsRegistry& metrics)
    : impl_(std::make_shared<Impl>(source, settings, clock, metrics)) {
    events.listen([impl = impl_](const EntityChange& change) { impl->on_change(change); });
}

DeviceAuth::~DeviceAuth() = default;

void DeviceAuth::forget() {
    impl_->evictions.fetch_add(1);
    impl_->cache.clear();
}

Task<Result<DeviceIdentityPtr>> DeviceAuth::by_token(std::string token) {
    if (token.empty()) co_return refused();
    const Result<CredentialsEntryPtr> entry = co_await impl_->entry(std::move(token));
    if (!entry) co_return entry.error();
    if (!*entry || (*entry)->type != model::CredentialsType::access_token) co_return refused();
    co_return (*entry)->identity;
}

Task<Result<DeviceIdentityPtr>> DeviceAuth::by_mqtt_basic(std::string client_id,
                                                          std::string user_name,
                                                          std::string password) {
    using model::CredentialsType;
    std::string both = client_id;
    if (!user_name.empty()) both += (client_id.empty() ? "" : "|") + user_name;
    if (both.empty()) co_return refused();
    const Result<CredentialsEntryPtr> hashed = co_await impl_->entry(credentials_hash(both));
    if (!hashed) co_return hashed.error();
    if (*hashed && (*hashed)->type == CredentialsType::mqtt_basic) {
        const BasicMatch match = match_basic(**hashed, client_id, user_name, password);
        if (match == BasicMatch::yes) co_return (*hashed)->identity;
        if (match == BasicMatch::wrong_password) co_return refused();
    }
    if (user_name.empty()) co_return refused();
    const Result<CredentialsEntryPtr> plain = co_await impl_->entry(user_name);
    if (!plain) co_return plain.error();
    if (!*plain) co_return refused();
    switch ((*plain)->type) {
        case CredentialsType::access_token: co_return (*plain)->identity;
        case CredentialsType::mqtt_basic:
            if (match_basic(**plain, client_id, user_name, password) == BasicMatch::yes)
                co_return (*plain)->identity;
            co_return refused();
        case CredentialsType::x509_certificate:
        case CredentialsType::lwm2m_credentials: co_return refused();
    }
    co_return refused();
}

Task<Result<DeviceIdentityPtr>> DeviceAuth::by_certificate(std::vector<std::byte> leaf_der) {
    const Result<CredentialsEntryPtr> entry = co_await impl_->entry(certificate_hash(leaf_der));
    if (!entry) co_return entry.error();
    const bool known = *entry && (*entry)->type == model::CredentialsType::x509_certificate &&
                       (*entry)->value == base64(as_text(leaf_der));
    if (!known) co_return refused();
    co_return (*entry)->identity;
}

Task<Result<DeviceIdentityPtr>> DeviceAuth::refresh(model::DeviceId device) {
    Result<DeviceIdentityPtr> identity = co_await impl_->source.identity(device);
    if (identity && !*identity) co_return Error{ErrorCode::not_found, "Device was deleted!"};
    co_return identity;
}

}  // namespace thingstead::core
