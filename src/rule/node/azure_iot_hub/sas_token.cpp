#include "rule/node/azure_iot_hub/sas_token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>

#include "core/crypto.h"
#include "net/url.h"

namespace thingstead::rule::azure_iot_hub {
namespace {

constexpr std::chrono::hours token_life{24 * 365};

/// RFC 2104 with FIPS 180-4: 32 raw bytes.
std::string hmac_sha256(const std::string& key, const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned bytes = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &bytes);
    return {reinterpret_cast<const char*>(digest.data()), bytes};
}

}  // namespace

std::string sas_token(const std::string& host, const std::string& device, const std::string& key,
                      EpochMs now_ms) {
    const std::string resource = net::percent_encode(host + "/devices/" + device);
    const std::string expiry =
        std::to_string(now_ms / 1000 + std::chrono::seconds(token_life).count());
    const std::string signature = core::base64(hmac_sha256(key, resource + "\n" + expiry));
    return "SharedAccessSignature sr=" + resource + "&sig=" + net::percent_encode(signature) +
           "&se=" + expiry;
}

}  // namespace thingstead::rule::azure_iot_hub
