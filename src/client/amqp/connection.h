// One connection to an AMQP broker with one channel that confirms: librabbitmq behind words of
// ours. Blocks: for the publisher's thread.
#pragma once
#include <amqp.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "base/error.h"
#include "client/amqp/amqp_publisher.h"

namespace thingstead::client {

/// What the broker said about messages: `tag` counts those of a channel from 1.
struct AmqpConfirm {
    std::uint64_t tag;
    bool multiple;  ///< All up to it, too.
    bool taken;
};
/// The channel was closed for a message that was not confirmed: which, the broker does not say.
struct AmqpChannelClosed {
    Error why;
};
using AmqpNews = std::variant<std::monostate, AmqpConfirm, AmqpChannelClosed>;

class AmqpConnection {
  public:
    /// `wake` becomes readable when the attempt is to end; `stopping` says so.
    AmqpConnection(const AmqpPublisherSettings& settings, int wake,
                   const std::atomic<bool>& stopping);
    /// Ends it without a word.
    ~AmqpConnection();
    AmqpConnection(const AmqpConnection&) = delete;
    AmqpConnection& operator=(const AmqpConnection&) = delete;

    /// Connects, logs in, opens the channel. Errors: as AmqpPublisher::publish().
    Result<> open();
    /// Another channel in place of one that was closed; its tags begin anew.
    Result<> open_channel();
    Result<> publish(const AmqpMessage& message);
    /// What came next; monostate: nothing is there now. Sends heartbeats too: call it at least
    /// every few seconds. Errors: the connection is gone.
    Result<AmqpNews> next();
    /// Says good-bye.
    void close();

    int descriptor() const { return descriptor_; }

  private:
    Result<> connect();
    Result<> await_connection() const;
    Result<> login();
    Result<AmqpNews> news_of(const amqp_frame_t& frame);

    const AmqpPublisherSettings& settings_;
    const int wake_;
    const std::atomic<bool>& stopping_;
    std::unique_ptr<std::remove_pointer_t<amqp_connection_state_t>,
                    std::function<void(amqp_connection_state_t)>>
        state_;
    int descriptor_ = -1;
};

}  // namespace thingstead::client
