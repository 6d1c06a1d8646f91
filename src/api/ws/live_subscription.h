// The way of live values from the thread that saved them to a client's socket: gathered, and
// written as one frame per turn of the socket's thread, so that a fast device makes larger frames
// and not more of them.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/ws/update.h"
#include "base/clock.h"
#include "core/subscriptions.h"
#include "net/websocket.h"

namespace thingstead::api::ws {

/// Reason of the close when a client does not keep up.
inline constexpr std::string_view too_slow = "Max pending updates limit reached!";

/// Sends, or closes a socket whose queue is full.
void send_or_close(net::WebSocket& socket, std::string text);

class LiveSubscription : public std::enable_shared_from_this<LiveSubscription> {
  public:
    struct Options {
        std::int32_t command_id = 0;
        bool latest_only = false;  ///< Values older than the newest known one are left out.
        bool newer_only = false;   ///< While held: what is older than the first answer is left out.
        std::size_t pending_max = 0;
    };
    LiveSubscription(Options options, const std::shared_ptr<net::WebSocket>& socket);

    /// From any thread. Values over `pending_max` close the socket.
    void push(const std::vector<core::Update>& updates);

    /// On the socket's thread: the first answer, then what came meanwhile and is not part of it,
    /// then what comes.
    void start(const Values& first);
    /// On the socket's thread: nothing is sent after it.
    void end();

  private:
    bool repeats(const core::Update& update, const Values& first) const;
    bool passes(const core::Update& update);
    /// On the socket's thread.
    void send(std::string text);
    void flush();

    const Options options_;
    const boost::asio::any_io_executor executor_;  ///< The socket's.
    /// Locked on the socket's thread alone, so that the socket dies there.
    const std::weak_ptr<net::WebSocket> socket_;

    std::mutex mutex_;  ///< Of what follows up to the blank line.
    std::vector<core::Update> pending_;
    bool held_ = true;
    bool posted_ = false;
    bool ended_ = false;

    std::unordered_map<std::string, EpochMs> newest_;  ///< Of latest_only; socket's thread.
};

}  // namespace thingstead::api::ws
