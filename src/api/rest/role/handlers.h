// The handlers of roles and of what they give; their table is in role.cpp.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::role {

Task<Result<net::Reply>> allowed_permissions(Call call);
Task<Result<net::Reply>> has_permission(Call call);

}  // namespace thingstead::api::role
