#include "script/tbel/java/zone.h"

#include <gtest/gtest.h>

#include "script/tbel/java/date_time.h"
#include "script/tbel/java/tz_file.h"
#include "script/tbel/java/tz_rule.h"

namespace thingstead::script::java {
namespace {

std::int64_t seconds_of(std::int32_t year, std::int32_t month, std::int32_t day, std::int32_t hour,
                        std::int32_t minute = 0) {
    return epoch_day(year, month, day) * 86'400 + hour * 3600 + minute * 60;
}

TEST(Zone, HasTheIdsOfJava) {
    const std::pair<std::string_view, std::string_view> good[] = {
        {"Z",          "Z"         },
        {"+3",         "+03:00"    },
        {"-0230",      "-02:30"    },
        {"+02:30:15",  "+02:30:15" },
        {"-00:00",     "Z"         },
        {"+1800",      "+18:00"    },
        {"UTC",        "UTC"       },
        {"GMT+2",      "GMT+02:00" },
        {"UT-01:30",   "UT-01:30"  },
        {"UTC+0",      "UTC"       },
        {"GMT0",       "GMT0"      },
        {"US/Pacific", "US/Pacific"},
        {"CET",        "CET"       },
        {"Etc/GMT+5",  "Etc/GMT+5" },
    };
    for (const auto& [given, id] : good) {
        const Result<ZoneRef> zone = find_zone(given);
        ASSERT_TRUE(zone) << given << ": " << zone.error().message;
        EXPECT_EQ((*zone)->id(), id);
    }
    const std::pair<std::string_view, std::string_view> bad[] = {
        {"Foo/Bar",       "Unknown time-zone ID: Foo/Bar"                                               },
        {"Europe/berlin", "Unknown time-zone ID: Europe/berlin"                                         },
        {"EST",           "Unknown time-zone ID: EST"                                                   },
        {"GMT2",          "Unknown time-zone ID: GMT2"                                                  },
        {"Europe",        "Unknown time-zone ID: Europe"                                                },
        {"Europe/../UTC", "Unknown time-zone ID: Europe/../UTC"                                         },
        {"tzdata.zi",     "Unknown time-zone ID: tzdata.zi"                                             },
        {"a b",           "Invalid ID for region-based ZoneId, invalid format: a b"                     },
        {"",              "Invalid ID for ZoneOffset, invalid format: "                                 },
        {"z",             "Invalid ID for ZoneOffset, invalid format: z"                                },
        {"+023",          "Invalid ID for ZoneOffset, invalid format: +023"                             },
        {"+03:0",         "Invalid ID for ZoneOffset, non numeric characters found: +03:0"              },
        {"+25",           "Zone offset hours not in valid range: value 25 is not in the range -18 to 18"},
        {"+18:30",        "Zone offset not in valid range: -18:00 to +18:00"                            },
        {"UTC+2x",        "Invalid ID for offset-based ZoneId: UTC+2x"                                  },
    };
    for (const auto& [given, message] : bad) {
        const Result<ZoneRef> zone = find_zone(given);
        ASSERT_FALSE(zone) << given;
        EXPECT_EQ(zone.error().message, message);
    }
}

TEST(Zone, KnowsItsOffsets) {
    struct Row {
        std::string_view id;
        std::int64_t at;
        std::int32_t offset;
        bool daylight;
        std::string_view abbreviation;
    };
    const Row rows[] = {
        {"Europe/Berlin", seconds_of(2023, 8, 6, 4), 7200, true, "CEST"},
        {"Europe/Berlin", seconds_of(2023, 1, 6, 4), 3600, false, "CET"},
        {"Europe/Berlin", seconds_of(1800, 1, 1, 0), 3208, false, "LMT"},
        {"Europe/Berlin", seconds_of(2500, 7, 1, 0), 7200, true, "CEST"},
        {"America/New_York", seconds_of(2024, 3, 10, 6, 59), -18000, false, "EST"},
        {"America/New_York", seconds_of(2024, 3, 10, 7), -14400, true, "EDT"},
        {"America/New_York", seconds_of(2060, 11, 7, 5, 59), -14400, true, "EDT"},
        {"America/New_York", seconds_of(2060, 11, 7, 6), -18000, false, "EST"},
        {"Asia/Tokyo", seconds_of(2024, 2, 29, 0), 32400, false, "JST"},
        {"Asia/Kolkata", seconds_of(2024, 2, 29, 0), 19800, false, "IST"},
        {"Australia/Sydney", seconds_of(2050, 1, 1, 0), 39600, true, "AEDT"},
        {"Australia/Sydney", seconds_of(2050, 7, 1, 0), 36000, false, "AEST"},
        {"America/Sao_Paulo", seconds_of(2024, 1, 1, 0), -10800, false, "-03"},
        {"Etc/GMT+5", 0, -18000, false, "-05"},
        {"Pacific/Apia", seconds_of(2011, 12, 31, 0), 50400, true, "+14"},
    };
    for (const Row& row : rows) {
        const ZoneRef zone = *find_zone(row.id);
        EXPECT_EQ(zone->offset_at(row.at), row.offset) << row.id << ' ' << row.at;
        EXPECT_EQ(zone->is_daylight_at(row.at), row.daylight) << row.id;
        EXPECT_EQ(zone->abbreviation_at(row.at), row.abbreviation) << row.id;
    }
}

TEST(Zone, ResolvesGapsAndOverlapsAsJava) {
    const ZoneRef berlin = *find_zone("Europe/Berlin");
    // 02:30 does not exist: it becomes 03:30 in summer time.
    EXPECT_EQ(berlin->instant_of_local(seconds_of(2024, 3, 31, 2, 30)),
              seconds_of(2024, 3, 31, 1, 30));
    // 02:30 comes twice: the first is meant.
    EXPECT_EQ(berlin->instant_of_local(seconds_of(2024, 10, 27, 2, 30)),
              seconds_of(2024, 10, 27, 0, 30));
    EXPECT_EQ(berlin->instant_of_local(seconds_of(2024, 10, 27, 3)), seconds_of(2024, 10, 27, 2));
    EXPECT_EQ(berlin->instant_of_local(seconds_of(2024, 3, 31, 1, 59)),
              seconds_of(2024, 3, 31, 0, 59));
    // A day that was left out.
    const ZoneRef apia = *find_zone("Pacific/Apia");
    EXPECT_EQ(apia->instant_of_local(seconds_of(2011, 12, 30, 12)), seconds_of(2011, 12, 30, 22));
}

TEST(Zone, IsItsOwnInverse) {
    for (const std::string_view id :
         {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}) {
        const ZoneRef zone = *find_zone(id);
        for (std::int64_t at = seconds_of(1900, 1, 1, 0); at < seconds_of(2100, 1, 1, 0);
             at += 86'400 * 5 + 3601) {
            const std::int64_t back = zone->instant_of_local(at + zone->offset_at(at));
            if (back != at) {
                EXPECT_EQ(zone->offset_at(back), at - back + zone->offset_at(at))
                    << id << ' ' << at;
            }
        }
    }
}

TEST(TzRule, ReadsEveryForm) {
    const std::optional<TzRule> rule = parse_tz_rule("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1");
    ASSERT_TRUE(rule);
    EXPECT_EQ(rule->standard_offset, -10800);
    EXPECT_EQ(rule->daylight_offset, -7200);
    EXPECT_EQ(rule->start.seconds, -7200);
    EXPECT_EQ(rule->daylight_name, "-02");
    EXPECT_TRUE(parse_tz_rule("EST5EDT4:30,J60/2:30:15,300"));
    for (const std::string_view text :
         {"", "EST", "EST5EDT", "EST5EDT4,J60", "EST5EDT,M13.1.0,M1.1.0", "EST5EDT,M3.2.0,M1.1.0x",
          "<EST5"})
        EXPECT_FALSE(parse_tz_rule(text)) << text;
}

TEST(TzFile, ThatIsCutShortIsRefused) {
    const std::string header = "TZif2" + std::string(15, '\0') + std::string(24, '\0');
    const std::string type("\0\0\x0e\x10\0\0", 6);
    std::string second = header;
    second[39] = 1;  // one type
    second[43] = 4;  // four letters
    const std::string file = header + second + type + std::string("CET\0", 4) + "\nCET-1\n";
    const Result<TzFile> good = parse_tz_file(file);
    ASSERT_TRUE(good);
    EXPECT_EQ(good->types[0].offset, 3600);
    EXPECT_EQ(good->types[0].name, "CET");
    ASSERT_TRUE(good->rule);
    for (std::size_t cut = 0; cut + 7 < file.size(); ++cut)
        EXPECT_FALSE(parse_tz_file(file.substr(0, cut))) << cut;
}

}  // namespace
}  // namespace thingstead::script::java
