#include "rule/worker.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "net/thread_name.h"

namespace thingstead::rule {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto poll_wait = 500ms;
constexpr auto pause_after_trouble = 1s;
constexpr auto drain_time_lost = 1s;

bool retries_failures(ProcessingStrategy strategy) {
    return strategy == ProcessingStrategy::retry_failed ||
           strategy == ProcessingStrategy::retry_failed_and_timed_out ||
           strategy == ProcessingStrategy::retry_all;
}

}  // namespace

Worker::Worker(const Settings& settings, const Services& services, const NodeRegistry& registry,
               Metrics& metrics, std::unique_ptr<queue::Consumer> consumer,
               std::shared_ptr<ChainChanges> changes)
    : settings_(settings),
      services_(services),
      metrics_(metrics),
      consumer_(std::move(consumer)),
      partition_(consumer_->partition()),
      lag_(services.metrics, "thingstead_rule_lag_records",
           "Records of the queue that are not processed yet.",
           {
               {"partition", std::to_string(partition_)}
}),
      work_(context_.get_executor()),
      parser_(services.payload),
      letters_(services_, settings.dead_letter_retention, context_),
      tasks_("rule", services.log),
      background_("rule.background", services.log),
      walker_(settings_, metrics, services.log, tasks_, context_.get_executor()),
      registry_(registry),
      changes_(std::move(changes)) {
    background_.set_limit(settings.background_tasks_max);
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
    net::name_this_thread("rule-" + std::to_string(partition_));
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
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - assigned_at_);
    services_.log.info("rule.partition.assigned",
                       {
                           {"partition", partition_  },
                           {"took_ms",   took.count()}
    });
}

bool Worker::open_ingress() {
    auto ingress = core::RuleIngress::open(context_, services_.queue, core::main_topic,
                                           services_.ingress_metrics);
    if (!ingress) {
        services_.log.error("rule.partition.not_started", ingress.error(),
                            {
                                {"partition", partition_}
        });
        return false;
    }
    ingress_ = *std::move(ingress);
    const auto spawn = [this](std::string name, Task<> task) {
        return background_.spawn(context_.get_executor(), std::move(name), std::move(task));
    };
    node_services_.emplace(NodeServices{services_.telemetry, services_.attributes,
                                        services_.entities, *ingress_, parser_, services_.rpc,
                                        services_.clock, services_.log, spawn});
    chains_.emplace(settings_.tenants_max, registry_, *node_services_, changes_);
    return true;
}

/// The consumer begins where the group had committed. Only a store that is this process's alone can
/// be ahead of that: it is told of a record before the group is, and remembers it.
void Worker::seek_to_start() {
    services_.timeseries.forget(partition_);
    const queue::Offset stored = services_.timeseries.checkpointed(partition_);
    const queue::Offset committed = stored < 0 ? unknown : consumer_->committed();
    if (stored <= committed) return;
    if (const queue::Offset end = consumer_->end(); stored > end) {
        services_.log.error("rule.queue.shorter_than_store", {
                                                                 {"partition", partition_},
                                                                 {"stored",    stored    },
                                                                 {"end",       end       },
                                                                 {"committed", committed }
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
    progress();
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
    metrics_.pack_seconds.observe(std::chrono::duration<double>(Clock::now() - started).count());
    if (batch->records().size() < settings_.pack_messages_max && settings_.poll_interval > 0ms)
        run_for(settings_.poll_interval);
}

Worker::Batch Worker::poll() {
    const bool busy = tasks_.size() + background_.size() != 0;
    Result<std::unique_ptr<queue::Batch>> batch = consumer_->poll(
        settings_.pack_messages_max, settings_.pack_bytes_max, busy ? 0ms : poll_wait);
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

/// The store learns up to where everything is done; the queue, what of that is durable. A message
/// that lingers holds both back until it is done or too old.
void Worker::progress() {
    const queue::Offset next = first_to_repeat();
    if (position_ == unknown || lost_) return;
    if (next > processed_) {
        processed_ = next;
        services_.timeseries.processed(partition_, next);
    }
    // What the store has beyond what it was told here is older than a replay that is under way.
    const queue::Offset durable = services_.timeseries.checkpointed(partition_);
    if (durable <= processed_ && durable > committed_) {
        consumer_->commit(durable);
        committed_ = durable;
    }
    lag_.set(consumer_->end() - position_);
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
    return next;
}

void Worker::set_lingering(std::size_t messages) {
    metrics_.lingering.add(static_cast<std::int64_t>(messages) -
                           static_cast<std::int64_t>(std::exchange(lingering_messages_, messages)));
}

void Worker::run_for(std::chrono::milliseconds duration) {
    const Clock::time_point until = Clock::now() + duration;
    do {
        context_.run_one_until(until);
    } while (Clock::now() < until && !stopping_);
}

// --- the end ---

bool Worker::out_of_time() const { return lost_ || (stopping_ && Clock::now() >= pack_end()); }

void Worker::end() {
    await_messages();
    if (lost_) walker_.silence();
    drain(lost_ ? drain_time_lost : settings_.stop_timeout / 2);
    if (!lost_) {
        progress();
        make_durable(settings_.stop_timeout / 2);
    }
    walker_.silence();
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
