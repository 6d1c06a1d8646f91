#include "store/cassandra/writer.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/bytes.h"
#include "protocol/cql/wire_writer.h"
#include "store/cassandra/retry.h"
#include "store/cassandra/writer_parts.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;

constexpr auto log_period = 10s;
/// A row that a node calls invalid so often will never be taken: the tables may come back, a bad
/// text will not get better.
constexpr std::size_t refusals_max = 8;
/// A batch that a node fails so often may hold one row that it stumbles over.
constexpr std::size_t failures_before_split = 3;
constexpr std::size_t latest_reads_in_flight_max = 256;
constexpr std::size_t spare_slots_max = 1'024;
/// Of the inbox; kept for the next messages.
constexpr std::size_t chunk_bytes = 64 << 10, spare_chunks_max = 64;
/// Memory that a spare slot keeps.
constexpr std::size_t row_bytes_kept = 512, slot_rows_kept = 16;
/// A power of two.
constexpr std::size_t recent_slots = 16'384;

/// The last value of a row.
void set_write_time(std::string& row, std::int64_t write_time) {
    store_big(reinterpret_cast<std::byte*>(row.data() + row.size() - 8),
              static_cast<std::uint64_t>(write_time));
}

/// The node had more to do than it could; silence is the same.
bool is_overwhelmed(const Failure& failure) {
    if (!failure.code) return failure.error.code == ErrorCode::timeout;
    return *failure.code == cql::ServerErrorCode::write_timeout ||
           *failure.code == cql::ServerErrorCode::overloaded;
}

bool may_be_one_rows_fault(cql::ServerErrorCode code) {
    return code == cql::ServerErrorCode::server_error ||
           code == cql::ServerErrorCode::write_failure;
}

}  // namespace

Writer::Writer(boost::asio::any_io_executor executor, Session& session, Ledger& ledger,
               WriteClock& write_clock, const Settings& settings, StoreMetrics& metrics, Log log,
               WritePauses pauses)
    : executor_(std::move(executor)),
      session_(session),
      ledger_(ledger),
      write_clock_(write_clock),
      settings_(settings),
      pauses_(pauses),
      metrics_(metrics),
      log_(std::move(log)),
      failure_log_(log_period),
      rejected_log_(log_period),
      latest_reads_(latest_reads_in_flight_max),
      recent_slots_(recent_slots),
      latest_times_(settings.latest_cache_entries, settings.latest_cache_age),
      directory_known_(settings.directory_cache_entries) {}

Writer::~Writer() = default;

Writer::Lane::Lane(std::size_t most) : flow(most) {}
Writer::Lane::~Lane() = default;

void Writer::submit(Ticket* ticket, EpochMs ts, const EncodedPoints& points) {
    const std::size_t hash = std::hash<model::EntityId>{}(ticket->entity);
    bool first = false;
    {
        const std::lock_guard lock(inbox_mutex_);
        first = inbox_.empty();
        Chunk& chunk = chunk_to_fill();
        const std::size_t begin = chunk.encoded.text.size();
        chunk.encoded.text.append(points.text);
        for (EncodedPoint point : points.points) {
            point.begin += begin;
            chunk.encoded.points.push_back(point);
        }
        chunk.messages.push_back({ticket, hash, ts, points.points.size()});
    }
    if (first) boost::asio::post(executor_, [this] { take_all(); });
}

/// Of the inbox.
Writer::Chunk& Writer::chunk_to_fill() {
    if (!inbox_.empty() && inbox_.back()->encoded.text.size() < chunk_bytes) return *inbox_.back();
    if (spare_chunks_.empty()) {
        inbox_.push_back(std::make_unique<Chunk>());
    } else {
        inbox_.push_back(std::move(spare_chunks_.back()));
        spare_chunks_.pop_back();
    }
    return *inbox_.back();
}

void Writer::take_all() {
    {
        const std::lock_guard lock(inbox_mutex_);
        std::swap(taken_, inbox_);
    }
    for (const auto& chunk : taken_) add_all(*chunk);
    give_back(taken_);
    pump();
    finish_tickets();
}

void Writer::give_back(Chunks& chunks) {
    for (const auto& chunk : chunks) {
        chunk->encoded.clear();
        chunk->messages.clear();
    }
    const std::lock_guard lock(inbox_mutex_);
    for (auto& chunk : chunks)
        if (spare_chunks_.size() < spare_chunks_max &&
            chunk->encoded.text.capacity() <= 4 * chunk_bytes &&
            chunk->messages.capacity() * sizeof(Message) <= chunk_bytes)
            spare_chunks_.push_back(std::move(chunk));
    chunks.clear();
}

void Writer::add_all(const Chunk& chunk) {
    const EncodedPoint* points = chunk.encoded.points.data();
    std::span<const Message> left = chunk.messages;
    for (; !left.empty(); left = left.subspan(1)) {
        prefetch(left.subspan(1));
        add(left.front(), chunk.encoded.text, points);
        points += left.front().points;
    }
}

/// What the next messages will touch lies scattered over more memory than caches hold. Each step
/// needs what the one before it, a message ago, has fetched.
void Writer::prefetch(std::span<const Message> next) const {
    const auto recent = [&](std::size_t i) {
        return recent_slots_[next[i].entity_hash % recent_slots];
    };
    if (next.size() > 3) {
        __builtin_prefetch(recent(3));
        __builtin_prefetch(next[3].ticket, 1);
    }
    if (next.size() > 1)
        if (const Slot* slot = recent(1)) {
            const char* rows = reinterpret_cast<const char*>(slot->waiting.data());
            for (std::size_t i = 0; i < std::min<std::size_t>(slot->waiting.size(), 4); ++i)
                __builtin_prefetch(rows + i * sizeof(WaitingLatest));
        }
    if (!next.empty())
        if (const Slot* slot = recent(0))
            for (std::size_t i = 0; i < std::min<std::size_t>(slot->waiting.size(), 4); ++i) {
                __builtin_prefetch(slot->waiting[i].row.data(), 1);
                __builtin_prefetch(slot->waiting[i].row.data() + 64, 1);
            }
}

/// `points`: the message's first.
void Writer::add(const Message& message, std::string_view text, const EncodedPoint* points) {
    Ticket* const ticket = message.ticket;
    ticket->rows_left = 1;  // this call's own
    if (message.points == 0) return release(ticket);
    Slot& slot = slot_of(ticket->entity, message.entity_hash);
    std::size_t folded = 0;
    for (std::size_t i = 0; i < message.points; ++i) {
        WaitingLatest& of_key = waiting_of(slot, i, points[i].key_text(text));
        if (points[i].history) add_history(ticket, text, points[i], of_key);
        folded += fold(of_key, message.ts, text, points[i]);
    }
    if (folded > 0) metrics_.latest_folded.add(folded);
    slot.tickets.push_back(ticket);
    ++ticket->rows_left;
    if (!slot.busy) advance(slot);
    release(ticket);
}

void Writer::add_history(Ticket* ticket, std::string_view text, const EncodedPoint& point,
                         WaitingLatest& of_key) {
    if (settings_.partitioning != Partitioning::INDEFINITE)
        add_directory(ticket, text, point, of_key);
    ++ticket->rows_left;
    const std::size_t cells = settings_.write_nulls ? 5 : 1;
    const std::size_t data = row_data_bytes + 8 + cells * cell_data_bytes +
                             point.ts_and_values(text).size() - cells_overhead_bytes +
                             (point.expires() ? ttl_data_bytes : 0);
    open_batch(point.token, data)
        .add(point.token, insert_point, point_values, data, point.row(text), {.ticket = ticket});
}

/// The row goes out beside the point's own. A write ends when both are acknowledged, so a point
/// that counts as stored can be found.
void Writer::add_directory(Ticket* ticket, std::string_view text, const EncodedPoint& point,
                           WaitingLatest& of_key) {
    const std::string_view cells = point.directory_row(text);
    const auto partition =
        static_cast<std::int64_t>(load_big<std::uint64_t>(as_bytes(cells).last(8).data()));
    if (of_key.directory_partition == partition) return;
    if (directory_known_.has(point.token, cells)) {
        of_key.directory_partition = partition;
        return;
    }
    ++ticket->rows_left;
    const auto [at, added] = directory_pending_.try_emplace(std::string(cells));
    at->second.tickets.push_back(ticket);
    if (!added) return;
    at->second.token = point.token;
    const cql::Token token = token_of_series(point.series(text));
    open_batch(token, directory_data_bytes).add_directory(token, cells, write_clock_.next(), *at);
}

/// The first `used` of the slot wait. Devices send the same keys in the same order, so the one at
/// `likely` is the key's, or what remains of its last write.
Writer::WaitingLatest& Writer::waiting_of(Slot& slot, std::size_t likely, std::string_view key) {
    if (likely < slot.used && slot.waiting[likely].key() == key) return slot.waiting[likely];
    const auto end = slot.waiting.begin() + static_cast<std::ptrdiff_t>(slot.used);
    const auto at = std::find_if(slot.waiting.begin(), end,
                                 [&](const WaitingLatest& each) { return each.key() == key; });
    if (at != end) return *at;
    if (slot.used == slot.waiting.size()) slot.waiting.emplace_back();
    WaitingLatest& next = slot.waiting[slot.used++];
    next.used = false;
    if (next.key() != key) next.directory_partition.reset();
    return next;
}

/// Of two values that wait for the same row the one of the later time is sent, of the same time the
/// one that came later. True: one of them went.
bool Writer::fold(WaitingLatest& waiting, EpochMs ts, std::string_view text,
                  const EncodedPoint& point) {
    const bool meets = std::exchange(waiting.used, true);
    if (meets && (!point.latest || (waiting.has_value && ts < waiting.ts))) return true;
    const std::string_view cells = point.ts_and_values(text);
    if (meets && waiting.has_value &&
        waiting.row.size() == point.partition + cells.size() + EncodedPoint::bigint_bytes) {
        waiting.row.replace(point.partition, cells.size(), cells);
    } else {
        waiting.row.assign(point.series(text));
        if (point.latest)
            waiting.row.append(cells);
        else
            for (int column = 0; column < 6; ++column) cql::append_int(waiting.row, -2);
        cql::append_int(waiting.row, 8);
        cql::append_long(waiting.row, 0);
        waiting.key_at = point.key + 4;
        waiting.key_bytes = point.partition - waiting.key_at;
    }
    waiting.ts = ts;
    waiting.has_value = point.latest;
    return meets;
}

Writer::Slot& Writer::slot_of(const model::EntityId& entity, std::size_t hash) {
    Slot*& recent = recent_slots_[hash % recent_slots];
    if (recent && recent->entity == entity) return *recent;
    const auto at = slots_.find(entity);
    if (at != slots_.end()) return *(recent = &at->second);
    Slot* slot = nullptr;
    if (spare_slots_.empty()) {
        slot = &slots_[entity];
    } else {
        auto node = std::move(spare_slots_.back());
        spare_slots_.pop_back();
        node.key() = entity;
        slot = &slots_.insert(std::move(node)).position->second;
    }
    slot->entity = entity;
    slot->hash = hash;
    slot->token = token_of(entity);
    return *(recent = slot);
}

/// It has nothing to do; its memory may serve another entity's.
void Writer::park(Slot& slot) {
    Slot*& recent = recent_slots_[slot.hash % recent_slots];
    if (recent == &slot) recent = nullptr;
    auto node = slots_.extract(slot.entity);
    if (spare_slots_.size() >= spare_slots_max || slot.waiting.size() > slot_rows_kept) return;
    for (WaitingLatest& each : slot.waiting) {
        if (each.row.capacity() > row_bytes_kept) return;
        each.directory_partition.reset();
    }
    spare_slots_.push_back(std::move(node));
}

/// The next step of an entity's latest values: learn what is stored, or write.
void Writer::advance(Slot& slot) {
    if (slot.busy) return;
    if (slot.used == 0) return park(slot);
    LatestTimes::Entity* known = latest_times_.find(slot.entity, LatestTimes::Clock::now());
    slot.busy = true;
    if (!known) {
        latest_reads_.ready.push_back(std::make_unique<LatestRead>(*this, slot));
        return;
    }
    slot.in_flight.swap(slot.tickets);
    slot.rows_left = 1;  // this call's own
    write_latest(slot, *known);
    latest_times_.shrink();
    // Perhaps everything that waited is older than what is stored.
    if (--slot.rows_left == 0) latest_done(slot);
}

/// Each row gets a write time behind the stored one's, and not before its own ts: so a newer value,
/// of whoever, is never overwritten by an older one, and a deleted value does not stand in the way.
void Writer::write_latest(Slot& slot, LatestTimes::Entity& known) {
    for (std::size_t i = 0; i < slot.used; ++i) {
        WaitingLatest& latest = slot.waiting[i];
        auto at = known.keys.find(latest.key());
        const bool unknown = at == known.keys.end();
        if (unknown) at = known.keys.emplace(std::string(latest.key()), LatestTime()).first;
        LatestTime& stored = at->second;
        if (!latest.has_value && !unknown) continue;
        if (latest.has_value && stored.has_value && latest.ts < stored.ts) continue;
        std::size_t data = row_data_bytes + latest.key_bytes;
        if (latest.has_value) {
            const std::int64_t behind = std::max(stored.write_time, known.floor);
            stored = {true, latest.ts, std::max(write_time_of(latest.ts), behind + 1)};
            const std::size_t values = latest.row.size() - latest.key_at - latest.key_bytes -
                                       cells_overhead_bytes - EncodedPoint::bigint_bytes;
            data += (settings_.write_nulls ? 6 : 2) * cell_data_bytes + 8 + values;
        } else {
            stored.write_time = write_time_of_key;
        }
        set_write_time(latest.row, stored.write_time);
        ++slot.rows_left;
        open_batch(slot.token, data)
            .add(slot.token, insert_latest, latest_values, data, latest.row, {.slot = &slot});
    }
    slot.used = 0;
}

void Writer::latest_done(Slot& slot) {
    for (Ticket* const ticket : slot.in_flight) release(ticket);
    slot.in_flight.clear();
    slot.busy = false;
    advance(slot);
}

Writer::Lane& Writer::lane_of(cql::Token token) {
    const std::optional<std::uint32_t> owner = session_.owner_of(token);
    const std::size_t number = owner ? std::size_t{*owner} + 1 : 0;
    while (lanes_.size() <= number)
        lanes_.push_back(std::make_unique<Lane>(settings_.writes_in_flight_max));
    return *lanes_[number];
}

/// Where a row of that partition may be added.
Writer::Batch& Writer::open_batch(cql::Token token, std::size_t data_bytes) {
    Lane& lane = lane_of(token);
    if (lane.open && (lane.open->rows() >= settings_.batch_rows_max ||
                      lane.open->data_bytes + data_bytes > settings_.batch_bytes_max))
        lane.ready.push_back(std::move(lane.open));
    if (!lane.open) {
        lane.open = std::make_unique<Batch>(*this, lane);
        lane.open->reserve();
    }
    return *lane.open;
}

void Writer::pump() {
    if (std::exchange(pumping_, true)) return;  // a request that failed at once
    send_ready(latest_reads_);
    for (std::size_t i = 0; i < lanes_.size(); ++i) send_ready(*lanes_[i]);
    pumping_ = false;
}

/// When all answers that came together have been heard, so that what they make ready goes together.
void Writer::pump_soon() {
    if (std::exchange(pump_posted_, true)) return;
    boost::asio::post(executor_, [this] {
        pump_posted_ = false;
        pump();
        finish_tickets();
    });
}

void Writer::send_ready(Lane& lane) {
    if (!lane.flow.may_send()) return;
    while (lane.flow.in_flight() < lane.flow.limit() && session_.hosts_up() > 0) {
        std::unique_ptr<Work> next;
        if (!lane.ready.empty()) {
            next = std::move(lane.ready.front());
            lane.ready.pop_front();
        } else if (lane.open) {
            next = std::move(lane.open);
        } else {
            break;
        }
        lane.flow.sent();
        session_.send(std::move(next));
    }
    lane.flow.filled(lane.open || !lane.ready.empty());
}

void Writer::work_done(Work& work) {
    work.lane.flow.succeeded();
    metrics_.rows_written.add(work.rows());
    if (work.rows() > 0) metrics_.batches.add();
    work.finish(true);
    pump_soon();
}

void Writer::work_failed(std::unique_ptr<Work> work, const Failure& failure) {
    work->lane.flow.failed();
    if (is_overwhelmed(failure)) work->lane.flow.overwhelmed(work->sent, Request::Clock::now());
    ++work->failures;
    const bool refused = failure.code && is_refusal(*failure.code);
    if (refused && work->rows() <= 1 && work->failures >= refusals_max) {
        metrics_.points_rejected.add(work->rows());
        const std::int64_t swallowed = rejected_log_.take();
        if (swallowed >= 0)
            log_.error("cassandra.points.rejected", failure.error,
                       {
                           {"swallowed", swallowed}
            });
        work->finish(false);
        return pump_soon();
    }
    metrics_.writes_retried.add(work->rows());
    const std::int64_t swallowed = failure_log_.take();
    if (swallowed >= 0)
        log_.warn("cassandra.write.retried", failure.error,
                  {
                      {"swallowed", swallowed}
        });
    work->attempts = work->prepares = 0;
    work->tried.clear();
    const bool stumbled = failure.code && may_be_one_rows_fault(*failure.code) &&
                          work->failures >= failures_before_split;
    if (work->rows() > 1 && (refused || stumbled)) return split(std::move(work));
    const int doublings = static_cast<int>(std::min<std::size_t>(work->failures - 1, 10));
    const auto pause = std::min(pauses_.first * (1 << doublings), pauses_.longest);
    failed_.emplace(Request::Clock::now() + pause, std::move(work));
}

/// Halves go out again, until the row that is at fault is alone.
void Writer::split(std::unique_ptr<Work> work) {
    std::unique_ptr<Work> half = static_cast<Batch&>(*work).take_half();
    Lane& lane = work->lane;
    work->failures = 0;
    lane.ready.push_front(std::move(half));
    lane.ready.push_front(std::move(work));
    pump_soon();
}

void Writer::tick() {
    const auto now = Request::Clock::now();
    while (!failed_.empty() && failed_.begin()->first <= now && session_.hosts_up() > 0) {
        std::unique_ptr<Work> work = std::move(failed_.begin()->second);
        failed_.erase(failed_.begin());
        Lane& lane = work->lane;
        lane.ready.push_front(std::move(work));
    }
    pump();
    finish_tickets();
}

void Writer::release(Ticket* ticket, std::size_t rows) {
    ticket->rows_left -= rows;
    if (ticket->rows_left == 0) finished_.push_back(ticket);
}

/// Many at once: the ledger is locked for each call.
void Writer::finish_tickets() {
    if (finished_.empty()) return;
    finishing_.swap(finished_);
    ledger_.finish(finishing_);
    finishing_.clear();
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

void Writer::directory_removed(const model::EntityId& entity, std::string_view key,
                               std::int64_t partition) {
    directory_known_.erase(token_of_partition(series_key(entity, key), partition),
                           directory_row(entity, key, partition));
    const auto slot = slots_.find(entity);
    if (slot == slots_.end()) return;
    for (WaitingLatest& each : slot->second.waiting) each.directory_partition.reset();
}

}  // namespace thingstead::store::cassandra
