#include "core/courier/twilio.h"

#include <utility>

#include "base/json.h"
#include "core/courier/easy.h"
#include "net/url.h"

namespace thingstead::core {
namespace {

std::string member_text(const json::object& members, std::string_view name) {
    const json::value* value = members.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// What the interface says is wrong: {"code", "message", …}.
std::string reason_of(const std::string& answer, long status) {
    const Result<json::value> document = parse_json(answer);
    const json::object* members = document ? document->if_object() : nullptr;
    const std::string words = members ? member_text(*members, "message") : std::string();
    return "status " + std::to_string(status) + (words.empty() ? "" : ": " + words);
}

}  // namespace

TwilioDriver::TwilioDriver(std::string url, std::chrono::milliseconds timeout)
    : url_(std::move(url)), timeout_(timeout) {}

Result<> TwilioDriver::send(const json::object& configuration, const std::string& to,
                            const std::string& text) {
    std::string answer;
    Result<Easy> easy = new_easy("http,https", timeout_, answer);
    if (!easy) return easy.error();
    CURL* const handle = easy->get();
    const std::string account = member_text(configuration, "accountSid");
    const std::string token = member_text(configuration, "accountToken");
    const std::string url =
        url_ + "/2010-04-01/Accounts/" + net::percent_encode(account) + "/Messages.json";
    net::Query form;
    form.add("To", to);
    form.add("From", member_text(configuration, "numberFrom"));
    form.add("Body", text);
    const std::string body = form.encode();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_HTTPAUTH, long{CURLAUTH_BASIC});
    curl_easy_setopt(handle, CURLOPT_USERNAME, account.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, token.c_str());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.c_str());
    if (Result<> done = perform(handle); !done) return done;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) return {};
    return Error{ErrorCode::unavailable, "the message was not taken", reason_of(answer, status)};
}

}  // namespace thingstead::core
