#include "base/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/log.h"

namespace thingstead::settings_test {
namespace {

using namespace std::chrono_literals;

struct Session {
    std::chrono::seconds keep_alive_max = 10min;
    std::chrono::milliseconds retry = 250ms;
};
constexpr auto describe(const Session*) {
    return fields(field("keep_alive_max", &Session::keep_alive_max, "Longest keep-alive granted.",
                        between(1, 7 * 86400), live),
                  field("retry", &Session::retry, "Time to the next try.", on_restart));
}

struct Mqtt {
    bool on = true;
    std::uint16_t port = 1883;
    Session session;
    std::size_t packet_bytes_max = 65536;
    std::string bind = "127.0.0.1";
    std::vector<std::string> ciphers;
};
constexpr auto describe(const Mqtt*) {
    return fields(field("on", &Mqtt::on, "Whether it listens.", on_restart),
                  field("port", &Mqtt::port, "TCP port.", between(1, 65535), on_restart),
                  field("session", &Mqtt::session, "Sessions of devices."),
                  field("packet_bytes_max", &Mqtt::packet_bytes_max, "Largest packet.",
                        between(1024, 268'435'455), in_bytes, live),
                  field("bind", &Mqtt::bind, "Address.", between(1, 39), on_restart),
                  field("ciphers", &Mqtt::ciphers, "TLS ciphers.", between(0, 2), on_restart));
}

struct Auth {
    std::string signing_key;
    double rate = 0.5;
    std::uint64_t count = 3;
};
constexpr auto describe(const Auth*) {
    return fields(field("signing_key", &Auth::signing_key, "Key | of tokens.", between(0, 8),
                        secret, on_restart),
                  field("rate", &Auth::rate, "A share.", between(0, 1), live),
                  field("count", &Auth::count, "A count."));
}

struct Settings {
    LogSettings log;
    Mqtt mqtt;
    Auth auth;
};
constexpr auto describe(const Settings*) {
    return fields(field("log", &Settings::log, "Lines about what the server does."),
                  field("mqtt", &Settings::mqtt, "The MQTT door."),
                  field("auth", &Settings::auth, ""));
}

/// A settings file that is gone with the test.
class SettingsFile {
  public:
    explicit SettingsFile(std::string_view text)
        : path_(std::filesystem::path(testing::TempDir()) /
                ("settings_test_" + std::to_string(::getpid()) + ".yml")) {
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~SettingsFile() { std::filesystem::remove(path_); }
    SettingsFile(const SettingsFile&) = delete;
    SettingsFile& operator=(const SettingsFile&) = delete;
    std::string path() const { return path_; }

  private:
    std::filesystem::path path_;
};

Result<LoadedSettings<Settings>> load(std::string_view yaml) {
    const SettingsFile file(yaml);
    return load_settings<Settings>({.file = file.path()});
}

/// The mistakes of a file, its path written as "f".
std::string mistakes(std::string_view yaml) {
    const SettingsFile file(yaml);
    const Result<LoadedSettings<Settings>> loaded = load_settings<Settings>({.file = file.path()});
    if (loaded) return {};
    EXPECT_EQ(loaded.error().code, ErrorCode::invalid_argument);
    std::string text = loaded.error().message;
    for (std::size_t at = 0; (at = text.find(file.path(), at)) != std::string::npos;)
        text.replace(at, file.path().size(), "f");
    return text;
}

TEST(Settings, EachSourceWinsOverTheOneBefore) {
    const SettingsFile file("mqtt:\n  port: 1\n  bind: a\n  session: {retry: 1s}\n");
    const LoadedSettings<Settings> loaded = *load_settings<Settings>({
        .file = file.path(),
        .environment = {{"THINGSTEAD_MQTT_BIND", "b"},
                        {"THINGSTEAD_MQTT_SESSION_RETRY", "2s"},
                        {"HOME", "/"}},
        .set = {"mqtt.session.retry=3s", "log.level=warn"}
    });
    EXPECT_EQ(loaded.values.mqtt.on, true);
    EXPECT_EQ(loaded.values.mqtt.port, 1);
    EXPECT_EQ(loaded.values.mqtt.bind, "b");
    EXPECT_EQ(loaded.values.mqtt.session.retry, 3s);
    EXPECT_EQ(loaded.values.log.level, LogLevel::warn);
    EXPECT_TRUE(loaded.warnings.empty());
}

TEST(Settings, WithoutSourcesAreTheDefaults) {
    EXPECT_EQ(load_settings<Settings>({})->values.mqtt.port, 1883);
    for (const char* empty : {"", "# nothing\n", "---\n", "mqtt:\n", "mqtt: {}\n"})
        EXPECT_EQ(load(empty)->values.mqtt.port, 1883) << empty;
}

TEST(Settings, EachTypeIsReadFromYaml) {
    const Settings got = load(
                             "log: {level: debug, format: json, file: \"\"}\n"
                             "mqtt:\n"
                             "  on: false\n"
                             "  session: {keep_alive_max: 7d}\n"
                             "  packet_bytes_max: 2MiB\n"
                             "  ciphers: [a, 'b,c']\n"
                             "auth: {rate: 1e-3, count: 18446744073709551615}\n")
                             ->values;
    EXPECT_EQ(got.log.level, LogLevel::debug);
    EXPECT_EQ(got.log.format, LogFormat::json);
    EXPECT_FALSE(got.mqtt.on);
    EXPECT_EQ(got.mqtt.session.keep_alive_max, 168h);
    EXPECT_EQ(got.mqtt.packet_bytes_max, 2097152u);
    EXPECT_EQ(got.mqtt.ciphers, (std::vector<std::string>{"a", "b,c"}));
    EXPECT_EQ(got.auth.rate, 0.001);
    EXPECT_EQ(got.auth.count, 18446744073709551615u);
}

TEST(Settings, AListInAVariableHasCommas) {
    const auto with = [](std::string value) {
        return load_settings<Settings>({.environment = {{"THINGSTEAD_MQTT_CIPHERS", value}}});
    };
    EXPECT_EQ(with("a, b")->values.mqtt.ciphers, (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(with("")->values.mqtt.ciphers.empty());
    EXPECT_FALSE(with("a,b,c"));
}

struct Refused {
    const char* yaml;
    const char* mistake;
};

constexpr Refused refused[] = {
    // clang-format off
    {"mqtt:\n  port: 70000\n",   "f:2: mqtt.port: \"70000\" is not an integer from 1 to 65535"},
    {"mqtt:\n  port: 0\n",       "f:2: mqtt.port: \"0\" is not an integer from 1 to 65535"},
    {"mqtt:\n  port: -1\n",      "f:2: mqtt.port: \"-1\" is not an integer from 1 to 65535"},
    {"mqtt:\n  port: 80x\n",     "f:2: mqtt.port: \"80x\" is not an integer from 1 to 65535"},
    {"mqtt:\n  port: [1]\n",     "f:2: mqtt.port: [\"1\"] is not an integer from 1 to 65535"},
    {"mqtt:\n  port: {a: 1}\n",  "f:2: mqtt.port is not an integer from 1 to 65535"},
    {"mqtt:\n  port:\n",         "f:2: mqtt.port has no value; leave the line out for the default, or "
                                 "write \"\" for an empty text"},
    {"mqtt:\n  on: yes\n",       "f:2: mqtt.on: \"yes\" is not true or false"},
    {"mqtt:\n  bind: ''\n",      "f:2: mqtt.bind: \"\" is not text of 1 to 39 bytes"},
    {"mqtt:\n  packet_bytes_max: 1\n",
     "f:2: mqtt.packet_bytes_max: \"1\" is not a size such as 64KiB from 1KiB to 268435455"},
    {"mqtt:\n  ciphers: [a, b, c]\n",
     "f:2: mqtt.ciphers: [\"a\", \"b\", \"c\"] is not a list, each text, of 0 to 2 items"},
    {"mqtt:\n  session:\n    keep_alive_max: 10\n",
     "f:3: mqtt.session.keep_alive_max: \"10\" is not a duration in whole seconds such as 250ms, 10s, "
     "5min, 2h or 7d, from 1s to 7d"},
    {"mqtt: {session: {keep_alive_max: 1500ms}}\n",
     "f:1: mqtt.session.keep_alive_max: \"1500ms\" is not a duration in whole seconds such as 250ms, "
     "10s, 5min, 2h or 7d, from 1s to 7d"},
    {"log: {level: loud}\n",     "f:1: log.level: \"loud\" is not one of debug, info, warn, error"},
    {"auth: {signing_key: hunter2hunter2}\n",
     "f:1: auth.signing_key: the given value is not text of 0 to 8 bytes"},
    {"auth: {rate: nan}\n",      "f:1: auth.rate: \"nan\" is not a number from 0 to 1"},
    {"auth: {count: -1}\n",      "f:1: auth.count: \"-1\" is not an integer of at least 0"},
    {"mqtt:\n  prot: 1\n",       "f:2: unknown key \"mqtt.prot\"; did you mean mqtt.port?"},
    {"mqt:\n  port: 1\n",        "f:1: unknown key \"mqt\"; did you mean mqtt?"},
    {"port: 1\n",                "f:1: unknown key \"port\"; did you mean mqtt.port?"},
    {"colour: red\n",            "f:1: unknown key \"colour\""},
    {"? [a]\n: 1\n",             "f:1: a key must be a name"},
    {"mqtt: 3\n",                "f:1: mqtt is a section, not a value"},
    {"- mqtt\n",                 "f:1: expected sections and their fields"},
    {"mqtt:\n  port: 1\n  bind: a\n  port: 2\n", "f:4: mqtt.port is given twice, first in line 2"},
    {"mqtt: {}\n---\nlog: {}\n", "f: holds more than one YAML document"},
    {"mqtt: [\n",                "f:2: is not YAML: end of sequence flow not found"},
    // clang-format on
};

TEST(Settings, AMistakeNamesItsPlaceAndWhatIsAllowed) {
    for (const Refused& row : refused) {
        SCOPED_TRACE(row.yaml);
        EXPECT_EQ(mistakes(row.yaml), row.mistake);
    }
}

TEST(Settings, AllMistakesAreReportedAtOnce) {
    const SettingsFile file("mqtt:\n  port: x\n  on: 3\n");
    const Result<LoadedSettings<Settings>> loaded = load_settings<Settings>({
        .file = file.path(),
        .environment = {{"THINGSTEAD_LOG_LEVEL", "x"}},
        .set = {"mqtt.bind", "mqtt=1", "mqtt.bnid=3", "log.format=x=y"}
    });
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().message,
              file.path() + ":2: mqtt.port: \"x\" is not an integer from 1 to 65535\n" +
                  file.path() + ":3: mqtt.on: \"3\" is not true or false\n" +
                  "environment variable THINGSTEAD_LOG_LEVEL: log.level: \"x\" is not one of "
                  "debug, info, warn, error\n"
                  "--set \"mqtt.bind\": expected section.field=value\n"
                  "--set: mqtt: is a section; name one of its fields\n"
                  "--set: unknown key \"mqtt.bnid\"; did you mean mqtt.bind?\n"
                  "--set: log.format: \"x=y\" is not one of text, json");
}

TEST(Settings, UnknownVariablesOfOursAreWarnings) {
    const LoadedSettings<Settings> loaded = *load_settings<Settings>({
        .environment = {{"THINGSTEAD_MQTT_PROT", "1"},
                        {"THINGSTEAD_CONFIG", "x"},
                        {"MQTT_PORT", "1"}},
        .other_variables = {"THINGSTEAD_CONFIG"}
    });
    EXPECT_EQ(loaded.warnings,
              (std::vector<std::string>{"environment variable \"THINGSTEAD_MQTT_PROT\" is no "
                                        "setting; did you mean THINGSTEAD_MQTT_PORT?"}));
}

TEST(Settings, AFileThatIsMissingADirectoryOrTooLongIsSaid) {
    const std::string directory = testing::TempDir();
    for (const std::string& path : {directory + "/no such file.yml", directory}) {
        const Result<LoadedSettings<Settings>> loaded = load_settings<Settings>({.file = path});
        ASSERT_FALSE(loaded) << path;
        EXPECT_TRUE(loaded.error().message.starts_with(path + ": cannot be read: "))
            << loaded.error().message;
    }
    EXPECT_EQ(mistakes(std::string(settings_file_bytes_max + 1, '#')), "f: is longer than 1MiB");
}

TEST(Settings, TheSampleTellsEverythingAndReadsBackAsTheDefaults) {
    const std::string sample = settings_sample<Settings>();
    EXPECT_NE(sample.find("\n# The MQTT door.\nmqtt:\n"), std::string::npos) << sample;
    EXPECT_NE(
        sample.find("\n    # Longest keep-alive granted.\n"
                    "    # Is a duration in whole seconds such as 250ms, 10s, 5min, 2h or 7d, "
                    "from 1s to 7d; takes effect at once; "
                    "THINGSTEAD_MQTT_SESSION_KEEP_ALIVE_MAX\n"
                    "    #keep_alive_max: 10min\n"),
        std::string::npos)
        << sample;
    EXPECT_EQ(mistakes(sample), "");

    // A value line is the only one whose # has no blank behind it.
    std::string taken_away;
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (sample[i] != '#' || sample[i + 1] == ' ') taken_away += sample[i];
    EXPECT_NE(taken_away.find("\n  packet_bytes_max: 64KiB\n"), std::string::npos);
    Result<LoadedSettings<Settings>> loaded = load(taken_away);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(settings_listing(loaded->values), settings_listing(Settings{}));
}

TEST(Settings, TheListingReadsBackAndHidesSecrets) {
    Settings settings;
    settings.mqtt.bind = "a\"\\\n: # b";
    settings.mqtt.ciphers = {"x", "y: z"};
    settings.log.format = LogFormat::json;
    settings.auth.signing_key = "hunter2";
    const std::string listing = settings_listing(settings);
    EXPECT_EQ(listing.find("hunter2"), std::string::npos);
    Result<LoadedSettings<Settings>> loaded = load(listing);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->values.mqtt.bind, settings.mqtt.bind);
    EXPECT_EQ(loaded->values.mqtt.ciphers, settings.mqtt.ciphers);
    EXPECT_EQ(settings_listing(loaded->values), listing);
}

TEST(Settings, TheReferenceHasATablePerSection) {
    const std::string page = settings_reference_markdown<Settings>();
    EXPECT_NE(page.find("\n## `mqtt.session`\n\nSessions of devices.\n\n| key |"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find("| `auth.signing_key` | Key \\| of tokens. | `\"\"` | text of 0 to 8 "
                        "bytes | needs a restart | `THINGSTEAD_AUTH_SIGNING_KEY` |\n"),
              std::string::npos)
        << page;
    // Fields behind a section stay with their own.
    EXPECT_LT(page.find("`mqtt.bind`"), page.find("## `mqtt.session`"));
}

TEST(Settings, ChangesAreThoseThatTakeEffectAndThoseThatWait) {
    Settings after;
    after.mqtt.session.keep_alive_max = 1s;
    after.mqtt.port = 2;
    after.auth.signing_key = "x";
    const SettingsChanges changes = settings_changes(Settings{}, after);
    EXPECT_EQ(changes.live, std::vector<std::string>{"mqtt.session.keep_alive_max"});
    EXPECT_EQ(changes.on_restart, (std::vector<std::string>{"mqtt.port", "auth.signing_key"}));
}

struct Written {
    const char* text;
    std::optional<std::int64_t> value;
    const char* again;
};

TEST(SettingsDuration, ReadsAndWritesUnits) {
    const Written rows[] = {
        {"0s",                    0,                         "0s"                   },
        {"7d",                    604'800'000'000'000,       "7d"                   },
        {"24h",                   86'400'000'000'000,        "1d"                   },
        {"90min",                 5'400'000'000'000,         "90min"                },
        {"10s",                   10'000'000'000,            "10s"                  },
        {"250ms",                 250'000'000,               "250ms"                },
        {"1us",                   1'000,                     "1us"                  },
        {"9223372036854775807ns", 9'223'372'036'854'775'807, "9223372036854775807ns"},
        {"106752d",               std::nullopt,              ""                     },
        {"10",                    std::nullopt,              ""                     },
        {"-1s",                   std::nullopt,              ""                     },
        {"1.5s",                  std::nullopt,              ""                     },
        {"10 s",                  std::nullopt,              ""                     },
        {"s",                     std::nullopt,              ""                     },
        {"",                      std::nullopt,              ""                     },
    };
    for (const Written& row : rows) {
        SCOPED_TRACE(row.text);
        const auto got = parse_duration(row.text);
        ASSERT_EQ(got.has_value(), row.value.has_value());
        if (!got) continue;
        EXPECT_EQ(got->count(), *row.value);
        EXPECT_EQ(format_duration(*got), row.again);
    }
}

TEST(SettingsSize, ReadsAndWritesUnits) {
    const Written rows[] = {
        {"0",          0,             "0"     },
        {"1000",       1000,          "1000"  },
        {"1024",       1024,          "1KiB"  },
        {"64KiB",      65536,         "64KiB" },
        {"512MiB",     536'870'912,   "512MiB"},
        {"1024MiB",    1'073'741'824, "1GiB"  },
        {"2TiB",       2ll << 40,     "2TiB"  },
        {"8388608TiB", std::nullopt,  ""      },
        {"1KB",        std::nullopt,  ""      },
        {"1 KiB",      std::nullopt,  ""      },
        {"-1",         std::nullopt,  ""      },
        {"1.5GiB",     std::nullopt,  ""      },
        {"KiB",        std::nullopt,  ""      },
    };
    for (const Written& row : rows) {
        SCOPED_TRACE(row.text);
        const auto got = parse_size(row.text);
        ASSERT_EQ(got, row.value);
        if (!got) continue;
        EXPECT_EQ(format_size(*got), row.again);
    }
}

struct OutOfItsBounds {
    int number = 0;
};
constexpr auto describe(const OutOfItsBounds*) {
    return fields(field("number", &OutOfItsBounds::number, "", between(1, 2)));
}

TEST(SettingsDeathTest, ADefaultOutOfItsBoundsIsOurMistake) {
    EXPECT_DEATH(load_settings<OutOfItsBounds>({}), "default_is_allowed");
}

}  // namespace
}  // namespace thingstead::settings_test
