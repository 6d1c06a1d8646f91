#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/sms.h"
#include "model/validate.h"
#include "rule/external.h"
#include "rule/pattern.h"

namespace thingstead::rule::send_sms {
namespace {

struct Config {
    std::string numbers = "${userPhone}";
    std::string message = "Device ${deviceName} has high temperature ${temp}";
    bool system = true;
    json::value provider = nullptr;
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(
        field("numbersToTemplate", &C::numbers, "Numbers with commas between them, a pattern."),
        field("smsMessageTemplate", &C::message, "The text, a pattern."),
        field("useSystemSmsSettings", &C::system, "Whether the installation's provider is used."),
        field("smsProviderConfiguration", &C::provider, "Another provider.", secret));
}

std::vector<std::string> numbers_in(std::string_view list) {
    std::vector<std::string> numbers;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string number;
        for (const char c : list.substr(0, comma))
            if (c != ' ' && c != '\t') number += c;
        if (!number.empty()) numbers.push_back(std::move(number));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return numbers;
}

/// Not of the node, which it may outlive. Those behind one that fails are not written to.
Task<ExternalAnswer> post(core::TextMessages* texts, json::value provider,
                          std::vector<std::string> numbers, std::string text) {
    if (!texts)
        co_return ExternalAnswer::failed(
            Error{ErrorCode::unavailable, "No short messages are sent by this server!"});
    for (const std::string& number : numbers) {
        Result<> sent;
        if (provider.is_null())
            sent = co_await texts->send(number, text);
        else
            sent = co_await texts->send_over(provider, number, text);
        if (!sent) co_return ExternalAnswer::failed(sent.error());
    }
    co_return ExternalAnswer();
}

class SendSmsNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(const Config& config, const NodeInfo& info,
                                              NodeServices& services) {
        if (!config.system)
            if (Result<> valid = core::check_sms_configuration(config.provider); !valid)
                return valid.error();
        return std::unique_ptr<Node>(std::make_unique<SendSmsNode>(config, info, services));
    }

    SendSmsNode(const Config& config, const NodeInfo& info, NodeServices& services)
        : numbers_(config.numbers),
          text_(config.message),
          provider_(config.system ? json::value(nullptr) : config.provider),
          services_(services),
          requests_(info, services) {}

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        std::vector<std::string> numbers = numbers_in(numbers_.fill(*source));
        if (numbers.empty())
            return Error{ErrorCode::invalid_argument, "Numbers to send to are not specified!"};
        for (const std::string& each : numbers)
            if (!core::is_phone_number(each))
                return Error{ErrorCode::invalid_argument, "Not a phone number: '" + each + "'!"};
        return requests_.run(visit, post(services_.outside.texts, provider_, std::move(numbers),
                                         text_.fill(*source)));
    }

  private:
    Pattern numbers_, text_;
    json::value provider_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.sms.TbSendSmsNode",
    .name = "send sms",
    .kind = NodeKind::external,
    .summary = "Sends a short message to phones.",
    .form = "tbExternalNodeSendSmsConfig",
    .icon = "sms",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<SendSmsNode, Config>,
};

}  // namespace thingstead::rule::send_sms
