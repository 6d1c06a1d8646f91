#include "rule/steward.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <iterator>
#include <utility>

#include "net/thread_name.h"
#include "rule/queue_rows.h"

namespace thingstead::rule {
namespace {

using namespace std::chrono_literals;

constexpr auto rest_time = 1s;         ///< Between looks at what is due.
constexpr auto retry_time = 10s;       ///< After a store or a broker did not answer.
constexpr auto answer_wait_max = 30s;  ///< For one answer of a store.
constexpr auto leave_after = 15s;      ///< A queue that was deleted is run on at least so long.
constexpr std::int32_t chains_of_a_step = 1000;  ///< Some megabytes of them.

bool same_entries(const std::vector<core::RuleQueues::Entry>& a,
                  const std::vector<core::RuleQueues::Entry>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.tenant == y.tenant && x.name == y.name && x.topic == y.topic;
    });
}

/// In steps: the chains of all tenants are many, and are dropped once they were looked at.
Task<Result<std::vector<Source>>> read_sources(store::EntityStore& store,
                                               const NodeRegistry& registry, store::Filter filter) {
    std::vector<Source> sources;
    std::vector<model::RuleChain> chains;
    std::optional<model::RuleChainId> last;
    do {
        store::Filter from_last = filter;
        if (last) from_last.emplace_back("id", store::Compare::at_least, last->uuid);
        const auto work = [&](store::Reader& reader) -> Result<> {
            auto step = reader.all<model::RuleChain>(from_last, chains_of_a_step);
            if (!step) return step.error();
            chains = *std::move(step);
            return {};
        };
        if (Result<> read = co_await store.read(work); !read) co_return read.error();
        for (const model::RuleChain& each : chains) {
            if (each.id == last) continue;  // The step before had it.
            std::vector<Source> found = sources_of(each, registry);
            std::move(found.begin(), found.end(), std::back_inserter(sources));
        }
        if (!chains.empty()) last = chains.back().id;
    } while (chains.size() == static_cast<std::size_t>(chains_of_a_step));
    co_return sources;
}

}  // namespace

Steward::Steward(const Settings& settings, const WorkerHouse& house, ChangeRoom& changes,
                 Sources& sources, Ownership& main_ownership)
    : settings_(settings),
      house_(house),
      services_(house.services),
      changes_(changes),
      sources_(sources),
      main_ownership_(main_ownership),
      context_(std::make_shared<boost::asio::io_context>(1)),
      work_(context_->get_executor()) {}

Steward::~Steward() { stop(); }

Result<> Steward::start() {
    queues_told_at_ = nodes_told_at_ = Clock::now();
    news_.all_sources = true;
    if (!settle_queues()) news_.queues = true;
    const std::string main(core::main_topic);
    if (!running_.contains(main)) {
        // No entity tells of it, or it cannot be read now: as the settings say.
        QueuePlan plan;
        plan.settings = settings_;
        if (Result<> done = run_queue(std::move(plan)); !done) return done;
    }
    thread_ = std::thread([this] {
        net::name_this_thread("rule-steward");
        run();
    });
    return {};
}

void Steward::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_all();
    context_->stop();
    if (thread_.joinable()) thread_.join();
    // All at once: to leave means to give back one partition after the other.
    for (const auto& [topic, each] : running_) each.runner->hurry();
    for (const auto& [topic, each] : running_) each.runner->stop();
}

void Steward::hear(const core::EntityChange& change) {
    using enum model::EntityType;
    const std::lock_guard lock(mutex_);
    switch (change.entity.type) {
        case queue:
        case tenant_profile:
        case tenant:         news_.queues = true; break;
        case rule_chain:     news_.sources_of.insert(change.tenant); break;
        default:             return;
    }
    woken_.notify_all();
}

void Steward::run() {
    while (rest()) {
        try {
            act();
        } catch (const std::exception& why) {
            services_.log.error("rule.steward.failed", {
                                                           {"reason", why.what()}
            });
        }
    }
}

/// False: stopping.
bool Steward::rest() {
    std::unique_lock lock(mutex_);
    const auto news = [this] {
        return stopping_ || ((news_.queues || news_.all_sources || !news_.sources_of.empty()) &&
                             Clock::now() >= retry_at_);
    };
    woken_.wait_for(lock, rest_time, news);
    return !stopping_;
}

void Steward::act() {
    News news;
    if (Clock::now() >= retry_at_) {
        const std::lock_guard lock(mutex_);
        news = std::exchange(news_, {});
    }
    const bool queues_done = !news.queues || settle_queues();
    const bool sources_done = find_sources(news);
    if (!queues_done || !sources_done) {
        retry_at_ = Clock::now() + retry_time;
        const std::lock_guard lock(mutex_);
        news_.queues = news_.queues || !queues_done;
        news_.all_sources = news_.all_sources || !sources_done;
    }
    retire();
    if (Clock::now() - queues_told_at_ >= settings_.statistics_interval) tell_queues();
    if (Clock::now() - nodes_told_at_ >= settings_.node_statistics_interval) tell_nodes();
}

/// Nullopt: stopping, or nobody answers.
template <class T>
std::optional<Result<T>> Steward::await(Task<Result<T>> question) {
    const auto answer = std::make_shared<std::optional<Result<T>>>();
    boost::asio::co_spawn(*context_, std::move(question),
                          [answer](std::exception_ptr thrown, Result<T> got) {
                              if (thrown)
                                  *answer = Result<T>(Error{ErrorCode::internal, "an exception"});
                              else
                                  *answer = std::move(got);
                          });
    const Clock::time_point until = Clock::now() + answer_wait_max;
    while (!*answer && !context_->stopped() && Clock::now() < until) context_->run_one_until(until);
    return *answer;
}

// --- queues ---

bool Steward::settle_queues() {
    const auto plans =
        await(read_queue_plans(services_.entities, settings_, services_.clock.now_ms()));
    if (!plans) return false;
    if (!*plans) {
        services_.log.warn("rule.queues.not_read", plans->error());
        return false;
    }
    bool all = true;
    std::set<std::string> wanted{std::string(core::main_topic)};
    for (const QueuePlan& plan : **plans) {
        wanted.insert(plan.topic);
        const Result<> runs = run_queue(plan);
        if (runs) continue;
        all = false;
        services_.log.error("rule.queue.not_run", runs.error(),
                            {
                                {"queue", plan.name },
                                {"topic", plan.topic}
        });
    }
    for (auto& [topic, each] : running_)
        if (wanted.contains(topic))
            each.unwanted_since.reset();
        else if (!each.unwanted_since)
            each.unwanted_since = Clock::now();
    publish(**plans);
    return all;
}

/// Runs it as the plan says; begins anew if it ran in another way.
Result<> Steward::run_queue(QueuePlan plan) {
    std::shared_ptr<QueueCounts> counts = std::make_shared<QueueCounts>();
    if (const auto at = running_.find(plan.topic); at != running_.end()) {
        plan.partitions = at->second.runner->plan().partitions;  // They cannot change.
        if (at->second.runner->plan() == plan) return {};
        counts = at->second.counts;
        end(at);
    }
    if (!plan.is_main()) {
        queue::TopicSettings topic = services_.topic;
        topic.name = plan.topic;
        topic.partitions = std::clamp(plan.partitions, 1, std::max(topic.partitions, 1));
        if (Result<> open = services_.queue.open_topic(topic); !open) return open;
    }
    Ownership* const ownership = plan.is_main() ? &main_ownership_ : nullptr;
    auto runner = std::make_unique<QueueRunner>(plan, house_, changes_, *counts, ownership);
    if (Result<> started = runner->start(); !started) return started;
    running_.emplace(plan.topic, Running{std::move(counts), std::move(runner)});
    return {};
}

/// Something in it may still wait for a store.
Steward::Queues::iterator Steward::end(Queues::iterator queue) {
    queue->second.runner->stop();
    ended_.push_back(std::move(queue->second));
    return running_.erase(queue);
}

/// Messages go where somebody runs them.
void Steward::publish(const std::vector<QueuePlan>& plans) {
    if (!services_.queues) return;
    std::vector<core::RuleQueues::Entry> entries;
    for (const QueuePlan& each : plans)
        if (running_.contains(each.topic)) entries.push_back({each.tenant, each.name, each.topic});
    if (same_entries(entries, published_)) return;
    published_ = entries;
    services_.queues->set(std::move(entries));
    // Nodes may have their place in another queue now.
    changes_.add_all();
    sources_.moved();
}

/// Queues that were deleted end when what was in them is done.
void Steward::retire() {
    std::erase_if(ended_, [](const Running& each) { return each.runner->settled(); });
    for (auto at = running_.begin(); at != running_.end();) {
        const auto since = at->second.unwanted_since;
        if (since && Clock::now() - *since >= leave_after && at->second.runner->drained()) {
            services_.log.info("rule.queue.ended", {
                                                       {"topic", at->first}
            });
            at = end(at);
        } else {
            ++at;
        }
    }
}

// --- nodes without input ---

bool Steward::find_sources(const News& news) {
    std::map<model::TenantId, std::vector<Source>> found;
    std::vector<store::Filter> filters;
    if (news.all_sources) filters.emplace_back();
    for (const model::TenantId tenant : news.sources_of) {
        found[tenant];
        if (!news.all_sources)
            filters.push_back({
                {"tenantId", tenant.uuid}
            });
    }
    for (store::Filter& filter : filters) {
        auto read = await(read_sources(services_.entities, house_.registry, std::move(filter)));
        if (!read || !*read) return false;
        for (Source& each : **read) found[each.node.tenant].push_back(std::move(each));
    }
    for (auto& [tenant, sources] : found) sources_.set(tenant, std::move(sources));
    return true;
}

// --- statistics ---

void Steward::tell_queues() {
    queues_told_at_ = Clock::now();
    const core::Platform platform{services_.entities, services_.telemetry, services_.attributes,
                                  services_.events,   services_.clock,     services_.log};
    for (const auto& [topic, each] : running_)
        for (auto& [tenant, counts] : each.counts->take()) {
            const auto saved = await(save_queue_counts(platform, tenant, each.runner->plan().name,
                                                       services_.service_id, std::move(counts)));
            if (!saved) return;
            if (!*saved)
                services_.log.warn("rule.statistics.not_saved", saved->error(),
                                   {
                                       {"topic",  topic             },
                                       {"tenant", tenant.to_string()}
                });
        }
}

void Steward::tell_nodes() {
    nodes_told_at_ = Clock::now();
    std::vector<model::Event> events;
    for (const NodeCounts::Taken& each : house_.records.counts.take())
        events.push_back(house_.records.events.event(
            each.tenant, each.entity, model::StatsEvent{each.processed, each.errors}));
    house_.records.events.offer(std::move(events));
}

}  // namespace thingstead::rule
