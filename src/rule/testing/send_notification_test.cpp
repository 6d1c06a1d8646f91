// The node "send notification", with a real store, a mail driver that keeps what it is handed and a
// stand-in for Slack and Microsoft Teams.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/mail.h"
#include "core/notification/requests.h"
#include "core/notification/worker.h"
#include "core/sms.h"
#include "model/user_settings.h"
#include "net/blocking_pool.h"
#include "net/task_group.h"
#include "net/timer.h"
#include "rule/testing/entity_bench.h"
#include "rule/testing/web_stand_in.h"

namespace thingstead::rule::testing::notifying {
namespace {

using model::NotificationType;

class NotedMail final : public core::MailDriver {
  public:
    Result<> send(const core::MailServer&, const core::Mail& mail) override {
        if (refuses) return Error{ErrorCode::unavailable, "x", "554 No mail today"};
        mails.push_back(mail);
        return {};
    }
    std::vector<core::Mail> mails;
    bool refuses = false;
};

class NoTexts final : public core::SmsDriver {
  public:
    bool sends(std::string_view) const override { return false; }
    Result<> send(const json::object&, const std::string&, const std::string&) override {
        return Error{ErrorCode::unavailable, "x"};
    }
};

/// Two tenants, of which the first has an administrator, Ann, and a user of a customer, Bob.
struct Notified : EntityBench {
    Notified() {
        bench->outside.mailer = &mailer;
        bench->outside.texts = &texts;
        buyer = customer("Buyer");
        ann = user("Ann", std::nullopt);
        bob = user("Bob", buyer.id);
    }

    core::Platform platform() {
        Fixture& house = bench->house;
        return {*store,       house.telemetry, house.attributes,
                house.events, house.clock,     house.log.log};
    }

    model::User user(const std::string& name, std::optional<model::CustomerId> of) {
        model::User user;
        user.id = model::UserId::make();
        user.tenant_id = bench->house.tenant;
        user.customer_id = of.value_or(model::no_customer);
        user.authority = of ? model::Authority::customer_user : model::Authority::tenant_admin;
        user.email = name + "@example.com";
        user.first_name = name;
        insert(user);
        return user;
    }
    template <class T>
    void insert(const T& entity) {
        write<bool>([&](store::Transaction& transaction) -> Result<bool> {
            if (Result<> done = transaction.insert(entity); !done) return done.error();
            return true;
        });
    }

    std::string target(std::string_view configuration) {
        model::NotificationTarget target;
        target.id = model::NotificationTargetId::make();
        target.tenant_id = bench->house.tenant;
        target.name = "target " + std::to_string(++names);
        target.configuration = *parse_json(configuration);
        target.recipients = "x";
        insert(target);
        return target.id.to_string();
    }
    std::string users(const std::string& filter) {
        return target(R"({"type":"PLATFORM_USERS","usersFilter":)" + filter + "}");
    }
    std::string said(std::string_view methods) {
        model::NotificationTemplate text;
        text.id = model::NotificationTemplateId::make();
        text.tenant_id = bench->house.tenant;
        text.name = "template " + std::to_string(++names);
        text.type = NotificationType::rule_node;
        text.configuration =
            *parse_json(R"({"deliveryMethodsTemplates":)" + std::string(methods) + "}");
        insert(text);
        return text.id.to_string();
    }
    void settings(std::string_view key, model::TenantId tenant, std::string_view document) {
        model::AdminSettings one;
        one.id = model::AdminSettingsId::make();
        one.tenant_id = tenant;
        one.key = key;
        one.json_value = *parse_json(document);
        insert(one);
    }
    bool make(const std::vector<std::string>& targets, const std::string& text) {
        std::string ids;
        for (const std::string& each : targets) ids += (ids.empty() ? "\"" : ",\"") + each + "\"";
        const Result<> made = bench->make(
            "notification.TbNotificationNode",
            R"({"targets":[)" + ids +
                R"(],"templateId":{"entityType":"NOTIFICATION_TEMPLATE","id":")" + text + "\"}}");
        refusal = made ? std::string() : made.error().message;
        return made.has_value();
    }
    static std::string result_of(const NodeAnswer& answer) {
        return std::string(answer.msg.metadata.get("notificationRequestResult"));
    }

    NotedMail mail_driver;
    NoTexts text_driver;
    net::BlockingPool pool{"couriers", 1, 10};
    core::Mailer mailer{mail_driver, pool, platform(), bench->house.metrics};
    core::TextMessages texts{text_driver, pool, platform(), bench->house.metrics};
    model::Customer buyer;
    model::User ann, bob;
    std::string refusal;
    int names = 0;
};

const char* const web =
    R"({"WEB":{"method":"WEB","enabled":true,"subject":"${deviceName:upperCase}",
        "body":"${t} for ${recipientFirstName}, ${unknown}"}})";
const char* const all_users = R"({"type":"ALL_USERS"})";
const char* const administrators = R"({"type":"TENANT_ADMINISTRATORS"})";
const char* const owners = R"({"type":"ORIGINATOR_ENTITY_OWNER_USERS"})";

TEST(SendNotification, FillsInboxes) {
    Notified world;
    ASSERT_TRUE(world.make({world.users(all_users)}, world.said(web))) << world.refusal;
    const NodeAnswer answer = world.bench->send(R"({"t":42})", metadata_of({
                                                                   {"deviceName", "Boiler"}
    }));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(Notified::result_of(answer),
              R"({"sent":{"WEB":2},"errors":{},"totalErrors":0,"error":null})");
    const auto told = world.all<model::Notification>({
        {"recipientId", world.bob.id.uuid}
    });
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].subject, "BOILER");
    EXPECT_EQ(told[0].text, "42 for Bob, ${unknown}");
    EXPECT_EQ(told[0].type, NotificationType::rule_node);
    const auto request = world.get<model::NotificationRequest>(told[0].request_id.uuid);
    EXPECT_EQ(request.status, model::NotificationRequestStatus::sent);
    EXPECT_FALSE(request.due_ms);
    EXPECT_EQ(request.info.at("type"),
              "org.thingsboard.server.common.data.notification.info."
              "RuleEngineOriginatedNotificationInfo");
    EXPECT_EQ(request.info.at("msgData").at("t"), "42");
}

TEST(SendNotification, TellsEachUserOnce) {
    Notified world;
    const std::string bob =
        R"({"type":"USER_LIST","usersIds":[")" + world.bob.id.to_string() + "\"]}";
    ASSERT_TRUE(world.make({world.users(administrators), world.users(all_users), world.users(bob)},
                           world.said(web)));
    EXPECT_EQ(Notified::result_of(world.bench->send("{}")),
              R"({"sent":{"WEB":2},"errors":{},"totalErrors":0,"error":null})");
}

TEST(SendNotification, GoesToManyPageByPage) {
    Notified world;
    for (int i = 0; i < core::notification_page * 2; ++i)
        world.user("user" + std::to_string(i), world.buyer.id);
    ASSERT_TRUE(world.make({world.users(all_users)}, world.said(web)));
    EXPECT_EQ(Notified::result_of(world.bench->send("{}")),
              R"({"sent":{"WEB":102},"errors":{},"totalErrors":0,"error":null})");
}

struct OwnerCase {
    const char* name;
    bool of_customer;
    const char* recipient;
};

TEST(SendNotification, FindsTheOwnersOfTheOriginator) {
    const OwnerCase rows[] = {
        {"a customer's", true,  "Bob@example.com"},
        {"the tenant's", false, "Ann@example.com"},
    };
    for (const OwnerCase& row : rows) {
        Notified world;
        ASSERT_TRUE(world.make({world.users(owners)}, world.said(web)));
        model::Msg msg = world.bench->message("{}");
        if (row.of_customer) msg.customer = world.buyer.id;
        EXPECT_EQ(world.bench->send(msg).way(), "Success") << row.name;
        const auto told = world.all<model::Notification>({});
        ASSERT_EQ(told.size(), 1u) << row.name;
        EXPECT_EQ(world.get<model::User>(told[0].recipient_id.uuid).email, row.recipient);
    }
}

const char* const mail_text =
    R"({"EMAIL":{"method":"EMAIL","enabled":true,"subject":"S ${t}","body":"<b>${t}</b>"}})";

TEST(SendNotification, SendsMailAndNamesWhoDidNotGetIt) {
    Notified world;
    world.settings("mail", model::system_tenant,
                   R"({"mailFrom":"a@x.org","smtpHost":"mail.example","smtpPort":"25"})");
    ASSERT_TRUE(world.make({world.users(administrators)}, world.said(mail_text)));
    EXPECT_EQ(Notified::result_of(world.bench->send(R"({"t":"<1>"})")),
              R"({"sent":{"EMAIL":1},"errors":{},"totalErrors":0,"error":null})");
    world.mail_driver.refuses = true;
    const NodeAnswer answer = world.bench->send("{}");
    EXPECT_EQ(answer.way(), "Success");
    EXPECT_EQ(
        Notified::result_of(answer),
        R"({"sent":{},"errors":{"EMAIL":{"Ann":"Unable to send mail"}},"totalErrors":1,"error":null})");
    world.pool.stop();
    ASSERT_EQ(world.mail_driver.mails.size(), 1u);
    EXPECT_EQ(world.mail_driver.mails[0].to, "Ann@example.com");
    EXPECT_EQ(world.mail_driver.mails[0].subject, "S <1>");
    EXPECT_EQ(world.mail_driver.mails[0].html, "<b>&lt;1&gt;</b>");
}

TEST(SendNotification, HeedsWhatUsersWant) {
    Notified world;
    model::UserSettings settings;
    settings.user_id = world.ann.id;
    settings.type = model::UserSettingsType::notifications;
    settings.settings =
        *parse_json(R"({"prefs":{"RULE_NODE":{"enabled":false,"enabledDeliveryMethods":{}}}})");
    world.insert(settings);
    ASSERT_TRUE(world.make({world.users(all_users)}, world.said(web)));
    EXPECT_EQ(Notified::result_of(world.bench->send("{}")),
              R"({"sent":{"WEB":1},"errors":{"WEB":{"Ann":"User disabled this type of )"
              R"(notifications"}},"totalErrors":1,"error":null})");
}

const char* const channels =
    R"({"SLACK":{"method":"SLACK","enabled":true,"body":"t=${t}"},
        "MICROSOFT_TEAMS":{"method":"MICROSOFT_TEAMS","enabled":true,"subject":"T","body":"t=${t}",
            "button":{"enabled":true,"text":"Open","linkType":"LINK","link":"/x"}}})";

TEST(SendNotification, WritesToSlackAndTeams) {
    Notified world;
    WebStandIn web_server(*world.bench);
    world.bench->house.settings.external.slack_url = web_server.url("/api");
    const std::string slack = world.target(
        R"({"type":"SLACK","conversationType":"PUBLIC_CHANNEL",
            "conversation":{"type":"PUBLIC_CHANNEL","id":"C1","name":"general"}})");
    const std::string teams =
        world.target(R"({"type":"MICROSOFT_TEAMS","channelName":"Plant","webhookUrl":")" +
                     web_server.url("/hook") + "\"}");
    ASSERT_TRUE(world.make({slack, teams}, world.said(channels)));
    EXPECT_EQ(
        Notified::result_of(world.bench->send(R"({"t":1})")),
        R"({"sent":{"MICROSOFT_TEAMS":1},"errors":{"SLACK":{"general":"Slack API token is not )"
        R"(configured"}},"totalErrors":1,"error":null})");
    world.settings(
        "notifications", world.bench->house.tenant,
        R"({"deliveryMethodsConfigs":{"SLACK":{"method":"SLACK","botToken":"xoxb-1"}}})");
    web_server.answer(reply_of(200, R"({"ok":true})"));
    web_server.answer(reply_of(400, "no"));
    EXPECT_EQ(Notified::result_of(world.bench->send(R"({"t":1})")),
              R"({"sent":{"SLACK":1},"errors":{"MICROSOFT_TEAMS":{"Plant":"Failed to send message )"
              R"(via Microsoft Teams: status 400"}},"totalErrors":1,"error":null})");
    const auto asked = web_server.requests();
    ASSERT_EQ(asked.size(), 3u);
    EXPECT_EQ(asked[1].body, R"({"channel":"C1","text":"t=1"})");
    EXPECT_EQ(asked[1].header("Authorization"), "Bearer xoxb-1");
    EXPECT_NE(asked[2].body.find(R"("uri":"/x")"), std::string::npos) << asked[2].body;
}

struct Failing {
    const char* name;
    std::string targets, text, why;
};

TEST(SendNotification, FailsWhereNothingCanBeSent) {
    Notified world;
    const std::string everybody = world.users(all_users);
    const std::string nowhere = new_random_uuid().to_string();
    const Failing rows[] = {
        {"no template",   everybody, nowhere,                                                   "Template is missing"},
        {"no target",     nowhere,   world.said(web),
         "Notification target with id [" + nowhere + "] is not found"                                                },
        {"no method",     everybody, world.said(R"({"WEB":{"method":"WEB","enabled":false}})"),
         "No delivery methods to send notification with"                                                             },
        {"no recipients", everybody, world.said(channels),
         "Recipients for Slack delivery method not chosen"                                                           },
    };
    for (const Failing& row : rows) {
        ASSERT_TRUE(world.make({row.targets}, row.text)) << row.name;
        const NodeAnswer answer = world.bench->send("{}");
        EXPECT_EQ(answer.way(), "Failure") << row.name;
        EXPECT_EQ(answer.error, row.why) << row.name;
        EXPECT_TRUE(answer.msg.metadata.get("error").ends_with(row.why)) << row.name;
    }
    EXPECT_TRUE(world.all<model::NotificationRequest>({}).empty());
}

TEST(SendNotification, DoesNotSeeWhatOthersHave) {
    Notified world;
    const std::string everybody = world.users(all_users);
    const std::string text = world.said(web);
    world.bench->house.tenant = world.other_tenant;
    ASSERT_TRUE(world.make({everybody}, text));
    EXPECT_EQ(world.bench->send("{}").error, "Template is missing");
}

TEST(SendNotification, NeedsTargetsAndATemplate) {
    Notified world;
    EXPECT_FALSE(world.make({}, world.said(web)));
    EXPECT_EQ(world.refusal, "Targets should be specified!");
    EXPECT_FALSE(world.bench->make("notification.TbNotificationNode",
                                   R"({"targets":[")" + new_random_uuid().to_string() + "\"]}"));
    EXPECT_FALSE(world.bench->make("notification.TbNotificationNode"));
}

/// What a server that was lost left behind is gone on with; nobody is told twice.
TEST(NotificationWorker, GoesOnWhereAnotherServerStopped) {
    Notified world;
    model::NotificationRequest request;
    request.id = model::NotificationRequestId::make();
    request.tenant_id = world.bench->house.tenant;
    request.targets = {*parse_uuid(world.users(administrators)),
                       *parse_uuid(world.users(all_users))};
    request.template_id = model::NotificationTemplateId{*parse_uuid(world.said(web))};
    request.status = model::NotificationRequestStatus::processing;
    request.worker = new_random_uuid();
    const EpochMs now = world.bench->house.clock.now_ms();
    request.due_ms = now + 1;
    request.progress = *parse_json(
        R"({"target":1,"after":null,"stats":{"sent":{"WEB":1},"errors":{},"totalErrors":0}})");
    world.insert(request);
    core::NotificationWorker worker(
        core::NotificationOutlets(world.platform(), nullptr, nullptr, nullptr, ""),
        world.bench->house.metrics);
    net::TaskGroup tasks("notifications", Log());
    const auto work_once = [&] {
        bool worked = false;
        const auto task = [](core::NotificationWorker& it, net::TaskGroup& group,
                             bool& out) -> Task<Result<>> {
            out = co_await it.hand_out(group);
            while (group.size() != 0) co_await net::sleep_for(std::chrono::milliseconds(1));
            co_return Result<>();
        };
        EXPECT_TRUE(world.bench->run(task(worker, tasks, worked)));
        return worked;
    };
    EXPECT_FALSE(work_once());
    EXPECT_TRUE(world.all<model::Notification>({}).empty());
    world.bench->turn(std::chrono::milliseconds(1));
    EXPECT_TRUE(work_once());
    const auto told = world.all<model::Notification>({});
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].recipient_id, world.bob.id);
    const auto done = world.get<model::NotificationRequest>(request.id.uuid);
    EXPECT_EQ(done.status, model::NotificationRequestStatus::sent);
    EXPECT_EQ(json::serialize(done.stats),
              R"({"sent":{"WEB":2},"errors":{},"totalErrors":0,"error":null})");
    EXPECT_FALSE(work_once());
}

}  // namespace
}  // namespace thingstead::rule::testing::notifying
