#include "queue/kafka/group_client.h"

#include <algorithm>

#include "queue/kafka/consumer.h"

namespace thingstead::queue::kafka {
namespace {

using Steady = std::chrono::steady_clock;

void configure(Configuration& conf, const Settings& s, const std::string& group) {
    const auto number = [](auto value) { return std::to_string(value); };
    const auto kilobytes = std::max<std::size_t>(s.fetch_buffer_bytes >> 10, 1);
    const auto rebalance = std::max(s.rebalance_timeout, s.session_timeout);
    // A member's commits go with its heartbeats.
    const auto heartbeat = std::clamp<std::chrono::milliseconds>(
        s.session_timeout / 10, std::chrono::milliseconds(100),
        std::max(s.commit_interval, std::chrono::milliseconds(100)));
    conf.set("group.id", group)
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "earliest")
        .set("session.timeout.ms", number(s.session_timeout.count()), "session_timeout")
        .set("heartbeat.interval.ms", number(heartbeat.count()), "session_timeout")
        .set("max.poll.interval.ms", number(rebalance.count()), "rebalance_timeout")
        // A topic that was made a moment ago may be unknown to the broker that is asked first.
        .set("topic.metadata.refresh.interval.ms", "5000")
        .set("fetch.wait.max.ms", number(s.fetch_wait.count()), "fetch_wait")
        .set("fetch.message.max.bytes", number(s.fetch_bytes_max), "fetch_bytes_max")
        .set("queued.max.messages.kbytes", number(kilobytes), "fetch_buffer_bytes");
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
      handle_(std::move(handle)),
      commits_(*context_, *join_watch_, handle_.get(), group_) {
    rd_kafka_poll_set_consumer(handle_.get());
    events_queue_.reset(rd_kafka_queue_get_consumer(handle_.get()));
}

GroupClient::~GroupClient() {
    close();
    commits_.end();
}

// --- the thread ---

void GroupClient::run() {
    const auto interval = context_->settings.commit_interval;
    auto next = Steady::now() + interval;
    while (!closing_.load()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now());
        serve(*events_queue_, std::max(milliseconds(left), 0));
        if (Steady::now() < next) continue;
        commits_.regularly(holdings());
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
    commits_.become_member();
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
    // Who leaves takes nothing up.
    for (int i = 0; i < partitions.cnt && !closing_.load(); ++i) {
        const std::string name = partitions.elems[i].topic;
        come.push_back(hold(name, topic_->index_of(name), Holding::unknown));
    }
    check("assign", Owned<rd_kafka_error_t>(rd_kafka_incremental_assign(handle(), &partitions)));
    log_rebalance("queue.kafka.assigned", come);
    for (const auto& each : come)
        events_.on_assigned(std::make_unique<KafkaConsumer>(each, KafkaConsumer::Use::member));
}

void GroupClient::revoked(const rd_kafka_topic_partition_list_t& partitions, bool lost) {
    const Holdings gone = holdings_of(partitions);
    log_rebalance(lost ? "queue.kafka.lost" : "queue.kafka.revoked", gone);
    if (lost) context_->metrics.lost.add(gone.size());
    Holdings untold;
    std::copy_if(gone.begin(), gone.end(), std::back_inserter(untold),
                 [](const auto& each) { return !each->ended(); });
    // No commit of what is lost counts any more, whichever is told first.
    for (const auto& each : gone)
        if (lost) each->lose();
    for (const auto& each : untold) {
        events_.on_revoked(each->index, lost ? Revocation::lost : Revocation::orderly);
        each->end();
    }
    if (!lost) commits_.finish(gone);
    drop(gone);
    join_watch_->join_follows();
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
    commits_.finish({holding});
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
    const std::lock_guard lock(mutex_);
    for (const auto& each : gone) {
        holdings_.erase(each->broker_name);
        if (const auto it = lag_.find(each->broker_name); it != lag_.end()) it->second.set(0);
    }
}

Holdings GroupClient::holdings() const {
    Holdings all;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, holding] : holdings_) all.push_back(holding);
    return all;
}

Holdings GroupClient::holdings_of(const rd_kafka_topic_partition_list_t& partitions) const {
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

// --- the end ---

void GroupClient::close() {
    const std::lock_guard close_lock(close_mutex_);
    if (closing_.exchange(true)) return;
    rd_kafka_queue_yield(events_queue_.get());
    if (thread_.joinable()) thread_.join();
    if (topic_) leave();
    const Holdings left = holdings();
    for (const auto& each : left) {
        if (topic_ && !each->ended()) events_.on_revoked(each->index, Revocation::lost);
        each->end();
    }
    if (!topic_) commits_.finish(left);
    drop(left);
}

/// Gives the partitions back in good order, as far as the broker answers in time. The library
/// leaves even while it joins, and sends no heartbeats meanwhile: it is told when all is done.
void GroupClient::leave() {
    end_work();
    const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle()));
    check("leave", Owned<rd_kafka_error_t>(rd_kafka_consumer_close_queue(handle(), queue.get())));
    const auto until = Steady::now() + context_->settings.request_timeout;
    while (rd_kafka_consumer_closed(handle()) == 0 && Steady::now() < until) serve(*queue, 100);
}

/// Ends the work on all partitions and makes their positions durable, still a member.
void GroupClient::end_work() {
    const auto until = Steady::now() + context_->settings.request_timeout;
    for (const auto& each : holdings()) {
        const bool lost = rd_kafka_assignment_lost(handle()) != 0;
        if (lost) each->lose();
        events_.on_revoked(each->index, lost ? Revocation::lost : Revocation::orderly);
        each->end();
    }
    const auto done = [this] {
        commits_.regularly(holdings());
        const Holdings left = holdings();
        return std::none_of(left.begin(), left.end(),
                            [](const auto& each) { return each->uncommitted().has_value(); });
    };
    while (!done() && Steady::now() < until && !context_->unreachable.load())
        serve(*events_queue_, 10);
}

}  // namespace thingstead::queue::kafka
