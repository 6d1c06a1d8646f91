#include "core/identity/api_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/crypto.h"
#include "core/entity/read.h"
#include "core/identity/credentials.h"
#include "core/identity/tokens.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr EpochMs entry_life_ms = 60'000;
constexpr std::size_t value_chars_max = 512;
constexpr std::array<std::string_view, 4> sort_properties = {"createdTime", "expirationTime",
                                                             "description", "enabled"};

Error unknown_key() { return {ErrorCode::unauthenticated, "Invalid username or password"}; }

/// The key's user, if the caller may change what the user may do.
Result<model::User> owner_of(store::Reader& reader, const Caller& caller, model::UserId user) {
    return load<model::User>(reader, caller, Operation::write, user);
}

Result<model::ApiKey> load_key(store::Reader& reader, const Caller& caller, model::ApiKeyId id) {
    auto found = reader.find<model::ApiKey>({
        {"id", id.uuid}
    });
    if (!found) return found.error();
    if (!*found) return not_found("Api key", id.uuid);
    const Result<model::User> owner = owner_of(reader, caller, (*found)->user_id);
    // Whose user it may not see, the caller does not learn of.
    if (!owner) return owner.error();
    return **std::move(found);
}

Result<SavedApiKey> save_key(store::Transaction& transaction, const Caller& caller,
                             model::ApiKey key, const std::string& value, EpochMs now_ms) {
    if (Result<> valid = model::validate(key); !valid) return valid.error();
    if (key.id.uuid != Uuid{}) {
        Result<model::ApiKey> before = load_key(transaction, caller, key.id);
        if (!before) return before.error();
        if (key.user_id != before->user_id) return invalid("Cannot update API key user id!");
        if (key.expires_ms != before->expires_ms)
            return invalid("Cannot update API key expiration time!");
        before->description = key.description;
        before->enabled = key.enabled;
        if (Result<> done = transaction.update(*before); !done) return done.error();
        return SavedApiKey{*std::move(before)};
    }
    if (key.user_id.uuid == Uuid{}) return invalid("API key user id should be specified!");
    if (key.expires_ms < 0) return invalid("API key expiration time should not be negative!");
    const Result<model::User> owner = owner_of(transaction, caller, key.user_id);
    if (!owner) return owner.error();
    key.id = model::ApiKeyId::make();
    key.created_time = now_ms;
    key.tenant_id = owner->tenant_id;
    key.value_hash = sha256_hex(value);
    if (Result<> done = transaction.insert(key); !done) return done.error();
    return SavedApiKey{std::move(key), value};
}

void publish(const Platform& platform, ChangeKind kind, const model::ApiKey& key) {
    platform.events.publish(EntityChange{kind, key.tenant_id, key.id});
}

}  // namespace

void ApiKeyCache::hear(const EntityChange& change) {
    using enum model::EntityType;
    const model::EntityType type = change.entity.type;
    if (type != user && type != api_key && type != customer && type != tenant) return;
    // Counted first: what was read before this must not come into the cache after it.
    changes_.fetch_add(1);
    entries_.clear();
}

Result<ApiKeyCache::EntryPtr> ApiKeyCache::load_entry(store::Reader& reader,
                                                      const std::string& hash) const {
    const auto key = reader.find<model::ApiKey>({
        {"valueHash", hash}
    });
    if (!key) return key.error();
    if (!*key) return unknown_key();
    const auto user = reader.find<model::User>({
        {"id", (*key)->user_id.uuid}
    });
    if (!user) return user.error();
    if (!*user) return unknown_key();
    const auto credentials = reader.find<model::UserCredentials>({
        {"userId", (*key)->user_id.uuid}
    });
    if (!credentials) return credentials.error();
    Entry entry;
    entry.caller.authority = (*user)->authority;
    entry.caller.tenant = (*user)->tenant_id;
    entry.caller.customer = (*user)->customer_id;
    entry.caller.user = (*user)->id;
    entry.caller.email = (*user)->email;
    entry.caller.first_name = (*user)->first_name.value_or("");
    entry.caller.last_name = (*user)->last_name.value_or("");
    entry.enabled = (*key)->enabled && *credentials && (*credentials)->enabled;
    entry.expires_ms = (*key)->expires_ms;
    entry.read_ms = platform_.clock.now_ms();
    return std::make_shared<const Entry>(std::move(entry));
}

Task<Result<Caller>> ApiKeyCache::caller_of(std::string value) {
    if (value.empty() || value.size() > value_chars_max) co_return unknown_key();
    const std::string hash = sha256_hex(value);
    const EpochMs now = platform_.clock.now_ms();
    EntryPtr entry = entries_.get(hash).value_or(nullptr);
    if (!entry || now - entry->read_ms > entry_life_ms) {
        const std::uint64_t before = changes_.load();
        const std::function<Result<EntryPtr>(store::Reader&)> work = [&](store::Reader& reader) {
            return load_entry(reader, hash);
        };
        const Result<EntryPtr> loaded = co_await read<EntryPtr>(platform_, work);
        if (!loaded) co_return loaded.error();
        entry = *loaded;
        if (changes_.load() == before) entries_.put(hash, entry);
        // A change between the two lines above has cleared the cache before the entry came in.
        if (changes_.load() != before) entries_.erase(hash);
    }
    if (entry->expires_ms > 0 && entry->expires_ms <= now)
        co_return Error{ErrorCode::unauthenticated, "API key is expired"};
    if (!entry->enabled) co_return Error{ErrorCode::unauthenticated, "User account is not active"};
    co_return entry->caller;
}

Task<Result<SavedApiKey>> save_api_key(const Platform& platform, Caller caller, model::ApiKey key,
                                       ApiKeyForm form) {
    const std::string value = form.prefix + random_url_text(form.random_bytes);
    const bool fresh = key.id.uuid == Uuid{};
    const std::function<Result<SavedApiKey>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return save_key(transaction, caller, key, value, platform.clock.now_ms());
        };
    Result<SavedApiKey> saved = co_await write<SavedApiKey>(platform, work);
    if (saved) publish(platform, fresh ? ChangeKind::created : ChangeKind::updated, saved->key);
    co_return saved;
}

Task<Result<store::Page<model::ApiKey>>> api_keys_of(const Platform& platform, Caller caller,
                                                     model::UserId user, store::PageLink link) {
    const std::string& sort = link.sort_property;
    if (!sort.empty() &&
        std::find(sort_properties.begin(), sort_properties.end(), sort) == sort_properties.end())
        co_return invalid("Unsupported sort property '" + sort +
                          "'. Only 'createdTime', 'expirationTime', 'description', 'enabled' are "
                          "allowed.");
    const std::function<Result<store::Page<model::ApiKey>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<model::ApiKey>> {
        const Result<model::User> owner = owner_of(reader, caller, user);
        if (!owner) return owner.error();
        return reader.page<model::ApiKey>(
            {
                {"userId", user.uuid}
        },
            link);
    };
    co_return co_await read<store::Page<model::ApiKey>>(platform, work);
}

Task<Result<model::ApiKey>> change_api_key(const Platform& platform, Caller caller,
                                           model::ApiKeyId id,
                                           std::function<void(model::ApiKey&)> change) {
    const std::function<Result<model::ApiKey>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<model::ApiKey> {
        Result<model::ApiKey> key = load_key(transaction, caller, id);
        if (!key) return key.error();
        change(*key);
        if (Result<> valid = model::validate(*key); !valid) return valid.error();
        if (Result<> done = transaction.update(*key); !done) return done.error();
        return key;
    };
    Result<model::ApiKey> changed = co_await write<model::ApiKey>(platform, work);
    if (changed) publish(platform, ChangeKind::updated, *changed);
    co_return changed;
}

Task<Result<model::ApiKey>> remove_api_key(const Platform& platform, Caller caller,
                                           model::ApiKeyId id) {
    const std::function<Result<model::ApiKey>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<model::ApiKey> {
        Result<model::ApiKey> key = load_key(transaction, caller, id);
        if (!key) return key.error();
        const auto gone = transaction.remove<model::ApiKey>({
            {"id", id.uuid}
        });
        if (!gone) return gone.error();
        return key;
    };
    Result<model::ApiKey> removed = co_await write<model::ApiKey>(platform, work);
    if (removed) publish(platform, ChangeKind::deleted, *removed);
    co_return removed;
}

}  // namespace thingstead::core
