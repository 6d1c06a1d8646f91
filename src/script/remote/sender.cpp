#include "script/remote/sender.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "net/thread_name.h"
#include "queue/headers.h"
#include "script/remote/topics.h"

namespace thingstead::script::remote {
namespace {

/// Topics with a producer at a time: processes that ask.
constexpr std::size_t doors_max = 1'000;
constexpr std::chrono::milliseconds room_wait{100};

std::array<std::byte, 8> big_endian(EpochMs value) {
    std::array<std::byte, 8> out{};
    store_big(out.data(), static_cast<std::uint64_t>(value));
    return out;
}

}  // namespace

struct Sender::Impl {
    struct Heard {
        std::mutex mutex;
        std::condition_variable changed;
        std::deque<Letter> waiting;
        std::size_t bytes = 0;
        bool room = false;
        bool stopping = false;
    };

    Impl(queue::Queue& to, std::size_t most, const std::string& role, Log log_to,
         MetricsRegistry& metrics)
        : queue(to),
          bytes_max(most),
          log(std::move(log_to)),
          sent(metrics, "thingstead_js_" + role + "_sent_total", "Records handed to the queue."),
          lost(metrics, "thingstead_js_" + role + "_lost_total",
               "Records that the queue did not take, or took and lost.") {}

    void run();
    void put(const Letter& letter);
    Result<queue::HeaderProducer*> door(const std::string& topic);
    queue::ProducerEvents events();
    void lose(const Error& why, const std::string& topic);

    queue::Queue& queue;
    const std::size_t bytes_max;
    const Log log;
    Counter sent;
    Counter lost;
    LogThrottle lines{std::chrono::seconds(10)};
    /// Producers' events may still come while a producer is closed.
    const std::shared_ptr<Heard> heard = std::make_shared<Heard>();
    std::map<std::string, std::unique_ptr<queue::Producer>> doors;  ///< Of the thread alone.
    std::thread thread;
};

Sender::Sender(queue::Queue& queue, std::size_t bytes_max, std::string role, Log log,
               MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(queue, bytes_max, role, std::move(log), metrics)) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Sender::~Sender() { stop(); }

bool Sender::send(Letter letter) {
    Impl::Heard& heard = *impl_->heard;
    const std::lock_guard lock(heard.mutex);
    if (heard.stopping || heard.bytes + letter.value.size() > impl_->bytes_max) return false;
    heard.bytes += letter.value.size();
    heard.waiting.push_back(std::move(letter));
    heard.changed.notify_all();
    return true;
}

void Sender::stop() {
    if (!impl_->thread.joinable()) return;
    {
        const std::lock_guard lock(impl_->heard->mutex);
        impl_->heard->stopping = true;
        impl_->heard->changed.notify_all();
    }
    impl_->thread.join();
    impl_->doors.clear();
}

void Sender::Impl::run() {
    net::name_this_thread("js-sender");
    while (true) {
        Letter letter;
        {
            std::unique_lock lock(heard->mutex);
            heard->changed.wait(lock, [&] { return heard->stopping || !heard->waiting.empty(); });
            if (heard->stopping) return;
            letter = std::move(heard->waiting.front());
            heard->waiting.pop_front();
            heard->bytes -= letter.value.size();
        }
        put(letter);
    }
}

void Sender::Impl::put(const Letter& letter) {
    const Result<queue::HeaderProducer*> to = door(letter.topic);
    if (!to) return lose(to.error(), letter.topic);
    const std::array<std::byte, 16> id = letter.request.bytes();
    const std::array<std::byte, 8> expires = big_endian(letter.expires_ms);
    const std::array<queue::Header, 3> headers{
        queue::Header{request_id_header,     id                             },
        queue::Header{response_topic_header, as_bytes(letter.response_topic)},
        queue::Header{expires_header,        expires                        }
    };
    while (!(*to)->append_with(letter.partition, as_bytes(letter.key), as_bytes(letter.value),
                               headers)) {
        std::unique_lock lock(heard->mutex);
        heard->changed.wait_for(
            lock, room_wait, [&] { return heard->stopping || std::exchange(heard->room, false); });
        if (heard->stopping) return;
    }
    sent.add();
}

Result<queue::HeaderProducer*> Sender::Impl::door(const std::string& topic) {
    auto at = doors.find(topic);
    if (at == doors.end()) {
        // Whoever is closed for it is opened again when it asks.
        if (doors.size() >= doors_max) doors.erase(doors.begin());
        if (!queue.partitions(topic))
            if (Result<> opened = queue.open_topic(response_topic_settings(topic)); !opened)
                return opened.error();
        auto producer = queue.open_producer(topic, events());
        if (!producer) return producer.error();
        at = doors.emplace(topic, *std::move(producer)).first;
    }
    auto* const with_headers = dynamic_cast<queue::HeaderProducer*>(at->second.get());
    if (!with_headers) return Error{ErrorCode::unsupported, "the queue keeps no headers"};
    return with_headers;
}

queue::ProducerEvents Sender::Impl::events() {
    queue::ProducerEvents events;
    events.on_durable = [lost = lost](queue::Producer::Ticket, std::optional<Error> error) mutable {
        if (error) lost.add();
    };
    events.on_room = [heard = heard] {
        const std::lock_guard lock(heard->mutex);
        heard->room = true;
        heard->changed.notify_all();
    };
    return events;
}

void Sender::Impl::lose(const Error& why, const std::string& topic) {
    lost.add();
    const std::int64_t swallowed = lines.take();
    if (swallowed >= 0)
        log.warn("js_queue.not_sent", why,
                 {
                     {"topic",     topic    },
                     {"swallowed", swallowed}
        });
}

}  // namespace thingstead::script::remote
