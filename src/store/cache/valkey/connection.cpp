#include "store/cache/valkey/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

#include "base/bytes.h"
#include "net/timer.h"
#include "protocol/resp/encode.h"
#include "store/cache/valkey/handshake.h"

namespace thingstead::store::valkey {
namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t read_bytes = 64 << 10;
/// Memory for unsent commands that is kept when they were sent.
constexpr std::size_t unsent_kept_bytes = 256 << 10;

SteadyTime now() { return std::chrono::steady_clock::now(); }

template <class Handler>
class CallOf final : public Connection::Call {
  public:
    explicit CallOf(Handler handler)
        : work_(asio::get_associated_executor(handler)), handler_(std::move(handler)) {}

    void complete(Answer answer) override {
        const auto executor = work_.get_executor();
        asio::post(executor, [handler = std::move(handler_), work = std::move(work_),
                              result = std::move(answer)]() mutable {
            work.reset();
            std::move(handler)(std::move(result));
        });
    }

  private:
    asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
    Handler handler_;
};

/// Between half of it and all: those who lost the server together do not come back together.
milliseconds jittered(milliseconds delay) {
    static thread_local std::minstd_rand random(std::random_device{}());
    return delay / 2 + milliseconds(random() % static_cast<std::uint64_t>(delay.count() / 2 + 1));
}

/// TLS that cannot be agreed upon will not be later either.
Error no_stream(const Error& why) {
    if (why.code != ErrorCode::unauthenticated) return why;
    return Error{ErrorCode::invalid_argument,
                 "store.cache.tls: the server's TLS is not what the settings expect", why.detail};
}

resp::Limits answer_limits() {
    resp::Limits limits;
    limits.bulk_bytes_max = 2 * cache_value_bytes_max;
    return limits;
}

}  // namespace

Connection::Connection(asio::io_context& context, std::shared_ptr<NodeState> node,
                       std::shared_ptr<Link> link)
    : context_(context), node_(std::move(node)), link_(std::move(link)) {}

void Connection::start(net::TaskGroup& tasks) {
    tasks_ = &tasks;
    tasks.spawn(context_.get_executor(), "cache connection", run());
    tasks.spawn(context_.get_executor(), "cache watch", watch());
}

void Connection::close() {
    closing_ = true;
    reset("the node left the cluster");
}

void Connection::reset(const char* why) {
    asio::post(context_, [self = shared_from_this(), why] { self->give_up(why); });
}

void Connection::set_probe_key(std::string key) {
    const std::lock_guard lock(mutex_);
    probe_key_ = std::move(key);
}

Task<Answer> Connection::call(std::string commands, std::size_t count) {
    const auto start = [](auto handler, Connection* self, std::string words, std::size_t answers) {
        std::unique_ptr<Call> waiting =
            std::make_unique<CallOf<decltype(handler)>>(std::move(handler));
        if (self->submit(waiting, words, answers)) return;
        self->link_->metrics.unavailable.add();
        waiting->complete(Answer());
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(
        start, asio::use_awaitable, this, std::move(commands), count);
}

/// False: not now; `call` is untouched.
bool Connection::submit(std::unique_ptr<Call>& call, std::string_view commands, std::size_t count) {
    {
        const std::lock_guard lock(mutex_);
        if (!ready_ || waiting_.size() >= link_->settings.commands_waiting_max ||
            out_.size() + commands.size() > link_->settings.bytes_waiting_max)
            return false;
        last_sent_ = now();
        out_ += commands;
        waiting_.push_back({std::move(call), count, last_sent_});
        link_->metrics.commands.add(count);
        if (std::exchange(flush_posted_, true)) return true;
    }
    asio::post(context_, [self = shared_from_this()] { self->flush(); });
    return true;
}

Task<> Connection::run() {
    const auto self = shared_from_this();
    milliseconds delay = link_->settings.reconnect_delay_min;
    while (!closing_) {
        const std::uint64_t before = session_;
        const Result<> served = co_await serve();
        const Error why = lost_because(served.error());
        if (session_ != before) {
            node_->on_lost(why);
            delay = link_->settings.reconnect_delay_min;
        } else {
            node_->on_refused(why);
        }
        if (closing_) co_return;
        co_await net::sleep_for(jittered(delay));
        delay = std::min(delay * 2, link_->settings.reconnect_delay_max);
    }
}

/// Lives while the connection serves, also when the task is cancelled.
class Connection::Session {
  public:
    Session(Connection& connection, net::Stream& stream) : connection_(connection) {
        connection_.begin_session(stream);
    }
    ~Session() { connection_.end_session(); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

  private:
    Connection& connection_;
};

/// Connects and serves until the connection is lost; the error says why.
Task<Result<>> Connection::serve() {
    given_up_ = nullptr;
    auto connecting = net::connect(context_, node_->address, link_->tls);
    auto stream =
        co_await net::with_deadline(std::move(connecting), link_->settings.connect_timeout);
    if (!stream) co_return no_stream(stream.error());
    resp::Parser parser(answer_limits());
    auto greeting = shake_hands(**stream, parser, link_->settings);
    const Result<> greeted =
        co_await net::with_deadline(std::move(greeting), link_->settings.connect_timeout);
    if (!greeted) co_return greeted.error();
    if (closing_) co_return Error{ErrorCode::unavailable, "closed"};
    const Session session(*this, **stream);
    node_->on_ready();
    co_return co_await read_all(**stream, parser);
}

Task<Result<>> Connection::read_all(net::Stream& stream, resp::Parser& parser) {
    std::vector<std::byte> buffer(read_bytes);
    while (true) {
        const Result<std::size_t> got = co_await stream.read_some(buffer);
        if (!got) co_return got.error();
        if (*got == 0) co_return Error{ErrorCode::unavailable, "the server closed the connection"};
        const Result<> read = on_bytes(parser, as_text(ByteSpan(buffer).first(*got)));
        if (!read) co_return read.error();
    }
}

Result<> Connection::on_bytes(resp::Parser& parser, std::string_view input) {
    while (!input.empty()) {
        Result<std::optional<resp::Value>> value = parser.next(input);
        if (!value) return Error{ErrorCode::unavailable, value.error().message};
        if (!*value) break;
        if ((*value)->type == resp::Type::push) {
            on_push(**value);
        } else if (Result<> known = on_answer(**std::move(value)); !known) {
            return known;
        }
    }
    return {};
}

Result<> Connection::on_answer(resp::Value value) {
    Waiting done{};
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty())
            return Error{ErrorCode::unavailable, "the server answers what was not asked"};
        Waiting& first = waiting_.front();
        if (--first.left > 0) {
            first.earlier.push_back(std::move(value));
            return {};
        }
        done = std::move(first);
        waiting_.pop_front();
    }
    // It has told of every change before it answered this. A node that redirects or is down proves
    // nothing.
    if (!value.is_error()) trust_->extend(done.sent + link_->settings.staleness_max);
    if (done.call) done.call->complete({true, std::move(value), std::move(done.earlier), trust_});
    return {};
}

void Connection::on_push(const resp::Value& push) {
    if (push.items.size() != 2 || push.items[0].as_text() != "invalidate") return;
    const resp::Value& keys = push.items[1];
    if (keys.is_null()) {  // the server was emptied
        trust_->end();
        trust_ = std::make_shared<Trust>();
        return;
    }
    link_->metrics.invalidations.add(keys.items.size());
    for (const resp::Value& key : keys.items) link_->events.on_invalidated(key.as_text());
}

void Connection::begin_session(net::Stream& stream) {
    ++session_;
    stream_ = &stream;
    trust_ = std::make_shared<Trust>();
    const std::lock_guard lock(mutex_);
    last_sent_ = now();
    ready_ = true;
}

void Connection::end_session() {
    stream_ = nullptr;
    trust_->end();
    unsent_.clear();
    unsent_from_ = 0;
    std::deque<Waiting> unanswered;
    {
        const std::lock_guard lock(mutex_);
        ready_ = false;
        out_.clear();
        unanswered.swap(waiting_);
    }
    link_->metrics.unavailable.add(unanswered.size());
    for (Waiting& each : unanswered)
        if (each.call) each.call->complete(Answer());
}

/// Ends the session from our side: the reader wakes up and finds the stream closed.
void Connection::give_up(const char* why) {
    if (!stream_) return;
    given_up_ = why;
    // Nobody waits until the reader has come that far.
    net::Stream* const stream = stream_;
    end_session();
    stream->close();
}

Error Connection::lost_because(const Error& error) const {
    return given_up_ ? Error{ErrorCode::unavailable, given_up_} : error;
}

void Connection::flush() {
    if (draining_) return;  // which takes it all
    if (write_some() || !stream_) return;
    draining_ = true;
    if (!tasks_->spawn(context_.get_executor(), "cache write", drain(session_))) draining_ = false;
}

/// Writes what the system takes; true when there is nothing left.
bool Connection::write_some() {
    while (stream_) {
        if (unsent_from_ == unsent_.size()) {
            unsent_.clear();
            if (unsent_.capacity() > unsent_kept_bytes) unsent_.shrink_to_fit();
            unsent_from_ = 0;
            const std::lock_guard lock(mutex_);
            unsent_.swap(out_);
            if (unsent_.empty()) {
                flush_posted_ = false;
                return true;
            }
        }
        const std::array parts = {as_bytes(unsent_).subspan(unsent_from_)};
        const Result<std::size_t> sent = stream_->try_write(parts);
        if (!sent) {
            give_up("the server does not take commands");
            return true;
        }
        unsent_from_ += *sent;
        if (*sent == 0) return false;
    }
    const std::lock_guard lock(mutex_);
    flush_posted_ = false;
    return true;
}

Task<> Connection::drain(std::uint64_t session) {
    const auto self = shared_from_this();
    while (stream_ && session_ == session) {
        const Result<> writable = co_await stream_->wait_writable();
        // After an error the stream may be gone; the reader sees to it.
        if (!writable || session_ != session || write_some()) break;
    }
    draining_ = false;
    flush();  // what came for a new session meanwhile
}

Task<> Connection::watch() {
    const auto self = shared_from_this();
    const milliseconds tick =
        std::clamp(std::min(link_->settings.command_timeout, link_->settings.staleness_max) / 5,
                   milliseconds(2), milliseconds(100));
    while (!closing_) {
        co_await net::sleep_for(tick);
        if (stream_) look_at_the_clock();
    }
}

void Connection::look_at_the_clock() {
    const SteadyTime at = now();
    bool overdue = false, idle = false;
    {
        const std::lock_guard lock(mutex_);
        overdue =
            !waiting_.empty() && at - waiting_.front().sent >= link_->settings.command_timeout;
        idle = waiting_.empty() && at - last_sent_ >= link_->settings.staleness_max / 3;
    }
    if (overdue) {
        link_->metrics.timeouts.add();
        give_up("the server does not answer in time");
    } else if (idle) {
        probe();
    }
}

/// Keeps what came over this connection trustworthy while nobody asks for anything.
void Connection::probe() {
    std::string key, command;
    {
        const std::lock_guard lock(mutex_);
        key = probe_key_;
    }
    if (key.empty())
        resp::append_command_of(command, "PING");
    else
        resp::append_command_of(command, "GET", key);
    std::unique_ptr<Call> nobody;
    submit(nobody, command, 1);
}

}  // namespace thingstead::store::valkey
