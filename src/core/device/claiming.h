// Claiming: a device says that whoever knows a secret key may have it; a customer's user who does
// makes it its customer's. Source: device-api section 4.4 of the interface.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/entity/assign.h"
#include "model/entities.h"

namespace thingstead::core {

struct ClaimSettings {
    /// Without it a device may be claimed only if its server attribute `claimingAllowed` is true.
    bool allowed_by_default = true;
    std::chrono::milliseconds duration{24 * 3600 * 1000};  ///< If the device says none.
};

/// What a device asks for: from now on it may be claimed. Asked again, the later one counts.
/// Errors: not_found; forbidden - it belongs to a customer, or may not be claimed.
Task<Result<>> open_claim(const Platform& platform, model::DeviceId device, std::string secret_key,
                          std::chrono::milliseconds duration, ClaimSettings settings = {});

enum class ClaimOutcome : std::uint8_t { success, failure, claimed };
constexpr auto enum_names(ClaimOutcome) {
    using namespace std::literals;
    return std::array{
        std::pair{ClaimOutcome::success, "SUCCESS"sv},
        std::pair{ClaimOutcome::failure, "FAILURE"sv},
        std::pair{ClaimOutcome::claimed, "CLAIMED"sv}
    };
}

struct Claim {
    ClaimOutcome outcome = ClaimOutcome::failure;
    model::Device device;
    model::Customer customer;  ///< Of a success.
};

/// Makes the device the caller's customer's. A wrong key ends what the device asked for.
/// Errors: not_found, forbidden.
Task<Result<Claim>> claim_device(const Platform& platform, Caller caller, std::string device_name,
                                 std::string secret_key);

/// Takes the device from the customer that has it, so that it may be claimed again. Nothing: it
/// had none. Errors: not_found; forbidden - also a customer's user whose customer has it not.
Task<Result<std::optional<Assigned<model::Device>>>> reclaim_device(const Platform& platform,
                                                                    Caller caller,
                                                                    std::string device_name,
                                                                    ClaimSettings settings = {});

}  // namespace thingstead::core
