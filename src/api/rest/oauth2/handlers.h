// Handlers of log-in with other servers: those that browsers call, and those of templates.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::oauth2 {

/// Sends the browser to the provider's log-in page.
Task<Result<net::Reply>> begin_login(Call call);
/// The browser is back: with a code, or with an error.
Task<Result<net::Reply>> end_login(Call call);
Task<Result<net::Reply>> list_login_clients(Call call);

Task<Result<net::Reply>> list_templates(Call call);
Task<Result<net::Reply>> save_template(Call call);
Task<Result<net::Reply>> delete_template(Call call);

}  // namespace thingstead::api::oauth2
