#include "core/cluster/outbox.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "net/thread_name.h"

namespace thingstead::core::cluster {
namespace {

using Steady = std::chrono::steady_clock;

struct Record {
    queue::TopicSettings topic;
    Uuid key;
    std::string bytes;
};

}  // namespace

struct Outbox::Impl {
    /// What producers' events touch; they may still come while a producer is closed.
    struct Heard {
        std::mutex mutex;
        std::condition_variable changed;
        std::deque<Record> waiting;
        std::size_t waiting_bytes = 0;
        bool room = false;
        bool busy = false;      ///< The thread has records in hand.
        std::size_t open = 0;   ///< Appended, not yet durable or failed.
        bool stopping = false;  ///< Nothing is taken in.
        bool ended = false;     ///< The thread ends.
    };
    struct Door {
        std::unique_ptr<queue::Producer> producer;
        Steady::time_point used;
    };

    Impl(queue::Queue& to, OutboxSettings with, Log log_to, MetricsRegistry& registry)
        : queue(to),
          settings(with),
          log(std::move(log_to)),
          sent(registry, "thingstead_cluster_sent_total", "Records handed to other processes."),
          refused(registry, "thingstead_cluster_refused_total",
                  "Records for other processes that found the outbox full."),
          lost(registry, "thingstead_cluster_lost_total",
               "Records for other processes that the queue took and lost."),
          bytes(registry, "thingstead_cluster_waiting_bytes",
                "Bytes for other processes that wait for the queue.") {}

    void run();
    void append(const Record& record);
    Result<Door*> door_of(const queue::TopicSettings& topic);
    queue::ProducerEvents events();
    bool pause(std::chrono::milliseconds duration, bool until_room);
    void close_unused();

    queue::Queue& queue;
    const OutboxSettings settings;
    const Log log;
    Counter sent;
    Counter refused;
    Counter lost;
    Gauge bytes;
    LogThrottle lines{std::chrono::seconds(10)};
    const std::shared_ptr<Heard> heard = std::make_shared<Heard>();
    std::unordered_map<std::string, Door> doors;  ///< Of the thread alone.
    std::thread thread;
};

Outbox::Outbox(queue::Queue& queue, OutboxSettings settings, Log log, MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(queue, settings, std::move(log), metrics)) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Outbox::~Outbox() { stop(std::chrono::milliseconds(0)); }

bool Outbox::send(const queue::TopicSettings& topic, const Uuid& key, std::string bytes) {
    Impl::Heard& heard = *impl_->heard;
    {
        const std::lock_guard lock(heard.mutex);
        if (!heard.stopping && heard.waiting_bytes + bytes.size() <= impl_->settings.bytes_max) {
            heard.waiting_bytes += bytes.size();
            heard.waiting.push_back({topic, key, std::move(bytes)});
            impl_->bytes.set(static_cast<std::int64_t>(heard.waiting_bytes));
            heard.changed.notify_all();
            return true;
        }
    }
    impl_->refused.add();
    return false;
}

void Outbox::stop(std::chrono::milliseconds deadline) {
    if (!impl_->thread.joinable()) return;
    {
        Impl::Heard& heard = *impl_->heard;
        std::unique_lock lock(heard.mutex);
        heard.stopping = true;
        heard.changed.wait_for(lock, deadline, [&] {
            return heard.waiting.empty() && !heard.busy && heard.open == 0;
        });
        heard.ended = true;
        heard.changed.notify_all();
    }
    impl_->thread.join();
}

void Outbox::Impl::run() {
    net::name_this_thread("cluster-out");
    while (true) {
        std::deque<Record> batch;
        {
            std::unique_lock lock(heard->mutex);
            heard->changed.wait_for(lock, settings.producer_life,
                                    [&] { return heard->ended || !heard->waiting.empty(); });
            if (heard->ended) break;
            batch.swap(heard->waiting);
            heard->busy = !batch.empty();
        }
        for (const Record& each : batch) append(each);
        {
            const std::lock_guard lock(heard->mutex);
            heard->busy = false;
            if (heard->ended) break;
            heard->changed.notify_all();
        }
        close_unused();
    }
    doors.clear();
}

/// Returns when the queue has taken it, or the thread is to end.
void Outbox::Impl::append(const Record& record) {
    bool going_on = true;
    while (going_on) {
        const Result<Door*> found = door_of(record.topic);
        if (!found && found.error().code == ErrorCode::invalid_argument) {
            lost.add();  // a name that no queue takes: another try would not help
            break;
        }
        if (!found) {
            going_on = pause(settings.retry_interval, false);
            continue;
        }
        Door* const door = *found;
        door->used = Steady::now();
        {
            const std::lock_guard lock(heard->mutex);
            ++heard->open;
            heard->room = false;
        }
        const auto partition =
            queue::partition_of(record.key.msb, record.key.lsb, door->producer->partitions());
        const auto key = record.key.bytes();
        const bool taken =
            door->producer
                ->append(partition, record.key == Uuid{} ? ByteSpan() : ByteSpan(key),
                         as_bytes(record.bytes))
                .has_value();
        if (taken) break;
        {
            const std::lock_guard lock(heard->mutex);
            --heard->open;
        }
        going_on = pause(settings.retry_interval, true);
    }
    const std::lock_guard lock(heard->mutex);
    heard->waiting_bytes -= record.bytes.size();
    bytes.set(static_cast<std::int64_t>(heard->waiting_bytes));
    if (going_on) sent.add();
}

Result<Outbox::Impl::Door*> Outbox::Impl::door_of(const queue::TopicSettings& topic) {
    if (const auto known = doors.find(topic.name); known != doors.end()) return &known->second;
    const Result<> opened = queue.open_topic(topic);
    auto producer = opened ? queue.open_producer(topic.name, events())
                           : Result<std::unique_ptr<queue::Producer>>(opened.error());
    if (!producer) {
        if (lines.take() >= 0)
            log.warn("cluster.topic_not_open", producer.error(),
                     {
                         {"topic", topic.name}
            });
        return producer.error();
    }
    return &doors.emplace(topic.name, Door{*std::move(producer), Steady::now()}).first->second;
}

queue::ProducerEvents Outbox::Impl::events() {
    // Tickets rise by one: what was told last tells how many this report is of.
    const auto told = std::make_shared<queue::Producer::Ticket>(0);
    return {[told, shared = heard, lost_records = lost](queue::Producer::Ticket up_to,
                                                        const std::optional<Error>& error) mutable {
                const std::lock_guard lock(shared->mutex);
                const std::size_t count = up_to - std::exchange(*told, up_to);
                shared->open -= count;
                if (error) lost_records.add(count);
                shared->changed.notify_all();
            },
            [shared = heard] {
                const std::lock_guard lock(shared->mutex);
                shared->room = true;
                shared->changed.notify_all();
            }};
}

/// False: the thread is to end.
bool Outbox::Impl::pause(std::chrono::milliseconds duration, bool until_room) {
    std::unique_lock lock(heard->mutex);
    heard->changed.wait_for(lock, duration,
                            [&] { return heard->ended || (until_room && heard->room); });
    return !heard->ended;
}

void Outbox::Impl::close_unused() {
    const auto before = Steady::now() - settings.producer_life;
    std::erase_if(doors, [&](const auto& each) { return each.second.used < before; });
}

}  // namespace thingstead::core::cluster
