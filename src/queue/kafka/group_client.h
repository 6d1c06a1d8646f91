// One librdkafka consumer: either the partitions of a group that were opened one by one, or one
// member of a group. A thread of its own hears rebalances and commits positions.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "queue/kafka/client.h"
#include "queue/kafka/commits.h"
#include "queue/kafka/topic.h"

namespace thingstead::queue::kafka {

class GroupClient : public std::enable_shared_from_this<GroupClient> {
  public:
    /// `group` with the prefix. Errors: invalid_argument - a setting.
    static Result<std::shared_ptr<GroupClient>> open(std::shared_ptr<Context> context,
                                                     const std::string& group);
    GroupClient(std::shared_ptr<Context> context, std::string group,
                std::unique_ptr<JoinWatch> join_watch, Owned<rd_kafka_t> handle);
    ~GroupClient();

    /// Becomes a member of the group, for good. Errors: unavailable.
    Result<> subscribe(std::shared_ptr<const Topic> topic, GroupEvents events);
    /// Takes one partition, where the group left it. Errors: unavailable.
    Result<std::shared_ptr<Holding>> assign(const Topic& topic, PartitionIndex partition);
    /// Gives a partition of assign() back, its position made durable.
    void unassign(const std::shared_ptr<Holding>& holding);

    /// Makes every commit so far durable. Errors: unavailable.
    Result<> flush() {
        return commits_.flush([this] { return holdings(); });
    }
    /// Makes polls that wait return.
    void wake_all();
    /// Leaves the group: members hear of it, positions are made durable. Idempotent.
    void close();

    rd_kafka_t* handle() const { return handle_.get(); }
    Context& context() const { return *context_; }
    /// Whether the process reads something of the topic by this client.
    bool holds(const Topic& topic) const;
    const std::string& group() const { return group_; }
    bool is_member() const { return topic_ != nullptr; }

  private:
    void run();
    void serve(rd_kafka_queue_t& queue, int wait_ms);
    void failed(rd_kafka_event_t& event);
    void rebalance(rd_kafka_event_t& event);
    void assigned(const rd_kafka_topic_partition_list_t& partitions);
    void revoked(const rd_kafka_topic_partition_list_t& partitions, bool lost);
    void log_rebalance(const char* what, const Holdings& partitions) const;
    void check(const char* what, Owned<rd_kafka_error_t> error) const;
    std::shared_ptr<Holding> hold(const std::string& name, PartitionIndex index, Offset committed);
    void drop(const Holdings& gone);
    Holdings holdings() const;
    Holdings holdings_of(const rd_kafka_topic_partition_list_t& partitions) const;
    void update_lag();
    void leave();
    void end_work();

    const std::shared_ptr<Context> context_;
    const std::string group_;
    const std::unique_ptr<JoinWatch> join_watch_;  ///< Outlives the client.
    const Owned<rd_kafka_t> handle_;
    Commits commits_;
    Owned<rd_kafka_queue_t> events_queue_;
    std::shared_ptr<const Topic> topic_;  ///< Of a member.
    GroupEvents events_;

    mutable std::mutex mutex_;  ///< Guards holdings_ and lag_.
    std::map<std::string, std::shared_ptr<Holding>, std::less<>> holdings_;  ///< By broker's name.
    std::map<std::string, Gauge> lag_;

    std::mutex close_mutex_;
    std::atomic<bool> closing_{false};
    std::thread thread_;
};

class KafkaMember final : public GroupMember {
  public:
    explicit KafkaMember(std::shared_ptr<GroupClient> client) : client_(std::move(client)) {}
    ~KafkaMember() override { client_->close(); }

  private:
    const std::shared_ptr<GroupClient> client_;
};

}  // namespace thingstead::queue::kafka
