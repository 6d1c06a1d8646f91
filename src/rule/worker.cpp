#include "rule/worker.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "net/thread_name.h"
#include "net/timer.h"

namespace thingstead::rule {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto poll_wait = 500ms;
constexpr auto pause_after_trouble = 1s;
constexpr auto drain_time_lost = 1s;

MetricLabels labels_of(const QueuePlan& plan, queue::PartitionIndex partition) {
    MetricLabels labels{
        {"partition", std::to_string(partition)}
    };
    if (!plan.is_main()) labels.emplace("topic", plan.topic);
    return labels;
}

std::string thread_name(const QueuePlan& plan, queue::PartitionIndex partition) {
    const std::string queue = plan.is_main() ? "" : std::to_string(plan.slot) + "-";
    return "rule-" + queue + std::to_string(partition);
}

bool retries_failures(ProcessingStrategy strategy) {
    return strategy == ProcessingStrategy::retry_failed ||
           strategy == ProcessingStrategy::retry_failed_and_timed_out ||
           strategy == ProcessingStrategy::retry_all;
}

}  // namespace

Worker::Worker(const QueuePlan& plan, const WorkerHouse& house, QueueCounts& queue_counts,
               std::unique_ptr<queue::Consumer> consumer, std::shared_ptr<ChainChanges> changes)
    : plan_(plan),
      services_(house.services),
      metrics_(house.metrics),
      counts_(house.counts),
      queue_counts_(queue_counts),
      sources_(house.sources),
      consumer_(std::move(consumer)),
      partition_(consumer_->partition()),
      source_(plan.source(partition_)),
      lag_(services_.metrics, "thingstead_rule_lag_records",
           "Records of the queue that are not processed yet.", labels_of(plan, partition_)),
      work_(context_.get_executor()),
      parser_(services_.payload),
      letters_(services_, plan.topic, settings_.dead_letter_retention, context_),
      tasks_("rule", services_.log),
      background_("rule.background", services_.log),
      timers_(services_.clock, services_.log),
      held_(settings_.held_messages_max, settings_.held_bytes_max, metrics_.held),
      scripts_(services_.scripts, {settings_.script_errors_max, settings_.script_block_time}),
      notes_(house.records, services_.clock),
      walker_(settings_, metrics_, notes_, services_.log, tasks_, context_.get_executor()),
      registry_(house.registry),
      changes_(std::move(changes)) {
    background_.set_limit(settings_.background_tasks_max);
}

Worker::~Worker() {
    stop(queue::Revocation::lost);
    join();
    tasks_.cancel();
    background_.cancel();
}

void Worker::start() {
    TS_ASSERT(!thread_.joinable());
    thread_ = std::thread([this] { run(); });
}

void Worker::stop(queue::Revocation how) {
    if (how == queue::Revocation::lost) lost_ = true;
    Clock::time_point never{};
    stopped_at_.compare_exchange_strong(never, Clock::now());
    stopping_ = true;
    if (consumer_) consumer_->wake();
    asio::post(context_, [] {});
}

void Worker::join() {
    if (thread_.joinable()) thread_.join();
}

void Worker::run() {
    net::name_this_thread(thread_name(plan_, partition_));
    begin();
    while (!stopping_) {
        try {
            run_once();
        } catch (const std::exception& why) {
            // Our bug, or no memory: what was not done is run again.
            services_.log.error("rule.worker.failed",
                                {
                                    {"partition", partition_},
                                    {"reason",    why.what()}
            });
            if (running_) std::exchange(running_, nullptr)->valid = false;
            if (position_ != unknown) consumer_->seek(position_);
            run_for(pause_after_trouble);
        }
    }
    end();
}

void Worker::begin() {
    while (!stopping_ && !open_ingress()) run_for(pause_after_trouble);
    if (stopping_) return;
    seek_to_start();
    take_up_states();
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - assigned_at_);
    services_.log.info(
        "rule.partition.assigned",
        {
            {"topic",     plan_.topic },
            {"partition", partition_  },
            {"took_ms",   took.count()}
    });
}

bool Worker::open_ingress() {
    auto ingress = core::RuleIngress::open(context_, services_.queue, core::main_topic,
                                           services_.ingress_metrics, services_.queues);
    if (ingress) ingress_ = *std::move(ingress);
    if (ingress && !plan_.is_main()) {
        ingress = core::RuleIngress::open(context_, services_.queue, plan_.topic,
                                          services_.ingress_metrics);
        if (ingress) own_ingress_ = *std::move(ingress);
    }
    if (!ingress) {
        services_.log.error("rule.partition.not_started", ingress.error(),
                            {
                                {"topic",     plan_.topic},
                                {"partition", partition_ }
        });
        return false;
    }
    const auto spawn = [this](std::string name, Task<> task) {
        return background_.spawn(context_.get_executor(), std::move(name), std::move(task));
    };
    node_services_.emplace(NodeServices{services_.telemetry,
                                        services_.attributes,
                                        services_.entities,
                                        *ingress_,
                                        parser_,
                                        services_.rpc,
                                        services_.clock,
                                        services_.log,
                                        spawn,
                                        services_.events,
                                        timers_,
                                        held_,
                                        services_.service_id,
                                        counts_,
                                        services_.device_states,
                                        scripts_,
                                        settings_.external,
                                        metrics_.external,
                                        services_.outside,
                                        &notes_});
    node_services_->has_place = [this](const NodeInfo& node, const Uuid& key) {
        const core::RuleIngress& way = node_services_->queue_of(node);
        return way.topic() == plan_.topic &&
               queue::partition_of(key.msb, key.lsb, way.partitions()) == partition_;
    };
    states_.emplace(services_.entities, timers_, spawn, services_.log);
    calculated_.emplace(*node_services_);
    calculated_->remember_in(&*states_);
    calculated_->set_calculation_timeout(settings_.calculation_timeout);
    calculated_->load_tenants_by(
        [this](model::TenantId tenant, bool anew) { return load_tenant(tenant, anew); });
    node_services_->calculated = &*calculated_;
    walker_.set_calculated(&*calculated_);
    node_services_->replies = services_.replies;
    chains_.emplace(settings_.tenants_max, registry_, *node_services_, changes_);
    return true;
}

void Worker::take_up_states() {
    // Fields run where messages of Main come.
    if (plan_.name == core::main_queue)
        background_.spawn(context_.get_executor(), "rule.states", take_up_fields());
    background_.spawn(context_.get_executor(), "rule.states", take_up_nodes());
}

Task<> Worker::take_up_fields() { (void)co_await calculated_->take_up(); }

/// Nodes see to what they remember once they are there.
Task<> Worker::take_up_nodes() {
    for (;;) {
        const auto tenants = co_await states_->tenants_of_nodes();
        bool all = tenants.has_value();
        if (tenants)
            for (const model::TenantId each : *tenants)
                all = (co_await load_tenant(each)).has_value() && all;
        if (all) co_return;
        co_await net::sleep_for(pause_after_trouble);
    }
}

Task<Result<>> Worker::load_tenant(model::TenantId tenant, bool anew) {
    if (!anew && chains_->find(tenant)) co_return Result<>();
    const auto loaded = co_await chains_->load(tenant);
    // Chains that are damaged have no fields; their messages tell.
    if (!loaded && loaded.error().code == ErrorCode::unavailable) co_return loaded.error();
    co_return Result<>();
}

/// The consumer begins where the group had committed. Only a store that is this process's alone can
/// be ahead of that: it is told of a record before the group is, and remembers it.
void Worker::seek_to_start() {
    services_.timeseries.forget(source_);
    const queue::Offset stored = services_.timeseries.checkpointed(source_);
    const queue::Offset committed = stored < 0 ? unknown : consumer_->committed();
    if (stored <= committed) return;
    if (const queue::Offset end = consumer_->end(); stored > end) {
        services_.log.error("rule.queue.shorter_than_store", {
                                                                 {"topic",     plan_.topic},
                                                                 {"partition", partition_ },
                                                                 {"stored",    stored     },
                                                                 {"end",       end        },
                                                                 {"committed", committed  }
        });
        return;
    }
    place(stored, committed);
    consumer_->seek(stored);
}

void Worker::place(queue::Offset next, queue::Offset committed) {
    position_ = next;
    processed_ = next;
    committed_ = committed;
    lag_.set(consumer_->end() - position_);
}

void Worker::run_once() {
    context_.poll();
    timers_.run_due();
    return_held();
    progress();
    notes_.flush();
    load_sources();
    if (tasks_.size() > settings_.lingering_messages_max) {
        run_for(20ms);
        return;
    }
    const Batch batch = poll();
    if (!batch || batch->records().empty()) return;
    const queue::Offset first = batch->records().front().offset;
    if (position_ == unknown) place(first, first);
    const Clock::time_point started = Clock::now();
    chains_->refresh();
    process(batch);
    position_ = batch->records().back().offset + 1;
    progress();
    notes_.flush();
    metrics_.pack_seconds.observe(std::chrono::duration<double>(Clock::now() - started).count());
    if (batch->records().size() < settings_.pack_messages_max && settings_.poll_interval > 0ms)
        run_for(settings_.poll_interval);
}

Worker::Batch Worker::poll() {
    const bool busy = tasks_.size() + background_.size() != 0;
    const auto idle =
        std::min<std::chrono::milliseconds>(poll_wait, timers_.until_next().value_or(poll_wait));
    Result<std::unique_ptr<queue::Batch>> batch =
        consumer_->poll(settings_.pack_messages_max, settings_.pack_bytes_max, busy ? 0ms : idle);
    if (!batch) {
        // A conflict: the partition is gone, and the revocation on its way.
        const bool gone = batch.error().code == ErrorCode::conflict;
        if (const std::int64_t swallowed = gone ? -1 : unavailable_.take(); swallowed >= 0)
            services_.log.error("rule.queue.poll_failed", batch.error(),
                                {
                                    {"partition", partition_},
                                    {"swallowed", swallowed }
            });
        run_for(pause_after_trouble);
        return nullptr;
    }
    if (!*batch && busy) run_for(20ms);
    return Batch(*std::move(batch));
}

void Worker::load_sources() {
    if (sources_loading_ != 0) return;
    chains_->refresh();
    std::vector<model::TenantId> wanted = chains_->changed_sources();
    if (const std::uint64_t version = sources_.version(); version != sources_seen_) {
        sources_seen_ = version;
        for (const Source& each : sources_.all())
            if (node_services_->has_place(each.node, each.key) && !chains_->find(each.node.tenant))
                wanted.push_back(each.node.tenant);
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    for (const model::TenantId tenant : wanted)
        if (background_.spawn(context_.get_executor(), "rule.sources", load_source(tenant)))
            ++sources_loading_;
}

Task<> Worker::load_source(model::TenantId tenant) {
    const auto loaded = co_await chains_->load(tenant);
    if (!loaded) {
        services_.log.warn("rule.chains.not_loaded", loaded.error(),
                           {
                               {"tenant", tenant.to_string()}
        });
        co_await net::sleep_for(pause_after_trouble);
        sources_seen_ = 0;  // once more
    }
    --sources_loading_;
}

/// The store learns up to where everything is done; the queue, what of that is durable. A message
/// that lingers holds both back until it is done or too old.
void Worker::progress() {
    const queue::Offset next = first_to_repeat();
    if (position_ == unknown)
        behind_ = consumer_->end() - std::max<queue::Offset>(consumer_->committed(), 0);
    if (position_ == unknown || lost_) return;
    if (next > processed_) {
        processed_ = next;
        services_.timeseries.processed(source_, next);
    }
    // What the store has beyond what it was told here is older than a replay that is under way.
    const queue::Offset durable = services_.timeseries.checkpointed(source_);
    if (durable <= processed_ && durable > committed_) {
        consumer_->commit(durable);
        committed_ = durable;
    }
    lag_.set(consumer_->end() - position_);
    behind_ = consumer_->end() - committed_;
}

/// Where whoever comes next has to begin if nothing more is done.
queue::Offset Worker::first_to_repeat() {
    queue::Offset next = repeat_from_.value_or(position_);
    std::size_t lingering = 0;
    const Clock::time_point oldest = Clock::now() - settings_.lingering_age_max;
    std::erase_if(lingering_, [&](const std::shared_ptr<Pack>& pack) {
        return pack->open == 0 || pack->started < oldest;
    });
    for (const std::shared_ptr<Pack>& pack : lingering_) {
        lingering += pack->open;
        next = std::min(next, first_unfinished(*pack, false).value_or(next));
    }
    if (running_) {
        const bool failures = retries_failures(settings_.processing_strategy);
        next = std::min(next, first_unfinished(*running_, failures).value_or(next));
    }
    set_lingering(lingering);
    return std::min(next, held_.first_record(oldest).value_or(next));
}

void Worker::set_lingering(std::size_t messages) {
    metrics_.lingering.add(static_cast<std::int64_t>(messages) -
                           static_cast<std::int64_t>(std::exchange(lingering_messages_, messages)));
}

void Worker::run_for(std::chrono::milliseconds duration) {
    const Clock::time_point until = Clock::now() + duration;
    do {
        run_one_until(until);
    } while (Clock::now() < until && !stopping_);
}

void Worker::run_one_until(Clock::time_point until) {
    timers_.run_due();
    const auto next = timers_.until_next();
    context_.run_one_until(next ? std::min(until, Clock::now() + *next) : until);
}

// --- the end ---

bool Worker::out_of_time() const { return lost_ || (stopping_ && Clock::now() >= pack_end()); }

void Worker::end() {
    await_messages();
    const Clock::time_point drained_by = Clock::now() + settings_.stop_timeout / 2;
    if (lost_)
        walker_.silence();
    else
        hand_over_held(settings_.stop_timeout / 4);
    drain(lost_ ? std::chrono::milliseconds(drain_time_lost)
                : std::chrono::ceil<std::chrono::milliseconds>(drained_by - Clock::now()));
    if (!lost_) {
        progress();
        write_states(settings_.stop_timeout / 4);
        make_durable(settings_.stop_timeout / 2);
    }
    walker_.silence();
    notes_.flush();
    set_lingering(0);
    lag_.set(0);
}

/// Messages out of their pack's time end by themselves if they can, rather than be run again.
void Worker::await_messages() {
    while (tasks_.size() != 0 && !out_of_time()) context_.run_one_until(pack_end());
}

/// Ends what still runs; a task that is deaf to it is left behind with the context.
void Worker::drain(std::chrono::milliseconds time) {
    walker_.stop();
    tasks_.cancel();
    background_.cancel();
    const Clock::time_point until = Clock::now() + time;
    while (tasks_.size() + background_.size() != 0 && Clock::now() < until)
        context_.run_one_until(until);
}

/// What no message waited for is not made again by the next owner.
void Worker::write_states(std::chrono::milliseconds time) {
    if (!states_) return;
    const Clock::time_point until = Clock::now() + time;
    const auto written = ask(states_->flush());
    while (!*written && !lost_ && Clock::now() < until) context_.run_one_until(until);
}

/// So that the next owner begins where this one ends.
void Worker::make_durable(std::chrono::milliseconds time) {
    if (committed_ >= processed_) return;
    const Clock::time_point until = Clock::now() + time;
    const auto flushed = ask(services_.timeseries.flush());
    while (!*flushed && !lost_ && Clock::now() < until) context_.run_one_until(until);
    if (lost_) return;
    progress();
    if (committed_ >= processed_) return;
    const Error why = *flushed && !**flushed
                          ? (*flushed)->error()
                          : Error{ErrorCode::timeout, "the store was not durable in time"};
    services_.log.warn(
        "rule.partition.not_durable", why,
        {
            {"partition", partition_},
            {"processed", processed_},
            {"committed", committed_}
    });
}

bool Worker::settle() {
    TS_ASSERT(!thread_.joinable());
    consumer_.reset();
    context_.poll();
    return tasks_.size() + background_.size() + questions_ == 0;
}

}  // namespace thingstead::rule
