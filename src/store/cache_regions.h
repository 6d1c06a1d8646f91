// What is cached, under which name, how long and how much of it in a process: one row a region.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/describe.h"

namespace thingstead::store {

/// Names are parts of keys on the server and labels of metrics: never rename, new ones go last.
enum class CacheRegion : std::uint8_t {
    credentials,  ///< Credentials id → what it stands for; refused ones too.
    devices,      ///< Device id → what transports and rules know of it.
    profiles,     ///< Device and asset profiles.
    sessions,     ///< Device id → its session's state.
};
inline constexpr std::size_t cache_region_count = 4;

constexpr auto enum_names(CacheRegion) {
    using namespace std::literals;
    return std::array{
        std::pair{CacheRegion::credentials, "credentials"sv},
        std::pair{CacheRegion::devices,     "devices"sv    },
        std::pair{CacheRegion::profiles,    "profiles"sv   },
        std::pair{CacheRegion::sessions,    "sessions"sv   }
    };
}

struct CacheRegionSettings {
    std::chrono::seconds ttl{24 * 3600};
    std::size_t local_entries_max = 100'000;
    std::size_t local_bytes_max = 64 << 20;
    /// In front of a server only: then it is asked again.
    std::chrono::seconds local_ttl{600};
};

constexpr auto describe(const CacheRegionSettings*) {
    return fields(
        field("ttl", &CacheRegionSettings::ttl, "How long a value is kept without being erased.",
              between(1, 30 * 24 * 3600), on_restart),
        field("local_entries_max", &CacheRegionSettings::local_entries_max,
              "Values in a process; the one not used longest goes first.", between(16, 100'000'000),
              on_restart),
        field("local_bytes_max", &CacheRegionSettings::local_bytes_max,
              "Memory for them in a process. A value over a 16th of it is not kept there.",
              between(64 << 10, std::int64_t{1} << 36), in_bytes, on_restart),
        field("local_ttl", &CacheRegionSettings::local_ttl,
              "How long a process keeps what a cache server answered before it asks again.",
              between(1, 30 * 24 * 3600), on_restart));
}

/// YAML section `store.cache_regions`.
struct CacheRegions {
    CacheRegionSettings credentials{};
    CacheRegionSettings devices{};
    CacheRegionSettings profiles{.local_entries_max = 10'000};
    CacheRegionSettings sessions{};

    const CacheRegionSettings& of(CacheRegion region) const {
        switch (region) {
            case CacheRegion::credentials: return credentials;
            case CacheRegion::devices:     return devices;
            case CacheRegion::profiles:    return profiles;
            case CacheRegion::sessions:    return sessions;
        }
        return credentials;
    }
};

constexpr auto describe(const CacheRegions*) {
    return fields(
        field("credentials", &CacheRegions::credentials, "Credentials of devices."),
        field("devices", &CacheRegions::devices, "Devices as transports and rules see them."),
        field("profiles", &CacheRegions::profiles, "Device and asset profiles."),
        field("sessions", &CacheRegions::sessions, "State of the sessions of devices."));
}

}  // namespace thingstead::store
