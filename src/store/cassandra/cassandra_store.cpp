#include "store/cassandra/cassandra_store.h"

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "net/io_threads.h"
#include "net/suspend.h"
#include "net/task_group.h"
#include "net/timer.h"
#include "store/cassandra/deletion.h"
#include "store/cassandra/ledger.h"
#include "store/cassandra/migrations.h"
#include "store/cassandra/point_encoder.h"
#include "store/cassandra/reader.h"
#include "store/cassandra/session.h"
#include "store/cassandra/statements.h"
#include "store/cassandra/writer.h"
#include "store/custom_tables.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;

constexpr auto stop_deadline = 10s;
constexpr auto log_period = 10s;
/// Of a partition key with its other columns; Cassandra's limit is 65,535.
constexpr std::size_t key_bytes_max = 60'000;
/// What a point takes in memory on its way, beside its key and value: request, tickets, buffers.
constexpr std::size_t point_overhead_bytes = 600;
/// Of a thread that writes, for its next write.
constexpr std::size_t encoder_bytes_kept = 64 << 10;
/// Cassandra 4.1 keeps expirations as seconds that end in January 2038, and refuses later ones.
constexpr std::int64_t expiration_s_max = 0x7FFF'FFFE;
constexpr std::int64_t ttl_s_max = 20 * 365 * 24 * 3600;

Error closed() { return Error{ErrorCode::unavailable, "the time-series store is closed"}; }

std::size_t bytes_of(const model::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return text->size();
    if (const auto* json = std::get_if<model::JsonText>(&value)) return json->text.size();
    return 8;
}

/// Nothing: it does not expire, or not before Cassandra's time ends.
std::optional<std::int32_t> ttl_of(std::chrono::seconds ttl) {
    if (ttl.count() <= 0) return std::nullopt;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    if (ttl.count() > ttl_s_max || ttl.count() > expiration_s_max - now_s) return std::nullopt;
    return static_cast<std::int32_t>(ttl.count());
}

/// Where a task of the client's thread leaves its result for a caller of another one.
template <class T>
struct Outcome {
    std::atomic<bool> there{false};
    std::optional<Result<T>> result{};
};

/// However the task ends - cancelled, too - the caller goes on.
class Wake {
  public:
    explicit Wake(std::function<void()> resume) : resume_(std::move(resume)) {}
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;
    ~Wake() { resume_(); }

  private:
    const std::function<void()> resume_;
};

template <class T>
Task<> deliver(Task<Result<T>> work, std::shared_ptr<Outcome<T>> outcome,
               std::shared_ptr<Wake> wake) {
    Result<T> result = co_await std::move(work);
    outcome->result.emplace(std::move(result));
    outcome->there.store(true, std::memory_order_release);
    wake.reset();
}

class CassandraStore final : public TimeseriesStore, public CustomTables {
  public:
    CassandraStore(Settings settings, Log log, MetricsRegistry& metrics);
    ~CassandraStore() override { CassandraStore::stop(); }

    Result<> open();

    bool write(const PointsWrite& points, std::optional<SourceOffset> source) override;
    Task<> room() override { return ledger_.room(); }
    Task<Result<>> flush() override;
    void processed(std::int32_t partition, std::int64_t next) override {
        ledger_.processed(partition, next);
    }
    std::int64_t checkpointed(std::int32_t partition) const override {
        return ledger_.checkpointed(partition);
    }
    void forget(std::int32_t partition) override { ledger_.forget(partition); }
    Task<Result<std::vector<model::TimedValue>>> range(RangeQuery query) override {
        return on_client(reader_.range(std::move(query)));
    }
    Task<Result<std::vector<LatestValue>>> latest(model::EntityId entity,
                                                  std::vector<std::string> keys) override {
        return on_client(reader_.latest(entity, std::move(keys)));
    }
    Task<Result<DeleteOutcome>> remove(DeleteRange range) override {
        return on_client(deletion_.remove(std::move(range)));
    }
    Task<Result<>> remove_entity(model::EntityId entity) override {
        return on_client(deletion_.remove_entity(entity));
    }
    CustomTables* custom_tables() override { return this; }
    Task<Result<>> insert(std::string table, std::string row, std::chrono::seconds ttl) override {
        return on_client(insert_row(std::move(table), std::move(row), ttl));
    }
    void stop() override;

  private:
    Task<Result<>> insert_row(std::string table, std::string row, std::chrono::seconds ttl);
    Task<Result<>> open_on_client();
    Task<Result<>> flushed(std::uint64_t up_to);
    bool acceptable(const PointsWrite& points, const model::KeyValue& each) const;
    void reject(const PointsWrite& points);
    template <class T>
    Task<Result<T>> on_client(Task<Result<T>> work);
    template <class T>
    Task<> hand_over(Task<Result<T>> work, std::shared_ptr<Outcome<T>> outcome,
                     std::shared_ptr<std::atomic<bool>> refused);

    const Settings settings_;
    const Log log_;
    ClientMetrics client_metrics_;
    StoreMetrics metrics_;
    net::IoThreads io_;
    const boost::asio::any_io_executor executor_;
    WriteClock write_clock_;
    Ledger ledger_;
    Session session_;
    Writer writer_;
    Reader reader_;
    Deletion deletion_;
    net::TaskGroup tasks_;
    LogThrottle rejected_log_;
    std::atomic<bool> stopped_{false};
};

CassandraStore::CassandraStore(Settings settings, Log log, MetricsRegistry& metrics)
    : settings_(std::move(settings)),
      log_(std::move(log)),
      client_metrics_(metrics),
      metrics_(metrics),
      io_(1, "cassandra"),
      executor_(io_.at(0).get_executor()),
      ledger_(settings_.write_bytes_max, metrics_),
      session_(executor_, settings_, statement_texts(settings_.keyspace), log_, client_metrics_),
      writer_(executor_, session_, ledger_, write_clock_, settings_, metrics_, log_),
      reader_(session_, ledger_, settings_),
      deletion_(session_, reader_, writer_, write_clock_, settings_),
      tasks_("cassandra reads", log_),
      rejected_log_(log_period) {
    tasks_.set_limit(settings_.reads_max);
}

/// Apart from its caller: g++ 12 destroys a closure in an awaited expression twice.
template <class T>
Task<> CassandraStore::hand_over(Task<Result<T>> work, std::shared_ptr<Outcome<T>> outcome,
                                 std::shared_ptr<std::atomic<bool>> refused) {
    const auto handed = std::make_shared<Task<Result<T>>>(std::move(work));
    return net::suspend([this, outcome, handed, refused](std::function<void()> resume) {
        // A refused task is destroyed, and its Wake with it.
        auto wake = std::make_shared<Wake>(std::move(resume));
        Task<> task = deliver(std::move(*handed), outcome, std::move(wake));
        if (!tasks_.spawn(executor_, "read", std::move(task))) refused->store(true);
    });
}

/// Runs `work` on the client's thread and gives its result to the caller on the caller's own.
template <class T>
Task<Result<T>> CassandraStore::on_client(Task<Result<T>> work) {
    if (stopped_) co_return closed();
    const auto outcome = std::make_shared<Outcome<T>>();
    const auto refused = std::make_shared<std::atomic<bool>>(false);
    Task<> waiting = hand_over(std::move(work), outcome, refused);
    co_await std::move(waiting);
    if (outcome->there.load(std::memory_order_acquire)) co_return *std::move(outcome->result);
    if (stopped_) co_return closed();
    if (!refused->load()) co_return Error{ErrorCode::timeout, "the read was cancelled"};
    metrics_.reads_refused.add();
    co_return Error{ErrorCode::unavailable, "too many reads are running"};
}

Task<Result<>> CassandraStore::open_on_client() {
    session_.set_on_tick([this] { writer_.tick(); });
    const Result<> reached = co_await session_.open();
    if (!reached) co_return reached.error();
    const Result<> migrated = co_await migrate(session_, settings_, log_);
    if (!migrated) co_return migrated.error();
    co_return co_await session_.start();
}

/// In JSON, so that the database converts the values as the columns want them; columns that the row
/// does not name keep what they have.
Task<Result<>> CassandraStore::insert_row(std::string table, std::string row,
                                          std::chrono::seconds ttl) {
    Question question;
    question.query = "INSERT INTO " + settings_.keyspace + "." + table + " JSON ? DEFAULT UNSET";
    question.values.text(row);
    if (const std::optional<std::int32_t> ttl_s = ttl_of(ttl)) {
        question.query += " USING TTL ?";
        question.values.integer(*ttl_s);
    }
    question.options.consistency = settings_.write_consistency;
    Task<Result<Answer>> asking = session_.ask(std::move(question));
    const Result<Answer> answer = co_await std::move(asking);
    if (answer) co_return Result<>();
    Error why = answer.error();
    // What the database says about a table or a value is for whoever drew the chain.
    if (!why.detail.empty()) why.message += ": " + std::exchange(why.detail, {});
    co_return why;
}

Result<> CassandraStore::open() {
    std::promise<void> opened;
    const auto outcome = std::make_shared<Outcome<void>>();
    auto wake = std::make_shared<Wake>([&opened] { opened.set_value(); });
    tasks_.spawn(executor_, "open", deliver(open_on_client(), outcome, std::move(wake)));
    opened.get_future().get();
    return outcome->there ? *std::move(outcome->result) : Result<>(closed());
}

bool CassandraStore::acceptable(const PointsWrite& points, const model::KeyValue& each) const {
    return each.key.size() <= key_bytes_max && bytes_of(each.value) <= settings_.row_bytes_max &&
           points.entity.uuid.version() == 1;
}

/// What no retry would make Cassandra take: said, counted and dropped.
void CassandraStore::reject(const PointsWrite& points) {
    metrics_.points_rejected.add();
    const std::int64_t swallowed = rejected_log_.take();
    if (swallowed < 0) return;
    log_.error("cassandra.points.rejected",
               {
                   {"entity",    points.entity.uuid.to_string()                       },
                   {"reason",    "key or value too large, or the id is not time-based"},
                   {"swallowed", swallowed                                            }
    });
}

bool CassandraStore::write(const PointsWrite& points, std::optional<SourceOffset> source) {
    std::size_t bytes = 0;
    for (const model::KeyValue& each : points.values)
        bytes += point_overhead_bytes + 3 * each.key.size() + 2 * bytes_of(each.value);
    Ticket* const ticket = ledger_.take(points.entity, bytes, source);
    if (!ticket) {
        metrics_.writes_refused.add();
        return false;
    }
    // Kept for its memory: what is in it has ended with the last call.
    thread_local EncodedPoints encoded;
    encoded.clear();
    PointEncoder encoder(encoded, points, ttl_of(points.ttl),
                         write_clock_.next(points.values.size()), settings_);
    for (const model::KeyValue& each : points.values)
        if (!acceptable(points, each))
            reject(points);
        else if (points.save_history || points.save_latest)
            encoder.add(each);
    metrics_.points_written.add(points.values.size());
    writer_.submit(ticket, points.ts, encoded);
    if (encoded.text.capacity() > encoder_bytes_kept) encoded = {};
    return true;
}

Task<Result<>> CassandraStore::flushed(std::uint64_t up_to) {
    co_await ledger_.all_finished(up_to);
    co_return Result<>();
}

Task<Result<>> CassandraStore::flush() {
    if (stopped_) co_return closed();
    const std::uint64_t up_to = ledger_.taken();
    if (ledger_.is_finished(up_to)) co_return Result<>();
    Task<Result<>> waiting = flushed(up_to);
    const Result<> done = co_await net::with_deadline(std::move(waiting), settings_.flush_timeout);
    if (done && ledger_.is_finished(up_to)) co_return Result<>();
    if (stopped_) co_return closed();
    co_return Error{ErrorCode::unavailable, "points are not stored yet",
                    "Cassandra did not acknowledge them in time"};
}

void CassandraStore::stop() {
    if (stopped_.exchange(true)) return;
    ledger_.refuse();
    // What was not acknowledged by then comes again from the queue.
    ledger_.wait_all_finished(std::min<std::chrono::milliseconds>(settings_.flush_timeout, 10s));
    tasks_.stop(stop_deadline);
    std::promise<void> ended;
    boost::asio::post(executor_, [&] {
        ledger_.close();
        session_.close();
        ended.set_value();
    });
    ended.get_future().get();
    session_.stop(stop_deadline);
    io_.stop();
}

}  // namespace

Result<std::unique_ptr<TimeseriesStore>> open_cassandra_store(Settings settings, Log log,
                                                              MetricsRegistry& metrics) {
    auto store = std::make_unique<CassandraStore>(std::move(settings), std::move(log), metrics);
    const Result<> opened = store->open();
    if (!opened) return opened.error();
    return std::unique_ptr<TimeseriesStore>(std::move(store));
}

}  // namespace thingstead::store::cassandra
