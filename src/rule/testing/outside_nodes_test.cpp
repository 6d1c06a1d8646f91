// Nodes that write to people.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/mail.h"
#include "core/sms.h"
#include "net/blocking_pool.h"
#include "rule/testing/web_stand_in.h"

namespace thingstead::rule::testing::outside {
namespace {

const char* const to_email = "mail.TbMsgToEmailNode";
const char* const send_email = "mail.TbSendEmailNode";
const char* const send_sms = "sms.TbSendSmsNode";
const char* const slack = "notification.TbSlackNode";

/// Keeps what is handed in; thread-safe as the couriers' threads end before it is looked at.
class KeptMail final : public core::MailDriver {
  public:
    Result<> send(const core::MailServer& server, const core::Mail& mail) override {
        servers.push_back(server);
        mails.push_back(mail);
        return failure ? Result<>(*failure) : Result<>();
    }
    std::vector<core::MailServer> servers;
    std::vector<core::Mail> mails;
    std::optional<Error> failure;
};

class KeptTexts final : public core::SmsDriver {
  public:
    bool sends(std::string_view type) const override { return type == "TWILIO"; }
    Result<> send(const json::object&, const std::string& to, const std::string& text) override {
        sent.emplace_back(to, text);
        if (to == fails_for) return Error{ErrorCode::unavailable, "not taken", "said no"};
        return {};
    }
    std::vector<std::pair<std::string, std::string>> sent;
    std::string fails_for;
};

/// A bench with couriers.
struct PostOffice : NodeBench {
    PostOffice() {
        outside.mailer = &mailer;
        outside.texts = &texts;
    }
    core::Platform platform() {
        return {house.entities, house.telemetry, house.attributes,
                house.events,   house.clock,     house.log.log};
    }
    KeptMail mail_driver;
    KeptTexts text_driver;
    net::BlockingPool pool{"couriers", 1, 10};
    core::Mailer mailer{mail_driver, pool, platform(), house.metrics};
    core::TextMessages texts{text_driver, pool, platform(), house.metrics};
};

TEST(ToEmail, MakesAMailOfAMessage) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(
        to_email, R"({"fromTemplate":"a@x.org","toTemplate":"${who}","ccTemplate":"c@x.org",
                      "bccTemplate":"","subjectTemplate":"Hot: $[t]","bodyTemplate":"<b>${who}</b>",
                      "mailBodyType":"dynamic","isHtmlTemplate":"${html}"})"));
    const NodeAnswer answer = bench.send(
        R"({"t":30})", metadata_of({
                           {"who",    "b@x.org"      },
                           {"html",   "True"         },
                           {"images", R"({"i":"AA"})"}
    }));
    EXPECT_EQ(answer.way(), "Success");
    EXPECT_EQ(answer.msg.type, "SEND_EMAIL");
    EXPECT_EQ(answer.msg.data,
              R"({"from":"a@x.org","to":"b@x.org","cc":"c@x.org","bcc":null,"subject":"Hot: 30",)"
              R"("body":"<b>b@x.org</b>","images":{"i":"AA"},"html":true})");
}

TEST(ToEmail, TakesPlainTextUnlessItIsToldOtherwise) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(to_email));
    const std::string plain = bench.send("{}").msg.data;
    EXPECT_TRUE(plain.ends_with(R"("images":null,"html":false})")) << plain;
    EXPECT_EQ(bench.send("no json").error, "Failed to process pattern!");
    EXPECT_EQ(bench
                  .send("{}", metadata_of({
                                  {"images", "[]"}
    }))
                  .error,
              "Metadata images is not an object!");
    ASSERT_TRUE(bench.make(to_email, R"({"bodyTemplate":"x","mailBodyType":"true"})"));
    EXPECT_TRUE(bench.send("{}").msg.data.ends_with(R"("html":true})"));
    EXPECT_FALSE(bench.make(to_email, R"({"mailBodyType":"rich"})"));
}

model::Msg mail_message(const NodeBench& bench, std::string_view data) {
    model::Msg msg = bench.message(data);
    msg.type = "SEND_EMAIL";
    return msg;
}

const char* const own_server =
    R"({"useSystemSmtpSettings":false,"smtpHost":"mail.example","smtpPort":2525,"username":"u",
        "password":"p","timeout":5000,"enableTls":true,"enableProxy":true,
        "proxyHost":"proxy.example","proxyPort":"3128"})";

TEST(SendEmail, SendsOverItsOwnServer) {
    PostOffice bench;
    ASSERT_TRUE(bench.make(send_email, own_server));
    const NodeAnswer answer = bench.send(mail_message(
        bench, R"({"from":"a@x.org","to":"b@x.org,c@x.org","cc":"d@x.org","bcc":"e@x.org",
                   "subject":"S","body":"<p>","html":true,
                   "images":{"i":"data:image/gif;base64,QUI="}})"));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    bench.pool.stop();
    ASSERT_EQ(bench.mail_driver.mails.size(), 1u);
    const core::Mail& mail = bench.mail_driver.mails[0];
    EXPECT_EQ(mail.from, "a@x.org");
    EXPECT_EQ(mail.to, "b@x.org,c@x.org");
    EXPECT_EQ(mail.cc, "d@x.org");
    EXPECT_EQ(mail.bcc, "e@x.org");
    EXPECT_EQ(mail.html, "<p>");
    EXPECT_EQ(mail.text, "");
    ASSERT_EQ(mail.images.size(), 1u);
    EXPECT_EQ(mail.images[0].type, "image/gif");
    EXPECT_EQ(mail.images[0].bytes, "AB");
    const core::MailServer& server = bench.mail_driver.servers[0];
    EXPECT_EQ(server.host, "mail.example");
    EXPECT_EQ(server.port, 2525);
    EXPECT_EQ(server.user, "u");
    EXPECT_TRUE(server.start_tls);
    EXPECT_EQ(server.proxy, "http://proxy.example:3128");
    EXPECT_NE(server.guard, nullptr);
}

TEST(SendEmail, FailsAsTheServerDoes) {
    PostOffice bench;
    bench.mail_driver.failure = Error{ErrorCode::unavailable, "x", "554 No mail today"};
    ASSERT_TRUE(bench.make(send_email, own_server));
    const NodeAnswer answer = bench.send(
        mail_message(bench, R"({"from":"a@x.org","to":"b@x.org","subject":"S","body":"x"})"));
    EXPECT_EQ(answer.error, "Unable to send mail");
    EXPECT_EQ(answer.msg.metadata.get("error"),
              "class java.lang.RuntimeException: Unable to send mail");
}

struct BadMail {
    const char* data;
    const char* why;
};
const BadMail bad_mails[] = {
    {R"({"from":"a@x.org","to":" "})",                               "Email destination can not be blank!"},
    {R"({"from":"a@x.org","to":null})",                              "Email destination can not be blank!"},
    {R"({"from":"a@x.org","to":5})",                                 "to: expected a string"              },
    {R"({"to":"b@x.org","subject":"x"})",                            "Mail sender should be specified!"   },
    {R"({"from":"a@x.org","to":"b@x.org","images":{"i":"data:x"}})", "Image 'i' is no image!"             },
    {R"({"from":"a@x.org","to":"b@x.org","images":{"i":"?"}})",      "Image 'i' is no image!"             },
    {R"({"from":"a@x.org","to":"b@x.org","images":{"i":7}})",        "Image 'i' is no text!"              },
};

TEST(SendEmail, TellsWhatIsNoMail) {
    PostOffice bench;
    ASSERT_TRUE(bench.make(send_email, own_server));
    for (const BadMail& row : bad_mails)
        EXPECT_EQ(bench.send(mail_message(bench, row.data)).error, row.why) << row.data;
    EXPECT_EQ(bench.send(R"({"to":"b@x.org"})").error,
              "Not expected msg type [POST_TELEMETRY_REQUEST]!");
    EXPECT_FALSE(bench.make(send_email, R"({"useSystemSmtpSettings":false,"smtpHost":""})"));
    EXPECT_FALSE(bench.make(send_email, R"({"useSystemSmtpSettings":false,"smtpPort":70000})"));
    bench.outside.mailer = nullptr;
    ASSERT_TRUE(bench.make(send_email));
    EXPECT_EQ(bench.send(mail_message(bench, R"({"from":"a@x.org","to":"b@x.org"})")).error,
              "No mail is sent by this server!");
}

const char* const own_provider =
    R"({"useSystemSmsSettings":false,"numbersToTemplate":"${to}","smsMessageTemplate":"T $[t]",
        "smsProviderConfiguration":{"type":"TWILIO","numberFrom":"+491701234567",
        "accountSid":"AC1","accountToken":"t"}})";

TEST(SendSms, WritesToEachNumber) {
    PostOffice bench;
    ASSERT_TRUE(bench.make(send_sms, own_provider));
    const auto send_to = [&](std::string_view numbers) {
        return bench.send(R"({"t":5})", metadata_of({
                                            {"to", numbers}
        }));
    };
    EXPECT_EQ(send_to("+491700000001, +491700000002,").way(), "Success");
    using Sent = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(bench.text_driver.sent, (Sent{
                                          {"+491700000001", "T 5"},
                                          {"+491700000002", "T 5"}
    }));
    bench.text_driver.fails_for = "+491700000003";
    EXPECT_EQ(send_to("+491700000003,+491700000004").error, "Unable to send SMS");
    EXPECT_EQ(bench.text_driver.sent.size(), 3u);
    EXPECT_EQ(send_to(" ,").error, "Numbers to send to are not specified!");
    EXPECT_EQ(send_to("+491700000001,12").error, "Not a phone number: '12'!");
    EXPECT_FALSE(bench.make(send_sms, R"({"useSystemSmsSettings":false})"));
    bench.outside.texts = nullptr;
    ASSERT_TRUE(bench.make(send_sms, own_provider));
    EXPECT_EQ(send_to("+491700000001").error, "No short messages are sent by this server!");
}

TEST(Slack, WritesIntoItsConversation) {
    NodeBench bench;
    WebStandIn web(bench);
    bench.house.settings.external.slack_url = web.url("/api");
    web.answer(reply_of(200, R"({"ok":true})"));
    web.answer(reply_of(200, R"({"ok":false,"error":"channel_not_found"})"));
    web.answer(reply_of(503, "busy"));
    ASSERT_TRUE(bench.make(
        slack, R"({"useSystemSettings":false,"botToken":"xoxb-1","messageTemplate":"t=$[t]",
                   "conversation":{"type":"PUBLIC_CHANNEL","id":"C1","name":"general"}})"));
    const NodeAnswer answer = bench.send(R"({"t":5})");
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.data, R"({"t":5})");
    EXPECT_EQ(web.last().target, "/api/chat.postMessage");
    EXPECT_EQ(web.last().header("Authorization"), "Bearer xoxb-1");
    EXPECT_EQ(web.last().body, R"({"channel":"C1","text":"t=5"})");
    EXPECT_EQ(bench.send("{}").error, "Failed to send message via Slack: channel_not_found");
    EXPECT_EQ(bench.send("{}").error, "Failed to send message via Slack: status 503");
    EXPECT_FALSE(bench.make(slack, R"({"useSystemSettings":true})"));
    EXPECT_FALSE(bench.make(slack, R"({"useSystemSettings":false,"conversation":{"id":"C1"}})"));
}

}  // namespace
}  // namespace thingstead::rule::testing::outside
