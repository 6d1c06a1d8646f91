// The handlers of this resource that its table names.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::auth {

Task<Result<net::Reply>> change_password(Call call);
Task<Result<net::Reply>> open_activation_link(Call call);
Task<Result<net::Reply>> activate(Call call);
Task<Result<net::Reply>> request_reset(Call call);
Task<Result<net::Reply>> open_reset_link(Call call);
Task<Result<net::Reply>> reset_password(Call call);
Task<Result<net::Reply>> password_policy(Call call);

}  // namespace thingstead::api::auth
