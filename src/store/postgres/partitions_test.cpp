#include "store/postgres/partitions.h"

#include <gtest/gtest.h>

#include <limits>

namespace thingstead::store::postgres {
namespace {

struct Case {
    EpochMs ts;
    Partitioning partitioning;
    const char* name;  ///< Null: the default partition.
    EpochMs start_ms, end_ms;
};

constexpr EpochMs leap_day = 1'709'164'800'000;  // 2024-02-29
constexpr EpochMs day = 86'400'000;

constexpr Case cases[] = {
    {leap_day,                            Partitioning::days,       "ts_kv_2024_02_29", leap_day,            leap_day + day      },
    {leap_day + day - 1,                  Partitioning::days,       "ts_kv_2024_02_29", leap_day,            leap_day + day      },
    {leap_day + day,                      Partitioning::days,       "ts_kv_2024_03_01", leap_day + day,      leap_day + 2 * day  },
    {leap_day,                            Partitioning::months,     "ts_kv_2024_02",    leap_day - 28 * day, leap_day + day      },
    {leap_day,                            Partitioning::years,      "ts_kv_2024",       leap_day - 59 * day, leap_day + 307 * day},
    {0,                                   Partitioning::months,     "ts_kv_1970_01",    0,                   31 * day            },
    {253'402'300'799'999,                 Partitioning::years,      "ts_kv_9999",       253'370'764'800'000,
     253'402'300'800'000                                                                                                         },
    {253'402'300'800'000,                 Partitioning::years,      nullptr,            0,                   0                   },
    {-1,                                  Partitioning::days,       nullptr,            0,                   0                   },
    {std::numeric_limits<EpochMs>::min(), Partitioning::months,     nullptr,            0,                   0                   },
    {std::numeric_limits<EpochMs>::max(), Partitioning::months,     nullptr,            0,                   0                   },
    {leap_day,                            Partitioning::indefinite, nullptr,            0,                   0                   },
};

TEST(Period, IsTheCalendarPeriodOfUtc) {
    for (const Case& row : cases) {
        SCOPED_TRACE(row.ts);
        const std::optional<Period> period = period_of(row.ts, row.partitioning);
        ASSERT_EQ(period.has_value(), row.name != nullptr);
        if (!period) continue;
        EXPECT_EQ(period->name, row.name);
        EXPECT_EQ(period->start_ms, row.start_ms);
        EXPECT_EQ(period->end_ms, row.end_ms);
    }
}

}  // namespace
}  // namespace thingstead::store::postgres
