// One connection to one server, made again whenever it is lost: commands of many callers in a row,
// their answers in the same order, and between them what the server tells of changed keys.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/task.h"
#include "net/task_group.h"
#include "protocol/resp/parser.h"
#include "store/cache/valkey/link.h"

namespace thingstead::store::valkey {

/// The answers to what one call sent.
struct Answer {
    bool answered = false;  ///< False: perhaps not sent, perhaps done; nobody knows.
    resp::Value value{};    ///< The last one.
    std::vector<resp::Value> earlier{};
    std::shared_ptr<const Trust> trust{};  ///< Of the connection it came over.
};

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(boost::asio::io_context& context, std::shared_ptr<NodeState> node,
               std::shared_ptr<Link> link);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Connects, and again, until close() or the end of the group.
    void start(net::TaskGroup& tasks);
    /// For a node that left the cluster: what waits is not answered. Thread-safe.
    void close();
    /// Gives the connection up and makes it again: the server is not what it was. Thread-safe.
    void reset(const char* why);
    const net::Address& address() const { return node_->address; }
    bool ready() const { return ready_.load(std::memory_order_acquire); }

    /// Sends encoded commands that have `count` answers and waits for them, at most the command
    /// timeout: then the connection is given up. Resumes the caller on its own executor; deaf to
    /// cancellation. The connection must live until it returns. Thread-safe.
    Task<Answer> call(std::string commands, std::size_t count = 1);

    /// In a cluster: a key of a slot that the node has, whose reading proves that it still does.
    void set_probe_key(std::string key);

    /// Somebody who waits; completed exactly once, with `answered` or without.
    class Call {
      public:
        virtual ~Call() = default;
        virtual void complete(Answer answer) = 0;
    };

  private:
    struct Waiting {
        std::unique_ptr<Call> call;  ///< Null: nobody wants to know.
        std::size_t left;            ///< Answers to come.
        SteadyTime sent;
        std::vector<resp::Value> earlier{};
    };
    class Session;

    bool submit(std::unique_ptr<Call>& call, std::string_view commands, std::size_t count);
    Task<> run();
    Task<Result<>> serve();
    Task<Result<>> read_all(net::Stream& stream, resp::Parser& parser);
    Task<> watch();
    Task<> drain(std::uint64_t session);
    Result<> on_bytes(resp::Parser& parser, std::string_view input);
    Result<> on_answer(resp::Value value);
    void on_push(const resp::Value& push);
    void flush();
    bool write_some();
    void look_at_the_clock();
    void probe();
    void begin_session(net::Stream& stream);
    void end_session();
    void give_up(const char* why);
    Error lost_because(const Error& error) const;

    boost::asio::io_context& context_;
    const std::shared_ptr<NodeState> node_;
    const std::shared_ptr<Link> link_;
    std::atomic<bool> ready_{false};
    std::atomic<bool> closing_{false};

    std::mutex mutex_;  ///< Over the next five.
    std::deque<Waiting> waiting_;
    std::string out_;
    bool flush_posted_ = false;
    SteadyTime last_sent_{};
    std::string probe_key_;

    // Of the connection's thread alone.
    net::TaskGroup* tasks_ = nullptr;
    net::Stream* stream_ = nullptr;  ///< While a session runs.
    std::uint64_t session_ = 0;
    std::shared_ptr<Trust> trust_;
    std::string unsent_;
    std::size_t unsent_from_ = 0;
    bool draining_ = false;
    const char* given_up_ = nullptr;  ///< Why we ended the session ourselves.
};

}  // namespace thingstead::store::valkey
