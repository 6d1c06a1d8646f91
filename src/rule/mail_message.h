// What the node "to email" makes of a message, and the node "send email" sends: the data of
// messages of type SEND_EMAIL.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/describe.h"
#include "base/json.h"

namespace thingstead::rule {

inline constexpr std::string_view send_email_type = "SEND_EMAIL";

struct MailMessage {
    std::optional<std::string> from;
    std::optional<std::string> to;  ///< Addresses with commas between them.
    std::optional<std::string> cc;
    std::optional<std::string> bcc;
    std::optional<std::string> subject;
    std::optional<std::string> body;
    json::value images = nullptr;  ///< Content id → base64, or a data URL.
    bool html = false;
};
constexpr auto describe(const MailMessage*) {
    using M = MailMessage;
    return fields(field("from", &M::from), field("to", &M::to), field("cc", &M::cc),
                  field("bcc", &M::bcc), field("subject", &M::subject), field("body", &M::body),
                  field("images", &M::images), field("html", &M::html));
}

}  // namespace thingstead::rule
