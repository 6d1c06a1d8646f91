// Requests from the caller to the inbox, over a real store and a clock that is turned.
#include "core/notification/requests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "core/attributes.h"
#include "core/device_services.h"
#include "core/entity_events.h"
#include "core/identity/settings.h"
#include "core/mail.h"
#include "core/notification/inbox.h"
#include "core/notification/settings.h"
#include "core/notification/worker.h"
#include "core/subscriptions.h"
#include "core/telemetry.h"
#include "net/blocking_pool.h"
#include "net/task_group.h"
#include "store/rocksdb/temporary_directory.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::core {
namespace {
using namespace std::chrono_literals;

using model::NotificationDeliveryMethod;
using model::NotificationRequest;
using model::NotificationRequestStatus;

class NoSeries final : public store::TimeseriesStore {
  public:
    bool write(const store::PointsWrite&, std::optional<store::SourceOffset>) override {
        return true;
    }
    Task<> room() override { co_return; }
    Task<Result<>> flush() override { co_return Result<>(); }
    void processed(std::int32_t, std::int64_t) override {}
    std::int64_t checkpointed(std::int32_t) const override { return 0; }
    Task<Result<std::vector<model::TimedValue>>> range(store::RangeQuery) override {
        co_return std::vector<model::TimedValue>();
    }
    Task<Result<std::vector<store::LatestValue>>> latest(model::EntityId,
                                                         std::vector<std::string>) override {
        co_return std::vector<store::LatestValue>();
    }
    Task<Result<store::DeleteOutcome>> remove(store::DeleteRange) override {
        co_return store::DeleteOutcome();
    }
    Task<Result<>> remove_entity(model::EntityId) override { co_return Result<>(); }
    void stop() override {}
};

class NobodyConnected final : public DevicePush {
  public:
    void push_shared_attributes(model::DeviceId, const std::vector<model::KeyValue>&) override {}
    void push_shared_attributes_removed(model::DeviceId, const std::vector<std::string>&) override {
    }
};

/// Keeps mails on their way until they may go.
class HeldMail final : public MailDriver {
  public:
    Result<> send(const MailServer&, const Mail&) override {
        ++held;
        may_go_.wait(false);
        --held;
        return {};
    }
    void let_go() {
        may_go_ = true;
        may_go_.notify_all();
    }

    std::atomic<std::ptrdiff_t> held = 0;

  private:
    std::atomic<bool> may_go_ = false;
};

std::unique_ptr<store::EntityStore> open_store(const std::filesystem::path& folder,
                                               MetricsRegistry& metrics) {
    store::sqlite::Settings settings;
    settings.file = folder / "entities.db";
    auto opened = store::sqlite::open_sqlite_store(settings, Log(), metrics);
    TS_ASSERT(opened.has_value());
    return *std::move(opened);
}

/// A tenant with its administrator Ann and 120 users of a customer.
class NotificationRequests : public testing::Test {
  protected:
    NotificationRequests() {
        ann_ = user("ann", model::Authority::tenant_admin);
        for (int i = 0; i < 120; ++i)
            user("user" + std::to_string(i), model::Authority::customer_user);
        everybody_ = target(R"({"type":"ALL_USERS"})");
        administrators_ = target(R"({"type":"TENANT_ADMINISTRATORS"})");
        template_ = template_of("web", "WEB");
        insert_mail_server();
    }
    ~NotificationRequests() override {
        held_mail_.let_go();
        tasks_.cancel();
        EXPECT_TRUE(run_until([&] { return tasks_.size() == 0; }));
        store_->stop();
    }

    Platform platform() { return {*store_, telemetry_, attributes_, events_, clock_, Log()}; }
    NotificationOutlets outlets() { return {platform(), &mailer_, nullptr, nullptr, ""}; }

    template <class T>
    T run(Task<T> task) {
        std::future<T> done = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
        io_.restart();
        io_.run();
        return done.get();
    }
    /// One request, to its end. False: none is due.
    bool work_once() { return run(worker_.hand_out(tasks_)); }
    /// Runs what is ready until `done`; false: it still is not after `at_most`.
    template <class Condition>
    bool run_until(Condition done, std::chrono::milliseconds at_most = 20s) {
        const auto until = std::chrono::steady_clock::now() + at_most;
        while (!done() && std::chrono::steady_clock::now() < until) {
            io_.restart();
            io_.run_one_for(1ms);
        }
        return done();
    }
    template <class T>
    void insert(const T& entity) {
        ASSERT_TRUE(store_->write_now(
            [&](store::Transaction& transaction) { return transaction.insert(entity); }));
    }
    template <class T>
    std::vector<T> every() {
        std::vector<T> found;
        EXPECT_TRUE(store_->write_now([&](store::Transaction& transaction) -> Result<> {
            auto rows = transaction.all<T>({});
            if (!rows) return rows.error();
            found = *std::move(rows);
            return {};
        }));
        return found;
    }

    std::ptrdiff_t sent() {
        return std::ranges::count_if(every<NotificationRequest>(), [](const auto& each) {
            return each.status == NotificationRequestStatus::sent;
        });
    }
    std::ptrdiff_t taken() {
        return std::ranges::count_if(every<NotificationRequest>(),
                                     [](const auto& each) { return each.worker.has_value(); });
    }

    void insert_mail_server() {
        model::AdminSettings settings;
        settings.id = model::AdminSettingsId::make();
        settings.tenant_id = model::system_tenant;
        settings.key = setting_key::mail;
        settings.json_value = *parse_json(R"({"mailFrom":"us@example.com","smtpHost":"mail"})");
        insert(settings);
    }
    model::User user(const std::string& name, model::Authority authority) {
        model::User user;
        user.id = model::UserId::make();
        user.tenant_id = tenant_;
        user.customer_id =
            authority == model::Authority::tenant_admin ? model::no_customer : customer_;
        user.authority = authority;
        user.email = name + "@example.com";
        insert(user);
        return user;
    }
    Uuid target(const std::string& filter) {
        model::NotificationTarget target;
        target.id = model::NotificationTargetId::make();
        target.tenant_id = tenant_;
        target.name = filter;
        target.configuration =
            *parse_json(R"({"type":"PLATFORM_USERS","usersFilter":)" + filter + "}");
        target.recipients = "x";
        insert(target);
        return target.id.uuid;
    }
    model::NotificationTemplateId template_of(const std::string& name, std::string_view method) {
        model::NotificationTemplate text;
        text.id = model::NotificationTemplateId::make();
        text.tenant_id = tenant_;
        text.name = name;
        text.type = model::NotificationType::general;
        text.configuration = *parse_json(
            R"({"deliveryMethodsTemplates":{")" + std::string(method) + R"(":{"method":")" +
            std::string(method) +
            R"(","enabled":true,"subject":"${recipientTitle}","body":"${what} it is"}}})");
        insert(text);
        return text.id;
    }

    Caller caller_of(const model::User& user) const {
        Caller caller;
        caller.authority = user.authority;
        caller.tenant = user.tenant_id;
        caller.customer = user.customer_id;
        caller.user = user.id;
        caller.email = user.email;
        return caller;
    }
    NotificationRequest request(std::vector<Uuid> targets, std::int64_t delay_s = 0) {
        NotificationRequest request;
        request.targets = std::move(targets);
        request.template_id = template_;
        request.info = *parse_json(R"({"type":"x","data":{"what":"this"}})");
        if (delay_s != 0)
            request.additional_config = json::object{
                {"sendingDelayInSec", delay_s}
            };
        return request;
    }
    NotificationRequest ask(NotificationRequest asked) {
        auto stored = run(request_notifications(platform(), caller_of(ann_), std::move(asked)));
        EXPECT_TRUE(stored) << stored.error().message << stored.error().detail;
        return stored ? *stored : NotificationRequest();
    }
    store::Page<model::Notification> inbox_of_ann(bool unread_only = false) {
        auto page = run(page_notifications(platform(), caller_of(ann_),
                                           NotificationDeliveryMethod::web, unread_only, {}));
        EXPECT_TRUE(page);
        return *page;
    }

    store::rocks::TemporaryDirectory folder_;
    MetricsRegistry metrics_;
    ManualClock clock_;
    EntityEvents events_;
    std::unique_ptr<store::EntityStore> store_ = open_store(folder_.path(), metrics_);
    NoSeries series_;
    NobodyConnected nobody_;
    Subscriptions subscriptions_{metrics_};
    EntityAccess access_{*store_};
    Telemetry telemetry_{series_, access_, subscriptions_, clock_};
    Attributes attributes_{*store_, subscriptions_, nobody_, clock_};
    boost::asio::io_context io_{1};
    HeldMail held_mail_;
    net::BlockingPool couriers_{"couriers", 8, 100};
    Mailer mailer_{held_mail_, couriers_, platform(), metrics_};
    NotificationWorker worker_{outlets(), metrics_};
    net::TaskGroup tasks_{"notifications", Log()};
    model::TenantId tenant_ = model::TenantId::make();
    model::CustomerId customer_ = model::CustomerId::make();
    model::User ann_;
    Uuid everybody_, administrators_;
    model::NotificationTemplateId template_;
};

TEST_F(NotificationRequests, AreCarriedOutInTheBackgroundPageByPage) {
    const NotificationRequest asked = ask(request({administrators_, everybody_}));
    EXPECT_EQ(asked.status, NotificationRequestStatus::processing);
    EXPECT_EQ(asked.originator_id, model::EntityId(ann_.id));
    EXPECT_TRUE(every<model::Notification>().empty());
    EXPECT_TRUE(work_once());
    EXPECT_FALSE(work_once());
    EXPECT_EQ(every<model::Notification>().size(), 121u);
    const auto shown = run(get_request(platform(), caller_of(ann_), asked.id));
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->request.status, NotificationRequestStatus::sent);
    EXPECT_EQ(shown->template_name, "web");
    EXPECT_EQ(json::serialize(shown->request.stats),
              R"({"sent":{"WEB":121},"errors":{},"totalErrors":0,"error":null})");
    const auto mine = inbox_of_ann();
    ASSERT_EQ(mine.total_elements, 1);
    EXPECT_EQ(mine.data[0].subject, "ann@example.com");
    EXPECT_EQ(mine.data[0].text, "this it is");
    EXPECT_EQ(mine.data[0].info.at("data").at("what"), "this");
}

/// One whose mail hangs holds up no other; there is an end to how many.
TEST_F(NotificationRequests, AreDeliveredSideBySide) {
    constexpr std::ptrdiff_t at_a_time = 4;
    template_ = template_of("mail", "EMAIL");
    for (std::ptrdiff_t i = 0; i < at_a_time + 2; ++i) ask(request({administrators_}));
    ASSERT_TRUE(tasks_.spawn(io_.get_executor(), "notifications", worker_.run(tasks_)));
    EXPECT_TRUE(run_until([&] { return held_mail_.held == at_a_time; }));
    EXPECT_FALSE(run_until([&] { return held_mail_.held > at_a_time; }, 100ms));
    EXPECT_EQ(taken(), at_a_time);
    held_mail_.let_go();
    EXPECT_TRUE(run_until([&] { return sent() == at_a_time + 2; }));
}

/// Stopping waits for the mail in hand; the request is anybody's when its lease is over, no
/// earlier.
TEST_F(NotificationRequests, ThatWereStoppedAreTakenAgain) {
    template_ = template_of("mail", "EMAIL");
    ask(request({administrators_}));
    ASSERT_TRUE(tasks_.spawn(io_.get_executor(), "notifications", worker_.run(tasks_)));
    EXPECT_TRUE(run_until([&] { return held_mail_.held == 1; }));
    tasks_.cancel();
    EXPECT_FALSE(run_until([&] { return tasks_.size() == 0; }, 50ms));
    held_mail_.let_go();
    EXPECT_TRUE(run_until([&] { return tasks_.size() == 0; }));
    EXPECT_EQ(sent(), 0);
    net::TaskGroup of_another{"notifications", Log()};
    clock_.advance(notification_lease - 1ms);
    EXPECT_FALSE(run(worker_.hand_out(of_another)));
    clock_.advance(1ms);
    EXPECT_TRUE(run(worker_.hand_out(of_another)));
    EXPECT_EQ(sent(), 1);
}

TEST_F(NotificationRequests, WaitForTheirTime) {
    const NotificationRequest asked = ask(request({everybody_}, 60));
    EXPECT_EQ(asked.status, NotificationRequestStatus::scheduled);
    clock_.advance(std::chrono::seconds(59));
    EXPECT_FALSE(work_once());
    clock_.advance(std::chrono::seconds(1));
    EXPECT_TRUE(work_once());
    EXPECT_EQ(inbox_of_ann().total_elements, 1);
}

TEST_F(NotificationRequests, AreCancelledAndTakenBack) {
    const NotificationRequest later = ask(request({everybody_}, 60));
    EXPECT_TRUE(run(remove_request(platform(), caller_of(ann_), later.id)));
    clock_.advance(std::chrono::seconds(60));
    EXPECT_FALSE(work_once());
    const NotificationRequest now = ask(request({everybody_}));
    EXPECT_TRUE(work_once());
    EXPECT_TRUE(run(remove_request(platform(), caller_of(ann_), now.id)));
    EXPECT_TRUE(every<model::Notification>().empty());
    EXPECT_TRUE(every<NotificationRequest>().empty());
}

TEST_F(NotificationRequests, TellWhyNothingWasSent) {
    const NotificationRequest asked = ask(request({everybody_}, 60));
    ASSERT_TRUE(store_->write_now([&](store::Transaction& transaction) -> Result<> {
        const auto gone = transaction.remove<model::NotificationTemplate>({
            {"id", template_.uuid}
        });
        if (!gone) return gone.error();
        return {};
    }));
    clock_.advance(std::chrono::seconds(60));
    EXPECT_TRUE(work_once());
    const auto shown = run(get_request(platform(), caller_of(ann_), asked.id));
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->request.stats.at("error"), "Template is missing");
    EXPECT_FALSE(shown->template_name);
}

TEST_F(NotificationRequests, AreSeenByTheirTenantAlone) {
    const NotificationRequest asked = ask(request({everybody_}));
    Caller other = caller_of(ann_);
    other.tenant = model::TenantId::make();
    const auto shown = run(get_request(platform(), other, asked.id));
    ASSERT_FALSE(shown);
    EXPECT_EQ(shown.error().code, ErrorCode::forbidden);
    EXPECT_EQ(run(page_requests(platform(), other, {}))->total_elements, 0);
    EXPECT_EQ(run(page_requests(platform(), caller_of(ann_), {}))->total_elements, 1);
    NotificationRequest stolen = request({everybody_});
    const auto refused = run(request_notifications(platform(), other, stolen));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "Template is missing");
    Caller customer = caller_of(ann_);
    customer.authority = model::Authority::customer_user;
    customer.customer = customer_;
    EXPECT_EQ(run(request_notifications(platform(), customer, stolen)).error().code,
              ErrorCode::forbidden);
}

TEST_F(NotificationRequests, ArePreviewed) {
    const auto preview = run(
        preview_request(platform(), caller_of(ann_), request({everybody_, administrators_}), 60));
    ASSERT_TRUE(preview);
    EXPECT_EQ(preview->recipients_total, 122);
    EXPECT_EQ(preview->recipients.size(), 60u);
    ASSERT_EQ(preview->templates.size(), 1u);
    EXPECT_EQ(preview->templates[0].text("body"), "this it is");
    EXPECT_TRUE(every<NotificationRequest>().empty());
}

TEST_F(NotificationRequests, AreForgottenAfterAMonth) {
    ask(request({administrators_}));
    EXPECT_TRUE(work_once());
    clock_.advance(std::chrono::hours(24 * 31));
    EXPECT_TRUE(run(worker_.remove_old()));
    EXPECT_TRUE(every<model::Notification>().empty());
    EXPECT_EQ(every<NotificationRequest>().size(), 1u);
    clock_.advance(std::chrono::hours(24 * 7));
    EXPECT_TRUE(run(worker_.remove_old()));
    EXPECT_TRUE(every<NotificationRequest>().empty());
}

TEST_F(NotificationRequests, FillInboxesOfTheirRecipientsAlone) {
    ask(request({administrators_}));
    EXPECT_TRUE(work_once());
    const model::Notification one = inbox_of_ann().data.at(0);
    Caller other = caller_of(ann_);
    other.user = model::UserId::make();
    const auto web = NotificationDeliveryMethod::web;
    EXPECT_EQ(run(mark_read(platform(), other, one.id)).error().code, ErrorCode::not_found);
    EXPECT_EQ(run(remove_notification(platform(), other, one.id)).error().code,
              ErrorCode::not_found);
    EXPECT_EQ(*run(count_unread(platform(), caller_of(ann_), web)), 1);
    EXPECT_TRUE(run(mark_read(platform(), caller_of(ann_), one.id)));
    EXPECT_EQ(*run(count_unread(platform(), caller_of(ann_), web)), 0);
    EXPECT_EQ(inbox_of_ann(true).total_elements, 0);
    EXPECT_EQ(inbox_of_ann().total_elements, 1);
    EXPECT_TRUE(run(remove_notification(platform(), caller_of(ann_), one.id)));
    EXPECT_EQ(inbox_of_ann().total_elements, 0);
}

struct BadSettings {
    std::string_view document, why;
};
constexpr BadSettings bad_settings[] = {
    {"{}",                                                               "Validation error: deliveryMethodsConfigs must not be null"},
    {R"({"deliveryMethodsConfigs":{"SLACK":{"method":"SLACK"}}})",
     "Validation error: deliveryMethodsConfigs.SLACK.botToken must not be empty"                                                    },
    {R"({"deliveryMethodsConfigs":{"SLACK":{"method":"MOBILE_APP"}}})",
     "Validation error: deliveryMethodsConfigs.SLACK.method must be SLACK"                                                          },
    {R"({"deliveryMethodsConfigs":{"MOBILE_APP":{"method":"MOBILE_APP",
         "firebaseServiceAccountCredentials":"x"}}})",
     "Validation error: MOBILE_APP can only be configured for the system"                                                           },
};

TEST_F(NotificationRequests, GoOverWhatTheTenantHasSet) {
    for (const BadSettings& row : bad_settings) {
        const auto refused =
            run(save_notification_settings(platform(), caller_of(ann_), *parse_json(row.document)));
        ASSERT_FALSE(refused) << row.document;
        EXPECT_EQ(refused.error().message, row.why);
    }
    const json::value good = *parse_json(
        R"({"deliveryMethodsConfigs":{"SLACK":{"method":"SLACK","botToken":"xoxb-1"}}})");
    ASSERT_TRUE(run(save_notification_settings(platform(), caller_of(ann_), good)));
    EXPECT_EQ(*run(notification_settings(platform(), caller_of(ann_))), good);
    Caller other = caller_of(ann_);
    other.tenant = model::TenantId::make();
    EXPECT_EQ(json::serialize(*run(notification_settings(platform(), other))),
              R"({"deliveryMethodsConfigs":{}})");
}

}  // namespace
}  // namespace thingstead::core
