#include "queue/kafka/group_client.h"

#include <algorithm>

#include "queue/kafka/consumer.h"

namespace thingstead::queue::kafka {
namespace {

using Steady = std::chrono::steady_clock;
using PartitionList = Owned<rd_kafka_topic_partition_list_t>;

void configure(Configuration& conf, const Settings& s, const std::string& group) {
    const auto number = [](auto value) { return std::to_string(value); };
    const auto kilobytes = std::max<std::size_t>(s.fetch_buffer_bytes >> 10, 1);
    const auto rebalance = std::max(s.rebalance_timeout, s.session_timeout);
    conf.set("group.id", group)
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "earliest")
        .set("session.timeout.ms", number(s.session_timeout.count()), "session_timeout")
        .set("heartbeat.interval.ms", number(std::max<long>(s.session_timeout.count() / 10, 100)),
             "session_timeout")
        .set("max.poll.interval.ms", number(rebalance.count()), "rebalance_timeout")
        // A topic that was made a moment ago may be unknown to the broker that is asked first.
        .set("topic.metadata.refresh.interval.ms", "5000")
        .set("fetch.wait.max.ms", number(s.fetch_wait.count()), "fetch_wait")
        .set("fetch.message.max.bytes", number(s.fetch_bytes_max), "fetch_bytes_max")
        .set("queued.max.messages.kbytes", number(kilobytes), "fetch_buffer_bytes");
}

constexpr std::chrono::milliseconds retry_pause{50};

PartitionList list_of(const std::string& name, Offset offset) {
    PartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), name.c_str(), 0)->offset = offset;
    return list;
}

}  // namespace

Result<std::shared_ptr<GroupClient>> GroupClient::open(std::shared_ptr<Context> context,
                                                       const std::string& group) {
    Configuration conf(*context);
    configure(conf, context->settings, group);
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR);
    auto join_watch = std::make_unique<JoinWatch>();
    join_watch->watch(conf.get());
    Result<Owned<rd_kafka_t>> handle = conf.make(RD_KAFKA_CONSUMER);
    if (!handle) return handle.error();
    auto client = std::make_shared<GroupClient>(std::move(context), group, std::move(join_watch),
                                                *std::move(handle));
    client->thread_ = std::thread([raw = client.get()] { raw->run(); });
    return client;
}

GroupClient::GroupClient(std::shared_ptr<Context> context, std::string group,
                         std::unique_ptr<JoinWatch> join_watch, Owned<rd_kafka_t> handle)
    : context_(std::move(context)),
      group_(std::move(group)),
      join_watch_(std::move(join_watch)),
      handle_(std::move(handle)) {
    rd_kafka_poll_set_consumer(handle_.get());
    events_queue_.reset(rd_kafka_queue_get_consumer(handle_.get()));
}

GroupClient::~GroupClient() { close(); }

// --- the thread ---

void GroupClient::run() {
    const auto interval = context_->settings.commit_interval;
    auto next = Steady::now() + interval;
    while (!closing_.load()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now());
        serve(*events_queue_, std::max(milliseconds(left), 0));
        if (Steady::now() < next) continue;
        commit_regularly();
        update_lag();
        next = Steady::now() + interval;
    }
}

void GroupClient::serve(rd_kafka_queue_t& queue, int wait_ms) {
    const Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(&queue, wait_ms));
    if (!event) return;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE)
        rebalance(*event);
    else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR)
        failed(*event);
}

void GroupClient::failed(rd_kafka_event_t& event) {
    const rd_kafka_resp_err_t code = rd_kafka_event_error(&event);
    context_->metrics.client_errors.add();
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        return context_->not_reached(rd_kafka_event_error_string(&event));
    const std::int64_t swallowed = context_->failure_lines.take();
    if (swallowed < 0) return;
    context_->log.warn("queue.kafka.consumer_error",
                       {
                           {"group",     group_                             },
                           {"error",     rd_kafka_event_error_string(&event)},
                           {"swallowed", swallowed                          }
    });
}

// --- partitions that come and go ---

Result<> GroupClient::subscribe(std::shared_ptr<const Topic> topic, GroupEvents events) {
    {
        const std::lock_guard lock(mutex_);
        topic_ = std::move(topic);
        events_ = std::move(events);
    }
    const PartitionList list(rd_kafka_topic_partition_list_new(topic_->count()));
    for (const std::string& name : topic_->names)
        rd_kafka_topic_partition_list_add(list.get(), name.c_str(), RD_KAFKA_PARTITION_UA);
    const auto code = rd_kafka_subscribe(handle(), list.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    return {};
}

void GroupClient::rebalance(rd_kafka_event_t& event) {
    const rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(&event);
    const PartitionList none(list == nullptr ? rd_kafka_topic_partition_list_new(0) : nullptr);
    const rd_kafka_topic_partition_list_t& partitions = list == nullptr ? *none : *list;
    context_->metrics.rebalances.add();
    if (rd_kafka_event_error(&event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
        assigned(partitions);
    else
        revoked(partitions, rd_kafka_assignment_lost(handle()) != 0);
}

void GroupClient::assigned(const rd_kafka_topic_partition_list_t& partitions) {
    Holdings come;
    for (int i = 0; i < partitions.cnt; ++i) {
        const std::string name = partitions.elems[i].topic;
        come.push_back(hold(name, topic_->index_of(name), Holding::unknown));
    }
    check("assign", Owned<rd_kafka_error_t>(rd_kafka_incremental_assign(handle(), &partitions)));
    log_rebalance("queue.kafka.assigned", come);
    for (const auto& each : come) events_.on_assigned(std::make_unique<KafkaConsumer>(each, false));
}

void GroupClient::revoked(const rd_kafka_topic_partition_list_t& partitions, bool lost) {
    const Holdings gone = holdings_of(partitions);
    log_rebalance(lost ? "queue.kafka.lost" : "queue.kafka.revoked", gone);
    if (lost) context_->metrics.lost.add(gone.size());
    for (const auto& each : gone) {
        if (lost) each->end();  // no commit of it counts any more
        events_.on_revoked(each->index, lost ? Revocation::lost : Revocation::orderly);
        each->end();
    }
    if (!lost) commit_in_time(gone);
    drop(gone);
    check("unassign",
          Owned<rd_kafka_error_t>(rd_kafka_incremental_unassign(handle(), &partitions)));
}

void GroupClient::log_rebalance(const char* what, const Holdings& partitions) const {
    std::string names;
    for (const auto& each : partitions) names += (names.empty() ? "" : " ") + each->broker_name;
    context_->log.info(what, {
                                 {"group",      group_},
                                 {"partitions", names }
    });
}

void GroupClient::check(const char* what, Owned<rd_kafka_error_t> error) const {
    if (!error) return;
    context_->log.error(
        "queue.kafka.rebalance_failed",
        {
            {"group", group_                            },
            {"step",  what                              },
            {"error", rd_kafka_error_string(error.get())}
    });
}

// --- partitions that are opened one by one ---

Result<std::shared_ptr<Holding>> GroupClient::assign(const Topic& topic, PartitionIndex partition) {
    const std::string& name = topic.names[static_cast<std::size_t>(partition)];
    const int timeout = milliseconds(context_->settings.request_timeout);
    const PartitionList list = list_of(name, RD_KAFKA_OFFSET_INVALID);
    auto code = persist(*context_, [&] {
        const auto asked = rd_kafka_committed(handle(), list.get(), timeout);
        return asked == RD_KAFKA_RESP_ERR_NO_ERROR ? list->elems[0].err : asked;
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    Offset start = list->elems[0].offset;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    code = persist(*context_, [&] {
        return rd_kafka_query_watermark_offsets(handle(), name.c_str(), 0, &begin, &end, timeout);
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    start = start < 0 ? begin : start;
    auto holding = hold(name, partition, start);
    list->elems[0].offset = std::clamp(start, begin, end);
    const Owned<rd_kafka_error_t> error(rd_kafka_incremental_assign(handle(), list.get()));
    if (!error) return holding;
    drop({holding});
    return to_error(rd_kafka_error_code(error.get()), rd_kafka_error_string(error.get()));
}

void GroupClient::unassign(const std::shared_ptr<Holding>& holding) {
    holding->end();
    if (closing_.load()) return;
    commit_in_time({holding});
    drop({holding});
    const PartitionList list = list_of(holding->broker_name, RD_KAFKA_OFFSET_INVALID);
    check("unassign", Owned<rd_kafka_error_t>(rd_kafka_incremental_unassign(handle(), list.get())));
}

// --- what is held ---

std::shared_ptr<Holding> GroupClient::hold(const std::string& name, PartitionIndex index,
                                           Offset committed) {
    auto holding = std::make_shared<Holding>(shared_from_this(), name, index, committed);
    const std::lock_guard lock(mutex_);
    holdings_[name] = holding;
    lag_.try_emplace(name, context_->registry, "thingstead_queue_lag_records",
                     "Records the group has not committed, of partitions held here.",
                     MetricLabels{
                         {"topic", name  },
                         {"group", group_}
    });
    return holding;
}

void GroupClient::drop(const Holdings& gone) {
    // Commits in flight end first: none comes after the partition was given up.
    const std::lock_guard commit_lock(commit_mutex_);
    const std::lock_guard lock(mutex_);
    for (const auto& each : gone) {
        holdings_.erase(each->broker_name);
        if (const auto it = lag_.find(each->broker_name); it != lag_.end()) it->second.set(0);
    }
}

GroupClient::Holdings GroupClient::holdings() const {
    Holdings all;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, holding] : holdings_) all.push_back(holding);
    return all;
}

GroupClient::Holdings GroupClient::holdings_of(
    const rd_kafka_topic_partition_list_t& partitions) const {
    Holdings found;
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < partitions.cnt; ++i)
        if (const auto it = holdings_.find(partitions.elems[i].topic); it != holdings_.end())
            found.push_back(it->second);
    return found;
}

bool GroupClient::holds(const Topic& topic) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(topic.names.begin(), topic.names.end(), [&](const std::string& name) {
        return holdings_.find(name) != holdings_.end();
    });
}

void GroupClient::wake_all() {
    for (const auto& each : holdings()) each->wake();
}

void GroupClient::update_lag() {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, holding] : holdings_) {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        const Offset committed = holding->committed();
        if (committed >= 0 && rd_kafka_get_watermark_offsets(handle(), name.c_str(), 0, &begin,
                                                             &end) == RD_KAFKA_RESP_ERR_NO_ERROR)
            lag_.at(name).set(std::max<Offset>(end - committed, 0));
    }
}

// --- commits ---

Result<> GroupClient::commit(const Holdings& these, std::chrono::milliseconds timeout) {
    const std::lock_guard commit_lock(commit_mutex_);
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(these.size())));
    Holdings sent;
    for (const auto& each : these) {
        const std::optional<Offset> next = each->uncommitted();
        if (!next) continue;
        rd_kafka_topic_partition_list_add(list.get(), each->broker_name.c_str(), 0)->offset = *next;
        sent.push_back(each);
    }
    if (sent.empty()) return {};
    const Owned<rd_kafka_queue_t> answers(rd_kafka_queue_new(handle()));
    auto code = rd_kafka_commit_queue(handle(), list.get(), answers.get(), nullptr, nullptr);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    const Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), milliseconds(timeout)));
    if (!answer) return Error{ErrorCode::unavailable, "Kafka: no answer to a commit"};
    code = rd_kafka_event_error(answer.get());
    const rd_kafka_topic_partition_list_t* got = rd_kafka_event_topic_partition_list(answer.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || got == nullptr) return to_error(code);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const rd_kafka_topic_partition_t* each = rd_kafka_topic_partition_list_find(
            const_cast<rd_kafka_topic_partition_list_t*>(got), sent[i]->broker_name.c_str(), 0);
        if (each == nullptr || each->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            code = each == nullptr ? RD_KAFKA_RESP_ERR_UNKNOWN : each->err;
        else
            sent[i]->made_durable(list->elems[i].offset);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    context_->reached();
    return {};
}

void GroupClient::commit_regularly() {
    if (join_watch_->joining()) return;
    const Result<> done = commit(holdings(), std::chrono::seconds(1));
    if (!done) commit_failed(done.error());
}

void GroupClient::commit_failed(const Error& error) {
    context_->metrics.commit_errors.add();
    const std::int64_t swallowed = context_->failure_lines.take();
    if (swallowed < 0) return;
    context_->log.warn("queue.kafka.commit_failed", error,
                       {
                           {"group",     group_   },
                           {"swallowed", swallowed}
    });
}

/// Tries again while the coordinator moves, or is busy with a rebalance.
Result<> GroupClient::commit_until(const Holdings& these, Steady::time_point until) {
    using std::chrono::milliseconds;
    while (true) {
        const auto left = std::chrono::ceil<milliseconds>(until - Steady::now());
        Result<> done = commit(these, std::max(left, milliseconds(1)));
        if (done || left < retry_pause || context_->unreachable.load()) return done;
        std::this_thread::sleep_for(retry_pause);
    }
}

/// The last chance of partitions that are given up.
void GroupClient::commit_in_time(const Holdings& these) {
    std::chrono::milliseconds patience = context_->settings.request_timeout;
    if (context_->unreachable.load())
        patience = std::min(patience, std::chrono::milliseconds(1000));
    const Result<> done = commit_until(these, Steady::now() + patience);
    if (!done) commit_failed(done.error());
}

Result<> GroupClient::flush() {
    const auto until = Steady::now() + context_->settings.request_timeout;
    if (!join_watch_->wait_until_joined(context_->settings.request_timeout))
        return Error{ErrorCode::unavailable, "Kafka: the group " + group_ + " is rebalancing"};
    return commit_until(holdings(), until);
}

// --- the end ---

void GroupClient::close() {
    const std::lock_guard close_lock(close_mutex_);
    if (closing_.exchange(true)) return;
    rd_kafka_queue_yield(events_queue_.get());
    if (thread_.joinable()) thread_.join();
    if (topic_) leave();
    const Holdings left = holdings();
    for (const auto& each : left) {
        if (topic_) events_.on_revoked(each->index, Revocation::lost);
        each->end();
    }
    if (!topic_) commit_in_time(left);
    drop(left);
}

/// Gives the partitions back in good order, as far as the broker answers in time.
void GroupClient::leave() {
    const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle()));
    check("leave", Owned<rd_kafka_error_t>(rd_kafka_consumer_close_queue(handle(), queue.get())));
    const auto until = Steady::now() + context_->settings.request_timeout;
    while (rd_kafka_consumer_closed(handle()) == 0 && Steady::now() < until) serve(*queue, 100);
}

}  // namespace thingstead::queue::kafka
