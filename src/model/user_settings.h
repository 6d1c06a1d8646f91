// What the web application and the phones keep of a user.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

enum class UserSettingsType : std::uint8_t {
    // clang-format off
    general, visited_dashboards, quick_links, doc_links, dashboards, getting_started,
    notifications, mobile,
    // clang-format on
};
constexpr auto enum_names(UserSettingsType) {
    using namespace std::literals;
    using enum UserSettingsType;
    return std::array{
        std::pair{general,            "GENERAL"sv           },
        std::pair{visited_dashboards, "VISITED_DASHBOARDS"sv},
        std::pair{quick_links,        "QUICK_LINKS"sv       },
        std::pair{doc_links,          "DOC_LINKS"sv         },
        std::pair{dashboards,         "DASHBOARDS"sv        },
        std::pair{getting_started,    "GETTING_STARTED"sv   },
        std::pair{notifications,      "NOTIFICATIONS"sv     },
        std::pair{mobile,             "MOBILE"sv            }
    };
}

struct UserSettings {
    UserId user_id;
    UserSettingsType type = UserSettingsType::general;
    json::value settings;
};
constexpr auto describe(const UserSettings*) {
    return fields(field("userId", &UserSettings::user_id, "", in_key),
                  field("type", &UserSettings::type, "", in_key),
                  field("settings", &UserSettings::settings, "", up_to(100'000)));
}
constexpr std::string_view table_name(const UserSettings*) { return "user_settings"; }

/// A phone that a user is logged in on. The token is its address for notifications, of one user at
/// a time.
struct MobileSession {
    std::string token;
    UserId user_id;
    EpochMs token_time = 0;
};
constexpr auto describe(const MobileSession*) {
    return fields(field("token", &MobileSession::token, "", in_key),
                  field("userId", &MobileSession::user_id),
                  field("tokenTime", &MobileSession::token_time));
}
constexpr std::string_view table_name(const MobileSession*) { return "mobile_session"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::UserSettings)
TS_JSON_ELSEWHERE(model::MobileSession)
}  // namespace thingstead
