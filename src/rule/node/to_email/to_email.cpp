#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "rule/mail_message.h"
#include "rule/message_body.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule::to_email {
namespace {

struct Config {
    std::optional<std::string> from = "info@testmail.org";
    std::optional<std::string> to = "${userEmail}";
    std::optional<std::string> cc;
    std::optional<std::string> bcc;
    std::optional<std::string> subject = "Device ${deviceType} temperature high";
    std::optional<std::string> body = "Device ${deviceName} has high temperature $[temperature]";
    std::optional<std::string> body_type = "false";
    std::optional<std::string> is_html;
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(
        field("fromTemplate", &C::from, "Sender, a pattern."),
        field("toTemplate", &C::to, "Receivers with commas between them, a pattern."),
        field("ccTemplate", &C::cc, "Those who get a copy, a pattern."),
        field("bccTemplate", &C::bcc, "Those who get one unseen, a pattern."),
        field("subjectTemplate", &C::subject, "A pattern."),
        field("bodyTemplate", &C::body, "A pattern."),
        field("mailBodyType", &C::body_type, "Whether the body is HTML: true, false, or dynamic."),
        field("isHtmlTemplate", &C::is_html, "If dynamic: true or false, a pattern."));
}

bool is_true(std::string_view text) {
    constexpr std::string_view word = "true";
    return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(),
                                                    [](char a, char b) { return (a | 0x20) == b; });
}

class ToEmailNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo&,
                                              NodeServices&) {
        const std::string kind = config.body_type.value_or("false");
        if (kind != "dynamic" && kind != "true" && kind != "false")
            return Error{ErrorCode::invalid_argument,
                         "mailBodyType: expected one of true, false, dynamic"};
        return std::unique_ptr<Node>(std::make_unique<ToEmailNode>(config));
    }

    explicit ToEmailNode(const Config& config)
        : from_(config.from.value_or("")),
          to_(config.to.value_or("")),
          cc_(config.cc.value_or("")),
          bcc_(config.bcc.value_or("")),
          subject_(config.subject.value_or("")),
          body_(config.body.value_or("")),
          // What a template that is not dynamic says is a pattern without placeholders.
          html_(config.body_type.value_or("false") == "dynamic"
                    ? config.is_html.value_or("")
                    : config.body_type.value_or("false")) {}

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        const auto filled = [&](const Pattern& pattern) -> std::optional<std::string> {
            if (pattern.empty()) return std::nullopt;
            return pattern.fill(*source);
        };
        MailMessage mail;
        mail.from = filled(from_);
        mail.to = filled(to_);
        mail.cc = filled(cc_);
        mail.bcc = filled(bcc_);
        mail.subject = filled(subject_);
        mail.body = filled(body_);
        mail.html = is_true(html_.fill(*source));
        if (const std::string* images = visit.msg.metadata.find("images")) {
            Result<json::value> read = parse_json(*images);
            if (!read) return read.error();
            if (!read->is_object())
                return Error{ErrorCode::invalid_argument, "Metadata images is not an object!"};
            mail.images = *std::move(read);
        }
        visit.msg.type = send_email_type;
        set_body(visit.msg, to_json(mail));
        return "Success";
    }

  private:
    Pattern from_, to_, cc_, bcc_, subject_, body_, html_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.mail.TbMsgToEmailNode",
    .name = "to email",
    .kind = NodeKind::transformation,
    .summary = "Makes an e-mail of a message, to be sent by the node \"send email\".",
    .form = "tbTransformationNodeToEmailConfig",
    .icon = "email",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<ToEmailNode, Config>,
};

}  // namespace thingstead::rule::to_email
