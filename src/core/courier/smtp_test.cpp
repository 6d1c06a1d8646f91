#include "core/courier/smtp.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

TEST(Smtp, TakesTheAddressOutOfANamedOne) {
    EXPECT_EQ(bare_address("Thingstead <a@example.org>"), "a@example.org");
    EXPECT_EQ(bare_address("a@example.org"), "a@example.org");
    EXPECT_EQ(bare_address("<a@example.org>"), "a@example.org");
}

TEST(Smtp, TakesTheAddressesOutOfAList) {
    using List = std::vector<std::string>;
    EXPECT_EQ(addresses_in("a@example.org"), List{"a@example.org"});
    EXPECT_EQ(addresses_in(" a@x.org, \"Doe, J\" <b@x.org>,"),
              (List{"a@x.org", "\"Doe, J\" <b@x.org>"}));
    EXPECT_TRUE(addresses_in(" , ").empty());
}

TEST(Smtp, LeavesPlainHeadersAloneAndEncodesTheRest) {
    EXPECT_EQ(header_text("Your code"), "Your code");
    EXPECT_EQ(header_text("Zähler"), "=?utf-8?B?WsOkaGxlcg==?=");
    // No character is cut in two, and no word is longer than 75 characters.
    std::string many;
    for (int i = 0; i < 60; ++i) many += "ä";
    const std::string coded = header_text(many);
    for (std::size_t at = 0; at < coded.size();) {
        const std::size_t end = std::min(coded.find(' ', at), coded.size());
        EXPECT_LE(end - at, 75u);
        at = end + 1;
    }
    EXPECT_EQ(header_text("a\r\nBcc: x").find('\n'), std::string::npos);
}

}  // namespace
}  // namespace thingstead::core
