#include "client/amqp/amqp_publisher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include "client/amqp/connection.h"
#include "net/thread_name.h"

namespace thingstead::client {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t amqp_unconfirmed_max = 256;
constexpr int amqp_idle_ms = 1'000;  ///< At least so often the connection is looked at.

Error amqp_closed() { return {ErrorCode::unavailable, "the RabbitMQ publisher was closed"}; }

struct AmqpPending {
    AmqpMessage message;
    AmqpPublisher::Done done;
    Clock::time_point until;
};

std::size_t bytes_of(const AmqpMessage& message) {
    return message.body.size() + message.routing_key.size() + message.exchange.size();
}

}  // namespace

class AmqpPublisher::Impl {
  public:
    Impl(AmqpPublisherSettings settings, Log log)
        : settings_(std::move(settings)), log_(std::move(log)), wake_(::eventfd(0, EFD_NONBLOCK)) {
        TS_ASSERT(wake_ >= 0);
        thread_ = std::thread([this] {
            net::name_this_thread("amqp");
            run();
        });
    }
    ~Impl() {
        close();
        thread_.join();
        ::close(wake_);
    }

    void publish(AmqpMessage message, Done done);
    void close();

  private:
    void run();
    Error serve(AmqpConnection& connection);
    Result<> send_waiting(AmqpConnection& connection);
    Result<> take_news(AmqpConnection& connection);
    void confirm(const AmqpConfirm& confirm);
    Result<> reopen(AmqpConnection& connection, const Error& why);
    void take_back();
    void finish(AmqpPending pending, Result<> outcome);
    void fail_all(const Error& why);
    void go_down(const Error& why);
    void wait(int descriptor, int time_ms);
    void wake() {
        const std::uint64_t one = 1;
        static_cast<void>(!::write(wake_, &one, sizeof one));
    }

    const AmqpPublisherSettings settings_;
    const Log log_;
    const int wake_;
    std::atomic<bool> stopping_{false};

    std::mutex mutex_;
    std::deque<AmqpPending> queue_;
    std::size_t messages_ = 0, bytes_ = 0;  ///< With those that are not confirmed.
    std::optional<Error> down_;             ///< Why the last attempt failed.
    int descriptor_ = -1;                   ///< Of the connection that lives; -1: none.

    // Of the thread:
    std::deque<AmqpPending> unconfirmed_;
    std::uint64_t first_tag_ = 1;  ///< Of unconfirmed_.
    std::size_t one_by_one_ = 0;   ///< So many go alone: one of them made the broker close.

    std::thread thread_;
};

// --- asked from outside ---

void AmqpPublisher::Impl::publish(AmqpMessage message, Done done) {
    Error refusal{ErrorCode::unavailable, "too much waits for RabbitMQ"};
    {
        const std::lock_guard lock(mutex_);
        const std::size_t bytes = bytes_of(message);
        const bool fits =
            messages_ < settings_.messages_max && bytes_ + bytes <= settings_.bytes_max;
        if (!stopping_ && !down_ && fits) {
            ++messages_;
            bytes_ += bytes;
            queue_.push_back(
                {std::move(message), std::move(done), Clock::now() + settings_.publish_timeout});
            wake();
            return;
        }
        if (down_) refusal = *down_;
        if (stopping_) refusal = amqp_closed();
    }
    done(refusal);
}

void AmqpPublisher::Impl::close() {
    if (stopping_.exchange(true)) return;
    wake();
    const std::lock_guard lock(mutex_);
    // Ends what the library waits for.
    if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RD);
}

// --- the thread ---

void AmqpPublisher::Impl::run() {
    milliseconds pause = settings_.retry_min;
    while (!stopping_) {
        Clock::time_point since{};
        Error why = amqp_closed();
        {
            AmqpConnection connection(settings_, wake_, stopping_);
            const Result<> opened = connection.open();
            if (opened) {
                since = Clock::now();
                why = serve(connection);
            } else {
                why = opened.error();
            }
            const std::lock_guard lock(mutex_);
            descriptor_ = -1;
        }
        take_back();
        if (stopping_) break;
        if (since != Clock::time_point() && Clock::now() - since >= settings_.retry_min) {
            pause = settings_.retry_min;
            continue;
        }
        go_down(why);
        const auto until = Clock::now() + pause;
        while (!stopping_ && Clock::now() < until)
            wait(-1,
                 static_cast<int>(std::chrono::ceil<milliseconds>(until - Clock::now()).count()));
        pause = std::min(2 * pause, settings_.retry_max);
    }
    fail_all(amqp_closed());
}

void AmqpPublisher::Impl::go_down(const Error& why) {
    bool was_down = false;
    {
        const std::lock_guard lock(mutex_);
        was_down = down_.has_value();
        down_ = why;
    }
    if (!was_down)
        log_.warn("client.amqp.down", why,
                  {
                      {"broker", net::to_string(settings_.address)}
        });
    fail_all(why);
}

/// Returns when the connection is gone, with the reason.
Error AmqpPublisher::Impl::serve(AmqpConnection& connection) {
    {
        const std::lock_guard lock(mutex_);
        down_.reset();
        descriptor_ = connection.descriptor();
    }
    first_tag_ = 1;
    one_by_one_ = 0;
    while (!stopping_) {
        if (Result<> sent = send_waiting(connection); !sent) return sent.error();
        if (Result<> taken = take_news(connection); !taken) return taken.error();
        bool more = false;
        {
            const std::lock_guard lock(mutex_);
            more = !queue_.empty() && unconfirmed_.empty();
        }
        if (!more) wait(connection.descriptor(), amqp_idle_ms);
    }
    connection.close();
    return amqp_closed();
}

Result<> AmqpPublisher::Impl::send_waiting(AmqpConnection& connection) {
    const auto now = Clock::now();
    while (!stopping_ && unconfirmed_.size() < (one_by_one_ > 0 ? 1 : amqp_unconfirmed_max)) {
        std::unique_lock lock(mutex_);
        if (queue_.empty()) return {};
        AmqpPending next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        if (next.until < now) {
            finish(std::move(next), Error{ErrorCode::timeout, "RabbitMQ did not answer in time"});
            continue;
        }
        unconfirmed_.push_back(std::move(next));
        if (Result<> sent = connection.publish(unconfirmed_.back().message); !sent)
            return sent.error();
    }
    return {};
}

Result<> AmqpPublisher::Impl::take_news(AmqpConnection& connection) {
    while (!stopping_) {
        const Result<AmqpNews> news = connection.next();
        if (!news) return news.error();
        if (std::holds_alternative<std::monostate>(*news)) return {};
        if (const auto* confirmed = std::get_if<AmqpConfirm>(&*news))
            confirm(*confirmed);
        else if (Result<> open = reopen(connection, std::get<AmqpChannelClosed>(*news).why); !open)
            return open.error();
    }
    return {};
}

void AmqpPublisher::Impl::confirm(const AmqpConfirm& confirm) {
    if (confirm.tag < first_tag_) return;
    const auto at = static_cast<std::size_t>(confirm.tag - first_tag_);
    if (at >= unconfirmed_.size()) return;
    const Result<> outcome =
        confirm.taken ? Result<>()
                      : Error{ErrorCode::unavailable, "RabbitMQ could not take the message"};
    const std::size_t first = confirm.multiple ? 0 : at;
    for (std::size_t i = first; i <= at; ++i) {
        AmqpPending& pending = unconfirmed_[i];
        if (!pending.done) continue;  // Confirmed before those in front of it.
        if (one_by_one_ > 0) --one_by_one_;
        finish(std::move(pending), outcome);
        pending.done = nullptr;
    }
    for (; !unconfirmed_.empty() && !unconfirmed_.front().done; ++first_tag_)
        unconfirmed_.pop_front();
}

/// The broker closed the channel for one of the messages: if there are several, they go again, one
/// by one, until it shows which.
Result<> AmqpPublisher::Impl::reopen(AmqpConnection& connection, const Error& why) {
    const auto open = std::ranges::count_if(
        unconfirmed_, [](const AmqpPending& each) { return static_cast<bool>(each.done); });
    if (open == 1) {
        const auto guilty = std::ranges::find_if(
            unconfirmed_, [](const AmqpPending& each) { return static_cast<bool>(each.done); });
        if (one_by_one_ > 0) --one_by_one_;
        finish(std::move(*guilty), why);
        unconfirmed_.clear();
    } else {
        one_by_one_ = static_cast<std::size_t>(open);
        take_back();
    }
    first_tag_ = 1;
    return connection.open_channel();
}

/// What is not confirmed waits again, in front.
void AmqpPublisher::Impl::take_back() {
    const std::lock_guard lock(mutex_);
    for (; !unconfirmed_.empty(); unconfirmed_.pop_back())
        if (unconfirmed_.back().done) queue_.push_front(std::move(unconfirmed_.back()));
}

void AmqpPublisher::Impl::finish(AmqpPending pending, Result<> outcome) {
    {
        const std::lock_guard lock(mutex_);
        --messages_;
        bytes_ -= bytes_of(pending.message);
    }
    pending.done(std::move(outcome));
}

void AmqpPublisher::Impl::fail_all(const Error& why) {
    while (true) {
        std::unique_lock lock(mutex_);
        if (queue_.empty()) return;
        AmqpPending next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        finish(std::move(next), why);
    }
}

/// Until something is to be read, somebody woke the thread, or the time is over.
void AmqpPublisher::Impl::wait(int descriptor, int time_ms) {
    std::array<pollfd, 2> both{
        {{wake_, POLLIN, 0}, {descriptor, POLLIN, 0}}
    };
    ::poll(both.data(), descriptor >= 0 ? 2 : 1, time_ms);
    std::uint64_t count = 0;
    static_cast<void>(!::read(wake_, &count, sizeof count));
}

// --- the handle ---

AmqpPublisher::AmqpPublisher(AmqpPublisherSettings settings, Log log)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(log))) {}

AmqpPublisher::~AmqpPublisher() = default;

void AmqpPublisher::publish(AmqpMessage message, Done done) {
    impl_->publish(std::move(message), std::move(done));
}

void AmqpPublisher::close() { impl_->close(); }

}  // namespace thingstead::client
