#include "core/notification/outlets.h"

#include <utility>

#include "core/identity/settings.h"
#include "net/url.h"

namespace thingstead::core {
namespace {

constexpr std::size_t conversations_a_call = 1'000;

Error no_calls() { return {ErrorCode::unavailable, "No HTTP calls are made by this server!"}; }

/// Slack answers 200 also where it refuses, and says so in the body.
Result<json::object> slack_answer(const Result<net::HttpAnswer>& got) {
    if (!got) return got.error();
    Result<json::value> document = parse_json(got->body);
    json::object* const members = document ? document->if_object() : nullptr;
    if (got->status == 200 && members && flag_member(*members, "ok")) return std::move(*members);
    const std::string why = members ? text_member(*members, "error") : std::string();
    return Error{ErrorCode::internal,
                 "Failed to send message via Slack: " +
                     (why.empty() ? "status " + std::to_string(got->status) : why)};
}

net::HttpCall slack_call(const NotificationOutlets& outlets, const std::string& method,
                         const std::string& token) {
    net::HttpCall call;
    call.url = outlets.slack_url + method;
    call.headers.emplace_back("Authorization", "Bearer " + token);
    return call;
}

std::optional<std::string> optional_text(const json::object& members, std::string_view name) {
    std::string text = text_member(members, name);
    return text.empty() ? std::nullopt : std::optional<std::string>(std::move(text));
}

SlackConversation person_of(const json::object& member, const std::string& type) {
    SlackConversation person;
    person.type = type;
    person.id = text_member(member, "id");
    person.name = text_member(member, "name");
    person.whole_name = optional_text(member, "real_name");
    const json::value* const profile = member.if_contains("profile");
    if (profile && profile->is_object())
        person.email = optional_text(profile->get_object(), "email");
    return person;
}

bool is_person(const json::object& member) {
    return !flag_member(member, "deleted") && !flag_member(member, "is_bot") &&
           text_member(member, "id") != "USLACKBOT";
}

void take_conversations(std::vector<SlackConversation>& into, const json::object& answer,
                        const std::string& type) {
    const bool people = type == "DIRECT";
    const json::value* const list = answer.if_contains(people ? "members" : "channels");
    if (!list || !list->is_array()) return;
    for (const json::value& each : list->get_array()) {
        const json::object* const member = each.if_object();
        if (!member || into.size() >= slack_conversations_max) continue;
        if (people && !is_person(*member)) continue;
        SlackConversation one = person_of(*member, type);
        if (!people) one.whole_name = std::nullopt;
        into.push_back(std::move(one));
    }
}

std::string next_cursor(const json::object& answer) {
    const json::value* const more = answer.if_contains("response_metadata");
    return more && more->is_object() ? text_member(more->get_object(), "next_cursor")
                                     : std::string();
}

std::string button_text(const MethodTemplate& filled_template) {
    const json::value* const button = filled_template.document.if_contains("button");
    return button && button->is_object() ? text_member(button->get_object(), "text")
                                         : std::string();
}

json::object message_card(const MethodTemplate& filled_template, const std::string& link) {
    const std::string subject = filled_template.text("subject");
    const std::string body = filled_template.text("body");
    json::object card{
        {"@type",    "MessageCard"                   },
        {"@context", "https://schema.org/extensions" },
        {"summary",  subject.empty() ? body : subject},
        {"text",     body                            }
    };
    if (!subject.empty()) card["title"] = subject;
    if (const std::string color = filled_template.text("themeColor"); !color.empty())
        card["themeColor"] = color;
    if (!link.empty())
        card["potentialAction"] = json::array{
            json::object{{"@type", "OpenUri"},
                         {"name", button_text(filled_template)},
                         {"targets", json::array{json::object{{"os", "default"}, {"uri", link}}}}}
        };
    return card;
}

json::object text_block(const std::string& text, bool heading) {
    json::object block{
        {"type", "TextBlock"},
        {"text", text       },
        {"wrap", true       }
    };
    if (heading) {
        block["size"] = "Medium";
        block["weight"] = "Bolder";
    }
    return block;
}

json::object adaptive_card(const MethodTemplate& filled_template, const std::string& link) {
    json::array blocks;
    if (const std::string subject = filled_template.text("subject"); !subject.empty())
        blocks.push_back(text_block(subject, true));
    blocks.push_back(text_block(filled_template.text("body"), false));
    json::object card{
        {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
        {"type",    "AdaptiveCard"                                      },
        {"version", "1.4"                                               },
        {"body",    std::move(blocks)                                   }
    };
    if (!link.empty())
        card["actions"] = json::array{
            json::object{{"type", "Action.OpenUrl"},
                         {"title", button_text(filled_template)},
                         {"url", link}}
        };
    json::object attachment{
        {"contentType", "application/vnd.microsoft.card.adaptive"},
        {"content",     std::move(card)                          }
    };
    return {
        {"type",        "message"                         },
        {"attachments", json::array{std::move(attachment)}}
    };
}

}  // namespace

Task<Result<>> send_to_slack(const NotificationOutlets& outlets, std::string token,
                             std::string channel, std::string text) {
    if (!outlets.http) co_return no_calls();
    net::HttpCall call = slack_call(outlets, "/chat.postMessage", token);
    call.method = net::Method::post;
    call.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    json::object body;
    body["channel"] = channel;
    body["text"] = text;
    call.body = json::serialize(body);
    const Result<net::HttpAnswer> got = co_await outlets.http->send(std::move(call));
    const Result<json::object> answer = slack_answer(got);
    if (!answer) co_return answer.error();
    co_return Result<>();
}

Task<Result<std::vector<SlackConversation>>> slack_conversations(const NotificationOutlets& outlets,
                                                                 std::string token,
                                                                 std::string type) {
    std::vector<SlackConversation> found;
    if (!outlets.http) co_return no_calls();
    std::string way = "/conversations.list?exclude_archived=true&types=";
    way += type == "PRIVATE_CHANNEL" ? "private_channel" : "public_channel";
    if (type == "DIRECT") way = "/users.list?";
    way += "&limit=" + std::to_string(conversations_a_call);
    std::string cursor;
    do {
        std::string page = way;
        if (!cursor.empty()) page += "&cursor=" + net::percent_encode(cursor);
        net::HttpCall call = slack_call(outlets, page, token);
        const Result<net::HttpAnswer> got = co_await outlets.http->send(std::move(call));
        const Result<json::object> answer = slack_answer(got);
        if (!answer) co_return answer.error();
        const std::size_t before = found.size();
        take_conversations(found, *answer, type);
        cursor = next_cursor(*answer);
        if (found.size() == before) break;  // Nothing more comes, whatever is promised.
    } while (!cursor.empty() && found.size() < slack_conversations_max);
    co_return found;
}

json::object teams_message(const MethodTemplate& filled_template, bool old_webhook,
                           const std::string& link) {
    return old_webhook ? message_card(filled_template, link) : adaptive_card(filled_template, link);
}

Task<Result<>> send_to_teams(const NotificationOutlets& outlets, std::string webhook_url,
                             json::object message) {
    if (!outlets.http) co_return no_calls();
    net::HttpCall call;
    call.method = net::Method::post;
    call.url = webhook_url;
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = json::serialize(message);
    const Result<net::HttpAnswer> got = co_await outlets.http->send(std::move(call));
    if (!got) co_return got.error();
    if (got->status >= 200 && got->status < 300) co_return Result<>();
    co_return Error{ErrorCode::internal, "Failed to send message via Microsoft Teams: status " +
                                             std::to_string(got->status)};
}

}  // namespace thingstead::core
