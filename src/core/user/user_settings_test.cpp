#include "core/user/user_settings.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

json::object settings() {
    return {
        {"openedMenuSections", {"a", "b"}                                        },
        {"deep",               {{"one", {{"two", 2}, {"three", 3}}}, {"four", 4}}},
    };
}

TEST(RemovePath, TakesOneMemberOut) {
    const struct {
        const char *path, *left;
    } rows[] = {
        {"openedMenuSections", R"({"deep":{"one":{"two":2,"three":3},"four":4}})"                       },
        {"deep.one.two",       R"({"openedMenuSections":["a","b"],"deep":{"one":{"three":3},"four":4}})"},
        {"deep.one",           R"({"openedMenuSections":["a","b"],"deep":{"four":4}})"                  },
    };
    for (const auto& row : rows) {
        json::object document = settings();
        remove_path(document, row.path);
        EXPECT_EQ(json::value(document), *parse_json(row.left)) << row.path;
    }
}

TEST(RemovePath, LeavesWhatIsNotThere) {
    for (const char* const path :
         {"", ".", "other", "deep.other", "deep.four.five", "openedMenuSections.a", "deep..one"}) {
        json::object document = settings();
        remove_path(document, path);
        EXPECT_EQ(json::value(document), json::value(settings())) << path;
    }
}

TEST(UserSettings, OfTheServerAreNotOpenToUsers) {
    EXPECT_EQ(check_open_to_users(model::UserSettingsType::mobile).error().message,
              "Settings with type: MOBILE are reserved for internal use!");
    EXPECT_FALSE(check_open_to_users(model::UserSettingsType::visited_dashboards));
    EXPECT_TRUE(check_open_to_users(model::UserSettingsType::general));
}

}  // namespace
}  // namespace thingstead::core
