#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "core/crypto.h"
#include "core/mail.h"
#include "model/validate.h"
#include "net/egress.h"
#include "rule/external.h"
#include "rule/mail_message.h"

namespace thingstead::rule::send_email {
namespace {

Error wrong(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

/// Names as in the installation's settings of mail, of which MailServer::of() reads them.
struct Config {
    bool system = true;
    std::string host = "localhost";
    std::int32_t port = 25;
    std::optional<std::string> username;
    std::optional<std::string> password;
    std::string protocol = "smtp";
    std::int32_t timeout_ms = 10'000;
    bool start_tls = false;
    std::optional<std::string> tls_version = "TLSv1.2";
    bool proxy_enabled = false;
    std::optional<std::string> proxy_host;
    json::value proxy_port = nullptr;  ///< A text or a number.
    std::optional<std::string> proxy_user;
    std::optional<std::string> proxy_password;
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(
        field("useSystemSmtpSettings", &C::system, "Whether the installation's server is used."),
        field("smtpHost", &C::host, "Server."), field("smtpPort", &C::port, "Its port."),
        field("username", &C::username), field("password", &C::password, {}, secret),
        field("smtpProtocol", &C::protocol, "smtp or smtps."),
        field("timeout", &C::timeout_ms, "Milliseconds."),
        field("enableTls", &C::start_tls, "Whether STARTTLS is used."),
        field("tlsVersion", &C::tls_version), field("enableProxy", &C::proxy_enabled),
        field("proxyHost", &C::proxy_host), field("proxyPort", &C::proxy_port),
        field("proxyUser", &C::proxy_user), field("proxyPassword", &C::proxy_password, {}, secret));
}

/// "data:image/png;base64,…", or the base64 alone. Errors: invalid_argument.
Result<core::MailImage> image_of(std::string_view id, std::string_view text) {
    core::MailImage image;
    image.id = id;
    image.type = "image/png";
    if (text.starts_with("data:")) {
        const std::size_t comma = text.find(',');
        const std::size_t end = text.find_first_of(";,");
        if (comma == std::string_view::npos) return wrong("Image '" + image.id + "' is no image!");
        image.type = text.substr(5, end - 5);
        text.remove_prefix(comma + 1);
    }
    std::optional<std::string> bytes = core::base64_decode(text);
    if (!bytes || (image.id + image.type).find_first_of("\r\n<>") != std::string::npos)
        return wrong("Image '" + image.id + "' is no image!");
    image.bytes = *std::move(bytes);
    return image;
}

Result<core::Mail> mail_of(const model::Msg& msg) {
    if (msg.type != send_email_type) return wrong("Not expected msg type [" + msg.type + "]!");
    const Result<json::value> document = parse_json(msg.data);
    if (!document) return document.error();
    Result<MailMessage> read = from_json<MailMessage>(*document);
    if (!read) return read.error();
    core::Mail mail;
    mail.to = read->to.value_or("");
    if (model::is_blank(mail.to)) return wrong("Email destination can not be blank!");
    mail.from = read->from.value_or("");
    mail.cc = read->cc.value_or("");
    mail.bcc = read->bcc.value_or("");
    mail.subject = read->subject.value_or("");
    (read->html ? mail.html : mail.text) = read->body.value_or("");
    if (const json::object* images = read->images.if_object())
        for (const auto& [id, data] : *images) {
            if (!data.is_string()) return wrong("Image '" + std::string(id) + "' is no text!");
            Result<core::MailImage> image = image_of(id, data.get_string());
            if (!image) return image.error();
            mail.images.push_back(*std::move(image));
        }
    return mail;
}

/// Not of the node, which it may outlive.
Task<ExternalAnswer> post(core::Mailer* mailer, std::optional<core::MailServer> own,
                          core::Mail mail) {
    if (!mailer)
        co_return ExternalAnswer::failed(
            Error{ErrorCode::unavailable, "No mail is sent by this server!"});
    Result<> sent;
    if (own)
        sent = co_await mailer->send_over(*std::move(own), std::move(mail));
    else
        sent = co_await mailer->send(std::move(mail));
    if (!sent) co_return ExternalAnswer::failed(sent.error());
    co_return ExternalAnswer();
}

class SendEmailNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        if (config.system)
            return std::unique_ptr<Node>(
                std::make_unique<SendEmailNode>(std::nullopt, info, services));
        json::object settings = to_json(config).as_object();
        settings["mailFrom"] = "unknown";  // Each mail has its own.
        Result<core::MailServer> server = core::MailServer::of(settings);
        if (!server) return server.error();
        auto guard = net::EgressGuard::allowing(services.external.http.allowed_networks);
        if (!guard) return guard.error();
        server->guard = std::make_shared<const net::EgressGuard>(*std::move(guard));
        return std::unique_ptr<Node>(
            std::make_unique<SendEmailNode>(*std::move(server), info, services));
    }

    SendEmailNode(std::optional<core::MailServer> own, const NodeInfo& info, NodeServices& services)
        : own_(std::move(own)), services_(services), requests_(info, services) {}

    Step on_message(Visit& visit) override {
        Result<core::Mail> mail = mail_of(visit.msg);
        if (!mail) return mail.error();
        if (own_ && model::is_blank(mail->from)) return wrong("Mail sender should be specified!");
        return requests_.run(visit, post(services_.outside.mailer, own_, *std::move(mail)));
    }

  private:
    std::optional<core::MailServer> own_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.mail.TbSendEmailNode",
    .name = "send email",
    .kind = NodeKind::external,
    .summary = "Sends the e-mail that the node \"to email\" made.",
    .form = "tbExternalNodeSendEmailConfig",
    .icon = "send",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<SendEmailNode, Config>,
};

}  // namespace thingstead::rule::send_email
