#include "rule/worker.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "net/thread_name.h"
#include "queue/msg_codec.h"

namespace thingstead::rule {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto poll_wait = 500ms;
constexpr auto pause_after_trouble = 1s;
constexpr auto drain_time_max = 10s;

/// The numbers of the groups that run one after the other, per message.
std::vector<std::size_t> groups_of(SubmitStrategy strategy, const Pack& pack) {
    std::vector<std::size_t> groups;
    if (strategy == SubmitStrategy::burst || strategy == SubmitStrategy::batch) return groups;
    std::unordered_map<Uuid, std::size_t> known;
    for (const Delivery& each : pack.deliveries) {
        Uuid key{};
        if (strategy == SubmitStrategy::sequential_by_originator)
            key = each.first.visit.msg.originator.uuid;
        else if (strategy == SubmitStrategy::sequential_by_tenant)
            key = each.first.visit.tenant.uuid;
        groups.push_back(known.try_emplace(key, known.size()).first->second);
    }
    return groups;
}

bool waits_for_storage(const Delivery& delivery) {
    if (delivery.first.visit.waits_for_storage) return true;
    return std::any_of(delivery.copies.begin(), delivery.copies.end(),
                       [](const auto& copy) { return copy->visit.waits_for_storage; });
}

}  // namespace

Worker::Worker(const Settings& settings, const Services& services, const NodeRegistry& registry,
               Metrics& metrics, queue::PartitionIndex partition,
               std::shared_ptr<ChainChanges> changes)
    : settings_(settings),
      services_(services),
      metrics_(metrics),
      partition_(partition),
      lag_(services.metrics, "thingstead_rule_lag_records",
           "Records of the queue that are not processed yet.",
           {
               {"partition", std::to_string(partition)}
}),
      work_(context_.get_executor()),
      parser_(services.payload),
      tasks_("rule", services.log),
      background_("rule.background", services.log),
      walker_(settings_, metrics, services.log, tasks_, context_.get_executor()),
      registry_(registry),
      changes_(std::move(changes)) {
    background_.set_limit(settings.background_tasks_max);
}

Result<std::unique_ptr<Worker>> Worker::open(const Settings& settings, const Services& services,
                                             const NodeRegistry& registry, Metrics& metrics,
                                             queue::PartitionIndex partition,
                                             std::shared_ptr<ChainChanges> changes) {
    std::unique_ptr<Worker> worker(
        new Worker(settings, services, registry, metrics, partition, std::move(changes)));
    Worker* self = worker.get();
    auto ingress = core::RuleIngress::open(self->context_, services.queue, core::main_topic,
                                           services.ingress_metrics);
    if (!ingress) return ingress.error();
    auto consumer = services.queue.open_consumer(core::main_topic, consumer_group, partition);
    if (!consumer) return consumer.error();
    self->ingress_ = *std::move(ingress);
    self->consumer_ = *std::move(consumer);
    const auto spawn = [self](std::string name, Task<> task) {
        return self->background_.spawn(self->context_.get_executor(), std::move(name),
                                       std::move(task));
    };
    self->node_services_.emplace(NodeServices{services.telemetry, services.attributes,
                                              services.entities, *self->ingress_, self->parser_,
                                              services.rpc, services.clock, services.log, spawn});
    self->chains_.emplace(settings.tenants_max, registry, *self->node_services_, self->changes_);
    return worker;
}

Worker::~Worker() {
    stop();
    join();
    tasks_.cancel();
    background_.cancel();
}

void Worker::start() {
    TS_ASSERT(!thread_.joinable());
    thread_ = std::thread([this] { run(); });
}

void Worker::stop() {
    if (stopping_.exchange(true)) return;
    consumer_->wake();
    asio::post(context_, [] {});
}

void Worker::join() {
    if (thread_.joinable()) thread_.join();
}

void Worker::run() {
    net::name_this_thread("rule-" + std::to_string(partition_));
    seek_to_start();
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
            consumer_->seek(position_);
            run_for(pause_after_trouble);
        }
    }
    drain();
}

/// Where the store's data ends, or where the group had committed: the store is ahead, for it is
/// told of a record before the queue is.
void Worker::seek_to_start() {
    const queue::Offset committed = consumer_->committed();
    const queue::Offset stored = services_.timeseries.checkpointed(partition_);
    position_ = std::max(committed, stored);
    if (position_ > consumer_->end()) {
        services_.log.error("rule.queue.shorter_than_store", {
                                                                 {"partition", partition_      },
                                                                 {"stored",    stored          },
                                                                 {"end",       consumer_->end()},
                                                                 {"committed", committed       }
        });
        position_ = std::min(committed, consumer_->end());
    }
    processed_ = position_;
    consumer_->seek(position_);
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
    const Clock::time_point started = Clock::now();
    chains_->refresh();
    if (!process(batch)) return;
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
        if (const std::int64_t swallowed = unavailable_.take(); swallowed >= 0)
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

bool Worker::process(const Batch& batch) {
    std::vector<std::size_t> records(batch->records().size());
    std::iota(records.begin(), records.end(), std::size_t{0});
    std::size_t messages = 0;
    for (std::int32_t attempt = 1;; ++attempt) {
        const std::shared_ptr<Pack> pack = decode(batch, records, attempt > 1);
        if (attempt == 1) messages = pack->deliveries.size();
        if (!load_chains(*pack) || !run_attempt(pack)) return false;
        const AttemptResult result = result_of(*pack);
        const Decision decision = decide(settings_, attempt, messages, result);
        if (!result.timed_out.empty()) give_up_waiting(pack, decision.invalidate_timed_out);
        if (decision.retry.empty()) return true;
        metrics_.retried.add(decision.retry.size());
        records.clear();
        for (const std::size_t each : decision.retry)
            records.push_back(pack->deliveries[each].record);
        run_for(pause_after(settings_, attempt));
        if (stopping_) return false;
    }
}

std::shared_ptr<Pack> Worker::decode(const Batch& batch, const std::vector<std::size_t>& records,
                                     bool again) {
    const auto pack = std::make_shared<Pack>();
    pack->deliveries.reserve(records.size());
    for (const std::size_t index : records) {
        const queue::Record& record = batch->records()[index];
        Result<model::QueuedMsg> queued = queue::decode_queued_msg(record.value);
        if (!queued) {
            metrics_.undecodable.add();
            if (const std::int64_t swallowed = undecodable_.take(); swallowed >= 0)
                services_.log.error("rule.record.undecodable", queued.error(),
                                    {
                                        {"partition", partition_   },
                                        {"offset",    record.offset},
                                        {"swallowed", swallowed    }
                });
            continue;
        }
        Delivery& delivery = pack->deliveries.emplace_back();
        delivery.pack = pack.get();
        delivery.record = index;
        delivery.offset = record.offset;
        delivery.first.visit.msg = std::move(queued->msg);
        delivery.first.visit.tenant = queued->tenant;
        delivery.first.visit.source = store::SourceOffset{partition_, record.offset};
        // A message that came from behind a node that failed: the node itself is tried again.
        if (again && !queued->failure.empty()) continue;
        delivery.relations = std::move(queued->relations);
        delivery.failure_text = std::move(queued->failure);
    }
    pack->open = pack->deliveries.size();
    return pack;
}

bool Worker::load_chains(Pack& pack) {
    const TenantChains* last = nullptr;
    std::unordered_map<model::TenantId, ChainCache::Chains> found;
    for (Delivery& each : pack.deliveries) {
        const model::TenantId tenant = each.first.visit.tenant;
        if (!last || !(last->tenant == tenant)) {
            const auto [it, fresh] = found.try_emplace(tenant);
            if (fresh) it->second = chains_->find(tenant);
            if (fresh && !it->second) {
                Result<ChainCache::Chains> loaded = ChainCache::Chains();
                if (!load_chains_of(tenant, loaded)) return false;
                if (loaded) it->second = *std::move(loaded);
            }
            each.chains = it->second;
        } else {
            each.chains = (&each - 1)->chains;
        }
        last = each.chains.get();
    }
    return true;
}

/// While the store is overloaded the partition waits: to go on would mean to drop the messages.
/// False: stopping.
bool Worker::load_chains_of(model::TenantId tenant, Result<ChainCache::Chains>& loaded) {
    for (;;) {
        // Shared: the task may outlive this call when the engine stops.
        const auto answer = std::make_shared<std::optional<Result<ChainCache::Chains>>>();
        const auto take = [answer](std::exception_ptr thrown, Result<ChainCache::Chains> got) {
            if (thrown)
                *answer = Result<ChainCache::Chains>(Error{ErrorCode::internal, "load failed"});
            else
                *answer = std::move(got);
        };
        asio::co_spawn(context_, chains_->load(tenant), take);
        while (!*answer) {
            if (stopping_) return false;
            context_.run_one_for(poll_wait);
        }
        loaded = **answer;
        if (loaded) {
            metrics_.chains_loaded.add();
            return true;
        }
        if (const std::int64_t swallowed = unavailable_.take(); swallowed >= 0)
            services_.log.error("rule.chains.not_loaded", loaded.error(),
                                {
                                    {"tenant",    tenant.to_string()},
                                    {"swallowed", swallowed         }
            });
        if (loaded.error().code != ErrorCode::unavailable) return true;
        run_for(pause_after_trouble);
        if (stopping_) return false;
    }
}

bool Worker::run_attempt(const std::shared_ptr<Pack>& pack) {
    pack->started = Clock::now();
    Submission submission(settings_, pack->deliveries.size(),
                          groups_of(settings_.submit_strategy, *pack));
    Clock::time_point deadline = pack->started + settings_.pack_timeout;
    for (;;) {
        std::size_t next = 0;
        while (submission.next(next)) {
            walker_.start(pack, pack->deliveries[next]);
            for (const std::size_t each : pack->newly_succeeded) submission.succeeded(each);
            pack->newly_succeeded.clear();
        }
        if (pack->open == 0) return true;
        if (Clock::now() >= deadline) {
            if (stopping_) return false;
            const auto waits = std::find_if(
                pack->deliveries.begin(), pack->deliveries.end(),
                [](const Delivery& each) { return !each.done() && waits_for_storage(each); });
            if (waits == pack->deliveries.end()) return true;
            metrics_.waits_for_storage.add();
            deadline = Clock::now() + settings_.pack_timeout;
        }
        context_.run_one_until(deadline);
        for (const std::size_t each : pack->newly_succeeded) submission.succeeded(each);
        pack->newly_succeeded.clear();
    }
}

AttemptResult Worker::result_of(const Pack& pack) const {
    AttemptResult result;
    const bool lists_successes = settings_.processing_strategy == ProcessingStrategy::retry_all;
    for (std::size_t i = 0; i < pack.deliveries.size(); ++i) {
        const DeliveryState state = pack.deliveries[i].state;
        if (state == DeliveryState::failed)
            result.failed.push_back(i);
        else if (state != DeliveryState::succeeded)
            result.timed_out.push_back(i);
        else if (lists_successes)
            result.succeeded.push_back(i);
    }
    return result;
}

void Worker::give_up_waiting(const std::shared_ptr<Pack>& pack, bool invalidate) {
    metrics_.timed_out.add(pack->open);
    tell_timeout(*pack);
    if (invalidate)
        pack->valid = false;
    else
        lingering_.push_back(pack);
}

/// Names the oldest message and where it hangs.
void Worker::tell_timeout(const Pack& pack) const {
    const std::int64_t swallowed = timeouts_.take();
    if (swallowed < 0) return;
    const Branch* slowest = nullptr;
    const auto look = [&](const Branch& branch) {
        if (branch.waits_since != Clock::time_point() &&
            (!slowest || branch.waits_since < slowest->waits_since))
            slowest = &branch;
    };
    for (const Delivery& each : pack.deliveries) {
        look(each.first);
        for (const auto& copy : each.copies) look(*copy);
    }
    if (!slowest) return;
    const auto age =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - slowest->waits_since);
    services_.log.warn("rule.pack.timeout",
                       {
                           {"partition",  partition_                                    },
                           {"messages",   pack.deliveries.size()                        },
                           {"timed_out",  pack.open                                     },
                           {"tenant",     slowest->visit.tenant.to_string()             },
                           {"chain",      slowest->chain->name                          },
                           {"node",       slowest->node->info.name                      },
                           {"originator", slowest->visit.msg.originator.uuid.to_string()},
                           {"offset",     slowest->delivery->offset                     },
                           {"age_ms",     age.count()                                   },
                           {"swallowed",  swallowed                                     }
    });
}

/// The store learns up to where everything is done; the queue, what of that is durable. A message
/// that lingers holds both back until it is done or too old.
void Worker::progress() {
    queue::Offset next = position_;
    std::size_t lingering = 0;
    const Clock::time_point oldest = Clock::now() - settings_.lingering_age_max;
    std::erase_if(lingering_, [&](const std::shared_ptr<Pack>& pack) {
        return pack->open == 0 || pack->started < oldest;
    });
    for (const std::shared_ptr<Pack>& pack : lingering_) {
        lingering += pack->open;
        const auto first = std::find_if(pack->deliveries.begin(), pack->deliveries.end(),
                                        [](const Delivery& each) { return !each.done(); });
        next = std::min(next, first->offset);
    }
    metrics_.lingering.set(static_cast<std::int64_t>(lingering));
    if (next > processed_) {
        processed_ = next;
        services_.timeseries.processed(partition_, next);
    }
    const queue::Offset durable = std::min(services_.timeseries.checkpointed(partition_), next);
    if (durable >= 0 && durable > consumer_->committed()) consumer_->commit(durable);
    lag_.set(consumer_->end() - position_);
}

void Worker::run_for(std::chrono::milliseconds duration) {
    const Clock::time_point until = Clock::now() + duration;
    do {
        context_.run_one_until(until);
    } while (Clock::now() < until && !stopping_);
}

/// Ends what still runs; a task that is deaf to it is left behind with the context.
void Worker::drain() {
    walker_.stop();
    tasks_.cancel();
    background_.cancel();
    const Clock::time_point until = Clock::now() + drain_time_max;
    while (tasks_.size() + background_.size() != 0 && Clock::now() < until)
        context_.run_one_until(until);
    progress();
}

}  // namespace thingstead::rule
