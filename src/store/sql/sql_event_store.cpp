#include "store/sql/sql_event_store.h"

#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "net/thread_name.h"
#include "store/sql/answer.h"
#include "store/sql/event_queue.h"
#include "store/sql/run_work.h"

namespace thingstead::store::sql {
namespace {

using namespace std::chrono_literals;
constexpr auto retry_pause = 500ms;

/// Whether the database refuses a record, rather than everything.
bool blames_records(const Error& error) {
    return error.code == ErrorCode::invalid_argument || error.code == ErrorCode::too_large;
}

class SqlEventStore final : public EventStore {
  public:
    SqlEventStore(std::unique_ptr<EventBackend> backend, const EventLimits& limits, const Log& log,
                  MetricsRegistry& registry)
        : limits_(limits),
          log_(log),
          metrics_(registry),
          backend_(std::move(backend)),
          queue_(limits_, metrics_),
          reads_(limits_.reads_waiting_max) {}
    ~SqlEventStore() override { stop(); }

    Result<> open();

    Task<Result<>> append(std::vector<model::AuditLog> entries) override;
    bool offer(std::vector<model::Event> events) override;
    Task<Result<>> flush() override;
    Task<Result<Page<model::AuditLog>>> find(AuditQuery query) override;
    Task<Result<Page<model::Event>>> find(EventQuery query) override;
    Task<Result<std::int64_t>> remove(EventQuery query) override;
    Task<Result<>> remove_older_than(std::optional<model::EventKind> kind, EpochMs before) override;
    void stop() override;

  private:
    using Work = std::function<Result<>(EventSession&)>;

    Task<Result<>> read(Work work);
    Task<Result<>> change(Work work);
    /// A page of `query`, each row through `read_row`.
    template <class T, class ReadRow>
    Task<Result<Page<T>>> page(EventPageQuery query, PageLink link, ReadRow read_row);

    void serve_reads(EventSession& session);
    void serve_writes();
    void write(const EventQueue::Turn& turn);
    /// Halves what the database refuses until the refused record is alone, and drops that.
    /// Errors: the database cannot be used now.
    Result<> insert(std::span<const Record> records);
    void note_written(std::span<const Record> records);
    void note_lost(std::span<const Record> records, const Error& why);

    const EventLimits limits_;
    const Log log_;
    EventMetrics metrics_;
    LogThrottle throttle_{10s};
    std::unique_ptr<EventBackend> backend_;
    std::unique_ptr<EventSession> writer_;
    std::vector<std::unique_ptr<EventSession>> readers_;
    EventQueue queue_;
    WorkQueue<EventSession> reads_;
    std::vector<std::thread> threads_;
    std::mutex stopping_;
};

Result<> SqlEventStore::open() {
    auto writer = backend_->open_writer();
    if (!writer) return writer.error();
    writer_ = *std::move(writer);
    for (std::size_t i = 0; i < limits_.readers; ++i) {
        auto reader = backend_->open_reader();
        if (!reader) return reader.error();
        readers_.push_back(*std::move(reader));
    }
    for (std::size_t i = 0; i < readers_.size(); ++i)
        threads_.emplace_back([this, i] {
            net::name_this_thread("event-read-" + std::to_string(i));
            serve_reads(*readers_[i]);
        });
    threads_.emplace_back([this] {
        net::name_this_thread("event-write");
        serve_writes();
    });
    return {};
}

Task<Result<>> SqlEventStore::append(std::vector<model::AuditLog> entries) {
    std::vector<Record> records;
    records.reserve(entries.size());
    for (const model::AuditLog& entry : entries) records.push_back(record_of(entry));
    return wait_for_answer([this, taken = std::move(records)](Answer answer) mutable {
        queue_.push_audit(std::move(taken), std::move(answer));
    });
}

bool SqlEventStore::offer(std::vector<model::Event> events) {
    std::vector<Record> records;
    records.reserve(events.size());
    for (const model::Event& event : events) records.push_back(record_of(event));
    return queue_.push_events(std::move(records));
}

Task<Result<>> SqlEventStore::flush() {
    return wait_for_answer([this](Answer answer) { queue_.flush(std::move(answer)); });
}

Task<Result<>> SqlEventStore::read(Work work) {
    // What was taken before is seen; if it cannot be stored now, what is stored is still of use.
    (void)co_await flush();
    const auto start = [this, job = std::move(work)](Answer answer) {
        if (reads_.push({job, answer})) return;
        metrics_.reads_refused.add();
        answer(overloaded());
    };
    co_return co_await wait_for_answer(start);
}

Task<Result<>> SqlEventStore::change(Work work) {
    return wait_for_answer([this, job = std::move(work)](Answer answer) {
        if (!queue_.push_work({job, answer})) answer(overloaded());
    });
}

template <class T, class ReadRow>
Task<Result<Page<T>>> SqlEventStore::page(EventPageQuery query, PageLink link, ReadRow read_row) {
    Page<T> page;
    const auto work = [&](EventSession& session) -> Result<> {
        page = {};
        const Result<std::vector<Row>> rows = session.select(query.rows, *query.table);
        if (!rows) return rows.error();
        for (const Row& row : *rows) {
            Result<T> record = read_row(row);
            if (!record) return record.error();
            page.data.push_back(*std::move(record));
        }
        const std::int64_t offset = std::int64_t{link.page} * link.page_size;
        const auto found = static_cast<std::int64_t>(rows->size());
        page.total_elements = offset + found;  // the last page says how many there are
        if (found < link.page_size && (found > 0 || offset == 0)) return {};
        const Result<std::int64_t> count = session.select_integer(query.count);
        if (!count) return count.error();
        page.total_elements = *count;
        return {};
    };
    if (Result<> done = co_await read(work); !done) co_return done.error();
    page.total_pages = (page.total_elements + link.page_size - 1) / link.page_size;
    page.has_next = std::int64_t{link.page} + 1 < page.total_pages;
    co_return page;
}

Task<Result<Page<model::AuditLog>>> SqlEventStore::find(AuditQuery query) {
    Result<EventPageQuery> text = page_query(query, backend_->mark());
    if (!text) co_return text.error();
    const auto read_row = [](const Row& row) { return audit_of(row); };
    co_return co_await page<model::AuditLog>(*std::move(text), query.link, read_row);
}

Task<Result<Page<model::Event>>> SqlEventStore::find(EventQuery query) {
    Result<EventPageQuery> text = page_query(query, backend_->mark());
    if (!text) co_return text.error();
    const auto read_row = [kind = query.kind](const Row& row) { return event_of(kind, row); };
    co_return co_await page<model::Event>(*std::move(text), query.link, read_row);
}

Task<Result<std::int64_t>> SqlEventStore::remove(EventQuery query) {
    const Result<Query> text = remove_query(query, backend_->mark());
    if (!text) co_return text.error();
    if (Result<> stored = co_await flush(); !stored) co_return stored.error();
    std::int64_t removed = 0;
    const auto work = [&](EventSession& session) -> Result<> {
        const Result<std::int64_t> rows = session.change(*text);
        if (!rows) return rows.error();
        removed = *rows;
        return {};
    };
    if (Result<> done = co_await change(work); !done) co_return done.error();
    co_return removed;
}

Task<Result<>> SqlEventStore::remove_older_than(std::optional<model::EventKind> kind,
                                                EpochMs before) {
    const Table& table = kind ? event_table(*kind) : audit_table();
    // Step by step: records are written in between.
    bool more = true;
    const auto work = [&](EventSession& session) -> Result<> {
        const Result<bool> step = session.remove_older_than(table, before);
        if (!step) return step.error();
        more = *step;
        return {};
    };
    while (more)
        if (Result<> done = co_await change(work); !done) co_return done;
    co_return Result<>();
}

void SqlEventStore::serve_reads(EventSession& session) {
    while (std::optional<EventWork> job = reads_.pop()) {
        Result<> result =
            run_work(job->work, session, metrics_.exceptions, log_, "store.events.work_threw");
        job->work = nullptr;  // what it holds belongs to the caller, who may go on now
        metrics_.reads.add();
        job->answer(std::move(result));
    }
}

void SqlEventStore::serve_writes() {
    while (true) {
        EventQueue::Turn turn = queue_.next();
        if (turn.ended) return;
        if (!turn.records.empty()) write(turn);
        if (!turn.work) continue;
        Result<> result = run_work(turn.work->work, *writer_, metrics_.exceptions, log_,
                                   "store.events.work_threw");
        turn.work->work = nullptr;
        turn.work->answer(std::move(result));
    }
}

void SqlEventStore::write(const EventQueue::Turn& turn) {
    const auto start = std::chrono::steady_clock::now();
    while (true) {
        const Result<> done = insert(turn.records);
        if (done) break;
        queue_.answer_waiting(Error{ErrorCode::unavailable, "the event database cannot be used",
                                    done.error().message + " " + done.error().detail});
        if (queue_.pause(retry_pause)) continue;
        // The end has come: once more, and no later.
        if (const Result<> last = insert(turn.records); !last)
            note_lost(turn.records, last.error());
        break;
    }
    metrics_.batch_seconds.observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    queue_.settle(turn);
}

Result<> SqlEventStore::insert(std::span<const Record> records) {
    const Result<> done = writer_->insert(records);
    if (done) {
        note_written(records);
        return {};
    }
    metrics_.batches_failed.add();
    if (!blames_records(done.error())) return done;
    if (records.size() == 1) {
        note_lost(records, done.error());
        return {};
    }
    // A half that is stored and sent again, because the other could not be, is left out then.
    const std::size_t half = records.size() / 2;
    if (Result<> front = insert(records.first(half)); !front) return front;
    return insert(records.subspan(half));
}

void SqlEventStore::note_written(std::span<const Record> records) {
    std::uint64_t audit = 0;
    for (const Record& record : records) audit += record.table == &audit_table() ? 1 : 0;
    metrics_.audit_written.add(audit);
    metrics_.events_written.add(records.size() - audit);
}

void SqlEventStore::note_lost(std::span<const Record> records, const Error& why) {
    std::uint64_t audit = 0;
    for (const Record& record : records) audit += record.table == &audit_table() ? 1 : 0;
    metrics_.audit_lost.add(audit);
    metrics_.events_lost.add(records.size() - audit);
    const std::int64_t swallowed = throttle_.take();
    if (swallowed < 0) return;
    log_.error("store.events.lost", why,
               {
                   {"audit",     audit                 },
                   {"events",    records.size() - audit},
                   {"swallowed", swallowed             }
    });
}

void SqlEventStore::stop() {
    const std::lock_guard lock(stopping_);
    queue_.close();
    reads_.close();
    backend_->stopping();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    readers_.clear();
    writer_.reset();
}

}  // namespace

Result<std::unique_ptr<EventStore>> open_sql_event_store(std::unique_ptr<EventBackend> backend,
                                                         const EventLimits& limits, const Log& log,
                                                         MetricsRegistry& metrics) {
    auto store = std::make_unique<SqlEventStore>(std::move(backend), limits, log, metrics);
    if (Result<> opened = store->open(); !opened) return opened.error();
    return std::unique_ptr<EventStore>(std::move(store));
}

}  // namespace thingstead::store::sql
