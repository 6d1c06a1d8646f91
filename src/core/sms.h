// Short messages to people: the port that a driver sends through, and the installation's provider.
// Driver: core/courier/twilio.h. Other providers' settings are taken, but not sent over yet.
#pragma once
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "base/metrics.h"
#include "core/platform.h"
#include "net/blocking_pool.h"
#include "net/task.h"

namespace thingstead::core {

class SmsDriver {
  public:
    virtual ~SmsDriver() = default;
    /// Whether it sends over a configuration of this `type`.
    virtual bool sends(std::string_view type) const = 0;
    /// Blocks for a bounded time. `configuration` has passed check_sms_configuration(). Errors:
    /// unavailable - the detail says why, without a secret.
    virtual Result<> send(const json::object& configuration, const std::string& to,
                          const std::string& text) = 0;
};

/// The document `sms` of the installation's settings. Errors: invalid_argument.
Result<> check_sms_configuration(const json::value& configuration);
/// "+" and 7 to 15 digits (E.164).
bool is_phone_number(std::string_view text);

/// Sends on threads of a pool. Thread-safe.
class TextMessages {
  public:
    TextMessages(SmsDriver& driver, net::BlockingPool& pool, const Platform& platform,
                 MetricsRegistry& metrics);

    Task<Result<bool>> is_set_up();
    /// Over the provider of the installation's settings. Errors: invalid_argument - "SMS service
    /// is not configured"; internal - "Unable to send SMS"; unavailable - too much waits.
    Task<Result<>> send(std::string to, std::string text);
    /// The same over a provider that is not saved. Errors: also unsupported - nobody sends over
    /// such a provider.
    Task<Result<>> send_over(json::value configuration, std::string to, std::string text);

  private:
    SmsDriver& driver_;
    net::BlockingPool& pool_;
    const Platform platform_;
    Counter sent_;
    Counter failed_;
};

}  // namespace thingstead::core
