#include "protocol/aws/sign.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <span>

#include "base/bytes.h"
#include "base/error.h"

namespace thingstead::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view scope_end = "aws4_request";

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    const int done =
        EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    TS_ASSERT(done == 1 && size == digest.size());
    return to_hex(std::as_bytes(std::span(digest)));
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::string digest(32, '\0');
    unsigned size = 0;
    const unsigned char* done =
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(),
             reinterpret_cast<unsigned char*>(digest.data()), &size);
    TS_ASSERT(done != nullptr && size == digest.size());
    return digest;
}

/// 20150830T123600Z
std::string time_text(std::int64_t time_s) {
    const std::time_t time = static_cast<std::time_t>(time_s);
    std::tm at{};
    ::gmtime_r(&time, &at);
    std::array<char, 32> out{};
    const std::size_t size = std::strftime(out.data(), out.size(), "%Y%m%dT%H%M%SZ", &at);
    return std::string(out.data(), size);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Without blanks around it, and one where there are several.
std::string one_blank(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += c;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs sorted_headers(const Request& request, const std::string& date) {
    Pairs headers{
        {"host",       request.host},
        {"x-amz-date", date        }
    };
    for (const auto& [name, value] : request.headers)
        headers.emplace_back(lower(name), one_blank(value));
    std::stable_sort(headers.begin(), headers.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return headers;
}

std::string canonical_query(Pairs query) {
    std::sort(query.begin(), query.end());
    std::string out;
    for (const auto& [key, value] : query) out += (out.empty() ? "" : "&") + key + "=" + value;
    return out;
}

std::string names_of(const Pairs& headers) {
    std::string names;
    for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
    return names;
}

std::string signing_key(const Credentials& credentials, const Scope& scope, std::string_view day) {
    std::string key = hmac_sha256("AWS4" + credentials.secret_access_key, day);
    key = hmac_sha256(key, scope.region);
    key = hmac_sha256(key, scope.service);
    return hmac_sha256(key, scope_end);
}

/// Each octet of the path coded once more: all services but one want that, and for paths without
/// percent signs it changes nothing.
std::string canonical_path(std::string_view path) {
    std::string out;
    for (const char c : path) out += c == '%' ? std::string("%25") : std::string(1, c);
    return out;
}

}  // namespace

Signed sign(const Request& request, const Credentials& credentials, const Scope& scope,
            std::int64_t time_s) {
    Signed out;
    out.date = time_text(time_s);
    const std::string day = out.date.substr(0, 8);
    const Pairs headers = sorted_headers(request, out.date);
    const std::string names = names_of(headers);
    std::string canonical = request.method + "\n" + canonical_path(request.path) + "\n" +
                            canonical_query(request.query) + "\n";
    for (const auto& [name, value] : headers) canonical += name + ":" + value + "\n";
    canonical += "\n" + names + "\n" + sha256_hex(request.body);
    const std::string where =
        day + "/" + scope.region + "/" + scope.service + "/" + std::string(scope_end);
    const std::string text =
        std::string(algorithm) + "\n" + out.date + "\n" + where + "\n" + sha256_hex(canonical);
    const std::string signature =
        to_hex(as_bytes(hmac_sha256(signing_key(credentials, scope, day), text)));
    out.authorization = std::string(algorithm) + " Credential=" + credentials.access_key_id + "/" +
                        where + ", SignedHeaders=" + names + ", Signature=" + signature;
    return out;
}

}  // namespace thingstead::aws
