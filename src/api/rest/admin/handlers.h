// The handlers of this resource that its table names.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::admin {

/// How busy this machine is.
Task<Result<net::Reply>> system_info(Call call);

// Versions of entities in a repository: nothing is ever set up.
Task<Result<net::Reply>> nothing_configured(Call call);
Task<Result<net::Reply>> does_not_exist(Call call);
Task<Result<net::Reply>> nothing_to_delete(Call call);
Task<Result<net::Reply>> repository_info(Call call);
Task<Result<net::Reply>> no_version_control(Call call);

}  // namespace thingstead::api::admin
