// Who asks: every service of core takes a Caller and checks it where the data is.
#pragma once
#include <string>

#include "base/error.h"
#include "model/entities.h"

namespace thingstead::core {

struct Caller {
    model::Authority authority = model::Authority::customer_user;
    model::TenantId tenant = model::system_tenant;
    model::CustomerId customer = model::no_customer;
    model::UserId user{null_uuid};
    std::string email{};
    std::string first_name{};
    std::string last_name{};
    std::string session{};  ///< Of the log-in whose token this is.

    bool is(model::Authority one) const { return authority == one; }
};

/// Where a user's request came from.
struct Client {
    std::string address{};
    std::string user_agent{};
};

enum class Operation : std::uint8_t {
    // clang-format off
    create, read, write, remove, read_credentials, write_credentials,
    read_attributes, write_attributes, read_telemetry, write_telemetry,
    // clang-format on
};

/// "You don't have permission to perform this operation!"
Error permission_denied();

/// Whether `caller` may do `operation` with a device of its own tenant: a tenant administrator
/// everything, a customer user what is granted on devices assigned to its customer, a system
/// administrator nothing. A device of another tenant is not_found before this is asked. Errors:
/// forbidden.
Result<> check_device(const Caller& caller, Operation operation, const model::Device& device);

}  // namespace thingstead::core
