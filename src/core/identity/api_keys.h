// API keys: programs call with a key instead of a log-in, and act as its user. The value is told
// once; what is kept is its SHA-256.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/lru_cache.h"
#include "core/caller.h"
#include "core/entity_events.h"
#include "core/platform.h"
#include "model/identity.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Who comes with a key. Answers are kept for a minute and forgotten with every change of a user
/// or a key. Thread-safe.
class ApiKeyCache {
  public:
    explicit ApiKeyCache(const Platform& platform) : platform_(platform) {}

    /// Errors: unauthenticated - "Invalid username or password", "API key is expired", "User
    /// account is not active".
    Task<Result<Caller>> caller_of(std::string value);
    void hear(const EntityChange& change);

  private:
    struct Entry {
        Caller caller{};
        bool enabled = false;  ///< The key and its user.
        EpochMs expires_ms = 0;
        EpochMs read_ms = 0;
    };
    using EntryPtr = std::shared_ptr<const Entry>;
    Result<EntryPtr> load_entry(store::Reader& reader, const std::string& hash) const;

    const Platform platform_;
    LruCache<std::string, EntryPtr> entries_{10'000};
    std::atomic<std::uint64_t> changes_{0};
};

struct SavedApiKey {
    model::ApiKey key;
    std::string value{};  ///< Of a new key; empty after an update.
};

struct ApiKeyForm {
    std::string prefix;
    std::size_t random_bytes;
};

/// Creates (null id) or updates. The caller needs WRITE on the key's user. Errors:
/// invalid_argument, forbidden, not_found.
Task<Result<SavedApiKey>> save_api_key(const Platform& platform, Caller caller, model::ApiKey key,
                                       ApiKeyForm form);
/// Errors: invalid_argument - also a sort property of another kind; forbidden, not_found.
Task<Result<store::Page<model::ApiKey>>> api_keys_of(const Platform& platform, Caller caller,
                                                     model::UserId user, store::PageLink link);
Task<Result<model::ApiKey>> change_api_key(const Platform& platform, Caller caller,
                                           model::ApiKeyId id,
                                           std::function<void(model::ApiKey&)> change);
Task<Result<model::ApiKey>> remove_api_key(const Platform& platform, Caller caller,
                                           model::ApiKeyId id);

inline bool is_expired(const model::ApiKey& key, EpochMs now_ms) {
    return key.expires_ms > 0 && key.expires_ms <= now_ms;
}

}  // namespace thingstead::core
