// The mails of this server, in HTML and in plain text.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "core/mail.h"

namespace thingstead::core {

Mail test_mail(std::string to);
Mail activation_mail(std::string to, const std::string& link, std::int64_t ttl_ms);
Mail activated_mail(std::string to, const std::string& login_link);
Mail reset_mail(std::string to, const std::string& link, std::int64_t ttl_ms);
Mail password_changed_mail(std::string to, const std::string& login_link);
Mail lockout_mail(std::string to, const std::string& locked_email, std::int64_t attempts_max);
Mail code_mail(std::string to, const std::string& code, std::chrono::seconds life);

/// A text as HTML shows it.
std::string html_escaped(std::string_view text);

}  // namespace thingstead::core
