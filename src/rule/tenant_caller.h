// In whose name a chain changes entities.
#pragma once
#include "core/caller.h"
#include "rule/node.h"

namespace thingstead::rule {

/// May do with what its tenant has whatever an administrator may, and nothing with anything else:
/// it keeps a node within its tenant, whichever ids its configuration or a message names.
inline core::Caller tenant_caller(model::TenantId tenant) {
    core::Caller caller;
    caller.authority = model::Authority::tenant_admin;
    caller.tenant = tenant;
    return caller;
}

/// Errors of services that a tenant_caller() asked: what belongs to another tenant is not there.
inline Error within_tenant(Error error) {
    if (error.code == ErrorCode::forbidden)
        return {ErrorCode::not_found, "Requested item wasn't found!", std::move(error.message)};
    return error;
}

}  // namespace thingstead::rule
