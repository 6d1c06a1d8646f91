// What tokens of users are made of, beside their signature (core/jwt.h): marks that void them, and
// texts that nobody can guess.
#pragma once
#include <chrono>
#include <string>

#include "base/clock.h"
#include "model/identity.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// No token of any kind lives longer, whatever the settings: marks are kept so long.
inline constexpr std::chrono::hours token_life_max{24 * 365};

/// Notes that tokens of `id` (a user or a session) from before `valid_from_ms` are void.
Result<> put_token_mark(store::Transaction& transaction, const Uuid& id, EpochMs valid_from_ms);

/// What nobody can use any more: API keys and marks whose time has passed.
Result<> remove_expired_keys_and_marks(store::Transaction& transaction, EpochMs now_ms);

/// `bytes` random bytes in the alphabet of URLs.
std::string random_url_text(std::size_t bytes);

/// A rate limit's window of a fixed length. Counts the attempt; false: there were too many.
struct AttemptWindow {
    EpochMs start_ms = 0;
    std::int64_t attempts = 0;
    bool take(EpochMs now_ms, std::int64_t attempts_max, std::chrono::seconds length);
};

}  // namespace thingstead::core
