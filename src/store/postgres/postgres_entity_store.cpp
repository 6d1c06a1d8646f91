#include "store/postgres/postgres_entity_store.h"

#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "net/thread_name.h"
#include "store/postgres/dialect.h"
#include "store/postgres/entity_writer.h"
#include "store/postgres/postgres_transaction.h"
#include "store/sql/answer.h"
#include "store/sql/run_work.h"

namespace thingstead::store::postgres {
namespace {

using sql::Answer;
using sql::WaitingWork;

constexpr const char* reader_session =
    "SET default_transaction_isolation='repeatable read'; SET default_transaction_read_only=on";

Error refused() { return {ErrorCode::unavailable, "server is overloaded"}; }

class PostgresEntityStore final : public EntityStore {
  public:
    PostgresEntityStore(const EntitySettings& settings, const Log& log, MetricsRegistry& registry)
        : settings_(settings),
          log_(log),
          metrics_(registry),
          context_{
              .options = {.url = settings.url,
                          .connect_timeout = settings.connect_timeout,
                          .statement_timeout = settings.statement_timeout},
              .patience = settings.away_max,
              .stop = stop_signal_,
              .log = log_,
              .connections_lost = metrics_.connections_lost
    },
          reads_(settings.works_max),
          writes_(settings.works_max) {}
    ~PostgresEntityStore() override { stop(); }

    Result<> open();

    Task<Result<>> read(std::function<Result<>(Reader&)> work) override {
        return sql::wait_for_answer([this, job = std::move(work)](Answer answer) mutable {
            submit(WaitingWork<Reader>{std::move(job), std::move(answer)});
        });
    }
    Task<Result<>> write(std::function<Result<>(Transaction&)> work) override {
        return sql::wait_for_answer([this, job = std::move(work)](Answer answer) mutable {
            submit(WaitingWork<Transaction>{std::move(job), std::move(answer)});
        });
    }
    Result<> write_now(std::function<Result<>(Transaction&)> work) override;
    void stop() override;

  private:
    Result<> migrate_schema();
    void submit(WaitingWork<Reader> work);
    void submit(WaitingWork<Transaction> work);
    void serve_reads(Link& link);
    Result<> run_read(Link& link, const std::function<Result<>(Reader&)>& work);

    const EntitySettings settings_;
    const Log log_;
    EntityMetrics metrics_;
    StopSignal stop_signal_;
    LinkContext context_;
    sql::WorkQueue<Reader> reads_;
    WriteQueue writes_;
    std::deque<Link> readers_;
    std::deque<EntityWriter> writers_;
    std::vector<std::thread> threads_;
    std::mutex stopping_;
};

Result<> PostgresEntityStore::migrate_schema() {
    const Result<std::unique_ptr<Connection>> connection = Connection::open(context_.options);
    if (!connection) return connection.error();
    const Result<std::size_t> migrated = migrate_alone(**connection, dialect, all_migrations(),
                                                       id_functions_sql() + text_search_sql());
    if (!migrated) return migrated.error();
    if (*migrated > 0)
        log_.info("store.postgres.migrated", {
                                                 {"migrations", *migrated}
        });
    return {};
}

Result<> PostgresEntityStore::open() {
    if (const Result<> migrated = migrate_schema(); !migrated) return migrated;
    for (std::size_t i = 0; i < settings_.readers; ++i)
        if (const Result<> done = readers_.emplace_back(context_, reader_session).connect(); !done)
            return done;
    for (std::size_t i = 0; i < settings_.writers; ++i)
        if (const Result<> done =
                writers_.emplace_back(settings_, context_, writes_, metrics_).connect();
            !done)
            return done;
    for (std::size_t i = 0; i < readers_.size(); ++i)
        threads_.emplace_back([this, i] {
            net::name_this_thread("pg-read-" + std::to_string(i));
            serve_reads(readers_[i]);
        });
    for (std::size_t i = 0; i < writers_.size(); ++i)
        threads_.emplace_back([this, i] {
            net::name_this_thread("pg-write-" + std::to_string(i));
            writers_[i].serve();
        });
    return {};
}

void PostgresEntityStore::submit(WaitingWork<Reader> work) {
    const Answer answer = work.answer;
    metrics_.reads_waiting.add(1);
    if (reads_.push(std::move(work))) return;
    metrics_.reads_waiting.add(-1);
    metrics_.reads_refused.add();
    answer(refused());
}

void PostgresEntityStore::submit(WaitingWork<Transaction> work) {
    const Answer answer = work.answer;
    metrics_.writes_waiting.add(1);
    if (writes_.push(std::move(work))) return;
    metrics_.writes_waiting.add(-1);
    metrics_.writes_refused.add();
    answer(refused());
}

Result<> PostgresEntityStore::write_now(std::function<Result<>(Transaction&)> work) {
    const auto answered = std::make_shared<std::promise<Result<>>>();
    std::future<Result<>> answer = answered->get_future();
    submit(WaitingWork<Transaction>{
        std::move(work), [answered](Result<> result) { answered->set_value(std::move(result)); }});
    return answer.get();
}

void PostgresEntityStore::serve_reads(Link& link) {
    while (std::optional<WaitingWork<Reader>> job = reads_.pop()) {
        Result<> result = run_read(link, job->work);
        job->work = nullptr;  // what it holds belongs to the caller, who may go on now
        metrics_.reads.add();
        metrics_.reads_waiting.add(-1);
        job->answer(std::move(result));
    }
}

Result<> PostgresEntityStore::run_read(Link& link, const std::function<Result<>(Reader&)>& work) {
    for (int attempt = 0;; ++attempt) {
        const Result<Connection*> got = link.get();
        if (!got) return got.error();
        Connection& connection = **got;
        // A transaction keeps the state that its first statement saw.
        if (connection.in_transaction()) connection.enqueue("ROLLBACK");
        connection.enqueue("BEGIN");
        PostgresTransaction scope(connection);
        Reader& port = scope;
        const Result<> result =
            sql::run_work(work, port, metrics_.exceptions, log_, "store.postgres.work_threw");
        const bool again = connection.trouble() == Connection::Trouble::lost ||
                           connection.trouble() == Connection::Trouble::conflict;
        connection.take_back(0);
        if (connection.trouble() != Connection::Trouble::lost && connection.in_transaction()) {
            connection.enqueue("ROLLBACK");
            (void)connection.run({});
        }
        if (!again || attempt > 0) return result;
    }
}

void PostgresEntityStore::stop() {
    const std::lock_guard lock(stopping_);
    reads_.close();
    writes_.close();
    stop_signal_.set();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    readers_.clear();
    writers_.clear();
}

}  // namespace

Result<std::unique_ptr<EntityStore>> open_postgres_entity_store(const EntitySettings& settings,
                                                                const Log& log,
                                                                MetricsRegistry& metrics) {
    auto store = std::make_unique<PostgresEntityStore>(settings, log, metrics);
    if (Result<> opened = store->open(); !opened) return opened.error();
    return std::unique_ptr<EntityStore>(std::move(store));
}

}  // namespace thingstead::store::postgres
