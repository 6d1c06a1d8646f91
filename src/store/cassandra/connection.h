// One connection to a node: the handshake, frames out in few writes, answers to their requests.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/task.h"
#include "net/task_group.h"
#include "protocol/cql/response.h"
#include "protocol/cql/stream_ids.h"
#include "store/cassandra/request.h"
#include "store/cassandra/signal.h"
#include "store/cassandra/transport.h"

namespace thingstead::store::cassandra {

struct ConnectionSettings {
    std::string user{}, password{};
    net::SslContext tls{};
    std::chrono::milliseconds connect_timeout{}, request_timeout{}, heartbeat_interval{};
    std::size_t requests_max = 1'024;
};

/// Who decides about answers that are no success.
class ConnectionOwner {
  public:
    virtual ~ConnectionOwner() = default;
    /// The request is the owner's again: to be sent elsewhere or to be failed.
    virtual void on_server_error(std::unique_ptr<Request> request,
                                 const cql::ServerError& error) = 0;
    /// No answer: the connection broke or the time is over.
    virtual void on_no_answer(std::unique_ptr<Request> request, Error error) = 0;
    virtual void on_event(const cql::Response& event) = 0;
    virtual void on_closed() = 0;
};

/// All methods on the client's thread.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Clock = Request::Clock;

    Connection(boost::asio::any_io_executor executor, ConnectionSettings settings,
               ConnectionOwner& owner);

    /// Connects, speaks the handshake and starts to read and write in `tasks`. The owner lives
    /// until detach(). Errors: unavailable, timeout; unauthenticated - the node refuses the user;
    /// unsupported - it speaks no version 4.
    Task<Result<>> open(std::string host, std::uint16_t port, net::TaskGroup& tasks);

    bool full() const { return closed_ || ids_.used() >= ids_.limit(); }
    bool closed() const { return closed_; }
    const Error& close_reason() const { return close_reason_; }
    std::size_t in_flight() const { return ids_.used(); }
    const std::string& peer_address() const { return transport_->peer_address(); }

    /// Not when full(). `ids`: of the statements, for execute and batch.
    void send(std::unique_ptr<Request> request, std::span<const std::string> ids);
    /// Asks for events; if the node refuses, the connection ends.
    void listen();
    /// Ends requests whose time is over, and the connection if the node is silent; asks an idle
    /// node whether it lives. To be called a few times a second.
    void tick(Clock::time_point now);
    /// Requests end by on_no_answer().
    void close(Error why);
    /// The owner goes away: it hears nothing more, requests that wait are destroyed.
    void detach();

  private:
    struct Pending {
        std::unique_ptr<Request> request{};
        std::uint32_t serial = 0;  ///< Tells one use of the stream from the next.
        bool abandoned = false;    ///< Its time is over; the answer may still come.
    };
    struct Deadline {
        Clock::time_point at;
        std::int16_t stream;
        std::uint32_t serial;
    };

    Task<Result<>> shake_hands();
    Task<Result<cql::Frame>> exchange(std::string frame, std::string& body);
    Task<> read_all();
    Task<> write_all();
    bool take_frames();
    void take_frame(const cql::Frame& frame);
    void append(const Request& request, std::int16_t stream, std::span<const std::string> ids);
    void append_batch(const Request& request, std::int16_t stream,
                      std::span<const std::string> ids);

    const boost::asio::any_io_executor executor_;
    const ConnectionSettings settings_;
    ConnectionOwner* owner_;
    std::unique_ptr<Transport> transport_;
    cql::StreamIds ids_;
    std::vector<Pending> pending_;  ///< By stream.
    std::deque<Deadline> deadlines_;
    std::uint32_t serial_ = 0;
    std::size_t abandoned_ = 0;
    std::string input_;  ///< Read and not yet taken: [taken_, end_).
    std::size_t taken_ = 0, end_ = 0;
    std::string output_, writing_;
    Signal has_output_;
    Clock::time_point last_read_{}, last_sent_{};
    bool closed_ = false;
    Error close_reason_{ErrorCode::unavailable, "not connected"};
};

}  // namespace thingstead::store::cassandra
