// The ways out of the house that notifications take, and the messages for Slack and Microsoft
// Teams. Sources: Slack's Web API, methods chat.postMessage, conversations.list and users.list;
// Microsoft Teams, message cards and adaptive cards over incoming webhooks.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"
#include "core/notification/target.h"
#include "core/notification/template.h"
#include "core/platform.h"
#include "net/http_client.h"
#include "net/task.h"

namespace thingstead::core {

class Mailer;
class TextMessages;

/// All outlive it. It is made where it is needed: it keeps nothing.
struct NotificationOutlets {
    NotificationOutlets(const Platform& p, Mailer* m, TextMessages* t, net::HttpClient* h,
                        std::string slack)
        : platform(p), mailer(m), texts(t), http(h), slack_url(std::move(slack)) {}

    Platform platform;
    Mailer* mailer;         ///< Null: no mail is sent from here.
    TextMessages* texts;    ///< Null: no short messages are.
    net::HttpClient* http;  ///< Null: nobody is called from here.
    std::string slack_url;  ///< With its path, as https://slack.com/api.
};

/// Errors: unavailable; internal - Slack said why not.
Task<Result<>> send_to_slack(const NotificationOutlets& outlets, std::string token,
                             std::string channel, std::string text);

/// Channels or people that the token may write to; at most slack_conversations_max.
/// Errors: as send_to_slack().
Task<Result<std::vector<SlackConversation>>> slack_conversations(const NotificationOutlets& outlets,
                                                                 std::string token,
                                                                 std::string type);
inline constexpr std::size_t slack_conversations_max = 5'000;

/// The body of a call of a channel's webhook. `link` is that of the button; empty: there is none.
json::object teams_message(const MethodTemplate& filled_template, bool old_webhook,
                           const std::string& link);
/// Errors: unavailable, forbidden - the address may not be called; internal - refused.
Task<Result<>> send_to_teams(const NotificationOutlets& outlets, std::string webhook_url,
                             json::object message);

}  // namespace thingstead::core
