#include "core/calculated_field/interval.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

/// Seconds from 2026-03-01T00:00Z, a Sunday.
constexpr std::int64_t march_2026 = 1'772'323'200;

struct Around {
    const char *interval, *zone;
    std::int64_t at, start, end;  ///< Hours from march_2026.
};

TEST(AggregationInterval, IsTheOneAround) {
    const Around rows[] = {
        {R"("type":"HOUR")",                       "UTC",           5,  5,        6       },
        {R"("type":"DAY")",                        "UTC",           25, 24,       48      },
        {R"("type":"DAY")",                        "Europe/Berlin", 25, 23,       47      },
        {R"("type":"DAY","offsetSec":7200)",       "UTC",           25, 2,        26      },
        {R"("type":"WEEK")",                       "UTC",           0,  -6 * 24,  24      },
        {R"("type":"WEEK_SUN_SAT")",               "UTC",           0,  0,        7 * 24  },
        {R"("type":"MONTH")",                      "UTC",           30, 0,        31 * 24 },
        {R"("type":"MONTH")",                      "Europe/Berlin", 30, -1,       743 - 1 },
        {R"("type":"QUARTER")",                    "UTC",           0,  -59 * 24, 31 * 24 },
        {R"("type":"YEAR")",                       "UTC",           0,  -59 * 24, 306 * 24},
        {R"("type":"CUSTOM","durationSec":18000)", "UTC",           21, 20,       24      },
        {R"("type":"CUSTOM","durationSec":18000)", "UTC",           4,  0,        5       },
    };
    for (const Around& row : rows) {
        const auto read = read_interval(parse_json(std::string(R"({"interval":{)") + row.interval +
                                                   R"(,"tz":")" + row.zone + R"("}})")
                                            ->as_object());
        ASSERT_TRUE(read) << read.error().message;
        const auto hours = [](EpochMs at) { return (at / 1000 - march_2026) / 3600; };
        const TimeSpan span = interval_at(*read, (march_2026 + row.at * 3600) * 1000 + 999);
        EXPECT_EQ(hours(span.start), row.start) << row.interval << row.zone;
        EXPECT_EQ(hours(span.end), row.end) << row.interval << row.zone;
        EXPECT_EQ(interval_at(*read, span.end).start, span.end) << row.interval;
        EXPECT_EQ(interval_at(*read, span.end - 1).start, span.start) << row.interval;
    }
}

TEST(AggregationInterval, SaysWhatIsWrong) {
    const auto wrong = [](std::string_view document) {
        const auto read = read_interval(parse_json(document)->as_object());
        return read ? std::string() : read.error().message;
    };
    EXPECT_EQ(wrong("{}"), "Calculated field should have an interval!");
    EXPECT_EQ(wrong(R"({"interval":{"type":"X","tz":"UTC"}})"), "interval should have a type!");
    EXPECT_EQ(wrong(R"({"interval":{"type":"DAY","tz":"X/Y"}})").substr(0, 13), "interval.tz: ");
    EXPECT_EQ(wrong(R"({"interval":{"type":"CUSTOM","tz":"UTC"}})"),
              "interval.durationSec should be greater than 0!");
}

}  // namespace
}  // namespace thingstead::core
