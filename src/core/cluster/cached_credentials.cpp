#include "core/cluster/cached_credentials.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/lru_cache.h"
#include "core/cluster/cache_eraser.h"
#include "core/cluster/device_codec.h"
#include "core/crypto.h"

namespace thingstead::core::cluster {
namespace {

using store::CacheFound;
using store::CacheRegion;
using store::CacheTicket;
using store::CacheValue;
using ProfilePtr = std::shared_ptr<const TransportProfile>;

constexpr std::size_t profiles_max = 10'000;

/// Begins each value. To be raised when a field is added whose default is wrong for values that
/// were put before.
constexpr char format = '\x01';

// --- keys ---

/// Not the id itself: an access token has no business in a server's slow log.
CacheKey cache_key_of(const std::string& credentials_id) {
    return {CacheRegion::credentials, sha3_256_hex(credentials_id)};
}
CacheKey cache_key_of(model::DeviceId device) {
    return {CacheRegion::devices, device.uuid.to_string()};
}
CacheKey cache_key_of(model::DeviceProfileId profile) {
    return {CacheRegion::profiles, profile.uuid.to_string()};
}

std::vector<CacheKey> keys_of(const EntityChange& change) {
    if (change.entity.type == model::EntityType::device_profile)
        return {cache_key_of(model::DeviceProfileId{change.entity.uuid})};
    std::vector<CacheKey> keys;
    for (const std::string& id : change.credentials_ids) keys.push_back(cache_key_of(id));
    if (change.entity.type == model::EntityType::device)
        keys.push_back(cache_key_of(model::DeviceId{change.entity.uuid}));
    return keys;
}

// --- values ---

DeviceIdentityPtr with_profile(const DeviceIdentity& device, ProfilePtr profile) {
    DeviceIdentity changed = device;
    changed.profile = std::move(profile);
    return std::make_shared<const DeviceIdentity>(std::move(changed));
}
CredentialsEntryPtr with_profile(const CredentialsEntry& entry, ProfilePtr profile) {
    return std::make_shared<const CredentialsEntry>(CredentialsEntry{
        entry.type, entry.value, with_profile(*entry.identity, std::move(profile))});
}

const DeviceIdentity& identity_of(const DeviceIdentity& device) { return device; }
const DeviceIdentity& identity_of(const CredentialsEntry& entry) { return *entry.identity; }

template <class T>
std::string bytes_of(const T& value) {
    std::string bytes(1, format);
    proto::Writer out(bytes);
    codec::write(out, value);
    return bytes;
}
/// Of the profile its id alone.
template <class T>
std::string value_of(const T& found) {
    auto bare = std::make_shared<TransportProfile>();
    bare->id = identity_of(found).profile->id;
    return bytes_of(*with_profile(found, std::move(bare)));
}

std::optional<codec::Field> field_of(const std::string& value) {
    if (value.empty() || value.front() != format) return std::nullopt;
    return codec::Field{1, codec::WireType::bytes, 0, std::string_view(value).substr(1)};
}
/// False: not what this version writes.
bool read_cached(const std::string& value, CredentialsEntryPtr& into) {
    const std::optional<codec::Field> whole = field_of(value);
    if (whole) into = codec::read_credentials(*whole);
    return into != nullptr;
}
bool read_cached(const std::string& value, DeviceIdentityPtr& into) {
    const std::optional<codec::Field> whole = field_of(value);
    if (whole) into = codec::read_device(*whole);
    return into != nullptr;
}
bool read_cached(const std::string& value, ProfilePtr& into) {
    const std::optional<codec::Field> whole = field_of(value);
    auto profile = std::make_shared<TransportProfile>();
    if (whole && codec::read_profile(whole->bytes, *profile)) into = std::move(profile);
    return into != nullptr;
}

/// Profiles as they were read_cached last, so that devices share them.
class Profiles {
  public:
    /// Null: cannot be read_cached.
    ProfilePtr of(model::DeviceProfileId id, const CacheValue& value) {
        const std::optional<Kept> kept = kept_.get(id);
        if (kept && kept->value == value) return kept->profile;
        ProfilePtr profile;
        if (!read_cached(*value, profile) || profile->id != id) return nullptr;
        if (kept && *kept->profile == *profile) profile = kept->profile;
        kept_.put(id, Kept{value, profile});
        return profile;
    }

  private:
    struct Kept {
        CacheValue value;
        ProfilePtr profile;
    };
    LruCache<model::DeviceProfileId, Kept> kept_{profiles_max};
};

}  // namespace

struct CachedCredentials::Impl {
    Impl(CredentialsSource& from, store::Cache& shared, CachedCredentialsSettings with,
         net::IoThreads& io, Log log, MetricsRegistry& metrics)
        : source(from),
          cache(shared),
          settings(with),
          eraser(std::make_shared<CacheEraser>(shared, with.erases_waiting_max, io, log)),
          passed_by(metrics, "thingstead_cached_credentials_passed_by_total",
                    "Questions that went past the shared cache, because of a change under way."),
          unreadable(metrics, "thingstead_cached_credentials_unreadable_total",
                     "Values of the shared cache that were of another version, or no values.") {}

    template <class Ptr, class Wanted>
    Task<Result<Ptr>> ask(CacheKey key, Wanted wanted);
    template <class Ptr, class Wanted>
    Task<Result<Ptr>> with_profile_of(Ptr found, Wanted wanted);
    template <class Ptr, class Wanted>
    Task<Result<Ptr>> load_and_put(CacheKey key, CacheTicket ticket, Wanted wanted);
    Task<CacheFound> get(CacheKey key);
    void heal(CacheKey key) {
        unreadable.add();
        eraser->erase({std::move(key)});
    }

    Task<Result<CredentialsEntryPtr>> load(std::string id) { return source.find(std::move(id)); }
    Task<Result<DeviceIdentityPtr>> load(model::DeviceId device) { return source.identity(device); }

    CredentialsSource& source;
    store::Cache& cache;
    const CachedCredentialsSettings settings;
    const std::shared_ptr<CacheEraser> eraser;
    Profiles profiles;
    Counter passed_by;
    Counter unreadable;
};

/// Neither value nor ticket where a change is under way.
Task<CacheFound> CachedCredentials::Impl::get(CacheKey key) {
    CacheFound found;
    const KeyChanges::Look look = eraser->changes().look(key);
    if (!look.under_way) found = co_await cache.get(key.region, key.key);
    if (!eraser->changes().holds(key, look)) {
        passed_by.add();
        found = {};
    }
    co_return found;
}

template <class Ptr, class Wanted>
Task<Result<Ptr>> CachedCredentials::Impl::load_and_put(CacheKey key, CacheTicket ticket,
                                                        Wanted wanted) {
    Result<Ptr> loaded = co_await load(std::move(wanted));
    if (!loaded || !ticket) co_return loaded;
    std::string value = *loaded ? value_of(**loaded) : std::string();
    const std::chrono::milliseconds life{*loaded ? 0 : settings.nobody_life.count()};
    co_await cache.put(key.region, std::move(key.key), std::move(value), ticket, life);
    co_return loaded;
}

/// `found` with its whole profile. If that is not in the cache the source is asked for all of it,
/// which brings the profile.
template <class Ptr, class Wanted>
Task<Result<Ptr>> CachedCredentials::Impl::with_profile_of(Ptr found, Wanted wanted) {
    const model::DeviceProfileId id = identity_of(*found).profile->id;
    const CacheFound kept = co_await get(cache_key_of(id));
    if (kept.value) {
        if (ProfilePtr profile = profiles.of(id, kept.value))
            co_return with_profile(*found, std::move(profile));
        heal(cache_key_of(id));
    }
    Result<Ptr> loaded = co_await load(std::move(wanted));
    const bool same = loaded && *loaded && identity_of(**loaded).profile->id == id;
    if (!same || !kept.ticket) co_return loaded;
    CacheKey key = cache_key_of(id);
    std::string value = bytes_of(*identity_of(**loaded).profile);
    co_await cache.put(key.region, std::move(key.key), std::move(value), kept.ticket);
    co_return loaded;
}

template <class Ptr, class Wanted>
Task<Result<Ptr>> CachedCredentials::Impl::ask(CacheKey key, Wanted wanted) {
    const CacheFound kept = co_await get(key);
    if (kept.value && kept.value->empty()) co_return Ptr();
    Ptr found;
    if (kept.value && read_cached(*kept.value, found)) {
        Result<Ptr> whole = co_await with_profile_of(std::move(found), std::move(wanted));
        co_return whole;
    }
    if (kept.value) heal(key);
    Result<Ptr> loaded = co_await load_and_put<Ptr>(std::move(key), kept.ticket, std::move(wanted));
    co_return loaded;
}

CachedCredentials::CachedCredentials(CredentialsSource& source, store::Cache& cache,
                                     EntityEvents& events, CachedCredentialsSettings settings,
                                     net::IoThreads& io, Log log, MetricsRegistry& metrics)
    : impl_(std::make_shared<Impl>(source, cache, settings, io, std::move(log), metrics)) {
    events.listen_first(
        [eraser = impl_->eraser](const EntityChange& change) { eraser->erase(keys_of(change)); });
}

CachedCredentials::~CachedCredentials() { stop(std::chrono::seconds(5)); }

void CachedCredentials::stop(std::chrono::milliseconds deadline) { impl_->eraser->stop(deadline); }

Task<Result<CredentialsEntryPtr>> CachedCredentials::find(std::string credentials_id) {
    CacheKey key = cache_key_of(credentials_id);
    Result<CredentialsEntryPtr> found =
        co_await impl_->ask<CredentialsEntryPtr>(std::move(key), std::move(credentials_id));
    co_return found;
}

Task<Result<DeviceIdentityPtr>> CachedCredentials::identity(model::DeviceId device) {
    Result<DeviceIdentityPtr> found =
        co_await impl_->ask<DeviceIdentityPtr>(cache_key_of(device), device);
    co_return found;
}

}  // namespace thingstead::core::cluster
