// How a series is cut into partitions of ts_kv_cf: by the UTC calendar.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace thingstead::store::cassandra {

/// Named as the setting is written.
enum class Partitioning : std::uint8_t { MINUTES, HOURS, DAYS, MONTHS, YEARS, INDEFINITE };

constexpr auto enum_names(Partitioning) {
    using namespace std::literals;
    return std::array{
        std::pair{Partitioning::MINUTES,    "MINUTES"sv   },
        std::pair{Partitioning::HOURS,      "HOURS"sv     },
        std::pair{Partitioning::DAYS,       "DAYS"sv      },
        std::pair{Partitioning::MONTHS,     "MONTHS"sv    },
        std::pair{Partitioning::YEARS,      "YEARS"sv     },
        std::pair{Partitioning::INDEFINITE, "INDEFINITE"sv},
    };
}

/// Beyond these times (the years -30000 and 30000) all points share the last partition.
inline constexpr EpochMs partitioned_ms_min = -1'008'889'344'000'000;
inline constexpr EpochMs partitioned_ms_max = 884'541'340'800'000;

/// Start of the partition that holds `ts`, in milliseconds; 0 for INDEFINITE. Never falls as `ts`
/// rises.
std::int64_t partition_of(EpochMs ts, Partitioning partitioning);

}  // namespace thingstead::store::cassandra
