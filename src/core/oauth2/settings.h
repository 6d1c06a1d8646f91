// Settings of log-in with other servers; YAML section `oauth2`.
#pragma once
#include <chrono>
#include <string>

#include "base/describe.h"
#include "net/http_client.h"

namespace thingstead::core {

struct OAuth2Settings {
    std::chrono::seconds login_timeout{180};
    std::string github_emails_url = "https://api.github.com/user/emails";
    net::HttpClientSettings http;
};
constexpr auto describe(const OAuth2Settings*) {
    return fields(field("login_timeout", &OAuth2Settings::login_timeout,
                        "Seconds within which a user has to come back from the provider.",
                        between(10, 3'600), on_restart),
                  field("github_emails_url", &OAuth2Settings::github_emails_url,
                        "Where the e-mails of a GitHub user are asked for.", on_restart),
                  field("http", &OAuth2Settings::http, "Calls to providers."));
}

}  // namespace thingstead::core
