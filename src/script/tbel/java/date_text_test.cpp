#include "script/tbel/java/date_text.h"

#include <gtest/gtest.h>

namespace thingstead::script::java {
namespace {

constexpr Instant august{1691294645, 0};              // 2023-08-06T04:04:05Z
constexpr Instant leap_day{1709209800, 123'456'789};  // 2024-02-29T12:30:00.123456789Z

DateDefaults defaults(std::string_view zone = "UTC") { return {*find_zone(zone), "en-US"}; }

std::string text(DateText method, std::optional<std::string_view> locale = {},
                 std::optional<std::string_view> options = {}, std::string_view zone = "UTC") {
    const Result<std::string> out = date_text(method, august, defaults(zone), locale, options);
    return out ? *out : "error: " + out.error().message;
}

TEST(DateText, HasTheDefaultsOfItsMethods) {
    EXPECT_EQ(text(DateText::text),
              "Sunday, August 6, 2023, 4:04:05\u202fAM Coordinated Universal Time");
    EXPECT_EQ(text(DateText::date), "2023 Aug 6, Sun");
    EXPECT_EQ(text(DateText::locale_date), "2023 Aug 6, Sun");
    EXPECT_EQ(text(DateText::time), "4:04:05\u202fAM Coordinated Universal Time");
    EXPECT_EQ(text(DateText::locale_time), "4:04:05\u202fAM Coordinated Universal Time");
    EXPECT_EQ(text(DateText::locale), "2023-08-06 04:04:05");
    EXPECT_EQ(text(DateText::utc), "2023 Aug 6, Sun 04:04:05");
    EXPECT_EQ(text(DateText::locale, "en-US"), "8/6/23, 4:04:05\u202fAM");
    EXPECT_EQ(text(DateText::locale, "de"), "06.08.23, 04:04:05");
    EXPECT_EQ(text(DateText::utc, "en-US", {}, "Asia/Tokyo"),
              "Sunday, August 6, 2023, 4:04:05\u202fAM");
}

TEST(DateText, TakesOptions) {
    EXPECT_EQ(text(DateText::locale, "en-US", "America/New_York"), "8/6/23, 12:04:05\u202fAM");
    EXPECT_EQ(text(DateText::locale_date, "en-US", "UTC"), "8/6/23");
    EXPECT_EQ(text(DateText::locale_time, "en-US", "UTC"), "4:04:05\u202fAM");
    EXPECT_EQ(text(DateText::locale, "en-US",
                   R"({"timeZone":"Asia/Tokyo","pattern":"yyyy-MM-dd HH:mm z"})"),
              "2023-08-06 13:04 JST");
    EXPECT_EQ(text(DateText::locale_date, "de", R"({"dateStyle":"full"})"),
              "Sonntag, 6. August 2023");
    EXPECT_EQ(text(DateText::locale_time, "de", R"({"timeStyle":"short"})"), "04:04");
    EXPECT_EQ(text(DateText::locale, "en", "Foo/Bar"), "error: Unknown time-zone ID: Foo/Bar");
    EXPECT_FALSE(date_text(DateText::locale, august, defaults(), "en", "{"));
    EXPECT_FALSE(date_text(DateText::locale, august, defaults(), "en", R"({"dateStyle":"huge"})"));
}

// What Java 25 writes in the style full.
TEST(DateText, SpeaksLanguages) {
    struct Row {
        std::string_view locale, zone, expected;
    };
    const Row rows[] = {
        {"utc",   "UTC",              "2023 Aug 6, Sun 04:04:05 GMT"                                             },
        {"utc",   "Europe/Berlin",    "2023 Aug 6, Sun 06:04:05 Berlin (+1)"                                     },
        {"en-US", "Europe/Berlin",
         "Sunday, August 6, 2023, 6:04:05\u202fAM Central European Summer Time"                                  },
        {"en-US", "America/New_York",
         "Sunday, August 6, 2023, 12:04:05\u202fAM Eastern Daylight Time"                                        },
        {"de",    "UTC",              "Sonntag, 6. August 2023, 04:04:05 Koordinierte Weltzeit"                  },
        {"de",    "Europe/Berlin",    "Sonntag, 6. August 2023, 06:04:05 Mitteleuropäische Sommerzeit"           },
        {"fr",    "Europe/Berlin",    "dimanche 6 août 2023, 06:04:05 heure d’été d’Europe centrale"             },
        {"es",    "UTC",              "domingo, 6 de agosto de 2023, 4:04:05 (tiempo universal coordinado)"      },
        {"it",    "America/New_York", "domenica 6 agosto 2023 00:04:05 Ora legale orientale USA"                 },
        {"uk",    "UTC",              "неділя, 6 серпня 2023\u202fр., 04:04:05 за всесвітнім координованим часом"},
        {"ja",    "Europe/Berlin",    "2023年8月6日日曜日 6時04分05秒 中央ヨーロッパ夏時間"                      },
    };
    for (const Row& row : rows) EXPECT_EQ(text(DateText::text, row.locale, row.zone), row.expected);
    EXPECT_EQ(text(DateText::locale, "fr"), "06/08/2023 04:04:05");
    EXPECT_EQ(text(DateText::locale, "xx-YY"), "2023-08-06 04:04:05");
}

TEST(DatePattern, WritesEveryLetter) {
    struct Row {
        std::string_view pattern, zone, locale, expected;
    };
    const Row rows[] = {
        {"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "Asia/Kolkata",  "en",    "2024-02-29T18:00:00.123+05:30"   },
        {"yy y yyyyy u uu",              "UTC",           "en",    "24 2024 02024 2024 24"           },
        {"G GGGG GGGGG",                 "UTC",           "en",    "AD Anno Domini A"                },
        {"M MM MMM MMMM MMMMM LLL",      "UTC",           "en",    "2 02 Feb February F Feb"         },
        {"D DDD d dd",                   "UTC",           "en",    "60 060 29 29"                    },
        {"E EEEE EEEEE e c",             "UTC",           "en",    "Thu Thursday T 5 5"              },
        {"H HH k K h hh a",              "UTC",           "en",    "12 12 12 0 12 12 PM"             },
        {"m mm s ss S SSSSSSSSS n",      "UTC",           "en",    "30 30 0 00 1 123456789 123456789"},
        {"A N",                          "UTC",           "en",    "45000123 45000123456789"         },
        {"Q qq w W F",                   "UTC",           "en-US", "1 01 9 5 5"                      },
        {"w Y",                          "UTC",           "de-DE", "9 2024"                          },
        {"VV z zzzz O OOOO",             "Europe/Berlin", "en",
         "Europe/Berlin CET Central European Standard Time GMT+1 GMT+01:00"                          },
        {"X XX XXX x xxx Z ZZZZ ZZZZZ",  "UTC",           "en",    "Z Z Z +00 +00:00 +0000 GMT Z"    },
        {"X XX XXX x Z ZZZZZ O",         "Asia/Kolkata",  "en",
         "+0530 +0530 +05:30 +0530 +0530 +05:30 GMT+5:30"                                            },
        {"z VV",                         "+03:00",        "en",    "+03:00 +03:00"                   },
        {"''''yyyy'at''at'[ HH]",        "UTC",           "en",    "'2024at'at 12"                   },
        {"ppppd|",                       "UTC",           "en",    "  29|"                           },
        {"d MMMM",                       "UTC",           "uk",    "29 лютого"                       },
        {"LLLL",                         "UTC",           "uk",    "лютий"                           },
    };
    for (const Row& row : rows) {
        const auto out = format_date(leap_day, **find_zone(row.zone), row.pattern, row.locale);
        ASSERT_TRUE(out) << row.pattern << ": " << out.error().message;
        EXPECT_EQ(*out, row.expected) << row.pattern;
    }
    const std::pair<std::string_view, std::string_view> bad[] = {
        {"r",   "Unknown pattern letter: r"                          },
        {"ddd", "Too many pattern letters: d"                        },
        {"V",   "Pattern letter count must be 2: V"                  },
        {"'x",  "Pattern ends with an incomplete string literal: 'x" },
        {"]",   "Pattern invalid as it contains ] without previous ["},
        {"#",   "Pattern includes reserved character: '#'"           },
    };
    for (const auto& [pattern, message] : bad)
        EXPECT_EQ(format_date(leap_day, *utc_zone(), pattern, "en").error().message, message);
}

TEST(DatePattern, ReadsWhatItWrites) {
    const std::string_view patterns[] = {"yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX",
                                         "yyyyMMddHHmmssSSSSSSSSSX",
                                         "EEEE, d MMMM y h:mm:ss.SSSSSSSSS a VV",
                                         "D/uuuu N Z",
                                         "dd.MM.yyyy kk:mm[:ss.n] z",
                                         "E d MMM yy HH:mm:ss n OOOO"};
    for (const std::string_view zone : {"Europe/Berlin", "America/New_York", "UTC", "+03:00"})
        for (const std::string_view pattern : patterns) {
            const std::string written = *format_date(leap_day, **find_zone(zone), pattern, "en");
            const Result<Instant> read = parse_date(written, pattern, defaults());
            ASSERT_TRUE(read) << written << ": " << read.error().message;
            EXPECT_EQ(iso_text(*read), iso_text(leap_day)) << written;
        }
}

TEST(DatePattern, ReadsTexts) {
    const auto read = [](std::string_view value, std::string_view pattern,
                         std::optional<std::string_view> locale = {},
                         const ZoneRef& zone = nullptr) {
        const auto instant = parse_date(value, pattern, defaults("Europe/Berlin"), locale, zone);
        return instant ? iso_text(*instant) : instant.error().message;
    };
    EXPECT_EQ(read("2024-02-29 12:30", "yyyy-MM-dd HH:mm"), "2024-02-29T11:30:00Z");
    EXPECT_EQ(read("2024-02-29 12:30 +02:00", "yyyy-MM-dd HH:mm XXX"), "2024-02-29T10:30:00Z");
    EXPECT_EQ(read("2024-02-29 12:30 +02:00", "yyyy-MM-dd HH:mm XXX", {}, utc_zone()),
              "2024-02-29T12:30:00Z");
    EXPECT_EQ(read("29 лютого 2024 1", "d MMMM y H", "uk"), "2024-02-29T00:00:00Z");
    EXPECT_EQ(read("31.02.2024 00:00", "dd.MM.yyyy HH:mm"), "2024-02-28T23:00:00Z");
    EXPECT_EQ(read("x", "yyyy"), "Text 'x' could not be parsed at index 0");
    EXPECT_EQ(read("2024-02-29 12", "yyyy-MM-dd"),
              "Text '2024-02-29 12' could not be parsed, unparsed text found at index 10");
    EXPECT_EQ(
        read("2024-13-01 00", "yyyy-MM-dd HH"),
        "Text '2024-13-01 00' could not be parsed: Invalid value for MonthOfYear (valid values 1 - "
        "12): 13");
}

TEST(DatePattern, OfTheOldKindIsLenient) {
    const auto read = [](std::string_view value, std::string_view pattern) {
        const std::int64_t ms = date_parse(value, pattern, defaults());
        return ms == -1 ? "-1" : iso_text(instant_of_ms(ms));
    };
    EXPECT_EQ(date_parse("29/02/2024", "dd/MM/yyyy", defaults()), 1709164800000);
    EXPECT_EQ(read("31/02/2024", "dd/MM/yyyy"), "2024-03-02T00:00:00Z");
    EXPECT_EQ(read("01/14/2023 25:00 rest", "dd/MM/yyyy HH:mm"), "2024-02-02T01:00:00Z");
    EXPECT_EQ(read("20240229123005", "yyyyMMddHHmmss"), "2024-02-29T12:30:05Z");
    EXPECT_EQ(read("1/2/24", "d/M/yy"), "2024-02-01T00:00:00Z");
    EXPECT_EQ(read("1/2/70", "d/M/yy"), "1970-02-01T00:00:00Z");
    EXPECT_EQ(read("thu, 29 february 2024 01:05 PM EST", "EEE, d MMM yyyy hh:mm a z"),
              "2024-02-29T18:05:00Z");
    EXPECT_EQ(read("2024-02-29T10:00:00.5+0200", "yyyy-MM-dd'T'HH:mm:ss.SZ"),
              "2024-02-29T08:00:00.005Z");
    EXPECT_EQ(read("60 2024", "D yyyy"), "2024-02-29T00:00:00Z");
    EXPECT_EQ(read("29.02.2024", "dd/MM/yyyy"), "-1");
    EXPECT_EQ(read("", "yyyy"), "-1");
    EXPECT_EQ(read("2024", "yyyyr"), "-1");
    EXPECT_EQ(read("999999999999", "yyyy"), "-1");
}

}  // namespace
}  // namespace thingstead::script::java
