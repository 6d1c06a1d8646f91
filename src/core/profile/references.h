// What profiles and devices refer to: it must be there, and be the tenant's own.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "model/ids.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Who refers: "Device profile" of a tenant, in the messages.
struct Referrer {
    std::string_view noun;
    model::TenantId tenant;
};

/// `type`: CORE or EDGE. Errors of all: invalid_argument - "Device profile is referencing to
/// non-existent rule chain!" and the like.
Result<> check_rule_chain(store::Reader& reader, const Referrer& from,
                          const std::optional<model::RuleChainId>& id, std::string_view type);
Result<> check_dashboard(store::Reader& reader, const Referrer& from,
                         const std::optional<model::DashboardId>& id);
/// A queue of the tenant's, or of the system's.
Result<> check_queue(store::Reader& reader, const Referrer& from,
                     const std::optional<std::string>& name);

enum class PackageKind : std::uint8_t { firmware, software };
constexpr auto enum_names(PackageKind) {
    using namespace std::literals;
    return std::array{
        std::pair{PackageKind::firmware, "FIRMWARE"sv},
        std::pair{PackageKind::software, "SOFTWARE"sv}
    };
}

/// A package of the kind for devices of `profile`, with data or a URL. Errors: invalid_argument -
/// "Can't assign firmware with different deviceProfile!" and the like.
Result<> check_package(store::Reader& reader, model::TenantId tenant,
                       model::DeviceProfileId profile, PackageKind kind,
                       const std::optional<model::OtaPackageId>& id);

}  // namespace thingstead::core
