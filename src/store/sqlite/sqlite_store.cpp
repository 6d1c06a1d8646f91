#include "store/sqlite/sqlite_store.h"

#include <filesystem>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "net/thread_name.h"
#include "store/migrations.h"
#include "store/sql/answer.h"
#include "store/sql/run_work.h"
#include "store/sql/store_metrics.h"
#include "store/sql/work_queue.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/dialect.h"
#include "store/sqlite/faults.h"
#include "store/sqlite/sqlite_transaction.h"
#include "store/sqlite/text_index.h"

namespace thingstead::store::sqlite {
namespace {

using sql::Answer;
using sql::WaitingWork;

Error refused() { return {ErrorCode::unavailable, "server is overloaded"}; }

class SqliteStore final : public EntityStore {
  public:
    SqliteStore(const Settings& settings, const Log& log, MetricsRegistry& registry)
        : settings_(settings),
          log_(log),
          metrics_(registry),
          faults_(settings.file, log, registry),
          rows_(settings.row_cache_bytes),
          reads_(settings.works_max),
          writes_(settings.works_max) {}
    ~SqliteStore() override { stop(); }

    Result<> open();
    /// After a failed open(): closes without touching the file more than SQLite does.
    void abandon();

    Task<Result<>> read(std::function<Result<>(Reader&)> work) override;
    std::optional<Result<>> read_in_memory(const std::function<Result<>(Reader&)>& work) override;
    Task<Result<>> write(std::function<Result<>(Transaction&)> work) override;
    Result<> write_now(std::function<Result<>(Transaction&)> work) override;
    void stop() override;

  private:
    Connection::Options options(Connection::Mode mode) const;
    Result<> check_after_interruption(std::int64_t log_bytes);
    void submit(WaitingWork<Reader> work);
    void submit(WaitingWork<Transaction> work);

    void serve_reads(Connection& connection);
    Result<> run_read(Connection& connection, const std::function<Result<>(Reader&)>& work);
    void serve_writes();
    /// Runs `first` and what waits behind it in one transaction and answers all of them.
    void run_batch(WaitingWork<Transaction> first);
    /// Error: the whole transaction is lost.
    Result<> fill_batch(WaitingWork<Transaction> first,
                        std::vector<std::pair<Answer, Result<>>>& done);
    Result<> run_in_savepoint(const std::function<Result<>(Transaction&)>& work);
    Result<> commit();
    template <class Scope>
    Result<> run_guarded(const std::function<Result<>(Scope&)>& work, Scope& scope) {
        return sql::run_work(work, scope, metrics_.exceptions, log_, "store.sqlite.work_threw");
    }

    const Settings settings_;
    const Log log_;
    sql::StoreMetrics metrics_;
    Faults faults_;
    RowCache rows_;
    TouchedRows touched_;  ///< By the transaction that runs; the writer thread's.
    sql::WorkQueue<Reader> reads_;
    sql::WorkQueue<Transaction> writes_;
    std::unique_ptr<Connection> writer_;
    std::vector<std::unique_ptr<Connection>> readers_;
    std::vector<std::thread> reader_threads_;
    std::thread writer_thread_;
    std::mutex stopping_;
};

Connection::Options SqliteStore::options(Connection::Mode mode) const {
    return {.file = settings_.file,
            .mode = mode,
            .cache_bytes = settings_.cache_bytes,
            .file_bytes_max = settings_.file_bytes_max,
            .statements_max = 64,
            // Only a tool that opened the file beside us can make us wait.
            .busy_timeout = std::chrono::seconds(5)};
}

Result<> SqliteStore::open() {
    // A clean stop removes the write-ahead log: one that is there is work of an interrupted run.
    std::error_code missing;
    const auto log_bytes = std::filesystem::file_size(settings_.file + "-wal", missing);

    Result<std::unique_ptr<Connection>> writer =
        Connection::open(options(Connection::Mode::read_write), faults_);
    if (!writer) return writer.error();
    writer_ = *std::move(writer);
    if (!missing && log_bytes > 0)
        if (Result<> sound = check_after_interruption(static_cast<std::int64_t>(log_bytes)); !sound)
            return sound;
    const Result<std::size_t> migrated = migrate(*writer_, dialect, all_migrations());
    if (!migrated) return migrated.error();
    if (*migrated > 0)
        log_.info("store.sqlite.migrated",
                  {
                      {"file",       settings_.file},
                      {"migrations", *migrated     }
        });
    const Result<std::size_t> indexed = ensure_text_index(*writer_);
    if (!indexed) return indexed.error();
    if (*indexed > 0)
        log_.info("store.sqlite.texts_indexed",
                  {
                      {"file",   settings_.file},
                      {"tables", *indexed      }
        });
    if (Result<> learnt = writer_->learn_unique_rules(); !learnt) return learnt;
    for (std::size_t i = 0; i < settings_.readers; ++i) {
        Result<std::unique_ptr<Connection>> reader =
            Connection::open(options(Connection::Mode::read_only), faults_);
        if (!reader) return reader.error();
        readers_.push_back(*std::move(reader));
    }
    for (std::size_t i = 0; i < readers_.size(); ++i)
        reader_threads_.emplace_back([this, i] {
            net::name_this_thread("sql-read-" + std::to_string(i));
            serve_reads(*readers_[i]);
        });
    writer_thread_ = std::thread([this] {
        net::name_this_thread("sql-write");
        serve_writes();
    });
    return {};
}

void SqliteStore::abandon() {
    readers_.clear();
    writer_.reset();
}

Result<> SqliteStore::check_after_interruption(std::int64_t log_bytes) {
    std::error_code failed;
    const auto file_bytes = std::filesystem::file_size(settings_.file, failed);
    const bool check =
        !failed && static_cast<std::int64_t>(file_bytes) <= settings_.quick_check_bytes_max;
    log_.info("store.sqlite.recovered",
              {
                  {"file",      settings_.file},
                  {"log_bytes", log_bytes     },
                  {"checked",   check         }
    });
    return check ? writer_->quick_check() : Result<>();
}

void SqliteStore::submit(WaitingWork<Reader> work) {
    const Answer answer = work.answer;
    metrics_.reads_waiting.add(1);
    if (reads_.push(std::move(work))) return;
    metrics_.reads_waiting.add(-1);
    metrics_.reads_refused.add();
    answer(refused());
}

void SqliteStore::submit(WaitingWork<Transaction> work) {
    const Answer answer = work.answer;
    metrics_.writes_waiting.add(1);
    if (writes_.push(std::move(work))) return;
    metrics_.writes_waiting.add(-1);
    metrics_.writes_refused.add();
    answer(refused());
}

Task<Result<>> SqliteStore::read(std::function<Result<>(Reader&)> work) {
    return sql::wait_for_answer([this, job = std::move(work)](Answer answer) mutable {
        submit(WaitingWork<Reader>{std::move(job), std::move(answer)});
    });
}

std::optional<Result<>> SqliteStore::read_in_memory(const std::function<Result<>(Reader&)>& work) {
    CachedReader scope(rows_);
    Result<> result = run_guarded<Reader>(work, scope);
    if (scope.missed()) return std::nullopt;
    metrics_.reads.add();
    return result;
}

Task<Result<>> SqliteStore::write(std::function<Result<>(Transaction&)> work) {
    return sql::wait_for_answer([this, job = std::move(work)](Answer answer) mutable {
        submit(WaitingWork<Transaction>{std::move(job), std::move(answer)});
    });
}

Result<> SqliteStore::write_now(std::function<Result<>(Transaction&)> work) {
    TS_ASSERT(std::this_thread::get_id() != writer_thread_.get_id());
    const auto answered = std::make_shared<std::promise<Result<>>>();
    std::future<Result<>> answer = answered->get_future();
    submit(WaitingWork<Transaction>{
        std::move(work), [answered](Result<> result) { answered->set_value(std::move(result)); }});
    return answer.get();
}

void SqliteStore::serve_reads(Connection& connection) {
    while (std::optional<WaitingWork<Reader>> job = reads_.pop()) {
        Result<> result = run_read(connection, job->work);
        job->work = nullptr;  // what it holds belongs to the caller, who may go on now
        metrics_.reads.add();
        metrics_.reads_waiting.add(-1);
        job->answer(std::move(result));
    }
}

Result<> SqliteStore::run_read(Connection& connection,
                               const std::function<Result<>(Reader&)>& work) {
    const auto run = [&](const char* sql) -> Result<> {
        Result<Statement> statement = connection.prepare(sql);
        if (!statement) return statement.error();
        return statement->run();
    };
    const std::uint64_t state = rows_.state();
    // A transaction keeps the state that its first statement saw.
    if (Result<> begun = run("BEGIN"); !begun) return begun;
    SqliteTransaction scope(connection, rows_, state);
    const Result<> result = run_guarded<Reader>(work, scope);
    if (connection.in_transaction())
        if (const Result<> ended = run("COMMIT"); !ended && result) return ended;
    return result;
}

void SqliteStore::serve_writes() {
    while (std::optional<WaitingWork<Transaction>> job = writes_.pop()) run_batch(*std::move(job));
}

void SqliteStore::run_batch(WaitingWork<Transaction> first) {
    std::vector<std::pair<Answer, Result<>>> done;
    Result<> kept = fill_batch(std::move(first), done);
    if (kept) kept = commit();
    rows_.forget(touched_);
    touched_ = {};
    if (!kept) {
        metrics_.commits_failed.add();
        if (writer_->in_transaction()) (void)writer_->execute("ROLLBACK");
    }
    metrics_.writes.add(done.size());
    metrics_.writes_waiting.add(-static_cast<std::int64_t>(done.size()));
    // What a work of a lost transaction answered rests on writes that never were.
    for (auto& [answer, result] : done) answer(kept ? std::move(result) : kept);
}

Result<> SqliteStore::fill_batch(WaitingWork<Transaction> first,
                                 std::vector<std::pair<Answer, Result<>>>& done) {
    const auto until = std::chrono::steady_clock::now() + settings_.commit_time_max;
    Result<> begun = writer_->execute("BEGIN IMMEDIATE");
    std::optional<WaitingWork<Transaction>> job(std::move(first));
    while (job) {
        if (!begun) {
            done.emplace_back(std::move(job->answer), begun);
            return begun;
        }
        Result<> result = run_in_savepoint(job->work);
        job->work = nullptr;
        done.emplace_back(std::move(job->answer), result);
        if (!writer_->in_transaction()) {
            const bool told = !result && result.error().code == ErrorCode::unavailable;
            return told ? result : Error{ErrorCode::unavailable, "the transaction was rolled back"};
        }
        if (done.size() >= settings_.commit_works_max || std::chrono::steady_clock::now() > until)
            return {};
        job = writes_.try_pop();
    }
    return {};
}

Result<> SqliteStore::run_in_savepoint(const std::function<Result<>(Transaction&)>& work) {
    const auto run = [&](const char* sql) -> Result<> {
        Result<Statement> statement = writer_->prepare(sql);
        if (!statement) return statement.error();
        return statement->run();
    };
    if (Result<> marked = run("SAVEPOINT work"); !marked) return marked;
    SqliteTransaction scope(*writer_, touched_);
    Result<> result = run_guarded<Transaction>(work, scope);
    if (!writer_->in_transaction()) return result;
    if (!result)
        if (Result<> undone = run("ROLLBACK TO work"); !undone) {
            // Half a work must not be committed with its neighbours.
            (void)writer_->execute("ROLLBACK");
            return undone;
        }
    if (Result<> released = run("RELEASE work"); !released) {
        (void)writer_->execute("ROLLBACK");
        return released;
    }
    return result;
}

Result<> SqliteStore::commit() {
    const auto start = std::chrono::steady_clock::now();
    if (Result<> committed = writer_->execute("COMMIT"); !committed) return committed;
    metrics_.commits.add();
    metrics_.commit_seconds.observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return {};
}

void SqliteStore::stop() {
    const std::lock_guard lock(stopping_);
    reads_.close();
    writes_.close();
    for (std::thread& thread : reader_threads_) thread.join();
    reader_threads_.clear();
    if (writer_thread_.joinable()) writer_thread_.join();
    // Readers first: the last to close empties the log, which takes the right to write.
    readers_.clear();
    if (!writer_) return;
    if (const Result<> emptied = writer_->checkpoint(); !emptied)
        log_.warn("store.sqlite.checkpoint_failed", emptied.error(),
                  {
                      {"file", settings_.file}
        });
    writer_.reset();
}

}  // namespace

Result<std::unique_ptr<EntityStore>> open_sqlite_store(const Settings& settings, const Log& log,
                                                       MetricsRegistry& metrics) {
    auto store = std::make_unique<SqliteStore>(settings, log, metrics);
    if (Result<> opened = store->open(); !opened) {
        store->abandon();
        Error failed = opened.error();
        if (failed.detail.find(settings.file) == std::string::npos)
            failed.detail = settings.file + (failed.detail.empty() ? "" : ": ") + failed.detail;
        return failed;
    }
    return std::unique_ptr<EntityStore>(std::move(store));
}

}  // namespace thingstead::store::sqlite
