#include "core/identity/totp.h"

#include "core/crypto.h"
#include "net/url.h"

namespace thingstead::core {
namespace {

constexpr std::string_view scheme = "otpauth://totp/";
constexpr std::int64_t steps_apart_max = 1;

}  // namespace

std::string totp_code(std::string_view secret, std::int64_t step, int digits) {
    std::string counter(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        counter[i] = static_cast<char>((static_cast<std::uint64_t>(step) >> (56 - 8 * i)) & 0xFF);
    const std::string mac = hmac_sha1(secret, counter);
    const auto byte = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<std::uint8_t>(mac[at]));
    };
    const std::size_t offset = byte(19) & 0xF;
    std::uint32_t number = (byte(offset) & 0x7F) << 24 | byte(offset + 1) << 16 |
                           byte(offset + 2) << 8 | byte(offset + 3);
    std::string code(static_cast<std::size_t>(digits), '0');
    for (std::size_t i = code.size(); i-- > 0; number /= 10)
        code[i] = static_cast<char>('0' + number % 10);
    return code;
}

std::optional<std::int64_t> matching_totp_step(std::string_view secret, std::string_view code,
                                               EpochMs now_ms) {
    const std::int64_t now = totp_step(now_ms);
    for (std::int64_t step = now - steps_apart_max; step <= now + steps_apart_max; ++step)
        if (equal_secret(totp_code(secret, step), code)) return step;
    return std::nullopt;
}

std::string otpauth_url(const std::string& issuer, const std::string& account,
                        std::string_view secret) {
    return std::string(scheme) + net::percent_encode(issuer) + ":" + net::percent_encode(account) +
           "?issuer=" + net::percent_encode(issuer) + "&secret=" + base32(secret);
}

std::optional<std::string> otpauth_secret(std::string_view url) {
    if (!url.starts_with(scheme)) return std::nullopt;
    const std::size_t mark = url.find('?');
    if (mark == std::string_view::npos) return std::nullopt;
    const net::Query query = net::Query::parse(url.substr(mark + 1));
    const std::optional<std::string_view> text = query.find("secret");
    if (!text || text->empty()) return std::nullopt;
    return base32_decode(*text);
}

}  // namespace thingstead::core
