#include "queue/partition_reader.h"

#include <atomic>
#include <condition_variable>
#include <limits>
#include <thread>
#include <utility>

#include "net/thread_name.h"

namespace thingstead::queue {

struct PartitionReader::Impl {
    Impl(std::unique_ptr<Consumer> from, const ReaderSettings& how, RecordHandler to, Log log_to)
        : consumer(std::move(from)),
          settings(how),
          handler(std::move(to)),
          log(std::move(log_to)) {}

    void run();
    /// False: the reader is to end.
    bool hand_on(const Batch& batch);
    /// False: the reader is to end.
    bool pause();

    const std::unique_ptr<Consumer> consumer;
    const ReaderSettings settings;
    const RecordHandler handler;
    const Log log;
    LogThrottle lines{std::chrono::seconds(10)};
    std::atomic<bool> stopping{false};
    std::mutex mutex;
    std::condition_variable stopped;
    std::thread thread;
};

PartitionReader::PartitionReader(std::unique_ptr<Consumer> consumer, const ReaderSettings& settings,
                                 RecordHandler handler, Log log)
    : impl_(std::make_unique<Impl>(std::move(consumer), settings, std::move(handler),
                                   std::move(log))) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

PartitionReader::~PartitionReader() { stop(); }

void PartitionReader::stop() {
    if (!impl_->thread.joinable()) return;
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping.store(true);
        impl_->stopped.notify_all();
    }
    impl_->consumer->wake();
    impl_->thread.join();
}

void PartitionReader::Impl::run() {
    net::name_this_thread(std::string(settings.thread_name));
    while (!stopping.load()) {
        const Result<std::unique_ptr<Batch>> batch =
            consumer->poll(settings.records_max, settings.bytes_max, settings.wait);
        if (!batch) {
            if (batch.error().code == ErrorCode::conflict) return;
            if (lines.take() >= 0) log.warn(settings.not_readable, batch.error());
            if (!pause()) return;
            continue;
        }
        if (*batch && !hand_on(**batch)) return;
    }
}

bool PartitionReader::Impl::hand_on(const Batch& batch) {
    for (std::size_t i = 0; i < batch.records().size(); ++i) {
        if (stopping.load()) return false;
        const Received received(batch, i);
        if (!handler(received)) return false;
        consumer->commit(received.record().offset + 1);
    }
    return true;
}

bool PartitionReader::Impl::pause() {
    std::unique_lock lock(mutex);
    return !stopped.wait_for(lock, settings.pause_after_error, [&] { return stopping.load(); });
}

Result<std::unique_ptr<PartitionReader>> read_from_end(Queue& queue, const TopicSettings& topic,
                                                       const std::string& group,
                                                       const ReaderSettings& settings,
                                                       RecordHandler handler, Log log) {
    if (Result<> opened = queue.open_topic(topic); !opened) return opened.error();
    auto consumer = queue.open_consumer(topic.name, group, 0);
    if (!consumer) return consumer.error();
    (*consumer)->seek(std::numeric_limits<Offset>::max());
    // The position is where this poll finds the end.
    if (const auto none = (*consumer)->poll(1, 1, std::chrono::milliseconds(0)); !none)
        return none.error();
    return std::make_unique<PartitionReader>(*std::move(consumer), settings, std::move(handler),
                                             std::move(log));
}

GroupReader::GroupReader(const ReaderSettings& settings, Events events, RecordHandler handler,
                         Log log)
    : settings_(settings),
      events_(std::move(events)),
      handler_(std::move(handler)),
      log_(std::move(log)) {}

Result<std::unique_ptr<GroupReader>> GroupReader::open(Queue& queue, const TopicSettings& topic,
                                                       const std::string& group,
                                                       const ReaderSettings& settings,
                                                       Events events, RecordHandler handler,
                                                       Log log) {
    if (Result<> opened = queue.open_topic(topic); !opened) return opened.error();
    std::unique_ptr<GroupReader> reader(
        new GroupReader(settings, std::move(events), std::move(handler), std::move(log)));
    GroupEvents hears;
    hears.on_assigned = [self = reader.get()](std::unique_ptr<Consumer> consumer) {
        self->take(std::move(consumer));
    };
    hears.on_revoked = [self = reader.get()](PartitionIndex partition, Revocation) {
        self->give_back(partition);
    };
    auto member = queue.join(topic.name, group, std::move(hears));
    if (!member) return member.error();
    reader->member_ = *std::move(member);
    return reader;
}

GroupReader::~GroupReader() { member_.reset(); }

void GroupReader::take(std::unique_ptr<Consumer> consumer) {
    const PartitionIndex partition = consumer->partition();
    if (events_.on_assigned) events_.on_assigned(partition);
    const std::lock_guard lock(mutex_);
    readers_[partition] =
        std::make_unique<PartitionReader>(std::move(consumer), settings_, handler_, log_);
}

void GroupReader::give_back(PartitionIndex partition) {
    std::unique_ptr<PartitionReader> reader;
    {
        const std::lock_guard lock(mutex_);
        const auto it = readers_.find(partition);
        if (it == readers_.end()) return;
        reader = std::move(it->second);
        readers_.erase(it);
    }
    if (events_.on_leaving) events_.on_leaving(partition);
    reader->stop();
    reader.reset();
    if (events_.on_revoked) events_.on_revoked(partition);
}

}  // namespace thingstead::queue
