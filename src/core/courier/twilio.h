// Short messages over Twilio's HTTP interface, with libcurl.
// Source: https://www.twilio.com/docs/messaging/api/message-resource
#pragma once
#include <chrono>
#include <string>

#include "core/sms.h"

namespace thingstead::core {

/// Thread-safe: each message has a connection of its own.
class TwilioDriver final : public SmsDriver {
  public:
    /// `url` is where the interface is, without a path.
    TwilioDriver(std::string url, std::chrono::milliseconds timeout);

    bool sends(std::string_view type) const override { return type == "TWILIO"; }
    Result<> send(const json::object& configuration, const std::string& to,
                  const std::string& text) override;

  private:
    const std::string url_;
    const std::chrono::milliseconds timeout_;
};

}  // namespace thingstead::core
