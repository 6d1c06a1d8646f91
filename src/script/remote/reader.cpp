#include "script/remote/reader.h"

#include <limits>
#include <utility>

#include "net/thread_name.h"

namespace thingstead::script::remote {
namespace {

constexpr std::size_t records_max = 100;
constexpr std::size_t bytes_max = 1u << 20;
constexpr std::chrono::milliseconds poll_wait{500};
constexpr std::chrono::milliseconds pause_after_error{200};

}  // namespace

PartitionReader::PartitionReader(std::unique_ptr<queue::Consumer> consumer, OnRecord on_record,
                                 Log log)
    : consumer_(std::move(consumer)), on_record_(std::move(on_record)), log_(std::move(log)) {
    thread_ = std::thread([this] { run(); });
}

PartitionReader::~PartitionReader() {
    stopping_.store(true);
    consumer_->wake();
    thread_.join();
}

void PartitionReader::run() {
    net::name_this_thread("js-queue");
    while (!stopping_.load()) {
        const Result<std::unique_ptr<queue::Batch>> batch =
            consumer_->poll(records_max, bytes_max, poll_wait);
        if (!batch) {
            if (batch.error().code == ErrorCode::conflict) return;
            if (lines_.take() >= 0) log_.warn("js_queue.not_readable", batch.error());
            std::this_thread::sleep_for(pause_after_error);
            continue;
        }
        if (!*batch) continue;
        const std::vector<queue::Record>& records = (*batch)->records();
        for (std::size_t i = 0; i < records.size() && !stopping_.load(); ++i) {
            on_record_({records[i].value, queue::headers_of(**batch, i)});
            consumer_->commit(records[i].offset + 1);
        }
    }
}

Result<std::unique_ptr<PartitionReader>> read_from_end(queue::Queue& queue,
                                                       const queue::TopicSettings& topic,
                                                       const std::string& group, OnRecord on_record,
                                                       Log log) {
    if (Result<> opened = queue.open_topic(topic); !opened) return opened.error();
    auto consumer = queue.open_consumer(topic.name, group, 0);
    if (!consumer) return consumer.error();
    (*consumer)->seek(std::numeric_limits<queue::Offset>::max());
    // The position is where this poll finds the end.
    if (const auto none = (*consumer)->poll(1, 1, std::chrono::milliseconds(0)); !none)
        return none.error();
    return std::make_unique<PartitionReader>(*std::move(consumer), std::move(on_record),
                                             std::move(log));
}

Result<std::unique_ptr<GroupReader>> GroupReader::open(queue::Queue& queue,
                                                       const queue::TopicSettings& topic,
                                                       const std::string& group, OnRecord on_record,
                                                       Log log) {
    if (Result<> opened = queue.open_topic(topic); !opened) return opened.error();
    std::unique_ptr<GroupReader> reader(new GroupReader(std::move(on_record), std::move(log)));
    queue::GroupEvents events;
    events.on_assigned = [self = reader.get()](std::unique_ptr<queue::Consumer> consumer) {
        const queue::PartitionIndex partition = consumer->partition();
        const std::lock_guard lock(self->mutex_);
        self->readers_[partition] =
            std::make_unique<PartitionReader>(std::move(consumer), self->on_record_, self->log_);
    };
    events.on_revoked = [self = reader.get()](queue::PartitionIndex partition, queue::Revocation) {
        std::unique_ptr<PartitionReader> ended;
        const std::lock_guard lock(self->mutex_);
        const auto it = self->readers_.find(partition);
        if (it == self->readers_.end()) return;
        ended = std::move(it->second);
        self->readers_.erase(it);
    };
    auto member = queue.join(topic.name, group, std::move(events));
    if (!member) return member.error();
    reader->member_ = *std::move(member);
    return reader;
}

GroupReader::~GroupReader() { member_.reset(); }

}  // namespace thingstead::script::remote
