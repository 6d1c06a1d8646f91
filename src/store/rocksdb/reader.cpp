#include "store/rocksdb/reader.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <iterator>

#include "base/bytes.h"
#include "store/rocksdb/chunk.h"
#include "store/rocksdb/chunk_scan.h"
#include "store/rocksdb/database.h"

namespace thingstead::store::rocks {
namespace {

struct RankedPoint {
    model::TimedValue point;
    std::uint64_t sequence;
};

/// Points in the order of the query: those of chunks that wait for chunks that may come before or
/// replace them, and those in memory, which replace any.
class Merge {
  public:
    Merge(const RangeQuery& query, const Points& memory) : query_(query), memory_(memory) {}

    bool full() const { return out_.size() >= query_.limit; }

    void add(const Points& chunk, std::uint64_t sequence) {
        std::vector<RankedPoint> points;
        points.reserve(chunk.size());
        const auto take = [&](const Cell& cell) {
            if (cell.ts >= query_.start_ms && cell.ts < query_.end_ms)
                points.push_back({
                    {cell.ts, chunk.value_of(cell)},
                    sequence
                });
        };
        if (ascending())
            std::for_each(chunk.cells().begin(), chunk.cells().end(), take);
        else
            std::for_each(chunk.cells().rbegin(), chunk.cells().rend(), take);
        if (at_ == waiting_.size()) {
            waiting_ = std::move(points);
            at_ = 0;
            return;
        }
        merge_waiting(std::move(points));
    }

    /// Moves every point before `frontier` (in the query's order) to the result.
    void emit(std::optional<EpochMs> frontier) {
        const auto may_go = [&](EpochMs ts) {
            return !frontier || (ascending() ? ts < *frontier : ts >= *frontier);
        };
        while (!full()) {
            const Cell* const newest = memory_cell();
            const bool have_waiting = at_ < waiting_.size();
            if (newest && (!have_waiting || !comes_before(waiting_[at_].point.ts, newest->ts))) {
                if (!may_go(newest->ts)) return;
                if (have_waiting && waiting_[at_].point.ts == newest->ts) ++at_;
                out_.push_back({newest->ts, memory_.value_of(*newest)});
                ++memory_at_;
            } else {
                if (!have_waiting || !may_go(waiting_[at_].point.ts)) return;
                out_.push_back(std::move(waiting_[at_++].point));
            }
        }
    }

    std::vector<model::TimedValue> result() && { return std::move(out_); }

  private:
    bool ascending() const { return query_.order == Order::ascending; }
    bool comes_before(EpochMs a, EpochMs b) const { return ascending() ? a < b : a > b; }

    const Cell* memory_cell() const {
        const auto& cells = memory_.cells();
        if (memory_at_ >= cells.size()) return nullptr;
        return &cells[ascending() ? memory_at_ : cells.size() - 1 - memory_at_];
    }

    void merge_waiting(std::vector<RankedPoint> points) {
        std::vector<RankedPoint> merged;
        merged.reserve(waiting_.size() - at_ + points.size());
        auto other = points.begin();
        for (; at_ < waiting_.size(); ++at_) {
            RankedPoint& mine = waiting_[at_];
            while (other != points.end() && comes_before(other->point.ts, mine.point.ts))
                merged.push_back(std::move(*other++));
            const bool same = other != points.end() && other->point.ts == mine.point.ts;
            if (same && other->sequence > mine.sequence)
                merged.push_back(std::move(*other));
            else
                merged.push_back(std::move(mine));
            if (same) ++other;
        }
        std::move(other, points.end(), std::back_inserter(merged));
        waiting_ = std::move(merged);
        at_ = 0;
    }

    const RangeQuery& query_;
    const Points& memory_;
    std::size_t memory_at_ = 0;  // cells already emitted, from the query's end
    std::vector<RankedPoint> waiting_{};
    std::size_t at_ = 0;  // first of waiting_ that is still there
    std::vector<model::TimedValue> out_{};
};

/// Unpacks the chunk unless it has no point for the query.
Result<> add_chunk(Database& database, const RangeQuery& query, EpochMs now_ms,
                   const ChunkScan::Chunk& chunk, Merge& merge) {
    const auto body = unseal(chunk.row_key, chunk.row);
    const auto header = body ? read_chunk_header(as_bytes(*body)) : body.error();
    if (!header) return database.damaged("chunk " + to_hex(as_bytes(chunk.row_key)));
    const bool expired =
        header->expiry_s != 0 && now_ms >= static_cast<EpochMs>(header->expiry_s) * 1000;
    if (expired || chunk.key.first_ts + header->span_ms < query.start_ms) return {};
    Points points;
    if (!decode_chunk(chunk.key.first_ts, as_bytes(*body), points))
        return database.damaged("chunk " + to_hex(as_bytes(chunk.row_key)));
    merge.add(points, chunk.key.sequence);
    return {};
}

}  // namespace

Result<std::vector<model::TimedValue>> read_range(Database& database, const RangeQuery& query,
                                                  KeyId key, const Points& memory, EpochMs now_ms) {
    Merge merge(query, memory);
    if (query.start_ms >= query.end_ms || query.limit == 0) return std::move(merge).result();
    if (key != 0) {
        ChunkScan scan(database, series_prefix(query.entity, key), query.start_ms, query.end_ms,
                       query.order);
        while (!merge.full()) {
            const auto chunk = scan.current();
            if (!chunk) return chunk.error();
            if (!*chunk) break;
            merge.emit(scan.frontier());
            if (merge.full()) break;
            if (const auto added = add_chunk(database, query, now_ms, **chunk, merge); !added)
                return added.error();
            scan.next();
        }
    }
    merge.emit(std::nullopt);
    return std::move(merge).result();
}

Result<> each_chunk(
    Database& database, model::EntityId entity, KeyId key, EpochMs start_ms, EpochMs end_ms,
    const std::function<Result<>(std::string_view, ChunkKey, std::string_view)>& see) {
    if (start_ms >= end_ms) return {};
    ChunkScan scan(database, series_prefix(entity, key), start_ms, end_ms, Order::ascending);
    while (true) {
        const auto chunk = scan.current();
        if (!chunk) return chunk.error();
        if (!*chunk) return {};
        const Result<> seen = see((*chunk)->row_key, (*chunk)->key, (*chunk)->row);
        if (!seen) return seen;
        scan.next();
    }
}

std::vector<Result<std::optional<Latest>>> stored_latest(Database& database,
                                                         std::span<const std::string> row_keys) {
    std::vector<::rocksdb::Slice> keys(row_keys.begin(), row_keys.end());
    std::vector<::rocksdb::PinnableSlice> rows(keys.size());
    std::vector<::rocksdb::Status> statuses(keys.size());
    database.db().MultiGet({}, database.family(Family::latest), keys.size(), keys.data(),
                           rows.data(), statuses.data());
    std::vector<Result<std::optional<Latest>>> out;
    out.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (statuses[i].IsNotFound()) {
            out.emplace_back(std::optional<Latest>());
        } else if (!statuses[i].ok()) {
            out.emplace_back(database.error_of(statuses[i]));
        } else {
            auto latest = decode_latest(row_keys[i], {rows[i].data(), rows[i].size()});
            if (latest)
                out.emplace_back(std::optional(*std::move(latest)));
            else
                out.emplace_back(database.damaged("latest " + to_hex(as_bytes(row_keys[i]))));
        }
    }
    return out;
}

Result<std::optional<Latest>> stored_latest(Database& database, std::string_view row_key) {
    const std::string key(row_key);
    return stored_latest(database, std::span(&key, 1)).front();
}

namespace {

Result<> add_stored(Database& database, model::EntityId entity,
                    const std::vector<std::string>& names, std::vector<LatestValue>& out) {
    std::vector<std::string> row_keys;
    for (const std::string& name : names) row_keys.push_back(latest_key(entity, name));
    auto rows = stored_latest(database, row_keys);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!rows[i]) return rows[i].error();
        if (*rows[i]) out.push_back({names[i], (*rows[i])->ts, std::move((*rows[i])->value)});
    }
    return {};
}

Result<> add_all_stored(Database& database, model::EntityId entity, std::vector<LatestValue>& out) {
    const std::string prefix = entity_prefix(entity);
    const std::string end = prefix_end(prefix);
    const ::rocksdb::Slice end_slice(end);
    ::rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end_slice;
    const std::unique_ptr<::rocksdb::Iterator> rows(
        database.db().NewIterator(options, database.family(Family::latest)));
    for (rows->Seek(prefix); rows->Valid(); rows->Next()) {
        const std::string_view key(rows->key().data(), rows->key().size());
        auto latest = decode_latest(key, {rows->value().data(), rows->value().size()});
        if (!latest) return database.damaged("latest " + to_hex(as_bytes(key)));
        out.push_back(
            {std::string(key.substr(prefix.size())), latest->ts, std::move(latest->value)});
    }
    if (!rows->status().ok()) return database.error_of(rows->status());
    return {};
}

}  // namespace

Result<std::vector<LatestValue>> read_latest(Database& database, model::EntityId entity,
                                             std::vector<std::string> names,
                                             std::vector<MemoryLatest> memory) {
    std::vector<LatestValue> stored;
    const Result<> read = names.empty() ? add_all_stored(database, entity, stored)
                                        : add_stored(database, entity, names, stored);
    if (!read) return read.error();
    std::sort(memory.begin(), memory.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
    std::vector<LatestValue> out;
    auto newer = memory.begin();
    for (LatestValue& row : stored) {
        for (; newer != memory.end() && newer->key < row.key; ++newer)
            out.push_back({newer->key, newer->latest.ts, std::move(newer->latest.value)});
        const bool same = newer != memory.end() && newer->key == row.key;
        if (same && newer->latest.ts >= row.ts)
            out.push_back({row.key, newer->latest.ts, std::move(newer->latest.value)});
        else
            out.push_back(std::move(row));
        if (same) ++newer;
    }
    for (; newer != memory.end(); ++newer)
        out.push_back({newer->key, newer->latest.ts, std::move(newer->latest.value)});
    return out;
}

}  // namespace thingstead::store::rocks
