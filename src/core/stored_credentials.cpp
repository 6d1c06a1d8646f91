#include "core/stored_credentials.h"

#include <atomic>

#include "base/json.h"
#include "base/lru_cache.h"

namespace thingstead::core {
namespace {

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

constexpr std::size_t profiles_max = 10'000;

/// Profiles as they were read, and how often one has changed since the start.
struct Profiles {
    ProfileCache cache{profiles_max};
    std::atomic<std::uint64_t> changes{0};
};

/// Null: there is no such profile. Devices of one profile share it.
Result<ProfilePtr> load_profile(store::Reader& reader, Profiles& profiles,
                                model::DeviceProfileId id) {
    if (const std::optional<ProfilePtr> cached = profiles.cache.get(id)) return *cached;
    const std::uint64_t before = profiles.changes.load();
    const auto stored = reader.find<model::DeviceProfile>({
        {"id", id.uuid}
    });
    if (!stored) return stored.error();
    if (!*stored) return ProfilePtr();
    const auto profile = std::make_shared<const TransportProfile>(TransportProfile::of(**stored));
    if (profiles.changes.load() == before) profiles.cache.put(id, profile);
    return ProfilePtr(profile);
}

Result<DeviceIdentityPtr> load_identity(store::Reader& reader, Profiles& profiles,
                                        model::DeviceId id, std::int64_t credentials_version) {
    const auto device = reader.find<model::Device>({
        {"id", id.uuid}
    });
    if (!device) return device.error();
    if (!*device) return DeviceIdentityPtr();
    const Result<ProfilePtr> profile = load_profile(reader, profiles, (*device)->device_profile_id);
    if (!profile) return profile.error();
    if (!*profile) return DeviceIdentityPtr();
    return std::make_shared<const DeviceIdentity>(DeviceIdentity{
        (*device)->tenant_id, (*device)->customer_id, id, (*device)->name, (*device)->type,
        is_gateway((*device)->additional_info), *profile, credentials_version});
}

Result<CredentialsEntryPtr> load_entry(store::Reader& reader, Profiles& profiles,
                                       const std::string& credentials_id) {
    const auto credentials = reader.find<model::DeviceCredentials>({
        {"credentialsId", credentials_id}
    });
    if (!credentials) return credentials.error();
    if (!*credentials) return CredentialsEntryPtr();
    const Result<DeviceIdentityPtr> identity = load_identity(
        reader, profiles, (*credentials)->device_id, (*credentials)->version.value_or(0));
    if (!identity) return identity.error();
    if (!*identity) return CredentialsEntryPtr();
    return std::make_shared<const CredentialsEntry>(
        CredentialsEntry{(*credentials)->credentials_type,
                         (*credentials)->credentials_value.value_or(""), *identity});
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

struct StoredCredentials::Impl {
    explicit Impl(store::EntityStore& from) : store(from) {}

    store::EntityStore& store;
    Profiles profiles;
};

StoredCredentials::StoredCredentials(store::EntityStore& store, EntityEvents& events)
    : impl_(std::make_shared<Impl>(store)) {
    events.listen_first([impl = impl_](const EntityChange& change) {
        if (change.entity.type != model::EntityType::device_profile) return;
        // Counted first: what was read before this must not come into the cache after it.
        impl->profiles.changes.fetch_add(1);
        impl->profiles.cache.clear();
    });
}

StoredCredentials::~StoredCredentials() = default;

Task<Result<CredentialsEntryPtr>> StoredCredentials::find(std::string credentials_id) {
    CredentialsEntryPtr found;
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) -> Result<> {
        Result<CredentialsEntryPtr> read = load_entry(reader, impl_->profiles, credentials_id);
        if (!read) return read.error();
        found = *std::move(read);
        return {};
    };
    if (Result<> read = co_await impl_->store.read(work); !read) co_return read.error();
    co_return found;
}

Task<Result<DeviceIdentityPtr>> StoredCredentials::identity(model::DeviceId device) {
    DeviceIdentityPtr found;
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) -> Result<> {
        Result<DeviceIdentityPtr> read = load_identity(reader, impl_->profiles, device, 0);
        if (!read) return read.error();
        found = *std::move(read);
        return {};
    };
    if (Result<> read = co_await impl_->store.read(work); !read) co_return read.error();
    co_return found;
}

}  // namespace thingstead::core
