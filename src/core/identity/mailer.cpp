#include <algorithm>
#include <utility>

#include "core/entity/read.h"
#include "core/identity/settings.h"
#include "core/mail.h"

namespace thingstead::core {
namespace {

constexpr std::string_view first_address = "localhost.localdomain";

Error unable(std::string why) {
    return {ErrorCode::internal, "Unable to send mail", std::move(why)};
}

std::string proxy_of(const json::object& settings) {
    if (!flag_member(settings, "enableProxy")) return {};
    return "http://" + text_member(settings, "proxyHost") + ":" +
           std::to_string(number_member(settings, "proxyPort", 3128));
}

/// What is sent as a line must be one.
bool is_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

Result<MailServer> MailServer::of(const json::object& settings) {
    MailServer server;
    server.from = text_member(settings, "mailFrom");
    server.host = text_member(settings, "smtpHost");
    server.tls = text_member(settings, "smtpProtocol") == "smtps";
    server.start_tls = !server.tls && flag_member(settings, "enableTls");
    server.tls_version = text_member(settings, "tlsVersion");
    server.user = text_member(settings, "username");
    server.password = text_member(settings, "password");
    const std::int64_t port = number_member(settings, "smtpPort", server.tls ? 465 : 25);
    const std::int64_t timeout_ms = number_member(settings, "timeout", 10'000);
    server.proxy = proxy_of(settings);
    server.proxy_user = text_member(settings, "proxyUser");
    server.proxy_password = text_member(settings, "proxyPassword");
    const auto wrong = [](const char* why) { return Error{ErrorCode::invalid_argument, why}; };
    if (server.host.empty() || !is_line(server.host) ||
        server.host.find_first_of("/@?# ") != std::string::npos)
        return wrong("Mail server host should be specified!");
    if (server.from.empty() || !is_line(server.from))
        return wrong("Mail sender should be specified!");
    if (port < 1 || port > 65'535) return wrong("Mail server port should be between 1 and 65535!");
    if (timeout_ms < 1 || timeout_ms > 600'000)
        return wrong("Mail timeout should be between 1 and 600000 milliseconds!");
    server.port = static_cast<std::uint16_t>(port);
    server.timeout = std::chrono::milliseconds(timeout_ms);
    return server;
}

bool is_mail_set_up(const json::object& settings) {
    const std::string from = text_member(settings, "mailFrom");
    return !from.empty() && from.find(first_address) == std::string::npos &&
           !text_member(settings, "smtpHost").empty();
}

Mailer::Mailer(MailDriver& driver, net::BlockingPool& pool, const Platform& platform,
               MetricsRegistry& metrics)
    : driver_(driver),
      pool_(pool),
      platform_(platform),
      sent_(metrics, "thingstead_mails_sent_total", "Mails that the mail server has taken."),
      failed_(metrics, "thingstead_mails_failed_total", "Mails that could not be sent.") {}

Task<Result<MailServer>> Mailer::server() {
    const std::function<Result<MailServer>(store::Reader&)> work =
        [](store::Reader& reader) -> Result<MailServer> {
        const Result<json::object> settings = setting_members(reader, setting_key::mail);
        if (!settings) return settings.error();
        return MailServer::of(*settings);
    };
    co_return co_await read<MailServer>(platform_, work);
}

Task<Result<bool>> Mailer::is_set_up() {
    const std::function<Result<bool>(store::Reader&)> work =
        [](store::Reader& reader) -> Result<bool> {
        const Result<json::object> settings = setting_members(reader, setting_key::mail);
        if (!settings) return settings.error();
        return is_mail_set_up(*settings);
    };
    co_return co_await read<bool>(platform_, work);
}

Task<Result<>> Mailer::send(Mail mail) {
    Result<MailServer> known = co_await server();
    if (!known) co_return unable(known.error().message);
    co_return co_await send_over(*std::move(known), std::move(mail));
}

Task<Result<>> Mailer::send_over(MailServer server, Mail mail) {
    if (!is_line(mail.to) || !is_line(mail.subject) || !is_line(mail.from) || !is_line(mail.cc) ||
        !is_line(mail.bcc))
        co_return unable("an address or the subject is not a line");
    const auto work = [this, server, mail]() -> Result<> { return driver_.send(server, mail); };
    const Result<> sent = co_await pool_.run(work);
    if (sent) {
        sent_.add();
        co_return sent;
    }
    note_failed(sent.error());
    co_return unable(sent.error().detail.empty() ? sent.error().message : sent.error().detail);
}

Task<> Mailer::post(Mail mail) {
    const Result<MailServer> known = co_await server();
    if (!known) {
        note_failed(known.error());
        co_return;
    }
    const std::function<void()> job = [this, server = *known, mail = std::move(mail)] {
        const Result<> sent = driver_.send(server, mail);
        if (sent)
            sent_.add();
        else
            note_failed(sent.error());
    };
    if (!pool_.post(job)) note_failed(Error{ErrorCode::unavailable, "too many mails are waiting"});
}

void Mailer::note_failed(const Error& why) {
    failed_.add();
    const std::int64_t swallowed = throttle_.take();
    if (swallowed < 0) return;
    platform_.log.warn("mail.failed", why,
                       {
                           {"swallowed", swallowed}
    });
}

}  // namespace thingstead::core
