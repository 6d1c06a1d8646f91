#include "store/rocksdb/checkpointer.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <span>

#include "net/thread_name.h"

namespace thingstead::store::rocks {
namespace {

/// Entities whose heads are taken under one lock.
constexpr std::size_t entities_at_once = 128;
/// A larger checkpoint is written in several batches; the offsets are in the last.
constexpr std::size_t checkpoint_batch_bytes = 2 << 20;
/// Checkpoints that an entity is kept in memory without being written.
constexpr std::uint32_t idle_checkpoints = 90;

}  // namespace

Checkpointer::Checkpointer(const Settings& settings, Database& database, KeyDictionary& keys,
                           Heads& heads, StoreMetrics& metrics, const Log& log)
    : settings_(settings),
      database_(database),
      heads_(heads),
      metrics_(metrics),
      log_(log),
      batch_(database, keys, heads, metrics, log) {}

Result<> Checkpointer::load() {
    if (const Result<> loaded = batch_.load(); !loaded) return loaded;
    const std::unique_ptr<::rocksdb::Iterator> rows(
        database_.db().NewIterator({}, database_.family(Family::meta)));
    const ::rocksdb::Slice prefix(offset_rows.data(), offset_rows.size());
    for (rows->Seek(prefix); rows->Valid() && rows->key().starts_with(prefix); rows->Next()) {
        const auto partition = parse_offset_row({rows->key().data(), rows->key().size()});
        const auto next = parse_number_row({rows->value().data(), rows->value().size()});
        if (!partition || !next) return database_.damaged("row of an offset");
        checkpointed_[*partition] = static_cast<std::int64_t>(*next);
    }
    if (!rows->status().ok()) return database_.error_of(rows->status());
    processed_ = checkpointed_;
    return {};
}

void Checkpointer::start() {
    thread_ = std::thread([this] {
        net::name_this_thread("ts-writer");
        serve();
    });
}

void Checkpointer::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    work_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Checkpointer::submit(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_ || jobs_.size() >= jobs_max) return false;
        jobs_.push_back(std::move(job));
    }
    work_.notify_one();
    return true;
}

void Checkpointer::hurry() {
    if (hurry_.exchange(true)) return;
    const std::scoped_lock lock(mutex_);  // so that a writer about to wait sees it
    work_.notify_one();
}

void Checkpointer::await_room(std::function<void()> resume) {
    {
        const std::scoped_lock lock(mutex_);
        if (!stopped_ && heads_.bytes() >= heads_.bytes_max()) {
            rooms_.push_back(std::move(resume));
            return;
        }
    }
    resume();
}

void Checkpointer::processed(std::int32_t partition, std::int64_t next) {
    const std::scoped_lock lock(mutex_);
    processed_[partition] = next;
}

std::int64_t Checkpointer::checkpointed(std::int32_t partition) const {
    const std::scoped_lock lock(mutex_);
    const auto found = checkpointed_.find(partition);
    return found == checkpointed_.end() ? -1 : found->second;
}

void Checkpointer::serve() {
    bool last = false;
    while (!last) {
        std::vector<Job> jobs;
        last = wait_for_work(jobs);
        const auto began = std::chrono::steady_clock::now();
        const Result<> result = checkpoint_or_recover();
        report(result, began);
        for (const Job& job : jobs) job(result);
        evict();
        metrics_.head_bytes.set(static_cast<std::int64_t>(heads_.bytes()));
        wake_rooms();
    }
    std::vector<std::function<void()>> waiting;
    {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
        waiting.swap(rooms_);
    }
    for (const auto& resume : waiting) resume();
}

/// True: this is the last checkpoint.
bool Checkpointer::wait_for_work(std::vector<Job>& jobs) {
    std::unique_lock lock(mutex_);
    const auto pause = failing_ ? settings_.retry_interval : settings_.checkpoint_interval;
    work_.wait_for(lock, pause,
                   [this] { return stopping_ || !jobs_.empty() || (hurry_ && !failing_); });
    hurry_ = false;
    jobs.swap(jobs_);
    return stopping_;
}

Result<> Checkpointer::checkpoint_or_recover() {
    if (failing_)
        if (const Result<> recovered = database_.recover(); !recovered) return recovered;
    return checkpoint();
}

Result<> Checkpointer::checkpoint() {
    Offsets offsets;
    bool moved = false;
    {
        // First the offsets, then the heads: whatever is below them has been written by now.
        const std::scoped_lock lock(mutex_);
        offsets = processed_;
        moved = processed_ != checkpointed_;
    }
    heads_.next_checkpoint();
    bool unsynced = false;
    for (std::size_t shard = 0; shard < Heads::shard_count; ++shard)
        if (const Result<> written = write_shard(shard, unsynced); !written) return written;
    if (batch_.empty() && !moved && !unsynced) return {};
    for (const auto& [partition, next] : offsets) batch_.put_offset(partition, next);
    if (const Result<> written = batch_.commit(true); !written) return written;
    metrics_.checkpoints.add();
    const std::scoped_lock lock(mutex_);
    checkpointed_ = std::move(offsets);
    return {};
}

Result<> Checkpointer::write_shard(std::size_t shard, bool& unsynced) {
    const std::vector<EntityHead*> dirty = heads_.take_dirty(shard);
    std::span<EntityHead* const> rest = dirty;
    while (!rest.empty()) {
        const auto some = rest.first(std::min(entities_at_once, rest.size()));
        rest = rest.subspan(some.size());
        Result<> written = batch_.add(shard, heads_.take(shard, some));
        if (written && batch_.bytes() >= checkpoint_batch_bytes) {
            written = batch_.commit(false);
            unsynced = true;
        }
        if (written) continue;
        heads_.put_back(shard, rest);
        return written;
    }
    return {};
}

void Checkpointer::report(const Result<>& result, std::chrono::steady_clock::time_point began) {
    metrics_.checkpoint_seconds.observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    if (result) {
        if (failing_) log_.info("timeseries.checkpoint.recovered");
        failing_ = false;
        return;
    }
    failing_ = true;
    metrics_.checkpoints_failed.add();
    if (is_damage(result.error())) metrics_.damaged.add();
    if (const std::int64_t swallowed = throttle_.take(); swallowed >= 0)
        log_.error("timeseries.checkpoint.failed", result.error(),
                   {
                       {"head_bytes", heads_.bytes()},
                       {"more_times", swallowed     }
        });
}

/// Entities nobody writes make room: a shard at a time those idle for long, and under pressure
/// everything that is clean.
void Checkpointer::evict() {
    const std::uint32_t now = heads_.checkpoint();
    if (heads_.bytes() <= heads_.bytes_max() / 4) {
        if (now > idle_checkpoints) heads_.evict(sweep_at_, now - idle_checkpoints);
        sweep_at_ = (sweep_at_ + 1) % Heads::shard_count;
        return;
    }
    for (const std::uint32_t kept : {2u, 0u}) {
        if (now <= kept || heads_.bytes() <= heads_.bytes_max() / 4) return;
        for (std::size_t shard = 0; shard < Heads::shard_count; ++shard)
            heads_.evict(shard, now - kept);
    }
}

void Checkpointer::wake_rooms() {
    std::vector<std::function<void()>> waiting;
    {
        const std::scoped_lock lock(mutex_);
        if (heads_.bytes() < heads_.bytes_max()) waiting.swap(rooms_);
    }
    for (const auto& resume : waiting) resume();
}

}  // namespace thingstead::store::rocks
