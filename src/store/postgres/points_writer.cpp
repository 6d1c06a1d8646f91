#include "store/postgres/points_writer.h"

#include <algorithm>
#include <utility>

#include "net/thread_name.h"

namespace thingstead::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Trouble = Connection::Trouble;

constexpr milliseconds write_pause_first{5};
constexpr milliseconds write_pause_max{2'000};
constexpr int attempts_when_stopping = 3;

// unnest() of equally long arrays gives rows in their order, which is the order of the key: writers
// of several servers lock rows in one order and never wait in a circle.
const std::string history_sql =
    R"(INSERT INTO "ts_kv" ("entity_id", "entity_type", "key", "ts", "expires_ms", "bool_v", "str_v", "long_v", "dbl_v", "json_v")
SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::integer[], $4::bigint[], $5::bigint[], $6::boolean[], $7::text[], $8::bigint[], $9::float8[], $10::text[])
ON CONFLICT ("entity_id", "entity_type", "key", "ts") DO UPDATE SET "expires_ms" = excluded."expires_ms",
"bool_v" = excluded."bool_v", "str_v" = excluded."str_v", "long_v" = excluded."long_v",
"dbl_v" = excluded."dbl_v", "json_v" = excluded."json_v")";
const std::string latest_sql =
    R"(INSERT INTO "ts_kv_latest" AS l ("entity_id", "entity_type", "key", "ts", "bool_v", "str_v", "long_v", "dbl_v", "json_v")
SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::integer[], $4::bigint[], $5::boolean[], $6::text[], $7::bigint[], $8::float8[], $9::text[])
ON CONFLICT ("entity_id", "entity_type", "key") DO UPDATE SET "ts" = excluded."ts",
"bool_v" = excluded."bool_v", "str_v" = excluded."str_v", "long_v" = excluded."long_v",
"dbl_v" = excluded."dbl_v", "json_v" = excluded."json_v" WHERE l."ts" <= excluded."ts")";

/// The statement met data that it will never take.
bool is_poisoned(const Connection& connection) {
    return connection.trouble() == Trouble::refused &&
           (connection.state().starts_with("22") || connection.state().starts_with("23") ||
            connection.state().starts_with("54"));
}

Error stopped_error() { return {ErrorCode::unavailable, "the time-series store has stopped"}; }

}  // namespace

PointsWriter::PointsWriter(WriterContext& context) : context_(context), link_(context.link, "") {}

void PointsWriter::start(const std::string& thread_name) {
    thread_ = std::thread([this, thread_name] {
        net::name_this_thread(thread_name);
        serve();
    });
}

void PointsWriter::stop() {
    const std::lock_guard joining(joining_);
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    arrived_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool PointsWriter::add(const PointsWrite& points, EpochMs expires_ms) {
    std::unique_lock lock(mutex_);
    if (stopping_) return false;
    const std::size_t before = waiting_.bytes();
    const bool first = waiting_.empty();
    const std::size_t dropped = waiting_.add(points, expires_ms);
    if (first) first_at_ = steady_clock::now();
    added_.fetch_add(1);
    const std::size_t bytes = waiting_.bytes() - before;
    context_.pending_bytes.fetch_add(bytes);
    const bool wake = first || waiting_.size() >= context_.settings.batch_points_max;
    lock.unlock();
    if (wake) arrived_.notify_one();
    context_.metrics.points_written.add(points.values.size() - dropped);
    if (dropped > 0) context_.metrics.points_dropped.add(dropped);
    return true;
}

void PointsWriter::wait_in_line(std::unique_lock<std::mutex> lock, Job job, bool tell_dropped,
                                sql::Answer answer) {
    if (stopping_ || waiters_.size() >= waiters_max) {
        const Error why =
            stopping_ ? stopped_error() : Error{ErrorCode::unavailable, "server is overloaded"};
        lock.unlock();
        answer(why);
        return;
    }
    waiters_.push_back(
        {added_.load(), std::move(job), tell_dropped, std::move(answer), steady_clock::now()});
    hurry_ = true;
    lock.unlock();
    arrived_.notify_one();
}

void PointsWriter::settle(sql::Answer answer) {
    wait_in_line(std::unique_lock(mutex_), {}, true, std::move(answer));
}

void PointsWriter::settle(const Uuid& entity, sql::Answer answer) {
    std::unique_lock lock(mutex_);
    if (!stopping_ && !waiting_.has(entity) && !taken_.has(entity)) {
        lock.unlock();
        answer({});
        return;
    }
    wait_in_line(std::move(lock), {}, false, std::move(answer));
}

void PointsWriter::submit(Job job, sql::Answer answer) {
    wait_in_line(std::unique_lock(mutex_), std::move(job), false, std::move(answer));
}

/// False: stopping, and nothing waits.
bool PointsWriter::wait_for_points(std::unique_lock<std::mutex>& lock) {
    arrived_.wait(lock, [this] { return stopping_ || !waiting_.empty() || !waiters_.empty(); });
    const auto full = [this] {
        return stopping_ || hurry_ || waiting_.is_full() ||
               waiting_.size() >= context_.settings.batch_points_max;
    };
    if (!waiting_.empty())
        arrived_.wait_until(lock, first_at_ + context_.settings.batch_delay, full);
    return !waiting_.empty() || !waiters_.empty();
}

void PointsWriter::serve() {
    std::unique_lock lock(mutex_);
    while (wait_for_points(lock)) {
        taken_ = std::exchange(waiting_, PendingPoints());
        hurry_ = false;
        const std::uint64_t until = added_.load();
        lock.unlock();
        const std::size_t bytes = taken_.bytes();
        planned_ = false;
        dropped_ = 0;
        const bool stored = taken_.empty() || store_taken();
        if (!stored) {
            // Without its stored() the queue gives these points again.
            context_.link.log.error("store.postgres.points_not_stored",
                                    {
                                        {"points", taken_.size()}
            });
            lock.lock();
            break;
        }
        context_.pending_bytes.fetch_sub(bytes);
        stored_.store(until);
        context_.stored();
        answer_waiters();
        lock.lock();
        taken_ = PendingPoints();
        plan_ = Plan();
    }
    stopping_ = true;
    lock.unlock();
    refuse_waiters(stopped_error(), steady_clock::time_point::max());
}

void PointsWriter::answer_waiters() {
    while (true) {
        std::unique_lock lock(mutex_);
        if (waiters_.empty() || waiters_.front().until > stored_.load()) return;
        Waiter waiter = std::move(waiters_.front());
        waiters_.pop_front();
        lock.unlock();
        Result<> result;
        if (waiter.job) result = run_job(waiter.job);
        waiter.job = nullptr;
        if (waiter.tell_dropped && dropped_ > 0)
            result = Error{ErrorCode::invalid_argument, "a value cannot be stored"};
        waiter.answer(std::move(result));
    }
}

void PointsWriter::refuse_waiters(const Error& why, steady_clock::time_point since_before) {
    while (true) {
        std::unique_lock lock(mutex_);
        if (waiters_.empty() || waiters_.front().since >= since_before) return;
        const Waiter waiter = std::move(waiters_.front());
        waiters_.pop_front();
        lock.unlock();
        waiter.answer(why);
    }
}

/// Deletions may be run again: what is deleted already stays so.
Result<> PointsWriter::run_job(const Job& job) {
    constexpr int attempts = 3;
    for (int attempt = 1;; ++attempt) {
        const Result<Connection*> got = link_.get();
        if (!got) return got.error();
        Connection& connection = **got;
        const Result<> done = job(connection);
        const Trouble trouble = connection.trouble();
        connection.take_back(0);
        if (trouble != Trouble::lost && connection.in_transaction()) {
            connection.enqueue("ROLLBACK");
            (void)connection.run({});
        }
        const bool again = trouble == Trouble::conflict || trouble == Trouble::lost;
        if (done || !again || attempt == attempts) return done;
    }
}

bool PointsWriter::store_taken() {
    milliseconds pause = write_pause_first;
    for (int attempt = 1;; ++attempt) {
        const auto start = steady_clock::now();
        const Result<> done = store_once();
        if (done) {
            context_.metrics.batch_seconds.observe(
                std::chrono::duration<double>(steady_clock::now() - start).count());
            return true;
        }
        context_.metrics.batches_failed.add();
        const std::int64_t swallowed = context_.link.throttle.take();
        if (swallowed >= 0)
            context_.link.log.error("store.postgres.write_failed", done.error(),
                                    {
                                        {"swallowed", swallowed}
            });
        refuse_waiters(done.error(), steady_clock::now() - context_.settings.away_max);
        if (context_.link.stop.wait_for(pause) && attempt >= attempts_when_stopping) return false;
        pause = std::min(pause * 2, write_pause_max);
    }
}

Result<> PointsWriter::store_once() {
    const Result<Connection*> got = link_.get();
    if (!got) return got.error();
    Connection& connection = **got;
    if (!planned_) {
        if (const Result<> known = keys_.resolve(connection, taken_); !known) return known;
        taken_.sort();
        plan_ = plan_of(taken_);
        planned_ = true;
        history_done_ = 0;
        latest_done_ = 0;
    }
    if (const Result<> prepared = prepare_partitions(connection); !prepared) return prepared;
    return write_plan(connection);
}

Result<> PointsWriter::prepare_partitions(Connection& connection) {
    Partitions::Span span{0, 0};
    for (std::size_t i = history_done_; i < plan_.history.size(); ++i) {
        if (span.holds(plan_.history[i]->ts)) continue;
        const Result<Partitions::Span> prepared =
            context_.partitions.prepare(connection, plan_.history[i]->ts);
        if (!prepared) return prepared.error();
        span = *prepared;
    }
    return {};
}

Result<> PointsWriter::write_plan(Connection& connection) {
    const std::size_t most = context_.settings.batch_points_max;
    while (history_done_ < plan_.history.size() || latest_done_ < plan_.latest.size()) {
        const Points history = Points(plan_.history).subspan(history_done_);
        const Points latest = Points(plan_.latest).subspan(latest_done_);
        const Points some_history = history.first(std::min(most, history.size()));
        const Points some_latest = latest.first(std::min(most, latest.size()));
        Result<> written = write_both(connection, some_history, some_latest);
        if (!written && is_poisoned(connection)) {
            written = write_some(connection, some_history, true);
            if (written) written = write_some(connection, some_latest, false);
        }
        if (!written) return written;
        history_done_ += some_history.size();
        latest_done_ += some_latest.size();
        context_.metrics.points_stored.add(some_history.size());
        context_.metrics.latest_stored.add(some_latest.size());
    }
    return {};
}

/// In one round trip and one transaction, which a pipeline without BEGIN is.
Result<> PointsWriter::write_both(Connection& connection, Points history, Points latest) {
    const Parameters history_rows = parameters_of(taken_, history, true);
    const Parameters latest_rows = parameters_of(taken_, latest, false);
    std::vector<Request> requests;
    if (!history.empty()) requests.push_back({history_sql, history_rows});
    if (!latest.empty()) requests.push_back({latest_sql, latest_rows});
    const Result<std::vector<Rows>> done = connection.run(requests);
    if (!done) return done.error();
    context_.metrics.batches.add();
    return {};
}

Result<> PointsWriter::write_some(Connection& connection, Points points, bool history) {
    if (points.empty()) return {};
    const Result<> written =
        history ? write_both(connection, points, {}) : write_both(connection, {}, points);
    if (written || !is_poisoned(connection)) return written;
    connection.forget_trouble();
    if (points.size() == 1) {
        ++dropped_;
        context_.metrics.points_dropped.add();
        context_.link.log.error("store.postgres.point_dropped", written.error());
        return {};
    }
    const std::size_t half = points.size() / 2;
    if (const Result<> first = write_some(connection, points.first(half), history); !first)
        return first;
    return write_some(connection, points.subspan(half), history);
}

}  // namespace thingstead::store::postgres
