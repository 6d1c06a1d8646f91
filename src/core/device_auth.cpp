#include "core/device_auth.h"

#include <array>
#include <atomic>

#include "base/bytes.h"
#include "base/json.h"
#include "base/lru_cache.h"
#include "core/crypto.h"
#include "store/tables.h"

namespace thingstead::core {
namespace {

/// What a credentials id stands for.
struct Entry {
    model::CredentialsType type;
    std::string value;  ///< Of MQTT basic credentials and certificates.
    DeviceIdentityPtr identity;
};
/// Null: nobody has these credentials, or their device is gone.
using EntryPtr = std::shared_ptr<const Entry>;

/// A cached answer; a "no" costs its key alone.
struct Cached {
    EntryPtr entry;
    EpochMs loaded_ms = 0;
};

Error refused() { return {ErrorCode::unauthenticated, "Invalid device credentials"}; }

std::string text_member(const json::object* object, std::string_view name) {
    const json::value* member = object ? object->if_contains(name) : nullptr;
    const json::string* text = member ? member->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

bool is_gateway(const json::value& additional_info) {
    const json::object* object = additional_info.if_object();
    const json::value* member = object ? object->if_contains("gateway") : nullptr;
    return member && member->is_bool() && member->get_bool();
}

using ProfilePtr = std::shared_ptr<const TransportProfile>;
using ProfileCache = LruCache<model::DeviceProfileId, ProfilePtr>;

/// Null: there is no such profile. Devices of one profile share it.
Result<ProfilePtr> load_profile(store::Reader& reader, ProfileCache& profiles,
                                model::DeviceProfileId id) {
    if (const std::optional<ProfilePtr> cached = profiles.get(id)) return *cached;
    const auto stored = reader.find<model::DeviceProfile>({
        {"id", id.uuid}
    });
    if (!stored) return stored.error();
    if (!*stored) return ProfilePtr();
    const auto profile = std::make_shared<const TransportProfile>(TransportProfile::of(**stored));
    profiles.put(id, profile);
    return ProfilePtr(profile);
}

Result<DeviceIdentityPtr> load_identity(store::Reader& reader, ProfileCache& profiles,
                                        model::DeviceId id) {
    const auto device = reader.find<model::Device>({
        {"id", id.uuid}
    });
    if (!device) return device.error();
    if (!*device) return DeviceIdentityPtr();
    const Result<ProfilePtr> profile = load_profile(reader, profiles, (*device)->device_profile_id);
    if (!profile) return profile.error();
    if (!*profile) return DeviceIdentityPtr();
    return std::make_shared<const DeviceIdentity>(
        DeviceIdentity{(*device)->tenant_id, (*device)->customer_id, id, (*device)->name,
                       (*device)->type, is_gateway((*device)->additional_info), *profile});
}

enum class BasicMatch : std::uint8_t { yes, wrong_password, other };

/// The stored fields against those of a CONNECT: what is stored must be matched, what is not is
/// free.
BasicMatch match_basic(const Entry& stored, const std::string& client_id,
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

TransportProfile TransportProfile::of(const model::DeviceProfile& stored) {
    TransportProfile profile;
    profile.id = stored.id;
    profile.transport_type = stored.transport_type;
    profile.rule_chain = stored.default_rule_chain_id;
    profile.queue_name = stored.default_queue_name.value_or("");
    const json::object* data = stored.profile_data.if_object();
    const json::value* found = data ? data->if_contains("transportConfiguration") : nullptr;
    const json::object* transport = found ? found->if_object() : nullptr;
    if (!transport || stored.transport_type != model::TransportType::mqtt) return profile;
    const auto topic = [&](std::string_view name, std::string& into) {
        if (std::string text = text_member(transport, name); !text.empty()) into = std::move(text);
    };
    topic("deviceTelemetryTopic", profile.telemetry_topic);
    topic("deviceAttributesTopic", profile.attributes_topic);
    topic("deviceAttributesSubscribeTopic", profile.attributes_subscribe_topic);
    const json::value* ack = transport->if_contains("sendAckOnValidationException");
    profile.ack_invalid_payload = ack && ack->is_bool() && ack->get_bool();
    const json::value* payload = transport->if_contains("transportPayloadTypeConfiguration");
    profile.protobuf =
        text_member(payload ? payload->if_object() : nullptr, "transportPayloadType") == "PROTOBUF";
    return profile;
}

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
    Impl(store::EntityStore& entity_store, DeviceAuthSettings with, const Clock& the_clock,
         MetricsRegistry& metrics)
        : store(entity_store),
          settings(with),
          clock(the_clock),
          cache(with.entries_max),
          profiles(profiles_max),
          hits(metrics, "thingstead_device_auth_cache_hits_total",
               "Log-ins of devices answered from the cache."),
          misses(metrics, "thingstead_device_auth_cache_misses_total",
                 "Log-ins of devices that asked the store.") {}

    static constexpr std::size_t profiles_max = 10'000;

    store::EntityStore& store;
    DeviceAuthSettings settings;
    const Clock& clock;
    LruCache<std::string, Cached> cache;
    ProfileCache profiles;
    std::atomic<std::uint64_t> evictions{0};
    Counter hits;
    Counter misses;

    void on_change(const EntityChange& change) {
        // Counted first: a load that began before this must not put what it read into the cache.
        evictions.fetch_add(1);
        if (change.entity.type == model::EntityType::device_profile) {
            profiles.clear();
            cache.clear();
        }
        for (const std::string& id : change.credentials_ids) cache.erase(id);
    }

    Result<EntryPtr> load(store::Reader& reader, const std::string& credentials_id) {
        const auto credentials = reader.find<model::DeviceCredentials>({
            {"credentialsId", credentials_id}
        });
        if (!credentials) return credentials.error();
        if (!*credentials) return EntryPtr();
        const Result<DeviceIdentityPtr> identity =
            load_identity(reader, profiles, (*credentials)->device_id);
        if (!identity) return identity.error();
        if (!*identity) return EntryPtr();
        return std::make_shared<const Entry>(Entry{(*credentials)->credentials_type,
                                                   (*credentials)->credentials_value.value_or(""),
                                                   *identity});
    }

    Task<Result<EntryPtr>> entry(std::string credentials_id) {
        if (const std::optional<Cached> cached = cache.get(credentials_id)) {
            const auto age = std::chrono::milliseconds(clock.now_ms() - cached->loaded_ms);
            if (age < settings.entry_life) {
                hits.add();
                co_return cached->entry;
            }
        }
        misses.add();
        const std::uint64_t before = evictions.load();
        Cached loaded{nullptr, clock.now_ms()};
        const std::function<Result<>(store::Reader&)> work =
            [&](store::Reader& reader) -> Result<> {
            Result<EntryPtr> read = load(reader, credentials_id);
            if (!read) return read.error();
            loaded.entry = *std::move(read);
            return {};
        };
        if (Result<> read = co_await store.read(work); !read)
            co_return Error{ErrorCode::unavailable, "credentials cannot be checked now",
                            read.error().message};
        if (evictions.load() == before) cache.put(credentials_id, loaded);
        co_return loaded.entry;
    }
};

DeviceAuth::DeviceAuth(store::EntityStore& store, EntityEvents& events, DeviceAuthSettings settings,
                       const Clock& clock, MetricsRegistry& metrics)
    : impl_(std::make_shared<Impl>(store, settings, clock, metrics)) {
    events.listen([impl = impl_](const EntityChange& change) { impl->on_change(change); });
}

DeviceAuth::~DeviceAuth() = default;

Task<Result<DeviceIdentityPtr>> DeviceAuth::by_token(std::string token) {
    if (token.empty()) co_return refused();
    const Result<EntryPtr> entry = co_await impl_->entry(std::move(token));
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
    const Result<EntryPtr> hashed = co_await impl_->entry(credentials_hash(both));
    if (!hashed) co_return hashed.error();
    if (*hashed && (*hashed)->type == CredentialsType::mqtt_basic) {
        const BasicMatch match = match_basic(**hashed, client_id, user_name, password);
        if (match == BasicMatch::yes) co_return (*hashed)->identity;
        if (match == BasicMatch::wrong_password) co_return refused();
    }
    if (user_name.empty()) co_return refused();
    const Result<EntryPtr> plain = co_await impl_->entry(user_name);
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
    const Result<EntryPtr> entry = co_await impl_->entry(certificate_hash(leaf_der));
    if (!entry) co_return entry.error();
    const bool known = *entry && (*entry)->type == model::CredentialsType::x509_certificate &&
                       (*entry)->value == base64(as_text(leaf_der));
    if (!known) co_return refused();
    co_return (*entry)->identity;
}

Task<Result<DeviceIdentityPtr>> DeviceAuth::refresh(model::DeviceId device) {
    DeviceIdentityPtr identity;
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) -> Result<> {
        Result<DeviceIdentityPtr> loaded = load_identity(reader, impl_->profiles, device);
        if (!loaded) return loaded.error();
        identity = *std::move(loaded);
        return {};
    };
    if (Result<> read = co_await impl_->store.read(work); !read) co_return read.error();
    if (!identity) co_return Error{ErrorCode::not_found, "Device was deleted!"};
    co_return identity;
}

}  // namespace thingstead::core
