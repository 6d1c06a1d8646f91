// One-time passwords by time. Source: RFC 6238 over RFC 4226: HMAC-SHA1, 6 digits, 30 seconds, as
// every authenticator application takes them.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace thingstead::core {

inline constexpr std::chrono::seconds totp_period{30};

/// `digits` digits of step `step`.
std::string totp_code(std::string_view secret, std::int64_t step, int digits = 6);
inline std::int64_t totp_step(EpochMs now_ms) { return now_ms / 1000 / totp_period.count(); }

/// The step whose code `code` is: now, or one before or after, for clocks that differ. Nothing: it
/// is wrong.
std::optional<std::int64_t> matching_totp_step(std::string_view secret, std::string_view code,
                                               EpochMs now_ms);

/// "otpauth://totp/<issuer>:<account>?issuer=…&secret=…", as QR codes carry it.
std::string otpauth_url(const std::string& issuer, const std::string& account,
                        std::string_view secret);
/// The secret of such a URL. Nothing: it has none.
std::optional<std::string> otpauth_secret(std::string_view url);

}  // namespace thingstead::core
