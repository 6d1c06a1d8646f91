// One device: a TCP connection to the server, its window of unacknowledged messages, its schedule.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "load/ack_parser.h"
#include "load/acked_file.h"
#include "load/packet.h"
#include "load/run.h"

namespace thingstead::bench {

/// What the connections of one worker share. One thread.
struct WorkerContext {
    explicit WorkerContext(Run& the_run);

    Run& run;
    boost::asio::io_context io;
    std::vector<boost::asio::ip::tcp::endpoint> servers;
    Totals totals;
    AckedWriter acked;
    std::vector<char> out;  ///< Packets are built here; only what the socket refuses is copied.
    std::vector<char> in;
    std::uint64_t outstanding = 0;  ///< Messages that no answer has confirmed yet.
    std::uint32_t connecting = 0;

    void error(std::string text);
};

/// Lives as long as its worker's io_context runs; handlers of an earlier socket are recognised by
/// their epoch. Memory: the window, one packet, and at most one buffer of refused bytes.
class Connection {
  public:
    Connection(WorkerContext& context, std::uint32_t index);

    /// Starts TCP connect and CONNECT. REQUIRES: closed, not dead.
    void open();
    /// Sends what is due and what window and socket allow.
    void pump(std::int64_t now);
    /// Timers: connect deadline, keep-alive, reconnect. To be called about ten times a second.
    void tick(std::int64_t now);
    /// QoS 0: asks the server to confirm what was sent; true while something is not confirmed yet.
    bool confirm_rest();
    /// Ends the session on our side and counts what never came back.
    void finish(std::int64_t now);

    bool up() const { return state_ == State::up; }
    /// Up, or down for good.
    bool settled() const { return up() || state_ == State::dead; }
    bool waiting_to_open(std::int64_t now) const {
        return state_ == State::closed && now >= retry_ns_;
    }

  private:
    enum class State : std::uint8_t { closed, connecting, awaiting_connack, up, dead };
    struct Slot {
        std::int64_t start_ns;  ///< Closed loop: when sent; open loop: when it was due.
        std::uint64_t sequence;
        bool used = false;
    };

    void send_connect();
    void wait_readable();
    void on_readable();
    bool handle(const ServerPacket& packet, std::int64_t now);
    bool on_connack(std::uint16_t value, std::int64_t now);
    void ping();
    void on_pong(std::int64_t now);
    bool acknowledge(std::uint16_t packet_id, std::int64_t now);
    std::uint64_t sendable(std::int64_t now) const;
    std::size_t build(std::uint64_t count, std::int64_t now);
    void send(std::string_view bytes);
    void on_writable();
    void lost(std::string why);
    void abandon_outstanding(std::int64_t now);

    using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                    boost::asio::io_context::executor_type>;
    WorkerContext& context_;
    const std::uint32_t index_;
    Socket socket_;
    State state_ = State::closed;
    std::uint32_t epoch_ = 0;  ///< Of the socket; a handler of an older one does nothing.
    AckParser parser_;
    std::string control_;  ///< Answers collected while one read is parsed.
    std::string refused_;  ///< Bytes the kernel did not take yet; while not empty nothing is built.

    std::optional<PublishTemplate> template_;
    std::vector<Slot> slots_;          ///< By packet id - 1.
    std::vector<std::uint16_t> free_;  ///< Unused slots.
    std::uint64_t sent_ = 0;           ///< Of all sessions; the sequence of the next message.
    std::uint64_t unconfirmed_ = 0;    ///< QoS 0: sent and not covered by an answered ping.
    std::optional<std::uint64_t> ping_covers_;  ///< A ping is out; it confirms that many messages.

    std::int64_t opened_ns_ = 0;
    std::int64_t last_sent_ns_ = 0;
    std::int64_t retry_ns_ = 0;
    std::int64_t backoff_ns_ = 0;
    std::size_t losses_ = 0;  ///< Each moves it to the next server.
};

}  // namespace thingstead::bench
