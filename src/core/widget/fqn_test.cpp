#include "core/widget/fqn.h"

#include <gtest/gtest.h>

#include <set>

namespace thingstead::core {
namespace {

TEST(Alias, IsInLowerCaseWithoutBlanks) {
    EXPECT_EQ(alias_of("My Widget"), "my_widget");
    EXPECT_EQ(alias_of("A - B_c 2!"), "a_b_c_2_");
    EXPECT_EQ(alias_of("W\xC3\xA4rme"), "w_rme");
    EXPECT_EQ(alias_of(""), "");
}

TEST(Alias, GetsANumberIfItIsTaken) {
    const std::set<std::string> taken = {"a", "a1"};
    const std::function<Result<bool>(const std::string&)> is_taken =
        [&](const std::string& alias) -> Result<bool> { return taken.contains(alias); };
    EXPECT_EQ(*free_alias("A", is_taken), "a2");
    EXPECT_EQ(*free_alias("B", is_taken), "b");
}

TEST(Fqn, SaysWhoseItIs) {
    EXPECT_EQ(parse_fqn("system.cards.value_card").system, true);
    EXPECT_EQ(parse_fqn("system.cards.value_card").fqn, "cards.value_card");
    EXPECT_EQ(parse_fqn("tenant.x").system, false);
    EXPECT_EQ(parse_fqn("cards.value_card").system, std::nullopt);
    EXPECT_EQ(scoped_fqn(model::system_tenant, "x"), "system.x");
    EXPECT_EQ(scoped_fqn(model::TenantId::make(), "x"), "tenant.x");
}

}  // namespace
}  // namespace thingstead::core
