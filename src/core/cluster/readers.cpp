#include "core/cluster/readers.h"

#include <atomic>
#include <condition_variable>
#include <limits>
#include <thread>
#include <utility>

#include "net/thread_name.h"

namespace thingstead::core::cluster {
namespace {

constexpr std::size_t records_max = 500;
constexpr std::size_t bytes_max = 1u << 20;
constexpr std::chrono::milliseconds wait{500};
constexpr std::chrono::milliseconds pause_after_error{500};

}  // namespace

struct PartitionReader::Impl {
    Impl(std::unique_ptr<queue::Consumer> from, RecordHandler to, Log log_to)
        : consumer(std::move(from)), handler(std::move(to)), log(std::move(log_to)) {}

    void run();
    /// False: the reader is to end.
    bool pause();

    const std::unique_ptr<queue::Consumer> consumer;
    const RecordHandler handler;
    const Log log;
    LogThrottle lines{std::chrono::seconds(10)};
    std::atomic<bool> stopping{false};
    std::mutex mutex;
    std::condition_variable stopped;
    std::thread thread;
};

PartitionReader::PartitionReader(std::unique_ptr<queue::Consumer> consumer, RecordHandler handler,
                                 Log log)
    : impl_(std::make_unique<Impl>(std::move(consumer), std::move(handler), std::move(log))) {
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
    net::name_this_thread("cluster-in");
    while (!stopping.load()) {
        const Result<std::unique_ptr<queue::Batch>> batch =
            consumer->poll(records_max, bytes_max, wait);
        if (!batch) {
            if (batch.error().code == ErrorCode::conflict) return;
            if (lines.take() >= 0) log.warn("cluster.not_readable", batch.error());
            if (!pause()) return;
            continue;
        }
        if (!*batch) continue;
        for (const queue::Record& each : (*batch)->records()) {
            if (stopping.load()) return;
            if (!handler((*batch)->partition(), each)) return;
            consumer->commit(each.offset + 1);
        }
    }
}

bool PartitionReader::Impl::pause() {
    std::unique_lock lock(mutex);
    return !stopped.wait_for(lock, pause_after_error, [&] { return stopping.load(); });
}

Result<std::unique_ptr<PartitionReader>> read_from_end(queue::Queue& queue,
                                                       const queue::TopicSettings& topic,
                                                       const std::string& group,
                                                       RecordHandler handler, Log log) {
    if (Result<> opened = queue.open_topic(topic); !opened) return opened.error();
    auto consumer = queue.open_consumer(topic.name, group, 0);
    if (!consumer) return consumer.error();
    (*consumer)->seek(std::numeric_limits<queue::Offset>::max());
    // The position is where this poll finds the end.
    if (const auto none = (*consumer)->poll(1, 1, std::chrono::milliseconds(0)); !none)
        return none.error();
    return std::make_unique<PartitionReader>(*std::move(consumer), std::move(handler),
                                             std::move(log));
}

GroupReader::GroupReader(Events events, RecordHandler handler, Log log)
    : events_(std::move(events)), handler_(std::move(handler)), log_(std::move(log)) {}

Result<std::unique_ptr<GroupReader>> GroupReader::open(queue::Queue& queue,
                                                       const queue::TopicSettings& topic,
                                                       const std::string& group, Events events,
                                                       RecordHandler handler, Log log) {
    if (Result<> opened = queue.open_topic(topic); !opened) return opened.error();
    std::unique_ptr<GroupReader> reader(
        new GroupReader(std::move(events), std::move(handler), std::move(log)));
    queue::GroupEvents hears;
    hears.on_assigned = [self = reader.get()](std::unique_ptr<queue::Consumer> consumer) {
        self->take(std::move(consumer));
    };
    hears.on_revoked = [self = reader.get()](queue::PartitionIndex partition, queue::Revocation) {
        self->give_back(partition);
    };
    auto member = queue.join(topic.name, group, std::move(hears));
    if (!member) return member.error();
    reader->member_ = *std::move(member);
    return reader;
}

GroupReader::~GroupReader() { member_.reset(); }

void GroupReader::take(std::unique_ptr<queue::Consumer> consumer) {
    const queue::PartitionIndex partition = consumer->partition();
    if (events_.on_assigned) events_.on_assigned(partition);
    const std::lock_guard lock(mutex_);
    readers_[partition] = std::make_unique<PartitionReader>(std::move(consumer), handler_, log_);
}

void GroupReader::give_back(queue::PartitionIndex partition) {
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

}  // namespace thingstead::core::cluster
