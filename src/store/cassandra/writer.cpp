#include "store/cassandra/writer.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/bytes.h"
#include "protocol/cql/value.h"
#include "store/cassandra/retry.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;

constexpr auto first_retry_delay = 100ms;
constexpr auto retry_delay_max = 5'000ms;
constexpr auto log_period = 10s;
/// A row that a node calls invalid so often will never be taken: the tables may come back, a bad
/// text will not get better.
constexpr std::size_t refusals_max = 8;
constexpr std::size_t batch_rows_max = 200;

std::string directory_key(const std::string& series, std::int64_t partition) {
    std::string out = series;
    std::byte bytes[8];
    store_big(bytes, static_cast<std::uint64_t>(partition));
    out.append(as_text(bytes));
    return out;
}

}  // namespace

/// A request of the writer's; it goes on until it is acknowledged or rejected.
class Writer::Row : public Request {
  public:
    explicit Row(Writer& w) : writer(w) { options.consistency = w.settings_.write_consistency; }
    void succeeded(const cql::Frame&) override {
        writer.row_done(true, rows());
        finish(true);
    }
    void failed(Failure failure, std::unique_ptr<Request> self) override {
        writer.row_failed(std::unique_ptr<Row>(static_cast<Row*>(self.release())), failure);
    }
    /// The writer's books, after the last answer.
    virtual void finish(bool written) = 0;
    virtual std::size_t rows() const { return 1; }

    Writer& writer;
    std::size_t failures = 0;
};

class Writer::PointRow final : public Row {
  public:
    PointRow(Writer& w, std::shared_ptr<Ticket> ticket, NewPoint point)
        : Row(w), ticket_(std::move(ticket)) {
        kind = Kind::execute;
        statement = insert_point;
        values = std::move(point.values);
        token = point.token;
    }
    void finish(bool) override { writer.release(*ticket_); }

  private:
    const std::shared_ptr<Ticket> ticket_;
};

class Writer::DirectoryRow final : public Row {
  public:
    DirectoryRow(Writer& w, const model::EntityId& entity, const NewPoint& point, std::string name)
        : Row(w), name_(std::move(name)) {
        kind = Kind::execute;
        statement = insert_directory;
        bind_series(values, entity, point.key);
        values.bigint(point.partition);
        options.timestamp_us = w.write_clock_.next();
        token = cql::murmur3_token(point.series);
    }
    void finish(bool written) override {
        if (written) writer.directory_known_.put(name_, true);
        const auto waiting = writer.directory_pending_.extract(name_);
        for (const auto& ticket : waiting.mapped()) writer.release(*ticket);
    }

  private:
    const std::string name_;
};

class Writer::LatestBatch final : public Row {
  public:
    LatestBatch(Writer& w, const model::EntityId& entity) : Row(w), entity_(entity) {
        statement = insert_latest;
        token = token_of(entity);
    }
    void finish(bool written) override {
        if (!written) writer.latest_times_.forget(entity_);
        for (const auto& ticket : tickets) writer.release(*ticket);
        writer.slots_.at(entity_).busy = false;
        writer.advance(entity_);
    }
    std::size_t rows() const override { return entries.empty() ? 1 : entries.size(); }

    std::vector<std::shared_ptr<Ticket>> tickets{};

  private:
    const model::EntityId entity_;
};

/// Learns what is stored of an entity before its latest values are written.
class Writer::LatestRead final : public Row {
  public:
    LatestRead(Writer& w, const model::EntityId& entity) : Row(w), entity_(entity) {
        kind = Kind::execute;
        statement = select_latest_times;
        options.consistency = w.settings_.read_consistency;
        bind_entity(values, entity);
        token = token_of(entity);
    }
    void succeeded(const cql::Frame& frame) override {
        writer.row_done(true, 0);
        const auto response = cql::decode_response(frame);
        if (const auto* rows = response ? std::get_if<cql::Rows>(&*response) : nullptr) read(*rows);
        finish(true);
    }
    void finish(bool) override {
        writer.slots_.at(entity_).busy = false;
        writer.advance(entity_);
    }

  private:
    void read(const cql::Rows& rows) {
        LatestTimes::Entity known;
        known.read = LatestTimes::Clock::now();
        cql::RowCursor row(rows);
        while (row.next()) {
            std::string key(row.cell().value_or(""));
            const auto ts = cql::read_bigint(row.cell());
            const auto write_time = cql::read_bigint(row.cell());
            known.keys[std::move(key)] = {ts.value_or(deleted_ts) != deleted_ts, ts.value_or(0),
                                          write_time.value_or(write_time_of_key)};
        }
        writer.latest_times_.put(entity_, std::move(known));
    }

    const model::EntityId entity_;
};

Writer::Writer(boost::asio::any_io_executor executor, Session& session, Ledger& ledger,
               WriteClock& write_clock, const Settings& settings, StoreMetrics& metrics, Log log)
    : executor_(std::move(executor)),
      session_(session),
      ledger_(ledger),
      write_clock_(write_clock),
      settings_(settings),
      metrics_(metrics),
      log_(std::move(log)),
      failure_log_(log_period),
      rejected_log_(log_period),
      latest_times_(settings.latest_cache_entries, settings.latest_cache_age),
      directory_known_(settings.directory_cache_entries) {}

Writer::~Writer() = default;

void Writer::submit(Accepted message) {
    bool first = false;
    {
        const std::lock_guard lock(inbox_mutex_);
        first = inbox_.empty();
        inbox_.push_back(std::move(message));
    }
    if (first) boost::asio::post(executor_, [this] { take_all(); });
}

void Writer::take_all() {
    {
        const std::lock_guard lock(inbox_mutex_);
        taken_.swap(inbox_);
    }
    for (Accepted& message : taken_) add(std::move(message));
    taken_.clear();
    pump();
}

void Writer::add(Accepted message) {
    const std::shared_ptr<Ticket> ticket = message.ticket;
    ticket->rows_left = 1;  // this call's own
    for (NewPoint& point : message.points) {
        if (settings_.partitioning != Partitioning::INDEFINITE) add_directory(ticket, point);
        ++ticket->rows_left;
        enqueue(std::make_unique<PointRow>(*this, ticket, std::move(point)));
    }
    if (!message.latest.empty()) {
        Slot& slot = slots_[ticket->entity];
        for (NewLatest& latest : message.latest) fold(slot, message.ts, std::move(latest));
        slot.tickets.push_back(ticket);
        ++ticket->rows_left;
        if (!slot.busy) advance(ticket->entity);
    }
    release(*ticket);
}

/// The row goes out beside the point's own. A write ends when both are acknowledged, so a point
/// that counts as stored can be found.
void Writer::add_directory(const std::shared_ptr<Ticket>& ticket, const NewPoint& point) {
    std::string name = directory_key(point.series, point.partition);
    if (directory_known_.get(name)) return;
    ++ticket->rows_left;
    const auto [at, added] = directory_pending_.try_emplace(name);
    at->second.push_back(ticket);
    if (added)
        enqueue(std::make_unique<DirectoryRow>(*this, ticket->entity, point, std::move(name)));
}

/// Of two values that wait for the same row the one of the later time is sent, of the same time the
/// one that came later.
void Writer::fold(Slot& slot, EpochMs ts, NewLatest latest) {
    const auto at = std::find_if(slot.waiting.begin(), slot.waiting.end(),
                                 [&](const WaitingLatest& each) { return each.key == latest.key; });
    if (at == slot.waiting.end()) {
        slot.waiting.push_back({std::move(latest.key), ts, std::move(latest.value)});
        return;
    }
    metrics_.latest_folded.add();
    if (!latest.value || (at->value && ts < at->ts)) return;
    at->ts = ts;
    at->value = std::move(latest.value);
}

/// The next step of an entity's latest values: learn what is stored, or write.
void Writer::advance(const model::EntityId& entity) {
    const auto at = slots_.find(entity);
    Slot& slot = at->second;
    if (slot.busy) return;
    if (slot.waiting.empty()) {
        slots_.erase(at);
        return;
    }
    LatestTimes::Entity* known = latest_times_.find(entity, LatestTimes::Clock::now());
    if (!known) {
        slot.busy = true;
        return enqueue(std::make_unique<LatestRead>(*this, entity));
    }
    std::unique_ptr<LatestBatch> batch = make_batch(entity, slot, *known);
    latest_times_.shrink();
    if (batch) {
        slot.busy = true;
        return enqueue(std::move(batch));
    }
    // Everything that waited is older than what is stored.
    const auto tickets = std::move(slot.tickets);
    slots_.erase(at);
    for (const auto& ticket : tickets) release(*ticket);
}

/// Each row gets a write time behind the stored one's, and not before its own ts: so a newer value,
/// of whoever, is never overwritten by an older one, and a deleted value does not stand in the way.
std::unique_ptr<Writer::LatestBatch> Writer::make_batch(const model::EntityId& entity, Slot& slot,
                                                        LatestTimes::Entity& known) {
    auto batch = std::make_unique<LatestBatch>(*this, entity);
    std::size_t bytes = 0, done = 0;
    for (; done < slot.waiting.size(); ++done) {
        if (batch->entries.size() == batch_rows_max || bytes > settings_.row_bytes_max) break;
        WaitingLatest& latest = slot.waiting[done];
        const auto [at, unknown] = known.keys.try_emplace(latest.key);
        LatestTime& stored = at->second;
        if (!latest.value && !unknown) continue;
        if (latest.value && stored.has_value && latest.ts < stored.ts) continue;
        cql::Values values;
        bind_entity(values, entity);
        values.text(latest.key);
        if (latest.value) {
            const std::int64_t behind = std::max(stored.write_time, known.floor);
            stored = {true, latest.ts, std::max(write_time_of(latest.ts), behind + 1)};
            values.bigint(latest.ts);
            bind_value(values, *latest.value, settings_.write_nulls ? Others::null : Others::unset);
        } else {
            stored.write_time = write_time_of_key;
            values.unset();
            bind_no_value(values, Others::unset);
        }
        values.bigint(stored.write_time);
        bytes += values.bytes().size();
        batch->entries.push_back(std::move(values));
    }
    slot.waiting.erase(slot.waiting.begin(),
                       slot.waiting.begin() + static_cast<std::ptrdiff_t>(done));
    if (batch->entries.empty()) return nullptr;
    if (slot.waiting.empty()) batch->tickets = std::exchange(slot.tickets, {});
    batch->kind = Request::Kind::batch;
    if (batch->entries.size() > 1) return batch;
    batch->kind = Request::Kind::execute;
    batch->values = std::move(batch->entries.front());
    batch->entries.clear();
    return batch;
}

void Writer::enqueue(std::unique_ptr<Row> row) { ready_.push_back(std::move(row)); }

void Writer::pump() {
    if (std::exchange(pumping_, true)) return;  // a row that failed at once
    while (!ready_.empty() && in_flight_ < settings_.writes_in_flight_max &&
           session_.hosts_up() > 0) {
        std::unique_ptr<Row> row = std::move(ready_.front());
        ready_.pop_front();
        ++in_flight_;
        session_.send(std::move(row));
    }
    pumping_ = false;
}

void Writer::row_done(bool written, std::size_t rows) {
    --in_flight_;
    if (written) metrics_.rows_written.add(rows);
    pump();
}

void Writer::row_failed(std::unique_ptr<Row> row, const Failure& failure) {
    --in_flight_;
    ++row->failures;
    if (failure.code && is_refusal(*failure.code) && row->failures >= refusals_max) {
        metrics_.points_rejected.add(row->rows());
        const std::int64_t swallowed = rejected_log_.take();
        if (swallowed >= 0)
            log_.error("cassandra.points.rejected", failure.error,
                       {
                           {"swallowed", swallowed}
            });
        return row->finish(false);
    }
    metrics_.writes_retried.add(row->rows());
    const std::int64_t swallowed = failure_log_.take();
    if (swallowed >= 0)
        log_.warn("cassandra.write.retried", failure.error,
                  {
                      {"swallowed", swallowed}
        });
    const int doublings = static_cast<int>(std::min<std::size_t>(row->failures - 1, 10));
    const auto delay =
        std::min<std::chrono::milliseconds>(first_retry_delay * (1 << doublings), retry_delay_max);
    row->attempts = 0;
    row->tried.clear();
    failed_.emplace(Request::Clock::now() + delay, std::move(row));
}

void Writer::tick() {
    const auto now = Request::Clock::now();
    while (!failed_.empty() && failed_.begin()->first <= now && session_.hosts_up() > 0) {
        ready_.push_front(std::move(failed_.begin()->second));
        failed_.erase(failed_.begin());
    }
    pump();
}

void Writer::release(Ticket& ticket) {
    if (--ticket.rows_left == 0) ledger_.finish(ticket);
}

void Writer::latest_changed(const model::EntityId& entity, const std::string& key, LatestTime now) {
    LatestTimes::Entity* known = latest_times_.find(entity, LatestTimes::Clock::now());
    if (!known) return;
    LatestTime& stored = known->keys[key];
    if (stored.write_time <= now.write_time) stored = now;
    latest_times_.shrink();
}

void Writer::entity_removed(const model::EntityId& entity, std::int64_t write_time) {
    LatestTimes::Entity known;
    known.read = LatestTimes::Clock::now();
    known.floor = write_time;
    latest_times_.put(entity, std::move(known));
}

void Writer::directory_removed(const std::string& series, std::int64_t partition) {
    directory_known_.erase(directory_key(series, partition));
}

}  // namespace thingstead::store::cassandra
