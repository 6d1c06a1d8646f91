#include "queue/kafka/kafka_queue.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "queue/kafka/consumer.h"
#include "queue/kafka/group_client.h"
#include "queue/kafka/producer.h"
#include "queue/names.h"

namespace thingstead::queue::kafka {
namespace {

Error no_topic(std::string_view topic) {
    return {ErrorCode::not_found, "the topic is not open: " + std::string(topic)};
}
constexpr std::string_view readers_group = "readers-beside-groups";
Error stopping() { return {ErrorCode::unavailable, "the queue is stopping"}; }

class KafkaQueue final : public Queue {
  public:
    KafkaQueue(std::shared_ptr<Context> context, std::shared_ptr<Room> room,
               std::shared_ptr<Line> line)
        : context_(std::move(context)),
          room_(std::move(room)),
          lines_(std::make_shared<Lines>(context_, room_, std::move(line))) {}
    ~KafkaQueue() override { stop(); }

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
    using Clients = std::vector<std::shared_ptr<GroupClient>>;

    std::shared_ptr<const Topic> find(std::string_view topic) const;
    Clients clients() const;
    Result<std::shared_ptr<GroupClient>> opened_client(const std::string& group);
    Result<> check_group(std::string_view group) const;

    const std::shared_ptr<Context> context_;
    const std::shared_ptr<Room> room_;
    const std::shared_ptr<Lines> lines_;
    std::mutex open_mutex_;  ///< One topic, consumer or member is opened at a time; before mutex_.
    mutable std::mutex mutex_;  ///< Guards what follows.
    std::map<std::string, std::shared_ptr<const Topic>, std::less<>> topics_;
    std::map<std::string, std::weak_ptr<GroupClient>> opened_;  ///< By group.
    std::vector<std::weak_ptr<GroupClient>> members_;
    std::vector<std::weak_ptr<GroupClient>> readers_;  ///< Beside all groups.
};

Result<> KafkaQueue::open_topic(const TopicSettings& settings) {
    if (auto r = check(settings); !r) return r.error();
    const std::lock_guard open_lock(open_mutex_);
    if (context_->stopping.load()) return stopping();
    if (find(settings.name)) return {};
    Result<Topic> topic = kafka::open_topic(*context_, lines_->current()->handle(), settings);
    if (!topic) return topic.error();
    const std::lock_guard lock(mutex_);
    topics_.emplace(settings.name, std::make_shared<const Topic>(*std::move(topic)));
    return {};
}

std::shared_ptr<const Topic> KafkaQueue::find(std::string_view topic) const {
    const std::lock_guard lock(mutex_);
    const auto it = topics_.find(topic);
    return it == topics_.end() ? nullptr : it->second;
}

Result<std::unique_ptr<Producer>> KafkaQueue::open_producer(std::string_view name,
                                                            ProducerEvents events) {
    std::shared_ptr<const Topic> topic = find(name);
    if (!topic) return no_topic(name);
    return std::make_unique<KafkaProducer>(context_, room_, lines_, std::move(topic),
                                           std::move(events));
}

Result<> KafkaQueue::check_group(std::string_view group) const {
    if (!is_name(group))
        return Error{ErrorCode::invalid_argument, "not a name of a group: " + std::string(group)};
    if (context_->stopping.load()) return stopping();
    return {};
}

Result<std::unique_ptr<Consumer>> KafkaQueue::open_consumer(std::string_view name,
                                                            std::string_view group,
                                                            PartitionIndex partition) {
    const std::shared_ptr<const Topic> topic = find(name);
    if (!topic) return no_topic(name);
    if (partition < 0 || partition >= topic->count())
        return Error{ErrorCode::not_found, "no such partition of " + std::string(name)};
    const std::lock_guard open_lock(open_mutex_);
    if (auto r = check_group(group); !r) return r.error();
    const std::string full_group = context_->full_name(group);
    for (const auto& client : clients())
        if (client->group() == full_group &&
            (client->is_member() ||
             client->holds({{}, {topic->names[static_cast<std::size_t>(partition)]}})))
            return Error{ErrorCode::conflict, "group " + std::string(group) +
                                                  " has a consumer of partition " +
                                                  std::to_string(partition)};
    auto client = opened_client(full_group);
    if (!client) return client.error();
    auto holding = (*client)->assign(*topic, partition);
    if (!holding) return holding.error();
    return std::make_unique<KafkaConsumer>(*std::move(holding), KafkaConsumer::Use::opened);
}

/// The library reads for a group only; as nothing is ever committed, the broker knows none.
Result<std::unique_ptr<Consumer>> KafkaQueue::open_reader(std::string_view name,
                                                          PartitionIndex partition) {
    const std::shared_ptr<const Topic> topic = find(name);
    if (!topic) return no_topic(name);
    if (partition < 0 || partition >= topic->count())
        return Error{ErrorCode::not_found, "no such partition of " + std::string(name)};
    const std::lock_guard open_lock(open_mutex_);
    if (context_->stopping.load()) return stopping();
    auto client = GroupClient::open(context_, context_->full_name(readers_group));
    if (!client) return client.error();
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(readers_, [](const auto& each) { return each.expired(); });
        readers_.push_back(*client);
    }
    auto holding = (*client)->assign(*topic, partition);
    if (!holding) return holding.error();
    return std::make_unique<KafkaConsumer>(*std::move(holding), KafkaConsumer::Use::reader);
}

/// The client that the opened partitions of a group share.
Result<std::shared_ptr<GroupClient>> KafkaQueue::opened_client(const std::string& group) {
    {
        const std::lock_guard lock(mutex_);
        if (auto client = opened_[group].lock()) return client;
    }
    auto client = GroupClient::open(context_, group);
    if (!client) return client.error();
    const std::lock_guard lock(mutex_);
    opened_[group] = *client;
    return client;
}

Result<std::unique_ptr<GroupMember>> KafkaQueue::join(std::string_view name, std::string_view group,
                                                      GroupEvents events) {
    std::shared_ptr<const Topic> topic = find(name);
    if (!topic) return no_topic(name);
    const std::lock_guard open_lock(open_mutex_);
    if (auto r = check_group(group); !r) return r.error();
    const std::string full_group = context_->full_name(group);
    for (const auto& client : clients())
        if (client->group() == full_group && !client->is_member())
            return Error{ErrorCode::conflict,
                         "group " + std::string(group) + " has consumers of single partitions"};
    auto client = GroupClient::open(context_, full_group);
    if (!client) return client.error();
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(members_, [](const auto& each) { return each.expired(); });
        members_.push_back(*client);
    }
    if (auto r = (*client)->subscribe(std::move(topic), std::move(events)); !r) return r.error();
    return std::make_unique<KafkaMember>(*client);
}

KafkaQueue::Clients KafkaQueue::clients() const {
    Clients alive;
    const std::lock_guard lock(mutex_);
    for (const auto& [group, each] : opened_)
        if (auto client = each.lock()) alive.push_back(std::move(client));
    for (const auto& each : members_)
        if (auto client = each.lock()) alive.push_back(std::move(client));
    return alive;
}

Result<PartitionIndex> KafkaQueue::partitions(std::string_view name) const {
    const std::shared_ptr<const Topic> topic = find(name);
    if (!topic) return no_topic(name);
    return topic->count();
}

Result<> KafkaQueue::remove_group(std::string_view name, std::string_view group) {
    const std::shared_ptr<const Topic> topic = find(name);
    if (!topic) return no_topic(name);
    const std::lock_guard open_lock(open_mutex_);
    if (auto r = check_group(group); !r) return r.error();
    const std::string full_group = context_->full_name(group);
    for (const auto& client : clients())
        if (client->group() == full_group && client->holds(*topic))
            return Error{ErrorCode::conflict, "group " + std::string(group) + " has consumers"};
    return kafka::remove_group(*context_, lines_->current()->handle(), *topic, full_group);
}

Result<> KafkaQueue::flush_commits() {
    Result<> result;
    for (const auto& client : clients())
        if (auto r = client->flush(); !r) result = r.error();
    return result;
}

void KafkaQueue::stop() {
    const std::lock_guard open_lock(open_mutex_);
    if (context_->stopping.load()) return;
    // Members first: what they commit and append while they end their work still counts.
    Clients all = clients();
    {
        const std::lock_guard lock(mutex_);
        for (const auto& each : readers_)
            if (auto client = each.lock()) all.push_back(std::move(client));
    }
    for (const auto& client : all)
        if (client->is_member()) client->close();
    context_->stopping = true;
    for (const auto& client : all) {
        client->wake_all();
        client->close();
    }
    lines_->stop();
}

Result<> check(const Settings& s) {
    const auto bad = [](std::string text) {
        return Error{ErrorCode::invalid_argument, std::move(text)};
    };
    if (s.brokers.empty()) return bad(setting("brokers") + " is empty");
    if (s.prefix.size() > 40 || (!s.prefix.empty() && !is_name(s.prefix)))
        return bad(setting("prefix") + " is not up to 40 of [a-zA-Z0-9._-]: " + s.prefix);
    if (s.min_insync_replicas > s.replication_factor)
        return bad(setting("min_insync_replicas") + " is over " + setting("replication_factor"));
    if (s.pending_bytes_max < s.record_bytes_max)
        return bad(setting("pending_bytes_max") + " is under " + setting("record_bytes_max"));
    if (s.message_timeout <= s.linger)
        return bad(setting("message_timeout") + " is not over " + setting("linger"));
    return {};
}

}  // namespace

Result<std::unique_ptr<Queue>> open_kafka_queue(Settings settings, Log log,
                                                MetricsRegistry& registry) {
    if (auto r = check(settings); !r) return r.error();
    const std::chrono::milliseconds patience = settings.request_timeout;
    auto room = std::make_shared<Room>(settings.pending_bytes_max, settings.pending_records_max);
    auto context = std::make_shared<Context>(std::move(settings), std::move(log), registry);
    Result<std::shared_ptr<Line>> line = Line::open(context, room);
    if (!line) return line.error();
    if (auto r = (*line)->wait_for_broker(patience); !r) return r.error();
    (*line)->start();
    return std::make_unique<KafkaQueue>(std::move(context), std::move(room), *std::move(line));
}

}  // namespace thingstead::queue::kafka
