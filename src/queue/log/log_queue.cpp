#include "queue/log/log_queue.h"

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "queue/log/consumer.h"
#include "queue/log/core.h"
#include "queue/log/member.h"
#include "queue/log/producer.h"
#include "queue/log/topic.h"
#include "queue/names.h"

namespace thingstead::queue::log {
namespace {

Error no_topic(std::string_view topic) {
    return Error{ErrorCode::not_found, "the topic is not open: " + std::string(topic)};
}

Error no_group_name(std::string_view group) {
    return Error{ErrorCode::invalid_argument, "not a name of a group: " + std::string(group)};
}

class LogQueue final : public Queue {
  public:
    LogQueue(std::shared_ptr<Core> core, MetricsRegistry& registry, DirectoryLock lock)
        : core_(std::move(core)),
          registry_(registry),
          lock_(std::move(lock)),
          keeper_([this] { keep(); }) {}
    ~LogQueue() override { stop(); }

    Result<> open_topic(const TopicSettings& settings) override;
    Result<std::unique_ptr<Producer>> open_producer(std::string_view topic,
                                                    ProducerEvents events) override;
    Result<std::unique_ptr<Consumer>> open_consumer(std::string_view topic, std::string_view group,
                                                    PartitionIndex partition) override;
    Result<std::unique_ptr<Consumer>> open_reader(std::string_view topic,
                                                  PartitionIndex partition) override;
    Result<std::unique_ptr<GroupMember>> join(std::string_view topic, std::string_view group,
                                              GroupEvents events) override;
    Result<PartitionIndex> partitions(std::string_view topic) const override;
    Result<> remove_group(std::string_view topic, std::string_view group) override;
    Result<> flush_commits() override;
    void stop() override;

  private:
    struct Opened {
        std::shared_ptr<Topic> topic;
        std::vector<Gauge> lag;  ///< Per partition.
    };

    std::shared_ptr<Topic> find(std::string_view topic) const;
    std::vector<std::shared_ptr<Topic>> all() const;
    void keep();
    void update_lag();
    void leave_groups();

    const std::shared_ptr<Core> core_;
    MetricsRegistry& registry_;
    std::mutex open_mutex_;     ///< One open_topic() at a time; taken before mutex_.
    mutable std::mutex mutex_;  ///< Guards topics_ and ending_.
    std::map<std::string, Opened, std::less<>> topics_;
    std::mutex members_mutex_;
    std::vector<std::weak_ptr<Membership>> members_;
    std::condition_variable end_;
    bool ending_ = false;
    std::optional<DirectoryLock> lock_;
    std::thread keeper_;
};

Result<> LogQueue::open_topic(const TopicSettings& settings) {
    const std::lock_guard open_lock(open_mutex_);
    if (core_->context.stopping.load())
        return Error{ErrorCode::unavailable, "the queue is stopping"};
    if (const std::shared_ptr<Topic> open = find(settings.name)) {
        for (const auto& partition : open->partitions) partition->set_limits(settings);
        return {};
    }
    Result<std::shared_ptr<Topic>> topic =
        Topic::open(core_->context, settings, core_->context.settings.directory + "/topics");
    if (!topic) return topic.error();
    Opened opened{*topic, {}};
    for (PartitionIndex p = 0; p < (*topic)->count(); ++p) {
        core_->flusher.add(*(*topic)->partitions[static_cast<std::size_t>(p)]);
        opened.lag.emplace_back(registry_, "thingstead_queue_lag_records",
                                "Records the slowest group has not committed.",
                                MetricLabels{
                                    {"topic",     settings.name    },
                                    {"partition", std::to_string(p)}
        });
    }
    const std::lock_guard lock(mutex_);
    topics_.emplace(settings.name, std::move(opened));
    return {};
}

std::shared_ptr<Topic> LogQueue::find(std::string_view topic) const {
    const std::lock_guard lock(mutex_);
    const auto it = topics_.find(topic);
    return it == topics_.end() ? nullptr : it->second.topic;
}

std::vector<std::shared_ptr<Topic>> LogQueue::all() const {
    std::vector<std::shared_ptr<Topic>> topics;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, opened] : topics_) topics.push_back(opened.topic);
    return topics;
}

Result<std::unique_ptr<Producer>> LogQueue::open_producer(std::string_view name,
                                                          ProducerEvents events) {
    std::shared_ptr<Topic> topic = find(name);
    if (!topic) return no_topic(name);
    return std::make_unique<LogProducer>(core_, std::move(topic), std::move(events));
}

Result<std::unique_ptr<Consumer>> LogQueue::open_consumer(std::string_view name,
                                                          std::string_view group,
                                                          PartitionIndex partition) {
    std::shared_ptr<Topic> topic = find(name);
    if (!topic) return no_topic(name);
    if (!is_name(group)) return no_group_name(group);
    if (partition < 0 || partition >= topic->count())
        return Error{ErrorCode::not_found, "no such partition of " + std::string(name)};
    const Result<Offset> start = topic->groups.join(std::string(group), partition);
    if (!start) return start.error();
    auto lease = std::make_shared<Lease>(topic, std::string(group), partition);
    return std::make_unique<LogConsumer>(core_, std::move(topic), std::move(lease), partition,
                                         *start);
}

Result<std::unique_ptr<Consumer>> LogQueue::open_reader(std::string_view name,
                                                        PartitionIndex partition) {
    std::shared_ptr<Topic> topic = find(name);
    if (!topic) return no_topic(name);
    if (partition < 0 || partition >= topic->count())
        return Error{ErrorCode::not_found, "no such partition of " + std::string(name)};
    return std::make_unique<LogConsumer>(core_, std::move(topic), nullptr, partition, 0);
}

Result<std::unique_ptr<GroupMember>> LogQueue::join(std::string_view name, std::string_view group,
                                                    GroupEvents events) {
    const std::shared_ptr<Topic> topic = find(name);
    if (!topic) return no_topic(name);
    if (!is_name(group)) return no_group_name(group);
    const std::lock_guard lock(members_mutex_);
    {
        const std::lock_guard end_lock(mutex_);
        if (ending_) return Error{ErrorCode::unavailable, "the queue is stopping"};
    }
    std::erase_if(members_, [](const auto& member) { return member.expired(); });
    auto membership = Membership::join(core_, topic, std::string(group), std::move(events));
    if (!membership) return membership.error();
    members_.push_back(*membership);
    return std::make_unique<LogMember>(*membership);
}

Result<PartitionIndex> LogQueue::partitions(std::string_view name) const {
    const std::shared_ptr<Topic> topic = find(name);
    if (!topic) return no_topic(name);
    return topic->count();
}

Result<> LogQueue::remove_group(std::string_view name, std::string_view group) {
    const std::shared_ptr<Topic> topic = find(name);
    if (!topic) return no_topic(name);
    const Result<> removed = topic->groups.remove(std::string(group));
    core_->flusher.signal_room();
    return removed;
}

Result<> LogQueue::flush_commits() {
    Result<> result;
    for (const auto& topic : all())
        if (auto r = topic->groups.save(); !r) result = r.error();
    return result;
}

// --- housekeeping ---

void LogQueue::keep() {
    LogThrottle error_lines(std::chrono::seconds(10));
    std::unique_lock lock(mutex_);
    while (!end_.wait_for(lock, core_->context.settings.housekeeping_interval,
                          [&] { return ending_; })) {
        lock.unlock();
        if (auto r = flush_commits(); !r && error_lines.take() >= 0)
            core_->context.log.error("queue.log.commits_not_saved", r.error());
        for (const auto& topic : all())
            for (const auto& partition : topic->partitions) partition->retain();
        update_lag();
        lock.lock();
    }
}

void LogQueue::update_lag() {
    const std::lock_guard lock(mutex_);
    for (auto& [name, opened] : topics_)
        for (std::size_t p = 0; p < opened.lag.size(); ++p) {
            const Partition& partition = *opened.topic->partitions[p];
            const Offset floor = partition.floor();
            opened.lag[p].set(floor < 0 ? 0 : partition.end() - floor);
        }
}

void LogQueue::leave_groups() {
    std::vector<std::weak_ptr<Membership>> members;
    {
        const std::lock_guard lock(members_mutex_);
        members.swap(members_);
    }
    for (const auto& member : members)
        if (const auto alive = member.lock()) alive->leave();
}

void LogQueue::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (ending_) return;
        ending_ = true;
    }
    end_.notify_all();
    keeper_.join();
    leave_groups();
    core_->flusher.stop();
    const std::lock_guard open_lock(open_mutex_);
    for (const auto& topic : all())
        for (const auto& partition : topic->partitions) partition->wake_all();
    if (auto r = flush_commits(); !r)
        core_->context.log.error("queue.log.commits_not_saved", r.error());
    for (const auto& topic : all())
        for (const auto& partition : topic->partitions) partition->close_files();
    lock_.reset();
}

Result<> check(const Settings& s) {
    const auto bad = [](const char* text) { return Error{ErrorCode::invalid_argument, text}; };
    if (s.directory.empty()) return bad("queue.log.directory is empty");
    if (s.segment_bytes < 128u << 10 || s.segment_bytes > 1u << 30)
        return bad("queue.log.segment_bytes is not between 128 KiB and 1 GiB");
    if (s.sync_threads < 1 || s.sync_threads > 16)
        return bad("queue.log.sync_threads is not between 1 and 16");
    if (s.read_block_bytes < 4096 || s.pending_bytes_max < 4096 || s.record_bytes_max < 1)
        return bad("a size of queue.log is too small");
    return {};
}

}  // namespace

Result<std::unique_ptr<Queue>> open_log_queue(Settings settings, Log log, MetricsRegistry& registry,
                                              const Clock& clock) {
    return open_log_queue(std::move(settings), std::move(log), registry, clock,
                          posix_file_system());
}

Result<std::unique_ptr<Queue>> open_log_queue(Settings settings, Log log, MetricsRegistry& registry,
                                              const Clock& clock,
                                              std::unique_ptr<FileSystem> files) {
    if (auto r = check(settings); !r) return r.error();
    settings.record_bytes_max =
        std::min<std::size_t>(settings.record_bytes_max, settings.segment_bytes - (8u << 10));
    std::error_code made;
    std::filesystem::create_directories(settings.directory + "/topics", made);
    if (made)
        return Error{ErrorCode::unavailable,
                     "cannot make " + settings.directory + "/topics: " + made.message()};
    Result<DirectoryLock> lock = DirectoryLock::take(settings.directory);
    if (!lock) return lock.error();
    auto core = std::make_shared<Core>(std::move(settings), std::move(files), std::move(log),
                                       registry, clock);
    return std::make_unique<LogQueue>(std::move(core), registry, *std::move(lock));
}

}  // namespace thingstead::queue::log
