#include "client/mqtt/mqtt_client.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/task_group.h"
#include "net/timer.h"

namespace thingstead::client {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t mqtt_read_bytes = 16 << 10;

/// One connection. Its writer may see the end of it later than its reader.
struct MqttLink {
    MqttLink(std::unique_ptr<net::Stream> s, asio::io_context& context)
        : stream(std::move(s)), output(context), input(context) {}

    void end() {
        ended = true;
        stream->close();
        output.cancel();
        input.cancel();
    }

    std::unique_ptr<net::Stream> stream;
    asio::steady_timer output;  ///< The writer waits for something to do.
    asio::steady_timer input;   ///< The reader waits for acknowledgements.
    bool ended = false;
};

Error closed_by_owner() { return {ErrorCode::unavailable, "the MQTT client was closed"}; }

}  // namespace

class MqttClient::Impl final : public mqtt::ClientHandler,
                               public std::enable_shared_from_this<MqttClient::Impl> {
  public:
    Impl(asio::io_context& context, MqttClientSettings settings, Log log)
        : context_(context),
          settings_(std::move(settings)),
          log_(std::move(log)),
          tasks_("mqtt client", log_),
          session_(settings_.session, *this) {}

    void start() { tasks_.spawn(context_.get_executor(), "connection", run(shared_from_this())); }
    void stop();
    void cancel() { tasks_.cancel(); }
    asio::io_context& context() { return context_; }

    /// Runs `begin` on the context's thread: it hands the ticket to the session.
    void ask(std::function<Result<>(mqtt::ClientSession&, std::uint64_t)> begin, Done done);
    void acknowledge(mqtt::Receipt receipt);

    void on_connected(bool session_present) override;
    void on_message(const mqtt::Publish& publish, mqtt::Receipt receipt) override;
    void on_done(std::uint64_t ticket, Result<> outcome) override;

  private:
    static Task<> run(std::shared_ptr<Impl> self);
    Task<Error> one_connection();
    Task<Result<>> read(std::shared_ptr<MqttLink> link);
    static Task<> write(std::shared_ptr<Impl> self, std::shared_ptr<MqttLink> link);
    void go_down(const Error& why);
    void wake_writer() {
        if (link_) link_->output.cancel();
    }

    asio::io_context& context_;
    const MqttClientSettings settings_;
    const Log log_;
    net::TaskGroup tasks_;
    std::atomic<std::size_t> waiting_{0};  ///< Asked for and not done.
    // Of the context's thread:
    mqtt::ClientSession session_;
    std::unordered_map<std::uint64_t, Done> dones_;
    std::uint64_t last_ticket_ = 0;
    std::shared_ptr<MqttLink> link_;
    std::optional<Clock::time_point> connected_at_;
    std::optional<Error> down_;  ///< Why the last attempt failed.
    bool stopping_ = false;
};

// --- asked from outside ---

void MqttClient::Impl::ask(std::function<Result<>(mqtt::ClientSession&, std::uint64_t)> begin,
                           Done done) {
    // Twice the session's limit: QoS 0 does not count there.
    if (waiting_.fetch_add(1) >= 2 * settings_.session.unacknowledged_max) {
        --waiting_;
        return done(Error{ErrorCode::unavailable, "too much waits for the MQTT broker"});
    }
    asio::post(context_, [self = shared_from_this(), begin = std::move(begin),
                          done = std::move(done)]() mutable {
        const std::uint64_t ticket = ++self->last_ticket_;
        self->dones_.emplace(ticket, std::move(done));
        if (self->stopping_) return self->on_done(ticket, closed_by_owner());
        if (self->down_) return self->on_done(ticket, *self->down_);
        const Result<> begun = begin(self->session_, ticket);
        if (!begun) return self->on_done(ticket, begun.error());
        self->wake_writer();
    });
}

void MqttClient::Impl::acknowledge(mqtt::Receipt receipt) {
    asio::post(context_, [self = shared_from_this(), receipt] {
        if (!self->session_.acknowledge(receipt) || !self->link_) return;
        self->link_->input.cancel();
        self->wake_writer();
    });
}

void MqttClient::Impl::stop() {
    if (std::exchange(stopping_, true)) return;
    session_.disconnect();
    if (link_) {
        std::string bytes;
        session_.swap_output(bytes, Clock::now());
        const ByteSpan farewell = as_bytes(std::string_view(bytes));
        // A courtesy: if there is no room for it now, the connection just ends.
        static_cast<void>(link_->stream->try_write({&farewell, 1}));
        link_->end();
    }
    session_.fail_all(closed_by_owner());
}

// --- what the session tells ---

void MqttClient::Impl::on_connected(bool) {
    connected_at_ = Clock::now();
    const bool was_down = std::exchange(down_, std::nullopt).has_value();
    if (was_down)
        log_.info("client.mqtt.connected", {
                                               {"broker", net::to_string(settings_.address)}
        });
}

void MqttClient::Impl::on_message(const mqtt::Publish& publish, mqtt::Receipt receipt) {
    if (!settings_.on_message) {
        if (receipt != 0) session_.acknowledge(receipt);
        return;
    }
    MqttMessage message{std::string(publish.topic), std::string(publish.payload)};
    message.qos = publish.qos;
    message.retain = publish.retain;
    message.receipt = receipt;
    settings_.on_message(std::move(message));
}

void MqttClient::Impl::on_done(std::uint64_t ticket, Result<> outcome) {
    const auto found = dones_.find(ticket);
    if (found == dones_.end()) return;
    const Done done = std::move(found->second);
    dones_.erase(found);
    --waiting_;
    done(std::move(outcome));
}

// --- the connection ---

Task<> MqttClient::Impl::run(std::shared_ptr<Impl> self) {
    milliseconds pause = self->settings_.retry_min;
    while (!self->stopping_) {
        const Error why = co_await self->one_connection();
        self->session_.connection_lost();
        self->link_.reset();
        if (self->stopping_) break;
        const auto since = std::exchange(self->connected_at_, std::nullopt);
        // One that did not last is no better than none: two clients of one id would chase each
        // other.
        if (since && Clock::now() - *since >= self->settings_.retry_min) {
            pause = self->settings_.retry_min;
            continue;
        }
        self->go_down(why);
        co_await net::sleep_for(pause);
        pause = std::min(2 * pause, self->settings_.retry_max);
    }
}

void MqttClient::Impl::go_down(const Error& why) {
    if (!down_)
        log_.warn("client.mqtt.down", why,
                  {
                      {"broker", net::to_string(settings_.address)}
        });
    down_ = why;
    session_.fail_all(why);
}

Task<Error> MqttClient::Impl::one_connection() {
    Task<Result<std::unique_ptr<net::Stream>>> connecting =
        net::connect(context_, settings_.address, settings_.tls, settings_.egress);
    Result<std::unique_ptr<net::Stream>> stream =
        co_await net::with_deadline(std::move(connecting), settings_.connect_timeout);
    if (!stream) {
        Error why = stream.error();
        if (why.code == ErrorCode::timeout)
            why.message = "cannot connect to " + net::to_string(settings_.address) + ": timed out";
        co_return why;
    }
    if (stopping_) co_return closed_by_owner();
    const auto link = std::make_shared<MqttLink>(*std::move(stream), context_);
    link_ = link;
    if (settings_.fresh_password) session_.set_password(settings_.fresh_password());
    session_.begin(Clock::now());
    tasks_.spawn(context_.get_executor(), "output", write(shared_from_this(), link));
    const Result<> end = co_await read(link);
    link->end();
    if (session_.closed()) co_return session_.close_error();
    co_return end ? Error{ErrorCode::unavailable, "the MQTT broker closed the connection"}
                  : Error{ErrorCode::unavailable, "the connection to the MQTT broker broke",
                          end.error().message};
}

Task<Result<>> MqttClient::Impl::read(std::shared_ptr<MqttLink> link) {
    std::vector<std::byte> buffer(mqtt_read_bytes);
    while (!session_.closed()) {
        while (!session_.wants_input() && !link->ended) {
            link->input.expires_at(Clock::time_point::max());
            co_await link->input.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        const Result<std::size_t> got = co_await link->stream->read_some(buffer);
        if (!got) co_return got.error();
        if (*got == 0) co_return Result<>();
        session_.feed(as_text(ByteSpan(buffer).first(*got)), Clock::now());
        wake_writer();
    }
    co_return Result<>();
}

Task<> MqttClient::Impl::write(std::shared_ptr<Impl> self, std::shared_ptr<MqttLink> link) {
    std::string bytes;
    while (!link->ended) {
        const Clock::time_point now = Clock::now();
        self->session_.check_deadline(now);
        self->session_.swap_output(bytes, now);
        if (!bytes.empty()) {
            Task<Result<>> writing = link->stream->write(as_bytes(std::string_view(bytes)));
            const Result<> written = co_await net::with_deadline(
                std::move(writing), self->settings_.session.answer_timeout);
            if (!written) break;
            continue;
        }
        if (self->session_.closed()) break;
        link->output.expires_at(self->session_.deadline().value_or(Clock::time_point::max()));
        co_await link->output.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    link->end();  // and the reader with it
}

// --- the handle ---

MqttClient::MqttClient(asio::io_context& context, MqttClientSettings settings, Log log)
    : impl_(std::make_shared<Impl>(context, std::move(settings), std::move(log))) {
    impl_->start();
}

MqttClient::~MqttClient() { close(); }

void MqttClient::publish(MqttMessage message, Done done) {
    impl_->ask(
        [message = std::move(message)](mqtt::ClientSession& session, std::uint64_t ticket) {
            return session.publish(ticket,
                                   {.topic = message.topic,
                                    .payload = message.payload,
                                    .qos = message.qos,
                                    .retain = message.retain},
                                   Clock::now());
        },
        std::move(done));
}

void MqttClient::subscribe(std::string filter, mqtt::QoS qos, Done done) {
    impl_->ask(
        [filter = std::move(filter), qos](mqtt::ClientSession& session, std::uint64_t ticket) {
            return session.subscribe(ticket, filter, qos, Clock::now());
        },
        std::move(done));
}

void MqttClient::unsubscribe(std::string filter, Done done) {
    impl_->ask(
        [filter = std::move(filter)](mqtt::ClientSession& session, std::uint64_t ticket) {
            return session.unsubscribe(ticket, filter, Clock::now());
        },
        std::move(done));
}

void MqttClient::acknowledge(mqtt::Receipt receipt) { impl_->acknowledge(receipt); }

void MqttClient::close() {
    asio::post(impl_->context(), [impl = impl_] {
        impl->stop();
        impl->cancel();
    });
}

}  // namespace thingstead::client
