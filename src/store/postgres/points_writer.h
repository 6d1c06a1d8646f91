// One writing thread of the time-series store. It has the points of its entities to itself, so the
// order of a series is the order in which it was written.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "store/postgres/key_ids.h"
#include "store/postgres/link.h"
#include "store/postgres/partitions.h"
#include "store/postgres/pending_points.h"
#include "store/postgres/settings.h"
#include "store/postgres/timeseries_metrics.h"
#include "store/sql/answer.h"

namespace thingstead::store::postgres {

/// What the writers of one store share.
struct WriterContext {
    const TimeseriesSettings& settings;
    LinkContext& link;
    Partitions& partitions;
    TimeseriesMetrics& metrics;
    std::atomic<std::size_t>& pending_bytes;
    std::function<void()> stored;  ///< Called after each commit, on the writer's thread.
};

class PointsWriter {
  public:
    /// Works on the writer's connection; may be told Trouble::lost.
    using Job = std::function<Result<>(Connection&)>;

    /// `context` outlives it.
    explicit PointsWriter(WriterContext& context);
    ~PointsWriter() { stop(); }

    Result<> connect() { return link_.connect(); }
    void start(const std::string& thread_name);
    /// Writes what waits unless the database is away, answers everyone. Idempotent. Blocks.
    void stop();

    // Thread-safe from here on.
    /// Never blocks for the database. False: stopped.
    bool add(const PointsWrite& points, EpochMs expires_ms);
    /// Answers when all that was added before is durable, and makes haste with it. Errors:
    /// unavailable - not within away_max (it may become durable later), or stopped.
    void settle(sql::Answer answer);
    /// The same for the points of an entity; at once if none of it waits.
    void settle(const Uuid& entity, sql::Answer answer);
    /// Runs `job` when all that was added before is durable. Errors: as settle(); those of `job`.
    void submit(Job job, sql::Answer answer);

    std::uint64_t added() const { return added_.load(); }
    std::uint64_t stored() const { return stored_.load(); }

  private:
    struct Waiter {
        std::uint64_t until;  ///< Of added_.
        Job job;              ///< May be empty.
        bool tell_dropped;    ///< Points that cannot be stored are an error to it.
        sql::Answer answer;
        std::chrono::steady_clock::time_point since;
    };
    static constexpr std::size_t waiters_max = 16'384;

    void wait_in_line(std::unique_lock<std::mutex> lock, Job job, bool tell_dropped,
                      sql::Answer answer);
    void serve();
    bool wait_for_points(std::unique_lock<std::mutex>& lock);
    /// False: given up because the store stops.
    bool store_taken();
    Result<> store_once();
    Result<> prepare_partitions(Connection& connection);
    Result<> write_plan(Connection& connection);
    using Points = std::span<const PendingPoint* const>;
    Result<> write_both(Connection& connection, Points history, Points latest);
    /// Halves what the database refuses until the culprit is alone, and drops it.
    Result<> write_some(Connection& connection, Points points, bool history);
    void answer_waiters();
    void refuse_waiters(const Error& why, std::chrono::steady_clock::time_point since_before);
    Result<> run_job(const Job& job);

    WriterContext& context_;
    // Of the thread; taken_ is exchanged under the lock.
    Link link_;
    KeyIds keys_;
    PendingPoints taken_;
    bool planned_ = false;
    Plan plan_;
    std::size_t history_done_ = 0;
    std::size_t latest_done_ = 0;
    std::size_t dropped_ = 0;

    std::mutex mutex_;
    std::condition_variable arrived_;
    PendingPoints waiting_;
    std::deque<Waiter> waiters_;
    std::chrono::steady_clock::time_point first_at_{};
    bool hurry_ = false;
    bool stopping_ = false;
    std::atomic<std::uint64_t> added_{0};
    std::atomic<std::uint64_t> stored_{0};
    std::mutex joining_;
    std::thread thread_;
};

}  // namespace thingstead::store::postgres
