#include <algorithm>
#include <utility>

#include "core/entity/read.h"
#include "core/identity/settings.h"
#include "core/sms.h"
#include "model/document.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::size_t text_chars_max = 1'600;

Error not_configured() { return invalid("SMS service is not configured"); }

struct Needed {
    std::string_view type, member, message;
};

constexpr Needed needed[] = {
    {"TWILIO",  "accountSid",
     "Invalid twilio sms provider configuration: accountSid should be specified!"                          },
    {"TWILIO",  "accountToken",
     "Invalid twilio sms provider configuration: accountToken should be specified!"                        },
    {"TWILIO",  "numberFrom",
     "Invalid twilio sms provider configuration: numberFrom should be specified!"                          },
    {"AWS_SNS", "accessKeyId",
     "Invalid aws sms provider configuration: accessKeyId should be specified!"                            },
    {"AWS_SNS", "secretAccessKey",
     "Invalid aws sms provider configuration: secretAccessKey should be specified!"                        },
    {"AWS_SNS", "region",          "Invalid aws sms provider configuration: region should be specified!"   },
    {"SMPP",    "protocolVersion",
     "Invalid smpp sms provider configuration: protocolVersion should be specified!"                       },
    {"SMPP",    "host",            "Invalid smpp sms provider configuration: host should be specified!"    },
    {"SMPP",    "systemId",        "Invalid smpp sms provider configuration: systemId should be specified!"},
    {"SMPP",    "password",        "Invalid smpp sms provider configuration: password should be specified!"},
};

}  // namespace

bool is_phone_number(std::string_view text) {
    if (!text.starts_with('+')) return false;
    text.remove_prefix(1);
    return text.size() >= 7 && text.size() <= 15 && text.front() != '0' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<> check_sms_configuration(const json::value& configuration) {
    if (Result<> shaped = model::check_document("SmsProviderConfiguration", configuration); !shaped)
        return invalid("Validation error: " + shaped.error().message);
    const json::object& members = configuration.as_object();
    const std::string type = text_member(members, "type");
    for (const Needed& each : needed)
        if (type == each.type && model::is_blank(text_member(members, each.member)))
            return invalid(std::string(each.message));
    if (type == "SMPP") {
        const std::int64_t port = number_member(members, "port", 0);
        if (port < 1 || port > 65'535)
            return invalid("Invalid smpp sms provider configuration: port should be specified!");
    }
    return {};
}

TextMessages::TextMessages(SmsDriver& driver, net::BlockingPool& pool, const Platform& platform,
                           MetricsRegistry& metrics)
    : driver_(driver),
      pool_(pool),
      platform_(platform),
      sent_(metrics, "thingstead_sms_sent_total", "Short messages that the provider has taken."),
      failed_(metrics, "thingstead_sms_failed_total", "Short messages that could not be sent.") {}

Task<Result<bool>> TextMessages::is_set_up() {
    const std::function<Result<bool>(store::Reader&)> work =
        [](store::Reader& reader) -> Result<bool> {
        const auto stored = find_setting(reader, setting_key::sms);
        if (!stored) return stored.error();
        return *stored && check_sms_configuration((*stored)->json_value).has_value();
    };
    co_return co_await read<bool>(platform_, work);
}

Task<Result<>> TextMessages::send(std::string to, std::string text) {
    const std::function<Result<json::value>(store::Reader&)> work =
        [](store::Reader& reader) -> Result<json::value> {
        const auto stored = find_setting(reader, setting_key::sms);
        if (!stored) return stored.error();
        return *stored ? (*stored)->json_value : json::value();
    };
    Result<json::value> configuration = co_await read<json::value>(platform_, work);
    if (!configuration) co_return configuration.error();
    if (!check_sms_configuration(*configuration)) co_return not_configured();
    co_return co_await send_over(*std::move(configuration), std::move(to), std::move(text));
}

Task<Result<>> TextMessages::send_over(json::value configuration, std::string to,
                                       std::string text) {
    if (Result<> good = check_sms_configuration(configuration); !good) co_return good;
    if (!is_phone_number(to))
        co_return invalid("Invalid phone number format. Should be E.164 format.");
    if (model::is_blank(text) || model::characters(text) > text_chars_max)
        co_return invalid("SMS text should have 1 to " + std::to_string(text_chars_max) +
                          " characters!");
    const json::object members = configuration.as_object();
    const std::string type = text_member(members, "type");
    if (!driver_.sends(type))
        co_return Error{ErrorCode::unsupported,
                        "Sending SMS over provider " + type + " is not supported"};
    const auto work = [this, members, to, text]() -> Result<> {
        return driver_.send(members, to, text);
    };
    const Result<> sent = co_await pool_.run(work);
    if (sent) {
        sent_.add();
        co_return sent;
    }
    failed_.add();
    platform_.log.warn("sms.failed", sent.error());
    co_return Error{ErrorCode::internal, "Unable to send SMS", sent.error().detail};
}

}  // namespace thingstead::core
