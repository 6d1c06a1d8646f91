#include "core/identity/mail_texts.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace thingstead::core {
namespace {

/// What every mail is made of; the HTML follows from it.
struct Letter {
    std::string subject;
    std::string title;
    std::vector<std::string> paragraphs;
    std::string button_text{};
    std::string button_link{};
    std::string code{};
};

std::string html_of(const Letter& letter) {
    std::string out =
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"></head>"
        "<body style=\"margin:0;background:#eef1f4;font-family:Helvetica,Arial,sans-serif;"
        "color:#26323d\"><table role=\"presentation\" width=\"100%\"><tr><td align=\"center\" "
        "style=\"padding:32px 12px\"><table role=\"presentation\" width=\"520\" "
        "style=\"max-width:520px;background:#ffffff;border-radius:6px\"><tr><td "
        "style=\"padding:32px\"><h1 style=\"font-size:20px;margin:0 0 16px\">" +
        html_escaped(letter.title) + "</h1>";
    for (const std::string& paragraph : letter.paragraphs)
        out += "<p style=\"font-size:15px;line-height:1.5;margin:0 0 16px\">" +
               html_escaped(paragraph) + "</p>";
    if (!letter.code.empty())
        out += "<p style=\"font-size:28px;letter-spacing:6px;margin:8px 0 16px\"><strong>" +
               html_escaped(letter.code) + "</strong></p>";
    if (!letter.button_link.empty()) {
        const std::string link = html_escaped(letter.button_link);
        out += "<p style=\"margin:8px 0 20px\"><a href=\"" + link +
               "\" style=\"background:#12598f;color:#ffffff;padding:12px 22px;border-radius:4px;"
               "text-decoration:none;font-size:15px\">" +
               html_escaped(letter.button_text) +
               "</a></p><p style=\"font-size:12px;color:#5b6b79;word-break:break-all;margin:0\">" +
               link + "</p>";
    }
    return out + "</td></tr></table></td></tr></table></body></html>";
}

std::string text_of(const Letter& letter) {
    std::string out = letter.title + "\n\n";
    for (const std::string& paragraph : letter.paragraphs) out += paragraph + "\n\n";
    if (!letter.code.empty()) out += letter.code + "\n";
    if (!letter.button_link.empty()) out += letter.button_text + ":\n" + letter.button_link + "\n";
    return out;
}

Mail mail_of(std::string to, const Letter& letter) {
    Mail mail;
    mail.to = std::move(to);
    mail.subject = letter.subject;
    mail.html = html_of(letter);
    mail.text = text_of(letter);
    return mail;
}

std::string counted(std::int64_t count, const char* unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
}

/// "24 hours", "90 minutes".
std::string span_of(std::int64_t ms) {
    const std::int64_t minutes = std::max<std::int64_t>((ms + 30'000) / 60'000, 1);
    if (minutes % 60 == 0) return counted(minutes / 60, "hour");
    return counted(minutes, "minute");
}

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':  out += "&amp;"; break;
            case '<':  out += "&lt;"; break;
            case '>':  out += "&gt;"; break;
            case '"':  out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default:   out += c;
        }
    }
    return out;
}

Mail test_mail(std::string to) {
    Letter letter;
    letter.subject = "Test message from Thingstead";
    letter.title = "It works";
    letter.paragraphs = {"This message was sent to try the outgoing mail settings."};
    return mail_of(std::move(to), letter);
}

Mail activation_mail(std::string to, const std::string& link, std::int64_t ttl_ms) {
    Letter letter;
    letter.subject = "Your account activation";
    letter.title = "Activate your account";
    letter.paragraphs = {"An account was made for " + to + ". Choose a password to begin.",
                         "The link works for " + span_of(ttl_ms) + "."};
    letter.button_text = "Activate the account";
    letter.button_link = link;
    return mail_of(std::move(to), letter);
}

Mail activated_mail(std::string to, const std::string& login_link) {
    Letter letter;
    letter.subject = "Your account was activated";
    letter.title = "Your account is active";
    letter.paragraphs = {"The account " + to + " is ready to use."};
    letter.button_text = "Log in";
    letter.button_link = login_link;
    return mail_of(std::move(to), letter);
}

Mail reset_mail(std::string to, const std::string& link, std::int64_t ttl_ms) {
    Letter letter;
    letter.subject = "Password reset was requested";
    letter.title = "Choose a new password";
    letter.paragraphs = {"A new password was asked for the account " + to +
                             ". If that was not you, nothing needs to be done.",
                         "The link works once, for " + span_of(ttl_ms) + "."};
    letter.button_text = "Choose a new password";
    letter.button_link = link;
    return mail_of(std::move(to), letter);
}

Mail password_changed_mail(std::string to, const std::string& login_link) {
    Letter letter;
    letter.subject = "Your account password has been changed";
    letter.title = "Your password was changed";
    letter.paragraphs = {"The account " + to +
                         " has a new password. If that was not you, tell your administrator."};
    letter.button_text = "Log in";
    letter.button_link = login_link;
    return mail_of(std::move(to), letter);
}

Mail lockout_mail(std::string to, const std::string& locked_email, std::int64_t attempts_max) {
    Letter letter;
    letter.subject = "User account was locked";
    letter.title = "An account was locked";
    letter.paragraphs = {"The account " + locked_email + " was locked after more than " +
                             counted(attempts_max, "failed log-in") + ".",
                         "An administrator may enable it again."};
    return mail_of(std::move(to), letter);
}

Mail code_mail(std::string to, const std::string& code, std::chrono::seconds life) {
    Letter letter;
    letter.subject = "Your verification code";
    letter.title = "Verification code";
    letter.paragraphs = {"Enter this code to go on. It is valid for " +
                         (life.count() % 60 == 0 ? counted(life.count() / 60, "minute")
                                                 : counted(life.count(), "second")) +
                         "."};
    letter.code = code;
    return mail_of(std::move(to), letter);
}

}  // namespace thingstead::core
