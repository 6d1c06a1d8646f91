// Whom targets mean, what templates may be, how requests come to their recipients.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/notification/delivery.h"
#include "core/notification/info.h"
#include "core/notification/outlets.h"
#include "core/notification/settings.h"
#include "core/notification/stats.h"
#include "core/notification/target.h"
#include "core/notification/template.h"
#include "model/entities.h"

namespace thingstead::core {
namespace {

using model::NotificationDeliveryMethod;

json::value document(std::string_view text) {
    const Result<json::value> value = parse_json(text);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::value();
}

struct BadTarget {
    std::string_view configuration, why;
};
constexpr BadTarget bad_targets[] = {
    {R"({"type":"PLATFORM_USERS"})",
     "Validation error: configuration.usersFilter must not be empty"                                                                                  },
    {R"({"type":"PLATFORM_USERS","usersFilter":{"type":"USER_LIST","usersIds":[]}})",
     "Validation error: configuration.usersFilter.usersIds must not be empty"                                                                         },
    {R"({"type":"PLATFORM_USERS","usersFilter":{"type":"CUSTOMER_USERS"}})",
     "Validation error: configuration.usersFilter.customerId must not be empty"                                                                       },
    {R"({"type":"SLACK"})",                                                           "Validation error: configuration.conversation must not be empty"},
    {R"({"type":"SLACK","conversation":{"id":" ","name":"x"}})",
     "Validation error: configuration.conversation.id must not be empty"                                                                              },
    {R"({"type":"MICROSOFT_TEAMS","webhookUrl":"https://x"})",
     "Validation error: configuration.channelName must not be empty"                                                                                  },
    {R"({"type":"MICROSOFT_TEAMS","channelName":"c","webhookUrl":"file:///x"})",
     "Validation error: configuration.webhookUrl must begin with http:// or https://"                                                                 },
};

TEST(Target, SaysWhatIsMissing) {
    for (const BadTarget& row : bad_targets) {
        const auto config = TargetConfig::of(document(row.configuration));
        ASSERT_FALSE(config) << row.configuration;
        EXPECT_EQ(config.error().message, row.why);
    }
}

TEST(Target, TakesTheMethodsOfItsType) {
    using enum NotificationDeliveryMethod;
    TargetConfig config;
    EXPECT_TRUE(config.takes(web) && config.takes(email) && config.takes(sms));
    EXPECT_FALSE(config.takes(slack) || config.takes(microsoft_teams));
    config.type = TargetType::slack;
    EXPECT_TRUE(config.takes(slack));
    EXPECT_FALSE(config.takes(web));
}

TEST(Target, OfATenantIsConfinedToIt) {
    const model::TenantId tenant = model::TenantId::make();
    for (const auto& [type, name] : enum_names(UsersFilterType{})) {
        UsersFilter filter;
        filter.type = type;
        const store::Filter found = recipients_of(filter, tenant, Affected{});
        ASSERT_FALSE(found.empty()) << name;
        EXPECT_EQ(found[0].field, "tenantId") << name;
        EXPECT_EQ(std::get<Uuid>(found[0].cells[0]), tenant.uuid) << name;
    }
}

std::string web_template(std::size_t subject, std::size_t body) {
    return R"({"deliveryMethodsTemplates":{"WEB":{"method":"WEB","enabled":true,"subject":")" +
           std::string(subject, 's') + R"(","body":")" + std::string(body, 'b') + R"("}}})";
}

struct CheckedTemplate {
    std::string configuration;
    std::string_view why;  ///< Empty: it is good.
};

TEST(Template, IsCheckedMethodByMethod) {
    const CheckedTemplate rows[] = {
        {web_template(150, 250), ""},
        {web_template(151, 1),
         "Validation error: WEB subject length must be equal or less than 150"},
        {web_template(1, 251), "Validation error: WEB body length must be equal or less than 250"},
        {web_template(0, 1), "Validation error: WEB subject must not be empty"},
        {R"({"deliveryMethodsTemplates":{}})",
         "Validation error: configuration.deliveryMethodsTemplates must not be empty"},
        {R"({"deliveryMethodsTemplates":{"SMS":{"method":"SMS","enabled":false}}})", ""},
        {R"({"deliveryMethodsTemplates":{"SMS":{"method":"SMS","enabled":true}}})",
         "Validation error: SMS body must not be empty"},
        {R"({"deliveryMethodsTemplates":{"PIGEON":{"method":"PIGEON"}}})",
         "Validation error: configuration.deliveryMethodsTemplates.PIGEON is not a delivery "
         "method"},
        {R"({"deliveryMethodsTemplates":{"MICROSOFT_TEAMS":{"enabled":true,"body":"x","button":{"text":")" +
             std::string(51, 't') + R"("}}}})",
         "Validation error: MICROSOFT_TEAMS button text length must be equal or less than 50"},
    };
    for (const CheckedTemplate& row : rows) {
        const Result<> good = check_template(document(row.configuration));
        EXPECT_EQ(good ? "" : good.error().message, row.why) << row.configuration;
    }
}

TEST(Template, IsFilledWhereTextsAre) {
    json::value configuration = document(R"({"deliveryMethodsTemplates":{
        "EMAIL":{"enabled":true,"subject":"${a}","body":"<b>${a}</b>"},
        "SLACK":{"enabled":false,"body":"${a}"},
        "WEB":{"enabled":true,"subject":"${a}","body":"${recipientTitle}","additionalConfig":{
            "icon":{"color":"${a}"},"actionButtonConfig":{"text":"${a}","link":"/x/${a}"}}}}})");
    model::User user;
    user.email = "ann@example.com";
    PlaceholderValues values{
        {"a", "<1>"}
    };
    add_recipient(values, user);
    const std::vector<MethodTemplate> methods = enabled_methods(configuration);
    ASSERT_EQ(methods.size(), 2u);
    const MethodTemplate web = filled(methods[0], values);
    EXPECT_EQ(json::serialize(web.document),
              R"({"enabled":true,"subject":"<1>","body":"ann@example.com","additionalConfig":)"
              R"({"icon":{"color":"${a}"},"actionButtonConfig":{"text":"<1>","link":"/x/<1>"}}})");
    const MethodTemplate mail = filled(methods[1], values);
    EXPECT_EQ(mail.text("subject"), "<1>");
    EXPECT_EQ(mail.text("body"), "<b>&lt;1&gt;</b>");
}

TEST(Recipient, IsCalledByNameOrAddress) {
    model::User user;
    user.email = "ann@example.com";
    EXPECT_EQ(title_of(user), "ann@example.com");
    user.last_name = "Lee";
    EXPECT_EQ(title_of(user), "Lee");
    user.first_name = "Ann";
    EXPECT_EQ(title_of(user), "Ann Lee");
}

TEST(Info, OfAMessageHasItsMetadataAndData) {
    model::Msg msg;
    msg.type = "POST_TELEMETRY_REQUEST";
    msg.originator = {model::EntityType::device, new_random_uuid()};
    msg.customer = model::CustomerId::make();
    msg.metadata.put("deviceName", "Boiler");
    msg.metadata.put("both", "metadata");
    msg.data =
        R"({"temperature":42.0,"big":1e10,"both":"data","deep":{"a":1},"list":[1],"on":true})";
    const json::value info(info_of_message(msg));
    EXPECT_EQ(affected_by(info).customer, msg.customer);
    const PlaceholderValues values = values_of_info(info);
    const PlaceholderValues expected{
        {"originatorType", "DEVICE"                       },
        {"originatorId",   msg.originator.uuid.to_string()},
        {"msgType",        msg.type                       },
        {"customerId",     msg.customer->to_string()      },
        {"deviceName",     "Boiler"                       },
        {"both",           "metadata"                     },
        {"temperature",    "42.0"                         },
        {"big",            "1.0E10"                       },
        {"deep.a",         "1"                            },
        {"list",           "[1]"                          },
        {"on",             "true"                         },
    };
    EXPECT_EQ(values, expected);
    msg.customer.reset();
    msg.data = "no json";
    EXPECT_EQ(values_of_info(json::value(info_of_message(msg))).count("temperature"), 0u);
}

TEST(Info, OfOthersHasItsMembers) {
    const PlaceholderValues values = values_of_info(document(
        R"({"type":"x","alarmType":"Hot","alarmOriginator":{"entityType":"DEVICE","id":"i"},
            "entityId":{"entityType":"ASSET","id":"e"},"details":{"t":3},"cleared":false})"));
    const PlaceholderValues expected{
        {"alarmType",                 "Hot"   },
        {"alarmOriginatorEntityType", "DEVICE"},
        {"alarmOriginatorId",         "i"     },
        {"entityType",                "ASSET" },
        {"entityId",                  "e"     },
        {"t",                         "3"     },
        {"cleared",                   "false" },
    };
    EXPECT_EQ(values, expected);
    EXPECT_TRUE(values_of_info(json::value()).empty());
}

TEST(Stats, AreReadBackAndBounded) {
    NotificationStats stats;
    stats.sent(NotificationDeliveryMethod::web);
    stats.sent(NotificationDeliveryMethod::web);
    stats.failed(NotificationDeliveryMethod::email, "ann", "no mail");
    const std::string text = json::serialize(stats.document());
    EXPECT_EQ(
        text,
        R"({"sent":{"WEB":2},"errors":{"EMAIL":{"ann":"no mail"}},"totalErrors":1,"error":null})");
    NotificationStats again = NotificationStats::of(stats.document());
    EXPECT_EQ(json::serialize(again.document()), text);
    for (int i = 0; i < 200; ++i)
        again.failed(NotificationDeliveryMethod::sms, std::to_string(i), "x");
    const json::object document = again.document();
    EXPECT_EQ(document.at("errors").at("SMS").as_object().size(),
              NotificationStats::errors_of_method_max);
    EXPECT_EQ(document.at("totalErrors").as_int64(), 201);
}

TEST(Preferences, OfAUserAreHeeded) {
    using enum NotificationDeliveryMethod;
    const json::value settings = document(
        R"({"prefs":{"ALARM":{"enabled":true,"enabledDeliveryMethods":{"WEB":false}},
                     "GENERAL":{"enabled":false,"enabledDeliveryMethods":{"WEB":true}}}})");
    const json::object& members = settings.get_object();
    using Type = model::NotificationType;
    EXPECT_FALSE(is_wanted(members, Type::alarm, web));
    EXPECT_TRUE(is_wanted(members, Type::alarm, email));
    EXPECT_FALSE(is_wanted(members, Type::general, web));
    EXPECT_TRUE(is_wanted(members, Type::rule_node, web));
    EXPECT_TRUE(is_wanted({}, Type::alarm, web));
}

MethodTemplate teams_template() {
    return {NotificationDeliveryMethod::microsoft_teams,
            document(R"({"subject":"S","body":"B","themeColor":"ff0000",
                         "button":{"enabled":true,"text":"Open"}})")
                .get_object()};
}

TEST(TeamsMessage, IsTheCardThatTheChannelTakes) {
    const json::object old = teams_message(teams_template(), true, "https://x/y");
    EXPECT_EQ(old.at("@type"), "MessageCard");
    EXPECT_EQ(old.at("title"), "S");
    EXPECT_EQ(old.at("text"), "B");
    EXPECT_EQ(old.at("themeColor"), "ff0000");
    EXPECT_EQ(old.at("potentialAction").at(0).at("targets").at(0).at("uri"), "https://x/y");
    const json::object card = teams_message(teams_template(), false, "");
    const json::value& content = card.at("attachments").at(0).at("content");
    EXPECT_EQ(content.at("type"), "AdaptiveCard");
    EXPECT_EQ(content.at("body").at(1).at("text"), "B");
    EXPECT_FALSE(content.as_object().contains("actions"));
}

struct Leading {
    std::string_view button, link;
};
constexpr Leading leading_buttons[] = {
    {R"({"enabled":true,"linkType":"LINK","link":"https://x/y"})",                             "https://x/y"           },
    {R"({"enabled":true,"linkType":"LINK","link":"/devices"})",                                "https://h/devices"     },
    {R"({"enabled":false,"linkType":"LINK","link":"https://x/y"})",                            ""                      },
    {R"({"enabled":true,"linkType":"DASHBOARD"})",                                             ""                      },
    {R"({"enabled":true,"linkType":"DASHBOARD","dashboardId":"d"})",                           "https://h/dashboards/d"},
    // [{"id":"s","params":{}}]
    {R"({"enabled":true,"linkType":"DASHBOARD","dashboardId":"d","dashboardState":"s"})",
     "https://h/dashboards/d?state=W3siaWQiOiJzIiwicGFyYW1zIjp7fX1d"                                                   },
    // [{"params":{"entityId":{"id":1}}}]
    {R"({"enabled":true,"linkType":"DASHBOARD","dashboardId":"d","setEntityIdInState":true})",
     "https://h/dashboards/d?state=W3sicGFyYW1zIjp7ImVudGl0eUlkIjp7ImlkIjoxfX19XQ%3D%3D"                               },
};

TEST(Button, LeadsToItsLinkOrDashboard) {
    const json::value info = document(R"({"stateEntityId":{"id":1}})");
    for (const Leading& row : leading_buttons)
        EXPECT_EQ(link_of_button(document(row.button).get_object(), "https://h", info), row.link)
            << row.button;
}

}  // namespace
}  // namespace thingstead::core
