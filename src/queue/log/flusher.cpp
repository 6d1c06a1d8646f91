#include "queue/log/flusher.h"

#include <algorithm>

namespace thingstead::queue::log {

Flusher::Flusher(Context& context)
    : context_(context), sync_pool_(context.settings.sync_threads), thread_([this] { run(); }) {}

Flusher::~Flusher() { stop(); }

void Flusher::add(Partition& partition) {
    const std::lock_guard lock(list_mutex_);
    partitions_.push_back(&partition);
}

void Flusher::add(std::shared_ptr<ProducerState> producer) {
    const std::lock_guard lock(list_mutex_);
    producers_.push_back(std::move(producer));
}

void Flusher::remove(const std::shared_ptr<ProducerState>& producer) {
    {
        const std::lock_guard lock(list_mutex_);
        std::erase(producers_, producer);
    }
    {
        const std::lock_guard lock(producer->mutex);
        if (!producer->starved.empty()) --starved_;
        producer->starved.clear();
    }
    const std::lock_guard lock(producer->events_mutex);
    producer->gone = true;
}

// --- room ---

bool Flusher::reserve(std::size_t bytes) {
    if (context_.full.load(std::memory_order_relaxed)) return false;
    const std::size_t before = context_.pending_bytes.fetch_add(bytes);
    if (before == 0 || before + bytes <= context_.settings.pending_bytes_max) return true;
    context_.pending_bytes.fetch_sub(bytes);
    return false;
}

/// The flusher looks for starved producers after it made room, so: register first, look again
/// second. Then either this side sees the room or the flusher sees the producer.
bool Flusher::starve(ProducerState& producer, const Partition& partition, std::size_t bytes) {
    const std::lock_guard lock(producer.mutex);
    if (producer.starved.empty()) ++starved_;
    if (std::find(producer.starved.begin(), producer.starved.end(), &partition) ==
        producer.starved.end())
        producer.starved.push_back(&partition);
    if (context_.stopping.load()) return true;
    const std::size_t pending = context_.pending_bytes.load();
    if (context_.full.load() || !partition.lag_allows(bytes) ||
        (pending > 0 && pending + bytes > context_.settings.pending_bytes_max)) {
        context_.metrics.refused.add();
        return true;
    }
    producer.starved.clear();
    --starved_;
    return false;
}

bool Flusher::has_room(const ProducerState& producer) const {
    if (context_.full.load() ||
        context_.pending_bytes.load() > context_.settings.pending_bytes_max / 2)
        return false;
    return std::any_of(producer.starved.begin(), producer.starved.end(),
                       [](const Partition* p) { return p->lag_allows(1); });
}

void Flusher::feed_starved() {
    if (starved_.load() == 0) return;
    std::vector<std::shared_ptr<ProducerState>> fed;
    {
        const std::lock_guard lock(list_mutex_);
        for (const auto& producer : producers_) {
            const std::lock_guard producer_lock(producer->mutex);
            if (producer->starved.empty() || !has_room(*producer)) continue;
            producer->starved.clear();
            --starved_;
            fed.push_back(producer);
        }
    }
    for (const auto& producer : fed) {
        const std::lock_guard lock(producer->events_mutex);
        if (!producer->gone && producer->events.on_room) producer->events.on_room();
    }
}

// --- sleeping and waking ---

void Flusher::signal() {
    if (signalled_.load()) {
        if (!filling_.load(std::memory_order_relaxed) ||
            context_.pending_bytes.load(std::memory_order_relaxed) < context_.settings.flush_bytes)
            return;
        filling_ = false;
    } else if (signalled_.exchange(true)) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
    }
    work_came_.notify_one();
}

void Flusher::signal_room() {
    if (starved_.load() > 0) signal();
}

void Flusher::wait_for_work() {
    {
        std::unique_lock lock(mutex_);
        work_came_.wait(lock, [&] { return signalled_.load() || context_.stopping.load(); });
    }
    if (context_.settings.flush_delay.count() > 0)
        pause(Clock::now() + context_.settings.flush_delay, context_.settings.flush_delay);
    if (next_round_ > Clock::now()) pause(next_round_, context_.settings.busy_quiet);
}

/// Waits for more records to share the commit, until there are enough or none came for `quiet`:
/// senders that wait for their acknowledgement send nothing until they have it.
void Flusher::pause(Clock::time_point until, std::chrono::microseconds quiet) {
    filling_ = true;
    const auto enough = [&] {
        return context_.stopping.load() || !filling_.load() ||
               context_.pending_bytes.load() >= context_.settings.flush_bytes;
    };
    std::unique_lock lock(mutex_);
    std::size_t seen = context_.pending_bytes.load();
    while (Clock::now() < until) {
        const auto step = std::min(until, Clock::now() + quiet);
        if (work_came_.wait_until(lock, step, enough)) break;
        const std::size_t pending = context_.pending_bytes.load();
        if (pending == seen) break;
        seen = pending;
    }
    filling_ = false;
}

void Flusher::stop() {
    {
        const std::lock_guard lock(mutex_);
        context_.stopping = true;
    }
    work_came_.notify_all();
    if (thread_.joinable()) thread_.join();
}

// --- rounds ---

void Flusher::run() {
    while (!context_.stopping.load()) {
        wait_for_work();
        round();
    }
    {
        const std::lock_guard lock(list_mutex_);
        for (Partition* partition : partitions_) partition->close_appends();
        for (const auto& producer : producers_) {
            const std::lock_guard producer_lock(producer->mutex);
            producer->stopped = true;
        }
    }
    // Nothing is appended any more: whatever is not durable after this has failed.
    if (!dropped_) round();
    note_tickets();
    const Error stopped{ErrorCode::unavailable, "the queue is stopping"};
    for (const Noted& noted : noted_) report(noted, stopped);
}

void Flusher::note_tickets() {
    noted_.clear();
    const std::lock_guard lock(list_mutex_);
    for (const auto& producer : producers_) noted_.push_back({producer, producer->last.load()});
}

void Flusher::round() {
    const Clock::time_point begin = Clock::now();
    signalled_ = false;
    note_tickets();
    {
        const std::lock_guard lock(list_mutex_);
        for (Partition* partition : partitions_)
            if (partition->dirty()) dirty_.push_back(partition);
    }
    for (Partition* partition : dirty_) partition->take();
    if (!dirty_.empty()) {
        if (!persist_all()) return;
        publish_all(begin);
    }
    for (const Noted& noted : noted_) report(noted, std::nullopt);
    feed_starved();
}

/// Tries until every partition of the round is durable. False: stopping while the disk takes
/// nothing; the round is dropped.
bool Flusher::persist_all() {
    for (int attempt = 0;; ++attempt) {
        std::vector<Result<>> results(dirty_.size());
        sync_pool_.run(dirty_.size(), [&](std::size_t i) { results[i] = dirty_[i]->persist(); });
        const auto failed = std::find_if(results.begin(), results.end(),
                                         [](const Result<>& r) { return r.has_error(); });
        if (failed == results.end()) break;
        context_.metrics.write_errors.add();
        if (attempt == 0) continue;  // a fresh segment may do where the old file failed
        if (!context_.full.exchange(true)) context_.metrics.full.set(1);
        if (const std::int64_t swallowed = error_lines_.take(); swallowed >= 0)
            context_.log.error("queue.log.full", failed->error(),
                               {
                                   {"swallowed", swallowed}
            });
        std::unique_lock lock(mutex_);
        work_came_.wait_for(lock, context_.settings.retry_interval,
                            [&] { return context_.stopping.load(); });
        if (!context_.stopping.load()) continue;
        for (Partition* partition : dirty_) partition->drop_round();
        dirty_.clear();
        dropped_ = true;
        return false;
    }
    if (context_.full.exchange(false)) {
        context_.metrics.full.set(0);
        context_.log.info("queue.log.writable", {});
    }
    return true;
}

void Flusher::publish_all(Clock::time_point begin) {
    std::size_t records = 0;
    std::size_t record_bytes = 0;
    for (Partition* partition : dirty_) {
        const Partition::Published published = partition->publish();
        records += published.records;
        record_bytes += published.record_bytes;
        remember(*partition, published);
    }
    const std::size_t files = dirty_.size();
    dirty_.clear();
    release(record_bytes);
    context_.metrics.records.add(records);
    context_.metrics.bytes.add(record_bytes);
    context_.metrics.commits.add();
    context_.metrics.pending_bytes.set(static_cast<std::int64_t>(context_.pending_bytes.load()));
    context_.metrics.commit_seconds.observe(
        std::chrono::duration<double>(Clock::now() - begin).count());
    next_round_ = begin + wait_after(records, files);
}

/// How long after the begin of a round the next may begin.
std::chrono::microseconds Flusher::wait_after(std::size_t records, std::size_t files) const {
    const std::size_t rate = context_.settings.busy_syncs_per_second;
    if (records < context_.settings.busy_records || rate == 0) return {};
    return std::min(wait_max, std::chrono::microseconds(1'000'000 * files / rate));
}

void Flusher::remember(Partition& partition, const Partition::Published& published) {
    memory_.insert(memory_.end(), published.frames, &partition);
    memory_bytes_ += published.frame_bytes;
    while (memory_bytes_ > context_.settings.cache_bytes_max) {
        memory_bytes_ -= memory_.front()->evict_frame();
        memory_.pop_front();
    }
}

void Flusher::report(const Noted& noted, const std::optional<Error>& error) {
    ProducerState& producer = *noted.producer;
    const std::lock_guard events_lock(producer.events_mutex);
    if (producer.gone || producer.reported >= noted.up_to) return;
    std::vector<std::pair<Producer::Ticket, Error>> failed;
    {
        const std::lock_guard lock(producer.mutex);
        auto& all = producer.failed;
        const auto later = std::find_if(all.begin(), all.end(),
                                        [&](const auto& f) { return f.first > noted.up_to; });
        failed.assign(std::make_move_iterator(all.begin()), std::make_move_iterator(later));
        all.erase(all.begin(), later);
    }
    const auto tell = [&](Producer::Ticket up_to, const std::optional<Error>& why) {
        if (up_to <= producer.reported) return;
        producer.reported = up_to;
        if (producer.events.on_durable) producer.events.on_durable(up_to, why);
    };
    for (const auto& [ticket, why] : failed) {
        tell(ticket - 1, error);
        tell(ticket, why);
    }
    tell(noted.up_to, error);
}

}  // namespace thingstead::queue::log
