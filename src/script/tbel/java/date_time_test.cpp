#include "script/tbel/java/date_time.h"

#include <gtest/gtest.h>

#include <limits>

#include "script/tbel/java/date_text.h"

namespace thingstead::script::java {
namespace {

const ZoneRef& utc() {
    static const ZoneRef zone = *find_zone("UTC");
    return zone;
}

std::string iso(const Result<Instant>& instant) {
    return instant ? iso_text(*instant) : instant.error().message;
}

TEST(Date, IsMadeFromFields) {
    EXPECT_EQ(iso(new_date({2024, 2, 29, 12, 30, 0, 0}, *utc())), "2024-02-29T12:30:00Z");
    EXPECT_EQ(iso(new_date({2024, 2, 29, 12, 30, 0, 0}, **find_zone("Asia/Tokyo"))),
              "2024-02-29T03:30:00Z");
    EXPECT_EQ(iso(new_date({69, 1, 1}, *utc())), "2069-01-01T00:00:00Z");
    EXPECT_EQ(iso(new_date({70, 1, 1}, *utc())), "1970-01-01T00:00:00Z");
    EXPECT_EQ(iso(new_date({2024, 13, 1}, *utc())),
              "Invalid value for MonthOfYear (valid values 1 - 12): 13");
    EXPECT_EQ(iso(new_date({2023, 2, 29}, *utc())),
              "Invalid date 'February 29' as '2023' is not a leap year");
    EXPECT_EQ(iso(new_date({2023, 4, 31}, *utc())), "Invalid date 'APRIL 31'");
    EXPECT_EQ(iso(new_date({2023, 4, 32}, *utc())),
              "Invalid value for DayOfMonth (valid values 1 - 28/31): 32");
    EXPECT_EQ(iso(new_date({2023, 4, 3, 24}, *utc())),
              "Invalid value for HourOfDay (valid values 0 - 23): 24");
}

TEST(Date, IsReadFromText) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"2024-02-29T12:30:00+03:00",           "2024-02-29T09:30:00Z"                                  },
        {"2024-02-29T12:30:00Z",                "2024-02-29T12:30:00Z"                                  },
        {"2024-02-29T12:30-04",                 "2024-02-29T16:30:00Z"                                  },
        {"2024-02-29T12:30:15.123456+01:00:30", "2024-02-29T11:29:45.123456Z"                           },
        {"2024-02-29T12:30",                    "2024-02-29T11:30:00Z"                                  },
        {"2024-02-29 12:30:01.250",             "2024-02-29T11:30:01.250Z"                              },
        {"2024-02-29T24:00Z",                   "2024-03-01T00:00:00Z"                                  },
        {"Tue, 3 Jun 2008 11:05:30 GMT",        "2008-06-03T11:05:30Z"                                  },
        {"Tue, 3 Jun 2008 11:05 +0200",         "2008-06-03T09:05:00Z"                                  },
        {"3 Jun 2008 11:05 +0200",              "Cannot parse value [3 Jun 2008 11:05 +0200] as instant"},
        {"Tue, 3 Jun 2008 11:05:30",            "2008-06-03T09:05:30Z"                                  },
        {"2024-02-29",                          "Cannot parse value [2024-02-29] as instant"            },
        {"2024-02-29T12:30:00+03:00x",
         "Cannot parse value [2024-02-29T12:30:00+03:00x] as instant"                                   },
        {"2024-13-29T12:30Z",                   "Cannot parse value [2024-13-29T12:30Z] as instant"     },
        {"Mon, 3 Jun 2008 11:05:30 GMT",
         "Cannot parse value [Mon, 3 Jun 2008 11:05:30 GMT] as instant"                                 },
        {"",                                    "Cannot parse value [] as instant"                      },
    };
    const ZoneRef berlin = *find_zone("Europe/Berlin");
    for (const auto& [text, expected] : rows)
        EXPECT_EQ(iso(new_date(text, berlin)), expected) << text;
    EXPECT_FALSE(new_date("Tue, 3 Jun 2008 11:05:30", utc()));
    EXPECT_EQ(new_date("2024-02-29T12:30:00+03:00", utc())->seconds, 1709199000);
    EXPECT_EQ(date_parse("nonsense", utc()), -1);
    EXPECT_EQ(date_parse("2024-02-29T12:30:00Z", utc()), 1709209800000);
}

TEST(Date, UtcFillsInWhatIsMissing) {
    EXPECT_EQ(*date_utc({.year = 2024, .month = 2, .day = 29}), 1709164800000);
    EXPECT_EQ(iso_text(instant_of_ms(*date_utc({.year = 2024}))), "2024-12-31T00:00:00Z");
    EXPECT_EQ(iso_text(instant_of_ms(*date_utc({}))), "1899-12-31T00:00:00Z");
    EXPECT_FALSE(date_utc({.year = 2024, .month = 2, .day = 30}));
    EXPECT_FALSE(date_utc({.year = 2024, .month = 2, .day = 3, .ms = 1000}));
}

TEST(Date, HasFields) {
    const LocalDateTime local = local_time(instant_of_ms(1709209800000), *utc());
    EXPECT_EQ(local, (LocalDateTime{2024, 2, 29, 12, 30, 0, 0}));
    EXPECT_EQ(day_of_week(local), 4);
    EXPECT_EQ(day_of_year(local), 60);
    EXPECT_EQ(iso_text(instant_of_ms(-1)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(epoch_ms(instant_of_ms(-1)), -1);
    EXPECT_EQ(iso_text({-62167219200, 0}), "0000-01-01T00:00:00Z");
    EXPECT_EQ(iso_text({253402300800, 1}), "+10000-01-01T00:00:00.000000001Z");
    EXPECT_EQ(iso_text(instant_of_ms(-62135596800000 - 86400000ll * 400)), "-0001-11-28T00:00:00Z");
    for (std::int64_t day = -1'000'000; day < 1'000'000; day += 97) {
        const LocalDateTime date = date_of_epoch_day(day);
        ASSERT_EQ(epoch_day(date.year, date.month, date.day), day);
        ASSERT_TRUE(check(date));
    }
}

TEST(Date, IsSet) {
    const auto date = [](std::int32_t y, std::int32_t m, std::int32_t d) {
        return *new_date({y, m, d}, *utc());
    };
    EXPECT_EQ(iso(set_fields(date(2024, 3, 31), *utc(), {.month = 4})), "2024-05-01T00:00:00Z");
    EXPECT_EQ(iso(set_fields(date(2024, 2, 29), *utc(), {.year = 2023})), "2023-03-01T00:00:00Z");
    EXPECT_EQ(iso(set_fields(date(2024, 2, 28), *utc(), {.year = 2023})), "2023-02-28T00:00:00Z");
    EXPECT_EQ(iso(set_fields(date(2024, 4, 1), *utc(), {.day = 31})), "Invalid date 'APRIL 31'");
    EXPECT_EQ(iso(set_fields(date(2024, 4, 1), *utc(), {.hour = 24})),
              "Invalid value for HourOfDay (valid values 0 - 23): 24");
    EXPECT_EQ(iso(set_fields(date(2024, 4, 1), *utc(), {.ms = 1000})),
              "Invalid value for MilliOfSecond (valid values 0 - 999): 1000");
    EXPECT_EQ(
        iso(set_fields(date(2024, 4, 1), *utc(), {.hour = 5, .minute = 6, .second = 7, .ms = 8})),
        "2024-04-01T05:06:07.008Z");
    EXPECT_EQ(iso(set_fields(date(2024, 7, 1), **find_zone("Europe/Berlin"), {.hour = 5})),
              "2024-07-01T03:00:00Z");
}

TEST(Date, IsAddedTo) {
    const Instant leap = *new_date({2024, 2, 29}, *utc());
    EXPECT_EQ(iso(add(leap, DateUnit::years, 1)), "2025-02-28T00:00:00Z");
    EXPECT_EQ(iso(add(leap, DateUnit::months, -12)), "2023-02-28T00:00:00Z");
    EXPECT_EQ(iso(add(leap, DateUnit::months, 1)), "2024-03-29T00:00:00Z");
    EXPECT_EQ(iso(add(leap, DateUnit::weeks, 1)), "2024-03-07T00:00:00Z");
    EXPECT_EQ(iso(add(leap, DateUnit::days, -60)), "2023-12-31T00:00:00Z");
    EXPECT_EQ(iso(add(leap, DateUnit::hours, 25)), "2024-03-01T01:00:00Z");
    EXPECT_EQ(iso(add(leap, DateUnit::minutes, -1)), "2024-02-28T23:59:00Z");
    EXPECT_EQ(iso(add(leap, DateUnit::seconds, 90)), "2024-02-29T00:01:30Z");
    EXPECT_EQ(iso(add(leap, DateUnit::nanos, -1)), "2024-02-28T23:59:59.999999999Z");
    for (const DateUnit unit : {DateUnit::years, DateUnit::months, DateUnit::weeks, DateUnit::days,
                                DateUnit::hours, DateUnit::seconds})
        for (const std::int64_t amount :
             {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
            EXPECT_FALSE(add(leap, unit, amount));
    EXPECT_TRUE(add(leap, DateUnit::nanos, std::numeric_limits<std::int64_t>::min()));
}

}  // namespace
}  // namespace thingstead::script::java
