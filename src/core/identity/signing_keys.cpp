#include "core/identity/signing_keys.h"

#include "base/random.h"
#include "core/crypto.h"

namespace thingstead::core {
namespace {

constexpr std::size_t id_characters = 12;

Error damaged_former_keys() {
    return {ErrorCode::unavailable, "the stored former token signing keys are damaged"};
}

}  // namespace

std::optional<SigningKey> signing_key_of(std::string_view base64_text) {
    const auto bytes = base64_decode(base64_text);
    if (!bytes || bytes->size() < signing_key_bytes_min) return std::nullopt;
    return SigningKey{sha256_hex(*bytes).substr(0, id_characters), *bytes};
}

std::string new_signing_key() { return base64(random_alphanumeric(signing_key_bytes_min)); }

Result<std::vector<SigningKey>> former_keys_of(const json::value& stored, EpochMs now_ms) {
    std::vector<SigningKey> out;
    if (stored.is_null()) return out;
    if (!stored.is_array()) return damaged_former_keys();
    for (const json::value& each : stored.get_array()) {
        const json::object* members = each.if_object();
        const json::value* text = members ? members->if_contains("signingKey") : nullptr;
        const json::value* until = members ? members->if_contains("validUntil") : nullptr;
        if (!text || !text->is_string() || !until || !until->is_int64())
            return damaged_former_keys();
        std::optional<SigningKey> key = signing_key_of(text->get_string());
        if (!key) return damaged_former_keys();
        key->valid_until_ms = until->get_int64();
        if (key->valid_until_ms > now_ms) out.push_back(*std::move(key));
    }
    return out;
}

json::value document_of(const std::vector<SigningKey>& former) {
    json::array out;
    for (const SigningKey& each : former)
        out.push_back(json::object{
            {"signingKey", base64(each.bytes) },
            {"validUntil", each.valid_until_ms}
        });
    return out;
}

}  // namespace thingstead::core
