#include "core/caller.h"

namespace thingstead::core {
namespace {

bool customer_may(Operation operation) {
    switch (operation) {
        case Operation::read:
        case Operation::write:
        case Operation::read_credentials:
        case Operation::read_attributes:
        case Operation::write_attributes:
        case Operation::read_telemetry:
        case Operation::write_telemetry:   return true;
        case Operation::create:
        case Operation::remove:
        case Operation::write_credentials: return false;
    }
    return false;
}

}  // namespace

Error permission_denied() {
    return {ErrorCode::forbidden, "You don't have permission to perform this operation!"};
}

Result<> check_device(const Caller& caller, Operation operation, const model::Device& device) {
    if (caller.tenant != device.tenant_id) return permission_denied();
    switch (caller.authority) {
        case model::Authority::tenant_admin: return {};
        case model::Authority::customer_user:
            if (device.customer_id == caller.customer && caller.customer != model::no_customer &&
                customer_may(operation))
                return {};
            return permission_denied();
        case model::Authority::sys_admin: return permission_denied();
    }
    return permission_denied();
}

}  // namespace thingstead::core
