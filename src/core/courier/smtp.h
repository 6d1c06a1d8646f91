// Mail over SMTP, with libcurl. Source: RFC 5321, RFC 8314 (smtps), RFC 3207 (STARTTLS), RFC 2045
// and 2047 (parts and headers).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/mail.h"

namespace thingstead::core {

/// Thread-safe: each mail has a connection of its own.
class SmtpDriver final : public MailDriver {
  public:
    Result<> send(const MailServer& server, const Mail& mail) override;
};

/// The address of "Name <address>", or the text itself.
std::string bare_address(const std::string& address);
/// The addresses of a list with commas between them; commas in quotes are part of a name.
std::vector<std::string> addresses_in(const std::string& list);
/// A header's value as RFC 2047 wants it: texts that are not ASCII as encoded words.
std::string header_text(const std::string& text);

}  // namespace thingstead::core
