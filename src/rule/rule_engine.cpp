#include "rule/rule_engine.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "rule/ownership.h"
#include "rule/worker.h"

namespace thingstead::rule {
namespace {

constexpr std::chrono::seconds context_life{10};  ///< After its worker's.

}  // namespace

struct RuleEngine::Impl {
    Impl(const Settings& s, const Services& with, std::span<const NodeDescriptor* const> nodes,
         queue::PartitionIndex partitions);

    void assigned(std::unique_ptr<queue::Consumer> consumer);
    void revoked(queue::PartitionIndex partition, queue::Revocation how);
    std::unique_ptr<Worker> take(queue::PartitionIndex partition);
    void bury();

    const Settings settings;
    const Services services;
    const NodeRegistry registry;
    Metrics metrics;
    Ownership ownership;
    /// By partition: mailboxes that live as long as the events, whoever runs the partition.
    std::vector<std::shared_ptr<ChainChanges>> changes;
    std::mutex mutex;  ///< Guards workers.
    std::map<queue::PartitionIndex, std::unique_ptr<Worker>> workers;
    std::vector<std::unique_ptr<Worker>> ended;  ///< Something in them still waits for a store.
    /// What the last ones were woken through, and when they ended.
    std::deque<
        std::pair<std::chrono::steady_clock::time_point, std::shared_ptr<boost::asio::io_context>>>
        contexts;
    std::unique_ptr<queue::GroupMember> member;
};

RuleEngine::Impl::Impl(const Settings& s, const Services& with,
                       std::span<const NodeDescriptor* const> nodes,
                       queue::PartitionIndex partitions)
    : settings(s),
      services(with),
      registry(nodes),
      metrics(with.metrics),
      ownership(partitions, with.metrics) {
    for (queue::PartitionIndex i = 0; i < partitions; ++i) {
        const auto mailbox = std::make_shared<ChainChanges>();
        services.events.listen([mailbox](const core::EntityChange& each) { mailbox->add(each); });
        changes.push_back(mailbox);
    }
}

void RuleEngine::Impl::assigned(std::unique_ptr<queue::Consumer> consumer) {
    bury();
    const queue::PartitionIndex partition = consumer->partition();
    auto made = std::make_unique<Worker>(settings, services, registry, metrics, std::move(consumer),
                                         changes[static_cast<std::size_t>(partition)]);
    ownership.set(partition, true);
    const std::lock_guard lock(mutex);
    const auto [at, fresh] = workers.emplace(partition, std::move(made));
    TS_ASSERT(fresh);
    at->second->start();
}

void RuleEngine::Impl::revoked(queue::PartitionIndex partition, queue::Revocation how) {
    const auto began = std::chrono::steady_clock::now();
    std::unique_ptr<Worker> worker = take(partition);
    worker->stop(how);
    worker->join();
    ownership.set(partition, false);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    services.log.info("rule.partition.revoked", {
                                                    {"partition", partition                     },
                                                    {"lost",      how == queue::Revocation::lost},
                                                    {"committed", worker->committed()           },
                                                    {"took_ms",   took.count()                  }
    });
    ended.push_back(std::move(worker));
    bury();
}

std::unique_ptr<Worker> RuleEngine::Impl::take(queue::PartitionIndex partition) {
    const std::lock_guard lock(mutex);
    const auto at = workers.find(partition);
    TS_ASSERT(at != workers.end());
    std::unique_ptr<Worker> worker = std::move(at->second);
    workers.erase(at);
    return worker;
}

/// Only events of the group touch `ended`, and they come one at a time.
void RuleEngine::Impl::bury() {
    const auto now = std::chrono::steady_clock::now();
    while (!contexts.empty() && contexts.front().first < now - context_life) contexts.pop_front();
    std::erase_if(ended, [&](const std::unique_ptr<Worker>& each) {
        if (!each->settle()) return false;
        contexts.emplace_back(now, each->context());
        return true;
    });
}

RuleEngine::RuleEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RuleEngine::~RuleEngine() { stop(); }

Result<std::unique_ptr<RuleEngine>> RuleEngine::open(const Settings& settings,
                                                     const Services& services,
                                                     std::span<const NodeDescriptor* const> nodes) {
    const Result<queue::PartitionIndex> partitions = services.queue.partitions(core::main_topic);
    if (!partitions) return partitions.error();
    return std::unique_ptr<RuleEngine>(
        new RuleEngine(std::make_unique<Impl>(settings, services, nodes, *partitions)));
}

void RuleEngine::on_ownership(std::function<void(queue::PartitionIndex, bool)> listener) {
    TS_ASSERT(!impl_->member);
    impl_->ownership.listen(std::move(listener));
}

bool RuleEngine::owns(queue::PartitionIndex partition) const {
    return impl_->ownership.owns(partition);
}

Result<> RuleEngine::start() {
    TS_ASSERT(!impl_->member);
    Impl* const impl = impl_.get();
    queue::GroupEvents events;
    events.on_assigned = [impl](std::unique_ptr<queue::Consumer> consumer) {
        impl->assigned(std::move(consumer));
    };
    events.on_revoked = [impl](queue::PartitionIndex partition, queue::Revocation how) {
        impl->revoked(partition, how);
    };
    auto joined = impl->services.queue.join(core::main_topic, consumer_group, std::move(events));
    if (!joined) return joined.error();
    impl->member = *std::move(joined);
    return {};
}

void RuleEngine::stop() {
    {
        // All at once: to leave means to give back one partition after the other.
        const std::lock_guard lock(impl_->mutex);
        for (const auto& [partition, worker] : impl_->workers)
            worker->stop(queue::Revocation::orderly);
    }
    impl_->member.reset();
}

}  // namespace thingstead::rule
