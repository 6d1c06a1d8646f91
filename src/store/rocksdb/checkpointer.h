// The one thread that writes to the database. It moves heads to disk together with the queue
// offsets they stand for, and runs deletions between two checkpoints.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "store/rocksdb/batch.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/heads.h"
#include "store/rocksdb/settings.h"

namespace thingstead::store::rocks {

class Checkpointer {
  public:
    static constexpr std::size_t jobs_max = 16'384;

    Checkpointer(const Settings& settings, Database& database, KeyDictionary& keys, Heads& heads,
                 StoreMetrics& metrics, const Log& log);
    /// stop() must have been called if start() was.
    ~Checkpointer() = default;
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Reads the stored offsets and numbering. Before start(). Errors: unavailable.
    Result<> load();
    void start();
    /// A last checkpoint, then the end of the thread. Idempotent; one caller at a time.
    void stop();

    /// Runs on the writer's thread with the outcome of a checkpoint that began after submit().
    using Job = std::function<void(const Result<>& checkpoint)>;
    /// False: stopping, or jobs_max wait.
    bool submit(Job job);
    /// Asks for a checkpoint because memory fills. Cheap.
    void hurry();
    /// Calls `resume` once write() may be tried again, or when stopping.
    void await_room(std::function<void()> resume);

    void processed(std::int32_t partition, std::int64_t next);
    std::int64_t checkpointed(std::int32_t partition) const;

    /// For jobs.
    Batch& batch() { return batch_; }

  private:
    using Offsets = std::map<std::int32_t, std::int64_t>;

    void serve();
    bool wait_for_work(std::vector<Job>& jobs);
    Result<> checkpoint_or_recover();
    Result<> checkpoint();
    Result<> write_shard(std::size_t shard, bool& unsynced);
    void report(const Result<>& result, std::chrono::steady_clock::time_point began);
    void evict();
    void wake_rooms();

    const Settings& settings_;
    Database& database_;
    Heads& heads_;
    StoreMetrics& metrics_;
    Log log_;
    LogThrottle throttle_{std::chrono::seconds(60)};
    Batch batch_;
    bool failing_ = false;      // the writer's thread
    std::size_t sweep_at_ = 0;  // shard to look for idle entities in next

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable work_;
    std::vector<Job> jobs_;
    std::vector<std::function<void()>> rooms_;
    Offsets processed_, checkpointed_;
    bool stopping_ = false;
    bool stopped_ = false;
    std::atomic<bool> hurry_{false};

    std::thread thread_;
};

}  // namespace thingstead::store::rocks
