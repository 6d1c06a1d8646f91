#include "core/notification/delivery.h"

#include <functional>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/entity/read.h"
#include "core/identity/settings.h"
#include "core/mail.h"
#include "core/notification/settings.h"
#include "core/notification/stats.h"
#include "core/sms.h"
#include "model/user_settings.h"

namespace thingstead::core {
namespace {

using model::Notification;
using model::NotificationDeliveryMethod;
using model::NotificationRequest;

/// How long a step may work before it says that it is still there.
constexpr EpochMs sign_of_life_ms = 30'000;

Error request_is_lost() {
    return {ErrorCode::conflict, "the notification request was cancelled or taken"};
}

/// What a step knows of its users beside their rows.
struct Page {
    RecipientsPage recipients;
    std::unordered_map<Uuid, json::object> settings;
};

class Delivery {
  public:
    Delivery(const NotificationOutlets& outlets, NotificationRequest request)
        : outlets_(outlets), request_(std::move(request)) {}

    Task<Result<json::object>> run();

  private:
    Task<Result<>> prepare();
    Task<Result<>> run_targets();
    Task<Result<>> write_to_users();
    Task<Result<>> write_to_user(const model::User& user, const Page& page);
    Task<Result<>> send_one(const MethodTemplate& text, const model::User& user);
    Task<Result<>> write_to_conversation();
    Task<Result<Page>> next_page();
    Task<Result<>> write_progress();
    Task<Result<>> stay_alive();
    Task<Result<>> finish();
    void keep(const MethodTemplate& text, const model::User& user);
    const TargetConfig& target() const { return plan_.targets[at_].config; }
    bool was_written_to() const;

    const NotificationOutlets& outlets_;
    NotificationRequest request_;
    NotificationPlan plan_;
    NotificationStats stats_;
    PlaceholderValues values_;
    std::string slack_token_, base_url_;
    std::size_t at_ = 0;              ///< Which target.
    std::optional<Uuid> after_;       ///< The last of its users that was written to.
    std::vector<Notification> kept_;  ///< For inboxes, of this step.
    EpochMs alive_ms_ = 0;
};

Task<Result<json::object>> Delivery::run() {
    if (Result<> ready = co_await prepare(); !ready) {
        using enum ErrorCode;
        const ErrorCode code = ready.error().code;
        if (code != invalid_argument && code != not_found && code != malformed)
            co_return ready.error();
        stats_.failed(ready.error().message);
    } else if (Result<> done = co_await run_targets(); !done) {
        co_return done.error();
    }
    if (Result<> done = co_await finish(); !done) co_return done.error();
    co_return stats_.document();
}

Task<Result<>> Delivery::prepare() {
    const json::object progress =
        request_.progress.is_object() ? request_.progress.get_object() : json::object();
    at_ = static_cast<std::size_t>(number_member(progress, "target", 0));
    if (const Result<Uuid> after = parse_uuid(text_member(progress, "after"))) after_ = *after;
    if (const json::value* stats = progress.if_contains("stats"))
        stats_ = NotificationStats::of(*stats);
    values_ = values_of_info(request_.info);
    alive_ms_ = outlets_.platform.clock.now_ms();
    const std::function<Result<>(store::Reader&)> work = [this](store::Reader& reader) -> Result<> {
        Result<NotificationPlan> plan = plan_of(reader, request_);
        if (!plan) return plan.error();
        Result<std::string> token = slack_token(reader, request_.tenant_id);
        if (!token) return token.error();
        Result<std::string> base = base_url(reader);
        if (!base) return base.error();
        plan_ = *std::move(plan);
        slack_token_ = *std::move(token);
        base_url_ = *std::move(base);
        return {};
    };
    co_return co_await outlets_.platform.store.read(work);
}

Task<Result<>> Delivery::run_targets() {
    for (; at_ < plan_.targets.size(); ++at_, after_.reset()) {
        Result<> done;
        if (target().type == TargetType::platform_users)
            done = co_await write_to_users();
        else
            done = co_await write_to_conversation();
        if (!done) co_return done;
    }
    co_return Result<>();
}

Task<Result<>> Delivery::write_to_users() {
    for (;;) {
        const Result<Page> page = co_await next_page();
        if (!page) co_return page.error();
        if (!page->recipients.last) co_return Result<>();
        for (const model::User& user : page->recipients.users)
            if (Result<> done = co_await write_to_user(user, *page); !done) co_return done;
        after_ = page->recipients.last;
        if (Result<> done = co_await write_progress(); !done) co_return done;
    }
}

Task<Result<>> Delivery::write_to_user(const model::User& user, const Page& page) {
    PlaceholderValues values = values_;
    add_recipient(values, user);
    const auto settings = page.settings.find(user.id.uuid);
    for (const MethodTemplate& source : plan_.methods) {
        if (!target().takes(source.method)) continue;
        if (settings != page.settings.end() &&
            !is_wanted(settings->second, plan_.type, source.method)) {
            stats_.failed(source.method, title_of(user),
                          "User disabled this type of notifications");
            continue;
        }
        const MethodTemplate text = filled(source, values);
        const Result<> sent = co_await send_one(text, user);
        if (sent)
            stats_.sent(source.method);
        else
            stats_.failed(source.method, title_of(user), sent.error().message);
        if (Result<> alive = co_await stay_alive(); !alive) co_return alive;
    }
    co_return Result<>();
}

Task<Result<>> Delivery::send_one(const MethodTemplate& text, const model::User& user) {
    const Error not_here{ErrorCode::unavailable, "This server does not send such notifications"};
    switch (text.method) {
        case NotificationDeliveryMethod::web:
        case NotificationDeliveryMethod::mobile_app: keep(text, user); co_return Result<>();
        case NotificationDeliveryMethod::email:      {
            if (!outlets_.mailer) co_return not_here;
            Mail mail;
            mail.to = user.email;
            mail.subject = text.text("subject");
            mail.html = text.text("body");
            co_return co_await outlets_.mailer->send(std::move(mail));
        }
        case NotificationDeliveryMethod::sms: {
            if (!outlets_.texts) co_return not_here;
            std::string phone = user.phone.value_or("");
            if (phone.empty()) co_return invalid("User has no phone number");
            co_return co_await outlets_.texts->send(std::move(phone), text.text("body"));
        }
        case NotificationDeliveryMethod::slack:
        case NotificationDeliveryMethod::microsoft_teams: co_return not_here;
    }
    co_return not_here;
}

/// For the inbox; it is there when the step is written down.
void Delivery::keep(const MethodTemplate& text, const model::User& user) {
    Notification one;
    one.id = model::NotificationId::make();
    one.created_time = outlets_.platform.clock.now_ms();
    one.request_id = request_.id;
    one.recipient_id = user.id;
    one.type = plan_.type;
    one.method = text.method;
    one.subject = text.text("subject");
    one.text = text.text("body");
    if (const json::value* config = text.document.if_contains("additionalConfig"))
        one.additional_config = *config;
    kept_.push_back(std::move(one));
}

/// A conversation that several targets name is written to once.
bool Delivery::was_written_to() const {
    for (std::size_t i = 0; i < at_; ++i) {
        const TargetConfig& other = plan_.targets[i].config;
        if (other.type != target().type) continue;
        if (target().type == TargetType::slack &&
            other.conversation->id == target().conversation->id)
            return true;
        if (target().type == TargetType::microsoft_teams &&
            other.webhook_url == target().webhook_url)
            return true;
    }
    return false;
}

Task<Result<>> Delivery::write_to_conversation() {
    const bool slack = target().type == TargetType::slack;
    const std::string name = slack ? target().conversation->name : target().channel_name;
    for (const MethodTemplate& source : plan_.methods) {
        if (!target().takes(source.method) || after_ || was_written_to()) continue;
        const MethodTemplate text = filled(source, values_);
        Result<> sent = invalid("Slack API token is not configured");
        if (!slack) {
            const json::value* const button = text.document.if_contains("button");
            std::string link;
            if (button && button->is_object())
                link = link_of_button(button->get_object(), base_url_, request_.info);
            json::object message = teams_message(text, target().old_webhook, link);
            sent = co_await send_to_teams(outlets_, target().webhook_url, std::move(message));
        } else if (!slack_token_.empty()) {
            sent = co_await send_to_slack(outlets_, slack_token_, target().conversation->id,
                                          text.text("body"));
        }
        if (sent)
            stats_.sent(source.method);
        else
            stats_.failed(source.method, name, sent.error().message);
    }
    after_ = Uuid{};  // This target is done.
    co_return co_await write_progress();
}

Task<Result<Page>> Delivery::next_page() {
    const std::function<Result<Page>(store::Reader&)> work =
        [this](store::Reader& reader) -> Result<Page> {
        auto recipients = recipients_page(reader, plan_, request_, at_, after_);
        if (!recipients) return recipients.error();
        Page page;
        page.recipients = *std::move(recipients);
        std::vector<model::UserId> ids;
        for (const model::User& each : page.recipients.users) ids.push_back(each.id);
        const auto settings = reader.all<model::UserSettings>({
            store::one_of("userId", ids),
            {"type", std::string(enum_name(model::UserSettingsType::notifications))}
        });
        if (!settings) return settings.error();
        for (const model::UserSettings& each : *settings)
            if (each.settings.is_object())
                page.settings[each.user_id.uuid] = each.settings.get_object();
        return page;
    };
    co_return co_await read<Page>(outlets_.platform, work);
}

/// Also what the step has for inboxes, in one transaction.
Task<Result<>> Delivery::write_progress() {
    json::object progress;
    progress["target"] = at_;
    progress["after"] = after_ ? json::value(after_->to_string()) : json::value(nullptr);
    progress["stats"] = stats_.document();
    const json::value document(std::move(progress));
    const EpochMs now = outlets_.platform.clock.now_ms();
    const std::function<Result<>(store::Transaction&)> work =
        [this, &document, now](store::Transaction& transaction) -> Result<> {
        const auto ours = transaction.change<NotificationRequest>(
            {
                {"dueTime",  now + notification_lease.count()},
                {"progress", store::json_cell(document)      }
        },
            {{"id", request_.id.uuid}, {"worker", *request_.worker}});
        if (!ours) return ours.error();
        if (*ours == 0) return request_is_lost();
        for (const Notification& each : kept_)
            if (Result<> done = transaction.insert(each); !done) return done;
        return {};
    };
    const Result<> done = co_await outlets_.platform.store.write(work);
    if (!done) co_return done;
    kept_.clear();
    alive_ms_ = now;
    co_return Result<>();
}

/// Mail servers may let a step take long.
Task<Result<>> Delivery::stay_alive() {
    const EpochMs now = outlets_.platform.clock.now_ms();
    if (now - alive_ms_ < sign_of_life_ms) co_return Result<>();
    const std::function<Result<>(store::Transaction&)> work =
        [this, now](store::Transaction& transaction) -> Result<> {
        const auto ours = transaction.change<NotificationRequest>(
            {
                {"dueTime", now + notification_lease.count()}
        },
            {{"id", request_.id.uuid}, {"worker", *request_.worker}});
        if (!ours) return ours.error();
        return *ours == 0 ? Result<>(request_is_lost()) : Result<>();
    };
    const Result<> done = co_await outlets_.platform.store.write(work);
    if (done) alive_ms_ = now;
    co_return done;
}

Task<Result<>> Delivery::finish() {
    const json::value stats(stats_.document());
    const std::function<Result<>(store::Transaction&)> work =
        [this, &stats](store::Transaction& transaction) -> Result<> {
        const auto ours = transaction.change<NotificationRequest>(
            {
                {"status",   std::string(enum_name(model::NotificationRequestStatus::sent))},
                {"stats",    store::json_cell(stats)                                       },
                {"dueTime",  store::Cell()                                                 },
                {"worker",   store::Cell()                                                 },
                {"progress", store::Cell()                                                 }
        },
            {{"id", request_.id.uuid}, {"worker", *request_.worker}});
        if (!ours) return ours.error();
        return *ours == 0 ? Result<>(request_is_lost()) : Result<>();
    };
    co_return co_await outlets_.platform.store.write(work);
}

}  // namespace

Task<Result<json::object>> deliver_request(const NotificationOutlets& outlets,
                                           NotificationRequest request) {
    Delivery delivery(outlets, std::move(request));
    co_return co_await delivery.run();
}

}  // namespace thingstead::core
