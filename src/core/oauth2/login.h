// The way of a log-in with another server: to its log-in page, and back with a code that is
// exchanged for tokens and for what it says of the user.
// Sources: RFC 6749 section 4.1, RFC 7636 (PKCE), OpenID Connect Core 1.0 section 3.1.
#pragma once
#include <string>

#include "core/identity/auth.h"
#include "core/oauth2/mapping.h"
#include "core/oauth2/settings.h"
#include "core/platform.h"
#include "model/oauth2.h"
#include "net/http_client.h"
#include "net/task.h"

namespace thingstead::core {

/// Where providers send users back to.
inline constexpr std::string_view login_processing_url = "/login/oauth2/code/";

/// Thread-safe.
class OAuth2Login {
  public:
    /// `auth` and `http` outlive it, as what `platform` refers to does.
    OAuth2Login(Platform platform, Auth& auth, net::HttpClient& http, OAuth2Settings settings);

    struct Start {
        std::string location;  ///< Of the provider's log-in page.
        std::string sealed;    ///< For the user's browser, to be brought back to finish().
        bool comes_as_form =
            false;  ///< The provider sends the user back by a form of its own page.
    };
    /// `base_url`: as the user's browser sees us. Errors: not_found.
    Task<Result<Start>> start(model::OAuth2ClientId client, std::string base_url);

    /// What the browser brings back.
    struct Return {
        std::string sealed{};
        std::string state{};
        std::string code{};
        std::string error{};
        std::string error_description{};
        std::string user{};  ///< Apple's document of names, at the first log-in alone.
    };
    struct Done {
        model::User user;
        TokenPair tokens;
        std::string provider;  ///< Its name, for the audit log.
    };
    /// Errors: unauthenticated, and those of the calls; the messages are for the user.
    Task<Result<Done>> finish(Return back);

    std::chrono::seconds timeout() const { return settings_.login_timeout; }

  private:
    struct Asked;
    struct Exchanged;

    Result<Asked> asked_of(const Return& back) const;
    Task<Result<model::OAuth2Client>> find_client(model::OAuth2ClientId id);
    Task<Result<Exchanged>> exchange(const model::OAuth2Client& client, const Asked& asked,
                                     const std::string& code);
    Task<Result<json::object>> attributes(const model::OAuth2Client& client, const Asked& asked,
                                          const Exchanged& exchanged);
    Task<Result<MappedUser>> map(const model::OAuth2Client& client, json::object attributes,
                                 const Exchanged& exchanged, const Return& back);
    Task<Result<MappedUser>> map_elsewhere(const model::OAuth2CustomMapper& mapper,
                                           json::object attributes, const Exchanged& exchanged);
    Task<Result<json::value>> json_of(net::HttpCall call, std::string what);

    const Platform platform_;
    Auth& auth_;
    net::HttpClient& http_;
    const OAuth2Settings settings_;
};

}  // namespace thingstead::core
