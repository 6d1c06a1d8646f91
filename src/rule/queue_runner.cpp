#include "rule/queue_runner.h"

#include <algorithm>

namespace thingstead::rule {
namespace {

constexpr std::chrono::seconds context_life{10};  ///< After its worker's.

}  // namespace

std::shared_ptr<ChainChanges> ChangeRoom::mailbox() {
    auto made = std::make_shared<ChainChanges>();
    const std::lock_guard lock(mutex_);
    std::erase_if(boxes_, [](const auto& each) { return each.expired(); });
    boxes_.push_back(made);
    return made;
}

void ChangeRoom::add(const core::EntityChange& change) {
    const std::lock_guard lock(mutex_);
    for (const auto& each : boxes_)
        if (const auto box = each.lock()) box->add(change);
}

void ChangeRoom::add_all() {
    const std::lock_guard lock(mutex_);
    for (const auto& each : boxes_)
        if (const auto box = each.lock()) box->add_all();
}

QueueRunner::QueueRunner(QueuePlan plan, const WorkerHouse& house, ChangeRoom& changes,
                         QueueCounts& counts, Ownership* ownership)
    : plan_(std::move(plan)),
      house_(house),
      changes_(changes),
      ownership_(ownership),
      counts_(counts) {}

QueueRunner::~QueueRunner() { stop(); }

Result<> QueueRunner::start() {
    queue::GroupEvents events;
    events.on_assigned = [this](std::unique_ptr<queue::Consumer> consumer) {
        assigned(std::move(consumer));
    };
    events.on_revoked = [this](queue::PartitionIndex partition, queue::Revocation how) {
        revoked(partition, how);
    };
    auto joined = house_.services.queue.join(plan_.topic, plan_.group(), std::move(events));
    if (!joined) return joined.error();
    member_ = *std::move(joined);
    return {};
}

void QueueRunner::assigned(std::unique_ptr<queue::Consumer> consumer) {
    bury();
    const queue::PartitionIndex partition = consumer->partition();
    std::shared_ptr<ChainChanges>& mailbox = mailboxes_[partition];
    if (!mailbox) mailbox = changes_.mailbox();
    auto made = std::make_unique<Worker>(plan_, house_, counts_, std::move(consumer), mailbox);
    if (ownership_) ownership_->set(partition, true);
    const std::lock_guard lock(mutex_);
    const auto [at, fresh] = workers_.emplace(partition, std::move(made));
    TS_ASSERT(fresh);
    at->second->start();
}

void QueueRunner::revoked(queue::PartitionIndex partition, queue::Revocation how) {
    const auto began = std::chrono::steady_clock::now();
    std::unique_ptr<Worker> worker = take(partition);
    worker->stop(how);
    worker->join();
    if (ownership_) ownership_->set(partition, false);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    house_.services.log.info("rule.partition.revoked", {
                                                           {"topic",     plan_.topic                   },
                                                           {"partition", partition                     },
                                                           {"lost",      how == queue::Revocation::lost},
                                                           {"committed", worker->committed()           },
                                                           {"took_ms",   took.count()                  }
    });
    ended_.push_back(std::move(worker));
    bury();
}

std::unique_ptr<Worker> QueueRunner::take(queue::PartitionIndex partition) {
    const std::lock_guard lock(mutex_);
    const auto at = workers_.find(partition);
    TS_ASSERT(at != workers_.end());
    std::unique_ptr<Worker> worker = std::move(at->second);
    workers_.erase(at);
    return worker;
}

/// Only events of the group touch `ended_`, one at a time, and who stopped it afterwards.
void QueueRunner::bury() {
    const auto now = std::chrono::steady_clock::now();
    while (!contexts_.empty() && contexts_.front().first < now - context_life)
        contexts_.pop_front();
    std::erase_if(ended_, [&](const std::unique_ptr<Worker>& each) {
        if (!each->settle()) return false;
        contexts_.emplace_back(now, each->context());
        return true;
    });
}

void QueueRunner::hurry() {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, worker] : workers_) worker->stop(queue::Revocation::orderly);
}

void QueueRunner::stop() {
    hurry();
    member_.reset();
}

bool QueueRunner::settled() {
    bury();
    return ended_.empty() && contexts_.empty();
}

bool QueueRunner::drained() const {
    const std::lock_guard lock(mutex_);
    return std::all_of(workers_.begin(), workers_.end(),
                       [](const auto& each) { return each.second->lag() <= 0; });
}

}  // namespace thingstead::rule
