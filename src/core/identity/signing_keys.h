// The keys that sign users' tokens: one signs, former ones verify what they signed until it would
// have expired. Each token names its key ("kid", RFC 7515 4.1.4).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

namespace thingstead::core {

inline constexpr std::size_t signing_key_bytes_min = 64;

struct SigningKey {
    std::string id;
    std::string bytes;
    EpochMs valid_until_ms = 0;  ///< Of a former key; 0: it is the one that signs.
};

/// The id is the beginning of the key's SHA-256: the same on every server, and it tells nothing.
/// Nothing if the text is not the Base64 of signing_key_bytes_min bytes or more.
std::optional<SigningKey> signing_key_of(std::string_view base64_text);

/// Base64 of a new key.
std::string new_signing_key();

/// The document that keeps former keys: [{"signingKey","validUntil"}]. What has expired is left
/// out. Errors: unavailable - damaged.
Result<std::vector<SigningKey>> former_keys_of(const json::value& stored, EpochMs now_ms);
json::value document_of(const std::vector<SigningKey>& former);

}  // namespace thingstead::core
