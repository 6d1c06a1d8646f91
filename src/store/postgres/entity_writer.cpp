#include "store/postgres/entity_writer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/random.h"
#include "store/postgres/postgres_transaction.h"
#include "store/sql/run_work.h"

namespace thingstead::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Trouble = Connection::Trouble;

const std::string commit_sql = "COMMIT";
/// After so many attempts together works are run one by one: fewer locks, fewer collisions.
constexpr std::size_t attempts_together = 2;

bool broken(const Connection& connection) {
    return connection.trouble() == Trouble::conflict || connection.trouble() == Trouble::lost;
}

}  // namespace

EntityWriter::EntityWriter(const EntitySettings& settings, LinkContext& context, WriteQueue& queue,
                           EntityMetrics& metrics)
    : settings_(settings),
      context_(context),
      queue_(queue),
      metrics_(metrics),
      link_(context, session) {}

void EntityWriter::serve() {
    while (std::optional<sql::WaitingWork<Transaction>> first = queue_.pop()) {
        Jobs jobs;
        jobs.push_back({*std::move(first), {}});
        End end = attempt(jobs, true);
        for (std::size_t i = 1; end == End::again && i < attempts_together; ++i)
            end = attempt(jobs, false);
        if (end == End::again) settle(jobs);
        answer(jobs);
    }
}

void EntityWriter::settle(Jobs& jobs) {
    for (Job& job : jobs) {
        Jobs one;
        one.push_back(std::move(job));
        End end = End::again;
        for (std::size_t i = attempts_together; end == End::again && i < settings_.attempts_max;
             ++i) {
            // Those who collided would do so again if they came back at the same time.
            const auto pause_max = milliseconds(5) * (1 << std::min<std::size_t>(i, 6));
            std::byte random{};
            random_bytes({&random, 1});
            (void)context_.stop.wait_for(pause_max * std::to_integer<int>(random) / 255);
            end = attempt(one, false);
        }
        if (end == End::again) fail(one, error_);
        job = std::move(one.front());
    }
}

EntityWriter::End EntityWriter::fail(Jobs& jobs, const Error& why) {
    metrics_.commits_failed.add();
    // What a work of a lost transaction answered rests on writes that never were.
    for (Job& job : jobs) job.result = why;
    return End::failed;
}

void EntityWriter::answer(Jobs& jobs) {
    metrics_.writes.add(jobs.size());
    metrics_.writes_waiting.add(-static_cast<std::int64_t>(jobs.size()));
    // What works hold belongs to the callers, who may go on now.
    for (Job& job : jobs) job.waiting.work = nullptr;
    for (Job& job : jobs) job.waiting.answer(std::move(job.result));
}

EntityWriter::End EntityWriter::attempt(Jobs& jobs, bool grow) {
    if (!grow) metrics_.retries.add();
    const Result<Connection*> got = link_.get();
    if (!got) return fail(jobs, got.error());
    Connection& connection = **got;
    kept_ = false;
    if (connection.in_transaction()) connection.enqueue("ROLLBACK");
    connection.enqueue("BEGIN");
    run_all(connection, jobs, grow);
    if (broken(connection)) {
        connection.take_back(0);
        return End::again;
    }
    const End end = commit(connection);
    if (end == End::failed) fail(jobs, error_);
    return end;
}

void EntityWriter::run_all(Connection& connection, Jobs& jobs, bool grow) {
    const auto until = steady_clock::now() + settings_.commit_time_max;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        run_one(connection, jobs[i]);
        if (broken(connection)) {
            if (!jobs[i].result) error_ = jobs[i].result.error();
            return;
        }
        if (!grow || i + 1 < jobs.size() || jobs.size() >= settings_.commit_works_max ||
            steady_clock::now() > until)
            continue;
        if (std::optional<sql::WaitingWork<Transaction>> next = queue_.try_pop())
            jobs.push_back({*std::move(next), {}});
    }
}

/// A work is undone alone by its savepoint. One that nothing was kept before needs none: the whole
/// transaction begins anew.
void EntityWriter::run_one(Connection& connection, Job& job) {
    const bool marked = kept_;
    const std::size_t waiting = connection.enqueued();
    if (marked) connection.enqueue("SAVEPOINT work");
    PostgresTransaction scope(connection);
    Transaction& port = scope;
    job.result = sql::run_work(job.waiting.work, port, metrics_.exceptions, context_.log,
                               "store.postgres.work_threw");
    if (broken(connection)) return;
    if (job.result && scope.failed()) job.result = *scope.failed();
    if (connection.has_enqueued()) {  // it asked for nothing
        connection.take_back(waiting);
        return;
    }
    if (job.result) {
        kept_ = true;
        if (marked) connection.enqueue("RELEASE work");
        return;
    }
    connection.forget_trouble();
    connection.enqueue(marked ? "ROLLBACK TO work" : "ROLLBACK");
    connection.enqueue(marked ? "RELEASE work" : "BEGIN");
}

EntityWriter::End EntityWriter::commit(Connection& connection) {
    if (!kept_) {
        connection.take_back(0);
        if (!connection.in_transaction()) return End::committed;
        connection.enqueue("ROLLBACK");
        (void)connection.run({});
        return End::committed;
    }
    const auto start = steady_clock::now();
    const Result<Rows> done = connection.run(commit_sql, Parameters());
    if (!done) {
        error_ = done.error();
        if (connection.trouble() == Trouble::conflict) return End::again;
        if (connection.trouble() == Trouble::lost)
            error_.detail = "the commit may have happened: " + error_.detail;
        return End::failed;
    }
    if (done->command() != "COMMIT") {
        error_ = {ErrorCode::internal, "the database failed", "the transaction was rolled back"};
        return End::failed;
    }
    metrics_.commits.add();
    metrics_.commit_seconds.observe(
        std::chrono::duration<double>(steady_clock::now() - start).count());
    return End::committed;
}

}  // namespace thingstead::store::postgres
