#include "store/postgres/postgres_timeseries_store.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "net/blocking_pool.h"
#include "net/thread_name.h"
#include "store/postgres/points_reader.h"
#include "store/postgres/points_writer.h"
#include "store/postgres/stored_offsets.h"
#include "store/postgres/timeseries_schema.h"

namespace thingstead::store::postgres {
namespace {

using sql::Answer;

EpochMs expiry_of(std::chrono::seconds ttl, EpochMs now_ms) {
    if (ttl.count() <= 0) return 0;
    const EpochMs left_s =
        (std::numeric_limits<EpochMs>::max() - std::max<EpochMs>(now_ms, 0)) / 1000;
    return ttl.count() >= left_s ? 0 : now_ms + ttl.count() * 1000;
}

/// Links that are lent to the reading threads; there is one for each.
class LinkPool {
  public:
    LinkPool(LinkContext& context, std::size_t links) {
        for (std::size_t i = 0; i < links; ++i)
            idle_.push_back(
                std::make_unique<Link>(context, "SET default_transaction_read_only=on"));
    }
    Result<> connect() {
        for (const std::unique_ptr<Link>& link : idle_)
            if (const Result<> done = link->connect(); !done) return done;
        return {};
    }
    /// Again on a new connection if the first broke.
    template <class Work>
    std::invoke_result_t<Work, Connection&> run(const Work& work) {
        std::unique_ptr<Link> link = take();
        for (int attempt = 0;; ++attempt) {
            const Result<Connection*> connection = link->get();
            if (!connection) {
                give_back(std::move(link));
                return connection.error();
            }
            auto answer = work(**connection);
            if (answer || attempt > 0 || (*connection)->trouble() != Connection::Trouble::lost) {
                give_back(std::move(link));
                return answer;
            }
        }
    }

  private:
    std::unique_ptr<Link> take() {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(!idle_.empty());
        std::unique_ptr<Link> link = std::move(idle_.back());
        idle_.pop_back();
        return link;
    }
    void give_back(std::unique_ptr<Link> link) {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(link));
    }

    std::mutex mutex_;
    std::vector<std::unique_ptr<Link>> idle_;
};

/// Calls `answer` once with the first error of all parts, when the last has answered.
Answer joined(std::size_t parts, Answer answer) {
    struct Join {
        std::mutex mutex;
        std::size_t left;
        Result<> result;
        Answer answer;
    };
    const auto join = std::make_shared<Join>();
    join->left = parts;
    join->answer = std::move(answer);
    return [join](Result<> part) {
        {
            const std::lock_guard lock(join->mutex);
            if (!part && join->result) join->result = std::move(part);
            if (--join->left > 0) return;
        }
        join->answer(join->result);
    };
}

class PostgresTimeseriesStore final : public TimeseriesStore {
  public:
    PostgresTimeseriesStore(const TimeseriesSettings& settings, const Log& log,
                            MetricsRegistry& registry, const Clock& clock)
        : settings_(settings),
          log_(log),
          clock_(clock),
          metrics_(registry),
          link_context_{
              .options = {.url = settings.url,
                          .connect_timeout = settings.connect_timeout,
                          .statement_timeout = settings.statement_timeout},
              .patience = settings.away_max,
              .stop = stop_signal_,
              .log = log_,
              .connections_lost = metrics_.connections_lost
    },
          partitions_(settings.partitioning, settings.partitions_max, log_),
          writer_context_{.settings = settings_,
                          .link = link_context_,
                          .partitions = partitions_,
                          .metrics = metrics_,
                          .pending_bytes = pending_bytes_,
                          .stored = [this] { note_stored(); }},
          links_(link_context_, settings.readers) {
        metrics_.pending_bytes_max.set(static_cast<std::int64_t>(settings_.pending_bytes_max));
    }
    ~PostgresTimeseriesStore() override { stop(); }

    Result<> open();

    bool write(const PointsWrite& points, std::optional<SourceOffset>) override;
    Task<> room() override;
    Task<Result<>> flush() override;
    void processed(std::int32_t partition, std::int64_t next) override;
    std::int64_t checkpointed(std::int32_t partition) const override {
        return offsets_.checkpointed(partition);
    }
    void forget(std::int32_t partition) override { offsets_.forget(partition); }
    Task<Result<std::vector<model::TimedValue>>> range(RangeQuery query) override;
    Task<Result<std::vector<LatestValue>>> latest(model::EntityId entity,
                                                  std::vector<std::string> keys) override;
    Task<Result<DeleteOutcome>> remove(DeleteRange range) override;
    Task<Result<>> remove_entity(model::EntityId entity) override;
    void stop() override;

  private:
    PointsWriter& writer_of(const model::EntityId& entity) {
        return writers_[std::hash<Uuid>{}(entity.uuid) % writers_.size()];
    }
    StoredOffsets::Progress progress(std::uint64_t (PointsWriter::*of)() const) const;
    void note_stored();
    Task<Result<>> settled(model::EntityId entity);
    template <class Read>
    Task<std::invoke_result_t<Read, Connection&>> read(Read work);
    void clean();

    const TimeseriesSettings settings_;
    const Log log_;
    const Clock& clock_;
    TimeseriesMetrics metrics_;
    StopSignal stop_signal_;
    LinkContext link_context_;
    Partitions partitions_;
    std::atomic<std::size_t> pending_bytes_{0};
    WriterContext writer_context_;
    std::deque<PointsWriter> writers_;
    LinkPool links_;
    std::optional<net::BlockingPool> readers_;
    std::thread cleaner_;
    StoredOffsets offsets_;
    std::mutex room_mutex_;
    std::vector<Answer> room_waiters_;
    std::atomic<bool> stopped_{false};
    std::mutex stopping_;
};

Result<> PostgresTimeseriesStore::open() {
    {
        const Result<std::unique_ptr<Connection>> connection =
            Connection::open(link_context_.options);
        if (!connection) return connection.error();
        const Result<std::size_t> migrated = migrate_alone(
            **connection, timeseries_dialect, timeseries_migrations(), id_functions_sql());
        if (!migrated) return migrated.error();
    }
    if (const Result<> connected = links_.connect(); !connected) return connected;
    for (std::size_t i = 0; i < settings_.writers; ++i)
        if (const Result<> done = writers_.emplace_back(writer_context_).connect(); !done)
            return done;
    for (std::size_t i = 0; i < writers_.size(); ++i)
        writers_[i].start("ts-write-" + std::to_string(i));
    readers_.emplace("ts-read", settings_.readers, settings_.reads_waiting_max);
    cleaner_ = std::thread([this] {
        net::name_this_thread("ts-clean");
        while (!stop_signal_.wait_for(settings_.cleanup_interval)) clean();
    });
    return {};
}

StoredOffsets::Progress PostgresTimeseriesStore::progress(std::uint64_t (PointsWriter::*of)()
                                                              const) const {
    StoredOffsets::Progress progress;
    for (const PointsWriter& writer : writers_) progress.push_back((writer.*of)());
    return progress;
}

bool PostgresTimeseriesStore::write(const PointsWrite& points, std::optional<SourceOffset>) {
    const std::size_t pending = pending_bytes_.load(std::memory_order_relaxed);
    const bool taken = pending < settings_.pending_bytes_max &&
                       writer_of(points.entity).add(points, expiry_of(points.ttl, clock_.now_ms()));
    if (!taken) metrics_.writes_refused.add();
    return taken;
}

Task<> PostgresTimeseriesStore::room() {
    const auto wait = [this](Answer answer) {
        {
            const std::lock_guard lock(room_mutex_);
            if (!stopped_ && pending_bytes_ >= settings_.pending_bytes_max) {
                room_waiters_.push_back(std::move(answer));
                return;
            }
        }
        answer({});
    };
    (void)co_await sql::wait_for_answer(wait);
}

void PostgresTimeseriesStore::note_stored() {
    const std::size_t pending = pending_bytes_;
    metrics_.pending_bytes.set(static_cast<std::int64_t>(pending));
    // What is stored is read first: it is never ahead of what was given.
    const StoredOffsets::Progress stored = progress(&PointsWriter::stored);
    offsets_.stored(stored, progress(&PointsWriter::added));
    std::vector<Answer> waiters;
    {
        const std::lock_guard lock(room_mutex_);
        if (stopped_ || pending < settings_.pending_bytes_max) waiters.swap(room_waiters_);
    }
    for (const Answer& answer : waiters) answer({});
}

void PostgresTimeseriesStore::processed(std::int32_t partition, std::int64_t next) {
    const StoredOffsets::Progress stored = progress(&PointsWriter::stored);
    const StoredOffsets::Progress given = progress(&PointsWriter::added);
    offsets_.processed(partition, next, given);
    offsets_.stored(stored, given);
}

Task<Result<>> PostgresTimeseriesStore::flush() {
    return sql::wait_for_answer([this](Answer answer) {
        const Answer part = joined(writers_.size(), std::move(answer));
        for (PointsWriter& writer : writers_) writer.settle(part);
    });
}

Task<Result<>> PostgresTimeseriesStore::settled(model::EntityId entity) {
    return sql::wait_for_answer([this, entity](Answer answer) {
        writer_of(entity).settle(entity.uuid, std::move(answer));
    });
}

template <class Read>
Task<std::invoke_result_t<Read, Connection&>> PostgresTimeseriesStore::read(Read work) {
    const auto job = [this, query = std::move(work)] { return links_.run(query); };
    auto answer = co_await readers_->run(job);
    if (!answer && answer.error().message == "server is overloaded") metrics_.reads_refused.add();
    co_return answer;
}

Task<Result<std::vector<model::TimedValue>>> PostgresTimeseriesStore::range(RangeQuery query) {
    const Result<> visible = co_await settled(query.entity);
    if (!visible) co_return visible.error();
    const EpochMs now_ms = clock_.now_ms();
    const auto work = [asked = std::move(query), now_ms](Connection& connection) {
        return read_range(connection, asked, now_ms);
    };
    co_return co_await read(work);
}

Task<Result<std::vector<LatestValue>>> PostgresTimeseriesStore::latest(
    model::EntityId entity, std::vector<std::string> keys) {
    const Result<> visible = co_await settled(entity);
    if (!visible) co_return visible.error();
    const auto work = [entity, asked = std::move(keys)](Connection& connection) {
        return read_latest(connection, entity, asked);
    };
    co_return co_await read(work);
}

Task<Result<DeleteOutcome>> PostgresTimeseriesStore::remove(DeleteRange range) {
    // Functions with a name: g++ 12 destroys a temporary in a co_await twice.
    const auto outcome = std::make_shared<DeleteOutcome>();
    const auto submit = [this, outcome, asked = std::move(range)](Answer answer) {
        const auto job = [this, outcome, asked](Connection& connection) -> Result<> {
            const Result<DeleteOutcome> deleted = delete_range(connection, asked, clock_.now_ms());
            if (!deleted) return deleted.error();
            *outcome = *deleted;
            return {};
        };
        writer_of(asked.entity).submit(job, std::move(answer));
    };
    const Result<> done = co_await sql::wait_for_answer(submit);
    if (!done) co_return done.error();
    co_return std::move(*outcome);
}

Task<Result<>> PostgresTimeseriesStore::remove_entity(model::EntityId entity) {
    return sql::wait_for_answer([this, entity](Answer answer) {
        const auto job = [entity](Connection& connection) {
            return delete_entity(connection, entity);
        };
        writer_of(entity).submit(job, std::move(answer));
    });
}

void PostgresTimeseriesStore::clean() {
    const Result<std::unique_ptr<Connection>> connection = Connection::open(link_context_.options);
    Result<std::int64_t> removed = std::int64_t{0};
    if (connection)
        removed = delete_expired(**connection, clock_.now_ms(), settings_.cleanup_points_max,
                                 [this] { return stop_signal_.is_set(); });
    else
        removed = connection.error();
    if (removed)
        metrics_.points_expired.add(static_cast<std::uint64_t>(*removed));
    else
        log_.warn("store.postgres.cleanup_failed", removed.error());
}

void PostgresTimeseriesStore::stop() {
    const std::lock_guard lock(stopping_);
    stopped_ = true;
    stop_signal_.set();
    for (PointsWriter& writer : writers_) writer.stop();
    if (readers_) readers_->stop();
    if (cleaner_.joinable()) cleaner_.join();
    note_stored();
}

}  // namespace

Result<std::unique_ptr<TimeseriesStore>> open_postgres_timeseries_store(
    const TimeseriesSettings& settings, const Log& log, MetricsRegistry& metrics,
    const Clock& clock) {
    auto store = std::make_unique<PostgresTimeseriesStore>(settings, log, metrics, clock);
    if (const Result<> opened = store->open(); !opened) return opened.error();
    return Result<std::unique_ptr<TimeseriesStore>>(std::move(store));
}

}  // namespace thingstead::store::postgres
