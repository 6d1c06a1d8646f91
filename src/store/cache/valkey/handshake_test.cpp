#include "store/cache/valkey/handshake.h"

#include <gtest/gtest.h>

namespace thingstead::store::valkey {
namespace {

resp::Value text(std::string of) {
    resp::Value value;
    value.type = resp::Type::bulk_string;
    value.text = std::move(of);
    return value;
}
resp::Value error(std::string of) {
    resp::Value value;
    value.type = resp::Type::simple_error;
    value.text = std::move(of);
    return value;
}
resp::Value hello(const char* mode, const char* role) {
    resp::Value value;
    value.type = resp::Type::map;
    value.items = {text("mode"), text(mode), text("role"), text(role)};
    return value;
}

struct Row {
    const char* name;
    resp::Value answer;
    bool cluster;
    std::optional<ErrorCode> code;
    const char* says = "";
};

TEST(Handshake, KnowsWhatAnAnswerToHelloMeans) {
    constexpr auto wrong = ErrorCode::invalid_argument;
    constexpr auto away = ErrorCode::unavailable;
    const Row rows[] = {
        {"single", hello("standalone", "master"), false, std::nullopt},
        {"cluster", hello("cluster", "master"), true, std::nullopt},
        {"replica of one", hello("cluster", "replica"), true, std::nullopt},
        {"replica", hello("standalone", "replica"), false, away},
        {"no cluster", hello("standalone", "master"), true, wrong, "store.cache.cluster"},
        {"a cluster", hello("cluster", "master"), false, wrong, "store.cache.cluster"},
        {"sentinel", hello("sentinel", "sentinel"), false, wrong, "store.cache.addresses"},
        {"old", error("ERR unknown command `HELLO`"), false, wrong, "store.cache.addresses"},
        {"protocol", error("NOPROTO unsupported protocol version"), false, wrong,
         "store.cache.addresses"},
        {"wrong password", error("WRONGPASS invalid username-password pair"), false, wrong,
         "password"},
        {"no password", error("NOAUTH HELLO must be called with …"), false, wrong,
         "store.cache.password"},
        {"loading", error("LOADING Redis is loading the dataset"), false, away},
        {"something else", error("ERR max number of clients reached"), false, away},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Settings settings;
        settings.cluster = row.cluster;
        const Result<> checked = check_hello(row.answer, settings);
        ASSERT_EQ(checked.has_error(), row.code.has_value());
        if (!row.code) continue;
        EXPECT_EQ(checked.error().code, *row.code);
        EXPECT_NE(checked.error().message.find(row.says), std::string::npos);
    }
}

TEST(Handshake, KnowsWhatTheOtherAnswersMean) {
    EXPECT_TRUE(check_select(text("OK")));
    EXPECT_NE(check_select(error("ERR DB index is out of range")).error().message.find("database"),
              std::string::npos);
    EXPECT_EQ(check_select(error("LOADING")).error().code, ErrorCode::unavailable);
    EXPECT_TRUE(check_other(text("OK")));
    EXPECT_EQ(check_other(error("ERR unknown subcommand 'TRACKING'")).error().code,
              ErrorCode::invalid_argument);
    EXPECT_NE(
        check_other(error("NOPERM this user has no permissions")).error().message.find("user"),
        std::string::npos);
}

}  // namespace
}  // namespace thingstead::store::valkey
