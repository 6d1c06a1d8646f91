// How a service account of Google Cloud gets access tokens, without I/O: it signs a claim and hands
// it in where its key says.
// Source: RFC 7523 section 2.1; Google's identity reference, "Using OAuth 2.0 for server to server
// applications".
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/error.h"

namespace thingstead::google {

/// A service account's key, as Google hands it out.
struct ServiceAccount {
    std::string client_email;
    std::string private_key;
    std::string private_key_id;
    std::string token_uri = "https://oauth2.googleapis.com/token";
};
constexpr auto describe(const ServiceAccount*) {
    using A = ServiceAccount;
    return fields(field("client_email", &A::client_email),
                  field("private_key", &A::private_key, {}, secret),
                  field("private_key_id", &A::private_key_id), field("token_uri", &A::token_uri));
}

/// Errors: invalid_argument - not such a key, or its private key cannot be used.
Result<ServiceAccount> service_account_of(std::string_view key_json);

/// The form that is posted to `token_uri`. Errors: invalid_argument - the private key.
Result<std::string> token_form(const ServiceAccount& account, std::string_view scope,
                               EpochMs now_ms);

struct AccessToken {
    std::string text;
    EpochMs ends_ms = 0;

    /// It is not used in the last minute of its life.
    bool good_at(EpochMs now_ms) const { return now_ms + 60'000 < ends_ms; }
};
/// What the answer to the form says. Errors: internal - why it was refused, as refusal_text().
Result<AccessToken> access_token_of(int status, const std::string& body, EpochMs now_ms);

/// What Google's interfaces say is wrong: {"error":{"message"}} or {"error","error_description"}.
std::string refusal_text(int status, const std::string& body);

}  // namespace thingstead::google
